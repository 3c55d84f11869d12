/* What a container does when Clipper speaks another version of the protocol. */
#include "scenarios/families.h"

#define PASSES                                                                                               \
    "The container exits within a few seconds, by itself, sends nothing more, says something of a version "  \
    "on stdout or stderr, and its exit status is not 0."
#define FAILS                                                                                                \
    "To act on the message: a response or metadata for it; lenient under the release's profile, as all "     \
    "released containers do. A crash by a signal, or a process that neither ends nor serves. Dropping the "  \
    "message and carrying on, or ending by an uncaught exception, is lenient, fails under the document's "   \
    "profile, and passes under the release's. Silence about the version, and an exit status of 0, are "      \
    "warnings."

/* The text of a scenario that makes the container exit: requirements that it checks BESIDE, and WHAT is sent. */
#define EXITS(beside, what)                                                                                  \
    .requirements = "VER-2 VER-3 VER-4 VER-5" beside, .passes = what PASSES, .fails = FAILS

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

/* The same in the midst of a session. */
static void send_mismatch_later(talk *t, draft *mismatch) {
    talk_need_own_container(t);
    talk_register(t);
    talk_canary(t);
    talk_fall_silent(t);
    send_mismatch(t, mismatch);
}

static void play_heartbeat(talk *t) {
    draft *heartbeat = draft_heartbeat(CLIPPER_KEEP_ALIVE);
    draft_set_u32(heartbeat, FRAME_VERSION, talk_parameter(t)->u32);
    send_mismatch_later(t, heartbeat);
}

static const scenario heartbeats[] = {
    {"version/heartbeat-2", "a heartbeat of version 2 makes the container exit by itself", EXITS("", ""),
     .play = play_heartbeat, .with.u32 = 2},
    {"version/heartbeat-4", "a heartbeat of version 4 makes the container exit by itself", EXITS("", ""),
     .play = play_heartbeat, .with.u32 = 4},
    {"version/heartbeat-0", "a heartbeat of version 0 makes the container exit by itself", EXITS("", ""),
     .play = play_heartbeat, .with.u32 = 0},
    {"version/heartbeat-all-ones", "a heartbeat of version 0xffffffff makes the container exit by itself",
     EXITS("", ""), .play = play_heartbeat, .with.u32 = 0xffffffff},
    {"version/heartbeat-swapped",
     "a heartbeat of version 3 with its bytes swapped makes the container exit by itself",
     EXITS(" FRM-4", ""), .play = play_heartbeat, .with.u32 = 0x03000000},
};

static void play_request(talk *t) {
    draft *request = talk_draft(t, talk_uniform_batch(t, 1, 2));
    draft_set_u32(request, FRAME_VERSION, talk_parameter(t)->u32);
    send_mismatch_later(t, request);
}

static const scenario requests[] = {
    {"version/request-2", "a prediction request of version 2 makes the container exit by itself",
     EXITS("", ""), .play = play_request, .with.u32 = 2},
    {"version/request-4", "a prediction request of version 4 makes the container exit by itself",
     EXITS("", ""), .play = play_request, .with.u32 = 4},
    {"version/request-0", "a prediction request of version 0 makes the container exit by itself",
     EXITS("", ""), .play = play_request, .with.u32 = 0},
    {"version/request-all-ones",
     "a prediction request of version 0xffffffff makes the container exit by itself", EXITS("", ""),
     .play = play_request, .with.u32 = 0xffffffff},
    {"version/request-swapped",
     "a request of version 3 with its bytes swapped makes the container exit by itself", EXITS(" FRM-4", ""),
     .play = play_request, .with.u32 = 0x03000000},
};

static void play_first_answer(talk *t) {
    draft *heartbeat = draft_heartbeat(CLIPPER_SEND_METADATA);
    talk_need_own_container(t);
    talk_start(t);
    talk_expect_heartbeat(t);
    draft_set_u32(heartbeat, FRAME_VERSION, 2);
    send_mismatch(t, heartbeat);
}

static const scenario first_answer_2 = {
    .id = "version/first-answer-2",
    .title = "a first answer of version 2 makes the container exit by itself",
    EXITS("", "The request for metadata has another version. "),
    .play = play_first_answer,
};

static void play_before_all_else(talk *t) {
    draft *nonsense = draft_new();
    draft_append(nonsense, "", 0);
    draft_append(nonsense, "\4\0\0\0", 4);
    draft_append(nonsense, "whatever version 4 may be", 25);
    send_mismatch_later(t, nonsense);
}

static const scenario before_all_else = {
    .id = "version/before-all-else",
    .title = "the version is looked at before anything that follows it",
    EXITS(" VER-7", "A message of version 4 is malformed by the rules of version 3: the version counts. "),
    .play = play_before_all_else,
};

static void play_missing_on_heartbeat(talk *t) {
    draft *heartbeat = draft_heartbeat(CLIPPER_KEEP_ALIVE);
    draft_remove(heartbeat, FRAME_VERSION);
    send_mismatch_later(t, heartbeat);
}

static const scenario missing_on_heartbeat = {
    .id = "version/missing-on-heartbeat",
    .title = "a heartbeat without a version is one of another version",
    EXITS(" VER-7", "The message type 2 stands where the version should, and is taken for it. "),
    .play = play_missing_on_heartbeat,
};

static void play_missing_on_request(talk *t) {
    draft *request = talk_draft(t, talk_uniform_batch(t, 1, 2));
    draft_remove(request, FRAME_VERSION);
    send_mismatch_later(t, request);
}

static const scenario missing_on_request = {
    .id = "version/missing-on-request",
    .title = "a prediction request without a version is one of another version",
    EXITS(" VER-7", "The message type 1 stands where the version should, and is taken for it. "),
    .play = play_missing_on_request,
};

/* The version's frame has another width, on a heartbeat and on a request. */
static void play_width(talk *t) {
    draft *heartbeat = draft_heartbeat(CLIPPER_SEND_METADATA);
    draft *request = talk_draft(t, talk_uniform_batch(t, 1, 2));
    talk_register(t);
    draft_resize(heartbeat, FRAME_VERSION, talk_parameter(t)->size);
    talk_send_draft(t, heartbeat);
    talk_expect_dropped(t);
    draft_resize(request, FRAME_VERSION, talk_parameter(t)->size);
    talk_send_draft(t, request);
    talk_expect_dropped(t);
}

static const scenario widths[] = {
    {"version/wide", "a version of 8 bytes is malformed, not another version", "VER-6 MAL-13 MAL-1",
     "A heartbeat and a request with a version of 8 bytes are dropped; predictions go on.",
     "An answer, an exit, a crash or a hang: a warning.", .play = play_width, .with.size = 8},
    {"version/empty", "an empty version frame is malformed, not another version", "VER-6 MAL-13 MAL-1",
     "A heartbeat and a request with a version of no bytes are dropped; predictions go on.",
     "An answer, an exit, a crash or a hang: a warning.", .play = play_width, .with.size = 0},
    {"version/narrow", "a version of 2 bytes is malformed, not another version", "VER-6 MAL-13 MAL-1",
     "A heartbeat and a request with a version of 2 bytes are dropped; predictions go on.",
     "An answer, an exit, a crash or a hang: a warning.", .play = play_width, .with.size = 2},
};

static const scenario_group groups[] = {
    ALL(heartbeats),           ALL(requests),           ONE(first_answer_2), ONE(before_all_else),
    ONE(missing_on_heartbeat), ONE(missing_on_request), ALL(widths)};

const scenario_family version_family = {groups, COUNT(groups)};
