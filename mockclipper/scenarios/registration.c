/* How a container makes itself known. */
#include "scenarios/families.h"

#include "base/heap.h"
#include "engine/describe.h"

#include <stdlib.h>
#include <string.h>

/* The handshake, step by step, with every field looked at. */
static void introduce(talk *t) {
    talk_start(t);
    talk_expect_heartbeat(t);
    talk_send_metadata_request(t);
    talk_expect_exact_new_container(t);
    talk_answer_heartbeats(t);
}

static void heartbeat_first(talk *t) {
    talk_start(t);
    talk_expect_heartbeat(t);
    talk_send_metadata_request(t);
    talk_expect_new_container(t);
    talk_answer_heartbeats(t);
    talk_canary(t);
}

static void fields(talk *t) {
    introduce(t);
    talk_canary(t);
}

static void metadata_only_when_asked(talk *t) {
    talk_start(t);
    talk_expect_heartbeat(t);
    talk_expect_only_heartbeats(t, talk_poll_timeout(t) / 2);
    talk_send_keep_alive(t);
    talk_expect_only_heartbeats(t, talk_poll_timeout(t) / 2);
    talk_checking(t, "REG-3");
    talk_send_metadata_request(t);
    talk_expect_new_container(t);
    talk_answer_heartbeats(t);
    talk_canary(t);
}

static void request_at_once(talk *t) {
    batch *items = talk_uniform_batch(t, 2, 3);
    uint32_t id;
    talk_start(t);
    talk_expect_heartbeat(t);
    talk_send_metadata_request(t);
    id = talk_send_request(t, items);
    talk_expect_new_container(t);
    talk_expect_response(t, id, items);
    talk_answer_heartbeats(t);
    talk_canary(t);
}

static void request_before_metadata(talk *t) {
    batch *items = talk_uniform_batch(t, 1, 3);
    talk_start(t);
    talk_expect_heartbeat(t);
    talk_predict(t, items);
}

/* ---- Names and versions ----------------------------------------------------------------------------- */

static void with_variable(talk *t, const char *change) {
    talk_set_variable(t, change);
    fields(t);
}

static void version_10(talk *t) {
    with_variable(t, "CLIPPER_MODEL_VERSION=10");
}

static void version_100(talk *t) {
    with_variable(t, "CLIPPER_MODEL_VERSION=100");
}

static void version_text(talk *t) {
    talk_set_variable(t, "CLIPPER_MODEL_VERSION=v2-beta");
    talk_start(t);
    talk_expect_heartbeat_or_refusal(
        t, "the container refuses a model version that is no integer, as the document has it");
    talk_send_metadata_request(t);
    talk_expect_exact_new_container(t);
    talk_answer_heartbeats(t);
    talk_canary(t);
}

static void long_name(talk *t) {
    char change[32 + 300] = "CLIPPER_MODEL_NAME=";
    memset(change + strlen(change), 'm', 300);
    with_variable(t, change);
}

static void utf8_name(talk *t) {
    with_variable(t, "CLIPPER_MODEL_NAME=mod\xc3\xa8le-\xe6\xa8\xa1\xe5\x9e\x8b-\xf0\x9f\x93\x8e");
}

/* Other names that released containers take for the type. */
static void short_type_name(talk *t) {
    static const char *const names[] = {"b", "i", "f", "d", "s"};
    char *change = heap_format("CLIPPER_INPUT_TYPE=%s", names[talk_input_type(t)]);
    with_variable(t, change);
    free(change);
}

static void other_type_name(talk *t) {
    static const char *const names[] = {"byte", "integers", "float", "double", "str"};
    char *change = heap_format("CLIPPER_INPUT_TYPE=%s", names[talk_input_type(t)]);
    with_variable(t, change);
    free(change);
}

static void default_type(talk *t) {
    with_variable(t, "CLIPPER_INPUT_TYPE");
}

static void host_name(talk *t) {
    talk_need_host_name(t, "localhost");
    with_variable(t, "CLIPPER_IP=localhost");
}

static void version_frame(talk *t) {
    const clipper_message *sent;
    talk_start(t);
    talk_expect_heartbeat(t);
    talk_send_metadata_request(t);
    talk_expect_new_container(t);
    sent = &talk_latest(t)->content;
    if (sent->wire == CLIPPER_WIRE_DOCUMENT)
        talk_remark(t, "REG-9", heap_text("a sixth frame with the RPC version"),
                    heap_text("five frames, as the document has it; released Clipper never registers that"));
    else if (sent->leniencies & CLIPPER_LENIENCY_WIDE_VERSION)
        talk_depart(t, PROFILE_DOCUMENT, "REG-10", heap_text("no sixth frame, or a version of 4 bytes in it"),
                    heap_text("a version of 8 bytes, which released Clipper tolerates"));
    else
        talk_remark(t, "REG-10", heap_text("the input type as the last frame"),
                    heap_text("a sixth frame with the RPC version, as released Clipper demands"));
    talk_answer_heartbeats(t);
    talk_canary(t);
}

