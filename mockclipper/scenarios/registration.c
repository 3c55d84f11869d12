/* How a container makes itself known. */
#include "families.h"

#include "heap.h"

#include <stdlib.h>
#include <string.h>

static void heartbeat_first(conversation *c) {
    start_container(c);
    expect_heartbeat(c);
    send_metadata_request(c);
    expect_new_container(c);
    answer_heartbeats(c);
    canary(c);
}

static void fields(conversation *c) {
    start_container(c);
    expect_heartbeat(c);
    send_metadata_request(c);
    expect_exact_new_container(c);
    answer_heartbeats(c);
    canary(c);
}

static void metadata_only_when_asked(conversation *c) {
    start_container(c);
    expect_heartbeat(c);
    expect_only_heartbeats(c, poll_timeout(c) / 2);
    send_keep_alive(c);
    expect_only_heartbeats(c, poll_timeout(c) / 2);
    checking(c, "REG-3");
    send_metadata_request(c);
    expect_new_container(c);
    answer_heartbeats(c);
    canary(c);
}

/* Goes through the handshake with the model version TEXT and looks at every field. */
static void with_version(conversation *c, const char *text) {
    char *change = heap_format("CLIPPER_MODEL_VERSION=%s", text);
    set_variable(c, change);
    free(change);
    fields(c);
}

static void version_of_two_digits(conversation *c) {
    with_version(c, "10");
}

static void version_of_three_digits(conversation *c) {
    with_version(c, "100");
}

static void long_name(conversation *c) {
    char change[32 + 300] = "CLIPPER_MODEL_NAME=";
    memset(change + strlen(change), 'm', 300);
    set_variable(c, change);
    fields(c);
}

static void utf8_name(conversation *c) {
    set_variable(c, "CLIPPER_MODEL_NAME=mod\xc3\xa8le-\xe6\xa8\xa1\xe5\x9e\x8b-\xf0\x9f\x93\x8e");
    fields(c);
}

static void version_frame(conversation *c) {
    const clipper_message *sent;
    start_container(c);
    expect_heartbeat(c);
    send_metadata_request(c);
    expect_new_container(c);
    sent = &latest_message(c)->content;
    if (sent->wire == CLIPPER_WIRE_DOCUMENT)
        remark(c, "REG-9", heap_text("a sixth frame with the RPC version"),
               heap_text("five frames, as the document has it; released Clipper never registers that"));
    else if (sent->leniencies & CLIPPER_LENIENCY_WIDE_VERSION)
        depart(c, PROFILE_DOCUMENT, "REG-10", heap_text("no sixth frame, or a version of 4 bytes in it"),
               heap_text("a version of 8 bytes, which released Clipper tolerates"));
    else
        remark(c, "REG-10", heap_text("the input type as the last frame"),
               heap_text("a sixth frame with the RPC version, as released Clipper demands"));
    answer_heartbeats(c);
    canary(c);
}

static void first_answer_late(conversation *c) {
    start_container(c);
    expect_heartbeat(c);
    expect_only_heartbeats(c, poll_timeout(c) + poll_timeout(c) / 2);
    send_metadata_request(c);
    expect_new_container(c);
    answer_heartbeats(c);
    canary(c);
}

static void clipper_started_late(conversation *c) {
    listen_later(c);
    start_container(c);
    expect_running_for(c, poll_timeout(c) + poll_timeout(c) / 2);
    listen_now(c);
    register_container(c);
    canary(c);
}

static void asked_twice(conversation *c) {
    register_container(c);
    fall_silent(c);
    send_metadata_request(c);
    send_metadata_request(c);
    expect_new_container(c);
    expect_new_container(c);
    answer_heartbeats(c);
    canary(c);
}

static void asked_mid_session(conversation *c) {
    register_container(c);
    canary(c);
    forget_container(c);
    send_metadata_request(c);
    expect_exact_new_container(c);
    canary(c);
}

