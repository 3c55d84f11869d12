/* What a container does when Clipper speaks another version of the protocol. */
#include "scenarios/families.h"

/* Sends a message of another version: the container ends by itself, answers nothing, and says why. */
static void send_mismatch(conversation *c, draft *mismatch) {
    static const char *const words[] = {"version", NULL};
    note_output(c);
    send_draft(c, mismatch);
    checking(c, "VER-3");
    expect_graceful_exit(c, "VER-2");
    checking(c, "VER-4");
    expect_words(c, words);
    checking(c, "VER-5");
    expect_failure_status(c);
}

static void on_heartbeat(conversation *c, uint32_t version) {
    draft *heartbeat = draft_heartbeat(CLIPPER_KEEP_ALIVE);
    need_own_container(c);
    register_container(c);
    canary(c);
    fall_silent(c);
    draft_set_u32(heartbeat, FRAME_VERSION, version);
    send_mismatch(c, heartbeat);
}

static void on_request(conversation *c, uint32_t version) {
    draft *request = draft_of(c, uniform_batch(c, 1, 2));
    need_own_container(c);
    register_container(c);
    canary(c);
    fall_silent(c);
    draft_set_u32(request, FRAME_VERSION, version);
    send_mismatch(c, request);
}

static void heartbeat_2(conversation *c) {
    on_heartbeat(c, 2);
}

static void heartbeat_4(conversation *c) {
    on_heartbeat(c, 4);
}

static void heartbeat_0(conversation *c) {
    on_heartbeat(c, 0);
}

static void heartbeat_all_ones(conversation *c) {
    on_heartbeat(c, 0xffffffff);
}

static void heartbeat_swapped(conversation *c) {
    on_heartbeat(c, 0x03000000);
}

static void request_2(conversation *c) {
    on_request(c, 2);
}

static void request_4(conversation *c) {
    on_request(c, 4);
}

static void request_0(conversation *c) {
    on_request(c, 0);
}

static void request_all_ones(conversation *c) {
    on_request(c, 0xffffffff);
}

static void request_swapped(conversation *c) {
    on_request(c, 0x03000000);
}

static void first_answer(conversation *c) {
    draft *heartbeat = draft_heartbeat(CLIPPER_SEND_METADATA);
    need_own_container(c);
    start_container(c);
    expect_heartbeat(c);
    draft_set_u32(heartbeat, FRAME_VERSION, 2);
    send_mismatch(c, heartbeat);
}

static void before_all_else(conversation *c) {
    draft *nonsense = draft_new();
    need_own_container(c);
    register_container(c);
    canary(c);
    fall_silent(c);
    draft_append(nonsense, "", 0);
    draft_append(nonsense, "\4\0\0\0", 4);
    draft_append(nonsense, "whatever version 4 may be", 25);
    send_mismatch(c, nonsense);
}

static void missing_on_heartbeat(conversation *c) {
    draft *heartbeat = draft_heartbeat(CLIPPER_KEEP_ALIVE);
    need_own_container(c);
    register_container(c);
    canary(c);
    fall_silent(c);
    draft_remove(heartbeat, FRAME_VERSION);
    send_mismatch(c, heartbeat);
}

static void missing_on_request(conversation *c) {
    draft *request = draft_of(c, uniform_batch(c, 1, 2));
    need_own_container(c);
    register_container(c);
    canary(c);
    fall_silent(c);
    draft_remove(request, FRAME_VERSION);
    send_mismatch(c, request);
}

/* The version's frame with LEN bytes, on a heartbeat and on a request. */
static void of_width(conversation *c, size_t len) {
    draft *heartbeat = draft_heartbeat(CLIPPER_SEND_METADATA), *request = draft_of(c, uniform_batch(c, 1, 2));
    register_container(c);
    draft_resize(heartbeat, FRAME_VERSION, len);
    send_draft(c, heartbeat);
    expect_dropped(c);
    draft_resize(request, FRAME_VERSION, len);
    send_draft(c, request);
    expect_dropped(c);
}

static void wide(conversation *c) {
    of_width(c, 8);
}

static void narrow(conversation *c) {
    of_width(c, 2);
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