/* ---- Bad luck --------------------------------------------------------------------------------------- */

static void first_answer_late(talk *t) {
    talk_start(t);
    talk_expect_heartbeat(t);
    talk_expect_only_heartbeats(t, talk_poll_timeout(t) + talk_poll_timeout(t) / 2);
    talk_send_metadata_request(t);
    talk_expect_new_container(t);
    talk_answer_heartbeats(t);
    talk_canary(t);
}

static void clipper_started_late(talk *t) {
    talk_listen_later(t);
    talk_start(t);
    talk_expect_running_for(t, talk_poll_timeout(t) + talk_poll_timeout(t) / 2);
    talk_listen_now(t);
    talk_answer_heartbeats(t);
    talk_expect_registration(t, 0);
    talk_canary(t);
}

static void first_heartbeat_lost(talk *t) {
    talk_inject(t, "drop@1/container-heartbeat#1");
    talk_answer_heartbeats(t);
    talk_start(t);
    talk_expect_registration(t, talk_poll_timeout(t));
    talk_canary(t);
}

static void first_answer_lost(talk *t) {
    talk_inject(t, "drop@1/heartbeat#1");
    talk_answer_heartbeats(t);
    talk_start(t);
    talk_expect_registration(t, talk_poll_timeout(t));
    talk_canary(t);
}

static void asked_twice(talk *t) {
    talk_register(t);
    talk_fall_silent(t);
    talk_send_metadata_request(t);
    talk_send_metadata_request(t);
    talk_expect_new_container(t);
    talk_expect_new_container(t);
    talk_answer_heartbeats(t);
    talk_canary(t);
}

static void asked_mid_session(talk *t) {
    talk_register(t);
    talk_canary(t);
    talk_fall_silent(t);
    talk_forget_container(t);
    talk_send_metadata_request(t);
    talk_expect_exact_new_container(t);
    talk_answer_heartbeats(t);
    talk_canary(t);
}

static void second_container(talk *t) {
    session *first, *second;
    talk_register(t);
    talk_canary(t);
    first = talk_session(t);
    talk_start_another(t);
    talk_expect_registration(t, 20 * SECOND);
    second = talk_session(t);
    for (int i = 0; i < 3; i++) {
        talk_turn_to(t, first);
        talk_canary(t);
        talk_turn_to(t, second);
        talk_canary(t);
    }
}

