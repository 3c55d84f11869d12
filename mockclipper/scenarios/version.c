/* What a container does when Clipper speaks another version of the protocol. */
#include "scenarios/families.h"

/* Sends a message of another version: the container ends by itself, answers nothing, and says why. */
static void send_mismatch(talk *t, draft *mismatch) {
    static const char *const words[] = {"version", NULL};
    talk_note_output(t);
    talk_send_draft(t, mismatch);
    talk_checking(t, "VER-3");
    talk_expect_graceful_exit(t, "VER-2");
    talk_checking(t, "VER-4");
    talk_expect_words(t, words);
    talk_checking(t, "VER-5");
    talk_expect_failure_status(t);
}

static void on_heartbeat(talk *t, uint32_t version) {
    draft *heartbeat = draft_heartbeat(CLIPPER_KEEP_ALIVE);
    talk_need_own_container(t);
    talk_register(t);
    talk_canary(t);
    talk_fall_silent(t);
    draft_set_u32(heartbeat, FRAME_VERSION, version);
    send_mismatch(t, heartbeat);
}

static void on_request(talk *t, uint32_t version) {
    draft *request = talk_draft(t, talk_uniform_batch(t, 1, 2));
    talk_need_own_container(t);
    talk_register(t);
    talk_canary(t);
    talk_fall_silent(t);
    draft_set_u32(request, FRAME_VERSION, version);
    send_mismatch(t, request);
}

static void heartbeat_2(talk *t) {
    on_heartbeat(t, 2);
}

static void heartbeat_4(talk *t) {
    on_heartbeat(t, 4);
}

static void heartbeat_0(talk *t) {
    on_heartbeat(t, 0);
}

static void heartbeat_all_ones(talk *t) {
    on_heartbeat(t, 0xffffffff);
}

static void heartbeat_swapped(talk *t) {
    on_heartbeat(t, 0x03000000);
}

static void request_2(talk *t) {
    on_request(t, 2);
}

static void request_4(talk *t) {
    on_request(t, 4);
}

static void request_0(talk *t) {
    on_request(t, 0);
}

static void request_all_ones(talk *t) {
    on_request(t, 0xffffffff);
}

static void request_swapped(talk *t) {
    on_request(t, 0x03000000);
}

static void first_answer(talk *t) {
    draft *heartbeat = draft_heartbeat(CLIPPER_SEND_METADATA);
    talk_need_own_container(t);
    talk_start(t);
    talk_expect_heartbeat(t);
    draft_set_u32(heartbeat, FRAME_VERSION, 2);
    send_mismatch(t, heartbeat);
}

static void before_all_else(talk *t) {
    draft *nonsense = draft_new();
    talk_need_own_container(t);
    talk_register(t);
    talk_canary(t);
    talk_fall_silent(t);
    draft_append(nonsense, "", 0);
    draft_append(nonsense, "\4\0\0\0", 4);
    draft_append(nonsense, "whatever version 4 may be", 25);
    send_mismatch(t, nonsense);
}

static void missing_on_heartbeat(talk *t) {
    draft *heartbeat = draft_heartbeat(CLIPPER_KEEP_ALIVE);
    talk_need_own_container(t);
    talk_register(t);
    talk_canary(t);
    talk_fall_silent(t);
    draft_remove(heartbeat, FRAME_VERSION);
    send_mismatch(t, heartbeat);
}

static void missing_on_request(talk *t) {
    draft *request = talk_draft(t, talk_uniform_batch(t, 1, 2));
    talk_need_own_container(t);
    talk_register(t);
    talk_canary(t);
    talk_fall_silent(t);
    draft_remove(request, FRAME_VERSION);
    send_mismatch(t, request);
}

/* The version's frame with LEN bytes, on a heartbeat and on a request. */
static void of_width(talk *t, size_t len) {
    draft *heartbeat = draft_heartbeat(CLIPPER_SEND_METADATA),
          *request = talk_draft(t, talk_uniform_batch(t, 1, 2));
    talk_register(t);
    draft_resize(heartbeat, FRAME_VERSION, len);
    talk_send_draft(t, heartbeat);
    talk_expect_dropped(t);
    draft_resize(request, FRAME_VERSION, len);
    talk_send_draft(t, request);
    talk_expect_dropped(t);
}

static void wide(talk *t) {
    of_width(t, 8);
}

static void narrow(talk *t) {
    of_width(t, 2);
}

#define NAMES "VER-2 VER-3 VER-4 VER-5"
#define PASSES                                                                                               \
    "The container exits within a few seconds, by itself, sends nothing more, says something of a version "  \
    "on "                                                                                                    \
    "stdout or stderr, and its exit status is not 0."
