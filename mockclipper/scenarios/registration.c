/* How a container makes itself known. */
#include "scenarios/families.h"

#include "base/heap.h"
#include "base/port.h"
#include "engine/describe.h"

#include <stdlib.h>
#include <string.h>

/* A loopback address that is nobody's default. */
#define ANOTHER_ADDRESS "127.0.0.2"

static void play_heartbeat_first(talk *t) {
    talk_start(t);
    talk_expect_heartbeat(t);
    talk_send_metadata_request(t);
    talk_expect_new_container(t);
    talk_answer_heartbeats(t);
    talk_canary(t);
}

static const scenario heartbeat_first = {
    .id = "registration/heartbeat-first",
    .title = "the first message on a fresh socket is a heartbeat",
    .requirements = "REG-1 REG-2 REG-3 REG-14 FRM-1 FRM-2 FRM-4 FRM-5 FRM-6 FRM-8 HB-1 DEP-2 DEP-3",
    .passes = "The container is started and connects. Its first message is a heartbeat: the empty delimiter "
              "and the message type 2. Asked for its metadata, it registers and serves.",
    .fails = "Any other first message (the eras before version 3 sent the metadata at once), a heartbeat "
             "with more or fewer frames, or none at all.",
    .play = play_heartbeat_first,
};

/* The handshake, step by step, with every field looked at. */
static void play_fields(talk *t) {
    talk_start(t);
    talk_expect_heartbeat(t);
    talk_send_metadata_request(t);
    talk_expect_exact_new_container(t);
    talk_answer_heartbeats(t);
    talk_canary(t);
}

static const scenario fields = {
    .id = "registration/fields",
    .title = "name, version and input type are sent exactly as given",
    .requirements = "REG-4 REG-5 REG-6 REG-7 REG-8 DEP-1 DEP-4",
    .passes = "Every field of the new container message is, byte for byte, what the environment says: the "
              "model's name, its version as text, and the input type as one digit.",
    .fails = "A field that differs, ends with a NUL, or is missing. Bytes after the input type's digit, "
             "which the released C++ and R containers send, are lenient.",
    .types = EACH_TYPE,
    .prerequisite = true,
    .play = play_fields,
};

static void play_metadata_only_when_asked(talk *t) {
    talk_start(t);
    talk_expect_heartbeat(t);
    talk_expect_only_heartbeats(t, talk_poll_timeout(t) / 2);
    talk_checking(t, "REG-3");
    talk_send_metadata_request(t);
    talk_expect_new_container(t);
    talk_answer_heartbeats(t);
    talk_canary(t);
}

static const scenario metadata_only_when_asked = {
    .id = "registration/metadata-only-when-asked",
    .title = "metadata is sent when asked for, and not before",
    .requirements = "REG-2 REG-3 HB-3",
    .passes = "Clipper first says nothing: the container sends heartbeats at most. Then Clipper asks for the "
              "metadata, and gets it.",
    .fails = "A new container message that was not asked for, or none when it was.",
    .waits = {.polls = 0.5},
    .play = play_metadata_only_when_asked,
};

static void play_keep_alive_first(talk *t) {
    talk_start(t);
    talk_expect_heartbeat(t);
    talk_send_keep_alive(t);
    talk_expect_only_heartbeats(t, talk_poll_timeout(t) / 2);
    talk_send_metadata_request(t);
    talk_expect_new_container(t);
    talk_answer_heartbeats(t);
    talk_canary(t);
}

static const scenario keep_alive_first = {
    .id = "registration/keep-alive-first",
    .title = "a keep-alive on a fresh socket is no request for metadata, and does no harm",
    .requirements = "REG-21",
    .passes = "Clipper's first message is a keep-alive, for which the container sends nothing. Asked for its "
              "metadata, it registers and serves.",
    .fails = "A new container message that was not asked for, none when it was, or an exit: a warning, as "
             "every Clipper asks first.",
    .waits = {.polls = 0.5},
    .play = play_keep_alive_first,
};

static void play_request_at_once(talk *t) {
    batch *items = talk_uniform_batch(t, 1, 3);
    uint32_t id;
    talk_start(t);
    talk_expect_heartbeat(t);
    talk_send_metadata_request(t);
    id = talk_send_request(t, items);
    talk_expect_new_container(t);
    talk_answer_heartbeats(t);
    talk_expect_response(t, id, items);
    talk_canary(t);
}

static const scenario request_at_once = {
    .id = "registration/request-at-once",
    .title = "a request on the heels of the request for metadata is served",
    .requirements = "REG-14 PRED-13",
    .passes = "Clipper asks for the metadata and sends a prediction request in the same breath. Both are "
              "answered, in that order: there is no acknowledgement to wait for.",
    .fails = "A container that waits for another message before it serves, or that loses the request.",
    .play = play_request_at_once,
};

