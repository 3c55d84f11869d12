/* What a container does when Clipper speaks another version of the protocol. */
#include "families.h"

#include <string.h>

/* A heartbeat of another version: keep-alive. */
static void send_heartbeat_of_version(conversation *c, uint32_t version) {
    uint8_t words[3][4] = {{0}, {2, 0, 0, 0}, {0, 0, 0, 0}};
    clipper_frame frames[4] = {{NULL, 0}, {words[0], 4}, {words[1], 4}, {words[2], 4}};
    for (int i = 0; i < 4; i++)
        words[0][i] = (uint8_t)(version >> 8 * i);
    send_frames(c, frames, COUNT(frames));
}

/* A prediction request of another version, with one item of one zero element. */
static void send_request_of_version(conversation *c, uint32_t version) {
    uint8_t words[4][4] = {{0}, {1, 0, 0, 0}, {7, 0, 0, 0}, {0, 0, 0, 0}};
    uint8_t length[8] = {24}, metadata[24] = {0}, item[8] = {0};
    size_t width = clipper_data_width(input_type(c));
    clipper_frame frames[8] = {{NULL, 0},     {words[0], 4}, {words[1], 4},  {words[2], 4},
                               {words[3], 4}, {length, 8},   {metadata, 24}, {item, width}};
    for (int i = 0; i < 4; i++)
        words[0][i] = (uint8_t)(version >> 8 * i);
    metadata[0] = (uint8_t)input_type(c);
    metadata[8] = 1;
    metadata[16] = (uint8_t)width;
    send_frames(c, frames, COUNT(frames));
}

/* The container ends by itself, and has answered nothing. */
static void expect_graceful_exit(conversation *c) {
    checking(c, "VER-2");
    expect_exit(c);
    expect_no_crash(c);
    checking(c, "VER-3");
    expect_nothing_more(c);
    checking(c, "VER-5");
    expect_failure_status(c);
}

static void on_heartbeat(conversation *c) {
    register_container(c);
    canary(c);
    fall_silent(c);
    send_heartbeat_of_version(c, 2);
    expect_graceful_exit(c);
}

static void on_request(conversation *c) {
    register_container(c);
    canary(c);
    fall_silent(c);
    send_request_of_version(c, 4);
    expect_graceful_exit(c);
}

#define FAILS                                                                                                \
    "A crash; a response or metadata; an exit later than a few seconds. Carrying on, as released "           \
    "containers "                                                                                            \
    "do, is lenient, and a failure under the document's profile. An exit status of 0 is a warning."

static const scenario scenarios[] = {
    {
        .id = "version/heartbeat-2",
        .title = "a heartbeat of version 2 makes the container exit by itself",
        .requirements = "VER-2 VER-3 VER-4 VER-5 VER-7",
        .passes = "The container exits promptly, not by a signal, and sends nothing more.",
        .fails = FAILS,
        .play = on_heartbeat,
    },
    {
        .id = "version/request-4",
        .title = "a prediction request of version 4 makes the container exit by itself",
        .requirements = "VER-2 VER-3 VER-4 VER-5 VER-7",
        .passes = "The container exits promptly, not by a signal, and sends no response.",
        .fails = FAILS,
        .play = on_request,
    },
};

const scenario_family version_family = {scenarios, COUNT(scenarios)};