static const scenario scenarios[] = {
    {
        .id = "registration/heartbeat-first",
        .title = "the first message on a fresh socket is a heartbeat",
        .requirements = "REG-1 REG-2 REG-3 REG-14 FRM-1 FRM-2 FRM-4 FRM-5 FRM-6 FRM-8 HB-1 DEP-2 DEP-3",
        .passes =
            "The container is started and connects. Its first message is a heartbeat: the empty delimiter "
            "and the message type 2. Asked for its metadata, it registers and serves.",
        .fails =
            "Any other first message (the eras before version 3 sent the metadata at once), a heartbeat with "
            "more or fewer frames, or none at all.",
        .play = heartbeat_first,
    },
    {
        .id = "registration/fields",
        .title = "name, version and input type are sent exactly as given",
        .requirements = "REG-4 REG-5 REG-6 REG-7 REG-8 DEP-1 DEP-4",
        .passes =
            "Every field of the new container message is, byte for byte, what the environment says: the "
            "model's name, its version as text, and the input type as one digit.",
        .fails =
            "A field that differs, ends with a NUL, or is missing. Bytes after the input type's digit, which "
            "the released C++ and R containers send, are lenient.",
        .types = EACH_TYPE,
        .prerequisite = true,
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
        .id = "registration/request-at-once",
        .title = "a request on the heels of the request for metadata is served",
        .requirements = "REG-14 PRED-13",
        .passes = "Clipper asks for the metadata and sends a prediction request in the same breath. Both are "
                  "answered, in that order: there is no acknowledgement to wait for.",
        .fails = "A container that waits for another message before it serves, or that loses the request.",
        .play = request_at_once,
    },
    {
        .id = "registration/request-before-metadata",
        .title = "a request that comes before the metadata was asked for is served",
        .requirements = "PRED-32",
        .passes =
            "The first message to the container is a prediction request, and is answered. The sources leave "
            "that open.",
        .fails = "Nothing: whatever else a container does is recorded as info.",
        .play = request_before_metadata,
    },
    {
        .id = "registration/version-10",
        .title = "a model version of two digits is sent as given",
        .requirements = "REG-6 REG-8 DEP-1",
        .passes = "With the model version 10, the fields are \"10\" and one digit for the input type.",
        .fails = "Another text. The released C++ and R containers send the input type with the length of the "
                 "version: two bytes here. That is lenient.",
        .play = version_10,
    },
    {
        .id = "registration/version-100",
        .title = "a model version of three digits is sent as given",
        .requirements = "REG-6 REG-8 DEP-1",
        .passes = "With the model version 100, the fields are \"100\" and one digit for the input type.",
        .fails = "As for registration/version-10, with three bytes.",
        .play = version_100,
    },
    {
        .id = "registration/version-text",
        .title = "a model version that is no integer is sent as given, or refused",
        .requirements = "REG-6 REG-7",
        .passes =
            "With the model version v2-beta, which released Clipper and its Python container take, the "
            "field is exactly that. A container that ends with an error instead does as the document has "
            "it: the scenario is skipped.",
        .fails = "A version that was changed on the way.",
        .play = version_text,
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
        .id = "registration/short-type-name",
        .title = "CLIPPER_INPUT_TYPE may be one letter",
        .requirements = "DEP-4 REG-8",
        .passes = "b, i, f, d or s is taken for the type that begins so.",
        .fails = "Another type, or no container.",
        .types = EACH_TYPE,
        .play = short_type_name,
    },
    {
        .id = "registration/other-type-name",
        .title = "CLIPPER_INPUT_TYPE may be another of the names that released containers take",
        .requirements = "DEP-4 REG-8",
        .passes = "byte, integers, float, double or str is taken for the type that it names.",
        .fails = "Another type, or no container.",
        .types = EACH_TYPE,
        .play = other_type_name,
    },
    {
        .id = "registration/default-type",
        .title = "without CLIPPER_INPUT_TYPE the type is doubles",
        .requirements = "DEP-4",
        .passes = "The variable is not set. The container registers with the input type 3.",
        .fails = "Another type, or no container.",
        .type_mask = 1u << CLIPPER_TYPE_DOUBLES,
        .play = default_type,
    },
    {
        .id = "registration/host-name",
        .title = "CLIPPER_IP may be a host name",
        .requirements = "DEP-2",
        .passes = "With CLIPPER_IP=localhost the container connects and registers.",
        .fails = "No connection.",
        .play = host_name,
    },
    {
        .id = "registration/version-frame",
        .title = "the new container message ends as one of the two wires has it",
        .requirements = "REG-9 REG-10 DEP-10",
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
        .id = "registration/first-heartbeat-lost",
        .title = "a first heartbeat that is lost does not hang the container",
        .requirements = "REG-19 TMO-10",
        .passes =
            "Clipper never sees the first heartbeat. The container sends another, in this session or in a "
            "new one, and registers.",
        .fails = "A container that waits for ever, as released containers do: a warning.",
        .polls = 1,
        .timeouts = 1,
        .play = first_heartbeat_lost,
    },
    {
        .id = "registration/first-answer-lost",
        .title = "a first answer that is lost does not hang the container",
        .requirements = "REG-19 TMO-10",
        .passes =
            "Clipper's answer to the first heartbeat never arrives. The container sends another heartbeat, "
            "in this session or in a new one, and registers.",
        .fails = "A container that waits for ever, as released containers do: a warning.",
        .polls = 1,
        .timeouts = 1,
        .play = first_answer_lost,
    },
    {
        .id = "registration/asked-twice",
        .title = "asked twice in a row, it answers twice",
        .requirements = "REG-3",
        .passes = "Each of two requests for metadata is answered with one new container message.",
        .fails = "No answer, one answer, or more than two.",
        .play = asked_twice,
    },
    {
        .id = "registration/asked-mid-session",
        .title = "asked for its metadata in the midst of a session, it registers again",
        .requirements = "REG-3 HB-3 TMO-12",
        .passes =
            "After predictions Clipper, which has forgotten the container, asks for its metadata: it comes "
            "on the same socket, exactly as the first time, and predictions go on.",
        .fails = "No metadata, other metadata, or a container that does not serve afterwards.",
        .play = asked_mid_session,
    },
    {
        .id = "registration/second-container",
        .title = "two containers of one model work side by side",
        .requirements = "REG-20 FRM-10",
        .passes =
            "A second container is started by the same command. It registers as well, and both serve by "
            "turns.",
        .fails = "A second container that does not come up (a fixed port, a lock file), has the first one's "
                 "routing identity, or disturbs it.",
        .play = second_container,
    },
};

const scenario_family registration_family = {scenarios, COUNT(scenarios)};