static void play_request_before_metadata(talk *t) {
    batch *items = talk_uniform_batch(t, 1, 3);
    talk_start(t);
    talk_expect_heartbeat(t);
    talk_expect_response(t, talk_send_request(t, items), items);
}

static const scenario request_before_metadata = {
    .id = "registration/request-before-metadata",
    .title = "a request that comes before the metadata was asked for is served",
    .requirements = "PRED-32",
    .passes = "The first message to the container is a prediction request, and is answered. The sources "
              "leave that open.",
    .fails = "Nothing: whatever else a container does is recorded as info.",
    .play = play_request_before_metadata,
};

static void with_variable(talk *t, const char *change) {
    talk_set_variable(t, change);
    play_fields(t);
}

static void play_variable(talk *t) {
    with_variable(t, talk_parameter(t)->text);
}

static const scenario versions[] = {
    {"registration/version-10", "a model version of two digits is sent as given", "REG-6 REG-8 DEP-1",
     .passes = "With the model version 10, the fields are \"10\" and one digit for the input type.",
     .fails = "Another text. The released C++ and R containers send the input type with the length of the "
              "version: two bytes here. That is lenient.",
     .play = play_variable, .with.text = "CLIPPER_MODEL_VERSION=10"},
    {"registration/version-100", "a model version of three digits is sent as given", "REG-6 REG-8 DEP-1",
     .passes = "With the model version 100, the fields are \"100\" and one digit for the input type.",
     .fails = "As for registration/version-10, with three bytes.", .play = play_variable,
     .with.text = "CLIPPER_MODEL_VERSION=100"},
};

static void play_version_text(talk *t) {
    talk_set_variable(t, "CLIPPER_MODEL_VERSION=v2-beta");
    talk_start(t);
    talk_expect_heartbeat_or_refusal(
        t, "the container refuses a model version that is no integer, as the document has it");
    talk_send_metadata_request(t);
    talk_expect_exact_new_container(t);
    talk_answer_heartbeats(t);
    talk_canary(t);
}

static const scenario version_text = {
    .id = "registration/version-text",
    .title = "a model version that is no integer is sent as given, or refused",
    .requirements = "REG-6 REG-7",
    .passes = "With the model version v2-beta, which released Clipper and its Python container take, the "
              "field is exactly that. A container that ends with an error instead does as the document has "
              "it: the scenario is skipped.",
    .fails = "A version that was changed on the way.",
    .play = play_version_text,
};

static void play_long_name(talk *t) {
    char change[32 + 300] = "CLIPPER_MODEL_NAME=";
    memset(change + strlen(change), 'm', 300);
    with_variable(t, change);
}

static const scenario long_name = {
    .id = "registration/long-name",
    .title = "a model name of 300 bytes is sent whole",
    .requirements = "REG-5 DEP-1",
    .passes = "The model name is sent with all its bytes.",
    .fails = "A name that was cut or changed.",
    .play = play_long_name,
};

static const scenario utf8_name = {
    .id = "registration/utf8-name",
    .title = "a model name beyond ASCII is sent as its UTF-8 bytes",
    .requirements = "REG-5 DEP-1",
    .passes = "Letters of two, three and four bytes arrive as they were given.",
    .fails = "A name in another encoding, with replaced letters, or cut inside one.",
    .play = play_variable,
    .with.text = "CLIPPER_MODEL_NAME=mod\xc3\xa8le-\xe6\xa8\xa1\xe5\x9e\x8b-\xf0\x9f\x93\x8e",
};

/* CLIPPER_INPUT_TYPE is another name, that of the input type among these, by its number. */
static void play_type_name(talk *t) {
    char *change = heap_format("CLIPPER_INPUT_TYPE=%s", talk_parameter(t)->texts[talk_input_type(t)]);
    with_variable(t, change);
    free(change);
}

static const char *const short_names[] = {"b", "i", "f", "d", "s"};
static const char *const other_names[] = {"byte", "integers", "float", "double", "str"};
static const scenario type_names[] = {
    {"registration/short-type-name", "CLIPPER_INPUT_TYPE may be one letter", "DEP-4 REG-8",
     .passes = "b, i, f, d or s is taken for the type that begins so.",
     .fails = "Another type, or no container.", .types = EACH_TYPE, .play = play_type_name,
     .with.texts = short_names},
    {"registration/other-type-name",
     "CLIPPER_INPUT_TYPE may be another of the names that released containers take", "DEP-4 REG-8",
     .passes = "byte, integers, float, double or str is taken for the type that it names.",
     .fails = "Another type, or no container.", .types = EACH_TYPE, .play = play_type_name,
     .with.texts = other_names},
};