static const scenario scenarios[] = {
    {
        .id = "registration/heartbeat-first",
        .title = "the first message on a fresh socket is a heartbeat",
        .requirements = "REG-1 REG-2 REG-3 REG-14 FRM-1 FRM-2 FRM-6 HB-1 DEP-2 DEP-3",
        .passes = "The container is started and connects. Its first message is a heartbeat: the empty "
                  "delimiter and the message type 2. Asked for its metadata, it registers and serves.",
        .fails = "Any other first message (the eras before version 3 sent the metadata at once), a heartbeat "
                 "with more or fewer frames, or none at all.",
        .play = heartbeat_first,
    },
    {
        .id = "registration/fields",
        .title = "name, version and input type are sent exactly as given",
        .requirements = "REG-4 REG-5 REG-6 REG-8 DEP-1 DEP-4",
        .passes = "Every field of the new container message is, byte for byte, what the environment says: "
                  "the model's name, its version as text, and the input type as one digit.",
        .fails = "A field that differs, ends with a NUL, or is missing. Bytes after the input type's digit, "
                 "which the released C++ and R containers send, are lenient.",
        .types = EACH_TYPE,
        .gate = true,
        .play = fields,
    },
    {
        .id = "registration/metadata-only-when-asked",
        .title = "metadata is sent when asked for, and not before",
        .requirements = "REG-2 REG-3 HB-3 HB-5",
        .passes = "Clipper first says nothing, then keep-alive: the container sends heartbeats at most. Then "
                  "Clipper asks for the metadata, and gets it.",
        .fails = "A new container message that was not asked for, or none when it was.",
        .polls = 1,
        .play = metadata_only_when_asked,
    },
    {
        .id = "registration/version-10",
        .title = "a model version of two digits is sent as given",
        .requirements = "REG-6 REG-8 DEP-1",
        .passes = "With the model version 10, the fields are \"10\" and one digit for the input type.",
        .fails = "Another text. The released C++ and R containers send the input type with the length of the "
                 "version: two bytes here. That is lenient.",
        .play = version_of_two_digits,
    },
    {
        .id = "registration/version-100",
        .title = "a model version of three digits is sent as given",
        .requirements = "REG-6 REG-8 DEP-1",
        .passes = "With the model version 100, the fields are \"100\" and one digit for the input type.",
        .fails = "As for registration/version-10, with three bytes.",
        .play = version_of_three_digits,
    },
    {
        .id = "registration/long-name",
        .title = "a model name of 300 bytes is sent whole",
        .requirements = "REG-5 DEP-1",
        .passes = "The model name is sent with all its bytes.",
        .fails = "A name that was cut or changed.",
        .play = long_name,
    },
    {
        .id = "registration/utf8-name",
        .title = "a model name beyond ASCII is sent as its UTF-8 bytes",
        .requirements = "REG-5 DEP-1",
        .passes = "Letters of two, three and four bytes arrive as they were given.",
        .fails = "A name in another encoding, with replaced letters, or cut inside one.",
        .play = utf8_name,
    },
    {
        .id = "registration/version-frame",
        .title = "the new container message ends as one of the two wires has it",
        .requirements = "REG-9 REG-10 REG-11 REG-12",
        .passes =
            "The message has five frames (the document's) or a sixth with the RPC version 3 (released "
            "Clipper's). No message can be both, so one of them is always departed from: lenient here, a "
            "failure under the profile that is departed from.",
        .fails = "Any other number of frames, or another version.",
        .play = version_frame,
    },
    {
        .id = "registration/first-answer-late",
        .title = "a first answer that comes later than D is as good as any",
        .requirements = "REG-17 REG-2",
        .passes = "Clipper answers the first heartbeat only after one and a half D. The container registers.",
        .fails = "A container that gave up, began a new session, or does not register.",
        .polls = 1.5,
        .play = first_answer_late,
    },
    {
        .id = "registration/clipper-started-late",
        .title = "a container that is there first finds Clipper when it comes",
        .requirements = "REG-18",
        .passes = "Nobody listens when the container starts. When Clipper comes, one and a half D later, the "
                  "container connects, sends a heartbeat and registers.",
        .fails = "An exit, or no connection.",
        .polls = 2.5,
        .play = clipper_started_late,
    },
    {
        .id = "registration/asked-twice",
        .title = "asked twice in a row, it answers twice",
        .requirements = "REG-3 REG-15",
        .passes = "Each of two requests for metadata is answered with one new container message.",
        .fails = "No answer, one answer, or more than two.",
        .play = asked_twice,
    },
    {
        .id = "registration/asked-mid-session",
        .title = "asked for its metadata in the midst of a session, it registers again",
        .requirements = "REG-3 HB-3 TMO-12",
        .passes = "After predictions Clipper, which has forgotten the container, asks for its metadata: it "
                  "comes on the same socket, exactly as the first time, and predictions go on.",
        .fails = "No metadata, other metadata, or a container that does not serve afterwards.",
        .play = asked_mid_session,
    },
};

const scenario_family registration_family = {scenarios, COUNT(scenarios)};