#define FAILS                                                                                                \
    "A response or metadata. Carrying on or ending by a signal departs from the document, not from "         \
    "released "                                                                                              \
    "containers: lenient, and a failure under the document's profile. Silence about the version, and an "    \
    "exit "                                                                                                  \
    "status of 0, are warnings."

static const scenario scenarios[] = {
    {
        .id = "version/heartbeat-2",
        .title = "a heartbeat of version 2 makes the container exit by itself",
        .requirements = NAMES,
        .passes = PASSES,
        .fails = FAILS,
        .play = heartbeat_2,
    },
    {
        .id = "version/heartbeat-4",
        .title = "a heartbeat of version 4 makes the container exit by itself",
        .requirements = NAMES,
        .passes = PASSES,
        .fails = FAILS,
        .play = heartbeat_4,
    },
    {
        .id = "version/heartbeat-0",
        .title = "a heartbeat of version 0 makes the container exit by itself",
        .requirements = NAMES,
        .passes = PASSES,
        .fails = FAILS,
        .play = heartbeat_0,
    },
    {
        .id = "version/heartbeat-all-ones",
        .title = "a heartbeat of version 0xffffffff makes the container exit by itself",
        .requirements = NAMES,
        .passes = PASSES,
        .fails = FAILS,
        .play = heartbeat_all_ones,
    },
    {
        .id = "version/heartbeat-swapped",
        .title = "a heartbeat of version 3 with its bytes swapped makes the container exit by itself",
        .requirements = NAMES " FRM-4",
        .passes = PASSES,
        .fails = FAILS,
        .play = heartbeat_swapped,
    },
    {
        .id = "version/request-2",
        .title = "a prediction request of version 2 makes the container exit by itself",
        .requirements = NAMES,
        .passes = PASSES,
        .fails = FAILS,
        .play = request_2,
    },
    {
        .id = "version/request-4",
        .title = "a prediction request of version 4 makes the container exit by itself",
        .requirements = NAMES,
        .passes = PASSES,
        .fails = FAILS,
        .play = request_4,
    },
    {
        .id = "version/request-0",
        .title = "a prediction request of version 0 makes the container exit by itself",
        .requirements = NAMES,
        .passes = PASSES,
        .fails = FAILS,
        .play = request_0,
    },
    {
        .id = "version/request-all-ones",
        .title = "a prediction request of version 0xffffffff makes the container exit by itself",
        .requirements = NAMES,
        .passes = PASSES,
        .fails = FAILS,
        .play = request_all_ones,
    },
    {
        .id = "version/request-swapped",
        .title = "a request of version 3 with its bytes swapped makes the container exit by itself",
        .requirements = NAMES " FRM-4",
        .passes = PASSES,
        .fails = FAILS,
        .play = request_swapped,
    },
    {
        .id = "version/first-answer-2",
        .title = "a first answer of version 2 makes the container exit by itself",
        .requirements = NAMES,
        .passes = "The request for metadata has another version. " PASSES,
        .fails = FAILS,
        .play = first_answer,
    },
    {
        .id = "version/before-all-else",
        .title = "the version is looked at before anything that follows it",
        .requirements = NAMES " VER-7",
        .passes =
            "A message of version 4 is malformed by the rules of version 3: the version counts. " PASSES,
        .fails = FAILS,
        .play = before_all_else,
    },
    {
        .id = "version/missing-on-heartbeat",
        .title = "a heartbeat without a version is one of another version",
        .requirements = NAMES " VER-7",
        .passes = "The message type 2 stands where the version should, and is taken for it. " PASSES,
        .fails = FAILS,
        .play = missing_on_heartbeat,
    },
    {
        .id = "version/missing-on-request",
        .title = "a prediction request without a version is one of another version",
        .requirements = NAMES " VER-7",
        .passes = "The message type 1 stands where the version should, and is taken for it. " PASSES,
        .fails = FAILS,
        .play = missing_on_request,
    },
    {
        .id = "version/wide",
        .title = "a version of 8 bytes is malformed, not another version",
        .requirements = "VER-6 MAL-13 MAL-1",
        .passes = "A heartbeat and a request with a version of 8 bytes are dropped; predictions go on.",
        .fails = "An answer, an exit, a crash or a hang: a warning.",
        .play = wide,
    },
    {
        .id = "version/narrow",
        .title = "a version of 2 bytes is malformed, not another version",
        .requirements = "VER-6 MAL-13 MAL-1",
        .passes = "A heartbeat and a request with a version of 2 bytes are dropped; predictions go on.",
        .fails = "An answer, an exit, a crash or a hang: a warning.",
        .play = narrow,
    },
};

const scenario_family version_family = {scenarios, COUNT(scenarios)};