static const scenario default_type = {
    .id = "registration/default-type",
    .title = "without CLIPPER_INPUT_TYPE the type is doubles",
    .requirements = "DEP-4",
    .passes = "The variable is not set. The container registers with the input type 3.",
    .fails = "Another type, or no container.",
    .type_mask = 1u << CLIPPER_TYPE_DOUBLES,
    .play = play_variable,
    .with.text = "CLIPPER_INPUT_TYPE",
};

/* What a container that has connected does wrong is no matter of addresses. */
static void serve_at(talk *t, const char *address) {
    talk_listen_at(t, address);
    talk_checking_only(t, "DEP-2");
    talk_start(t);
    talk_expect_heartbeat(t);
    talk_checking_only(t, NULL);
    talk_register(t);
    talk_canary(t);
}

static void play_another_address(talk *t) {
    serve_at(t, ANOTHER_ADDRESS);
}

static const scenario another_address = {
    .id = "registration/another-address",
    .title = "the container connects to the address that CLIPPER_IP says",
    .requirements = "DEP-2 FRM-2",
    .passes = "Clipper listens at " ANOTHER_ADDRESS " alone, and CLIPPER_IP says so. The container connects, "
              "registers and serves.",
    .fails = "No connection, as from a container that always connects to the default, 127.0.0.1. Skipped "
             "where the machine has no such address (all of 127.0.0.0/8 are Linux's own).",
    .play = play_another_address,
};

/* With a name of this machine for an address that is not the default one; where it has none, an address that is not the
 * default one comes first, and then a name for the default. */
static void play_host_name(talk *t) {
    char name[256], address[16], *change;
    if (port_own_name(name, address)) {
        change = heap_format("CLIPPER_IP=%s", name);
        talk_set_variable(t, change);
        serve_at(t, address);
        free(change);
        return;
    }
    talk_need_host_name(t, "localhost");
    serve_at(t, ANOTHER_ADDRESS);
    talk_set_variable(t, "CLIPPER_IP=localhost");
    serve_at(t, "127.0.0.1");
}

static const scenario host_name = {
    .id = "registration/host-name",
    .title = "CLIPPER_IP may be a host name",
    .requirements = "DEP-2",
    .passes =
        "With the machine's name in CLIPPER_IP the container connects and registers. Where that name is "
        "none for an address other than 127.0.0.1, it registers at " ANOTHER_ADDRESS
        " first, and started anew, with CLIPPER_IP=localhost.",
    .fails = "No connection.",
    .play = play_host_name,
};

static void play_version_frame(talk *t) {
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

static const scenario version_frame = {
    .id = "registration/version-frame",
    .title = "the new container message ends as one of the two wires has it",
    .requirements = "REG-9 REG-10 DEP-10 PROC-8",
    .passes = "The message has five frames (the document's) or a sixth with the RPC version 3 (released "
              "Clipper's). No message can be both, so one of them is always departed from: lenient here, a "
              "failure under the profile that is departed from.",
    .fails = "Any other number of frames, or another version.",
    .play = play_version_frame,
};

static void play_first_answer_late(talk *t) {
    talk_start(t);
    talk_expect_heartbeat(t);
    talk_expect_only_heartbeats(t, talk_poll_timeout(t) + talk_poll_timeout(t) / 2);
    talk_send_metadata_request(t);
    talk_expect_new_container(t);
    talk_answer_heartbeats(t);
    talk_canary(t);
}

static const scenario first_answer_late = {
    .id = "registration/first-answer-late",
    .title = "a first answer that comes later than D is as good as any",
    .requirements = "REG-17 REG-2",
    .passes = "Clipper answers the first heartbeat only after one and a half D. The container registers.",
    .fails = "A container that gave up, began a new session, or does not register.",
    .waits = {.polls = 1.5},
    .play = play_first_answer_late,
};

static void play_clipper_started_late(talk *t) {
    talk_listen_later(t);
    talk_start(t);
    talk_expect_running_for(t, talk_start_time(t) + talk_poll_timeout(t) + talk_poll_timeout(t) / 2);
    talk_listen_now(t);
    talk_answer_heartbeats(t);
    talk_expect_registration(t, 0);
    talk_canary(t);
}

static const scenario clipper_started_late = {
    .id = "registration/clipper-started-late",
    .title = "a container that is there first finds Clipper when it comes",
    .requirements = "REG-18",
    .passes =
        "Nobody listens when the container starts. When Clipper comes, one and a half D later (and the time "
        "that the container needs to start), the "
        "container connects, sends a heartbeat and registers.",
    .fails = "An exit, or no connection.",
    .waits = {.polls = 2.5},
    .play = play_clipper_started_late,
};

static void play_loss(talk *t) {
    talk_inject(t, talk_parameter(t)->text);
    talk_answer_heartbeats(t);
    talk_start(t);
    talk_expect_registration(t, talk_poll_timeout(t));
    talk_canary(t);
}

static const scenario losses[] = {
    {"registration/first-heartbeat-lost", "a first heartbeat that is lost does not hang the container",
     "REG-19 TMO-10 PRED-13 PROC-8",
     .passes = "Clipper never sees the first heartbeat. The container sends another, in this session or in a "
               "new one, and registers.",
     .fails = "A container that waits for ever, as released containers do: a warning.",
     .waits = {.polls = 1, .timeouts = 1}, .play = play_loss, .with.text = "drop@1/container-heartbeat#1"},
    {"registration/first-answer-lost", "a first answer that is lost does not hang the container",
     "REG-19 TMO-10 PRED-13 PROC-8",
     .passes = "Clipper's answer to the first heartbeat never arrives. The container sends another "
               "heartbeat, in this session or in a new one, and registers.",
     .fails = "A container that waits for ever, as released containers do: a warning.",
     .waits = {.polls = 1, .timeouts = 1}, .play = play_loss, .with.text = "drop@1/heartbeat#1"},
};

static void play_asked_twice(talk *t) {
    talk_register(t);
    talk_fall_silent(t);
    talk_send_metadata_request(t);
    talk_send_metadata_request(t);
    talk_expect_new_container(t);
    talk_expect_new_container(t);
    talk_answer_heartbeats(t);
    talk_canary(t);
}

static const scenario asked_twice = {
    .id = "registration/asked-twice",
    .title = "asked twice in a row, it answers twice",
    .requirements = "REG-3",
    .passes = "Each of two requests for metadata is answered with one new container message.",
    .fails = "No answer, one answer, or more than two.",
    .play = play_asked_twice,
};

static void play_asked_mid_session(talk *t) {
    talk_register(t);
    talk_canary(t);
    talk_fall_silent(t);
    talk_forget_container(t);
    talk_send_metadata_request(t);
    talk_expect_exact_new_container(t);
    talk_answer_heartbeats(t);
    talk_canary(t);
}

static const scenario asked_mid_session = {
    .id = "registration/asked-mid-session",
    .title = "asked for its metadata in the midst of a session, it registers again",
    .requirements = "REG-3 HB-3 TMO-12",
    .passes = "After predictions Clipper, which has forgotten the container, asks for its metadata: it comes "
              "on the same socket, exactly as the first time, and predictions go on.",
    .fails = "No metadata, other metadata, or a container that does not serve afterwards.",
    .play = play_asked_mid_session,
};

static void play_second_container(talk *t) {
    session *first, *second;
    talk_register(t);
    talk_canary(t);
    first = talk_session(t);
    talk_start_another(t);
    talk_expect_own_identity(t);
    talk_expect_registration(t, 20 * SECOND);
    second = talk_session(t);
    for (int i = 0; i < 3; i++) {
        talk_turn_to(t, first);
        talk_canary(t);
        talk_turn_to(t, second);
        talk_canary(t);
    }
}

static const scenario second_container = {
    .id = "registration/second-container",
    .title = "two containers of one model work side by side",
    .requirements = "REG-20 FRM-10",
    .passes = "A second container is started by the same command. It registers as well, and both serve by "
              "turns.",
    .fails =
        "A second container that does not come up (a fixed port, a lock file), or disturbs the first "
        "one; one that has the same routing identity: released Clipper's socket, a plain ROUTER, ignores "
        "the second of two for ever.",
    .play = play_second_container,
};

static const scenario_group groups[] = {ONE(heartbeat_first),
                                        ONE(fields),
                                        ONE(metadata_only_when_asked),
                                        ONE(keep_alive_first),
                                        ONE(request_at_once),
                                        ONE(request_before_metadata),
                                        ALL(versions),
                                        ONE(version_text),
                                        ONE(long_name),
                                        ONE(utf8_name),
                                        ALL(type_names),
                                        ONE(default_type),
                                        ONE(another_address),
                                        ONE(host_name),
                                        ONE(version_frame),
                                        ONE(first_answer_late),
                                        ONE(clipper_started_late),
                                        ALL(losses),
                                        ONE(asked_twice),
                                        ONE(asked_mid_session),
                                        ONE(second_container)};

const scenario_family registration_family = {groups, COUNT(groups)};
