/* How a container and Clipper keep knowing of each other. */
#include "scenarios/families.h"

static void interval(conversation *c) {
    register_container(c);
    canary(c);
    fall_silent(c);
    expect_heartbeats_at_poll_timeout(c, 3);
    answer_heartbeats(c);
    send_keep_alive(c);
    canary(c);
}

static void keep_alive_is_not_answered(conversation *c) {
    register_container(c);
    canary(c);
    fall_silent(c);
    send_keep_alive(c);
    send_keep_alive(c);
    expect_heartbeats_at_poll_timeout(c, 2);
    answer_heartbeats(c);
    canary(c);
}

static void answered_heartbeats_keep_the_session(conversation *c) {
    register_container(c);
    expect_only_heartbeats(c, activity_timeout(c) + 2 * poll_timeout(c));
    canary(c);
}

static void requests_keep_the_session(conversation *c) {
    batch *items = uniform_batch(c, 1, 3);
    duration longest_gap = 0;
    size_t before;
    instant beginning, end;
    register_container(c);
    fall_silent(c);
    canary(c);
    before = heartbeats_so_far(c);
    beginning = clock_now();
    end = beginning + activity_timeout(c) + 2 * poll_timeout(c);
    while (!is_over(c) && clock_now() < end) {
        longest_gap = duration_max(longest_gap, clock_now() - current_session(c)->last_sent);
        predict(c, items);
        expect_only_heartbeats(c, poll_timeout(c) / 4);
    }
    checking(c, "HB-7");
    expect_no_heartbeat_since(c, before, beginning, longest_gap);
    answer_heartbeats(c);
}

static void unknown_type(conversation *c) {
    static const uint32_t types[] = {2, 0x01000000, 0xffffffff};
    register_container(c);
    for (size_t i = 0; i < COUNT(types); i++) {
        draft *heartbeat = draft_heartbeat(CLIPPER_KEEP_ALIVE);
        draft_set_u32(heartbeat, FRAME_HEARTBEAT_TYPE, types[i]);
        send_draft(c, heartbeat);
        expect_dropped(c);
    }
}

static void malformed_is_activity(conversation *c) {
    draft *malformed;
    register_container(c);
    canary(c);
    fall_silent(c);
    stay_silent_for(c, activity_timeout(c) - poll_timeout(c) / 2);
    malformed = draft_heartbeat(CLIPPER_KEEP_ALIVE);
    draft_append(malformed, "x", 1);
    send_draft(c, malformed);
    stay_silent_for(c, activity_timeout(c) - poll_timeout(c) / 2);
    answer_heartbeats(c);
    canary(c);
}

static void while_the_model_works(conversation *c) {
    batch *items = uniform_batch(c, 1, 3);
    uint32_t id;
    slow_model(c, 4 * poll_timeout(c) + 500 * MILLISECOND);
    register_container(c);
    expect_slow_model(c);
    fall_silent(c);
    id = send_request(c, items);
    expect_heartbeats_at_poll_timeout(c, 2);
    answer_heartbeats(c);
    send_keep_alive(c);
    expect_response(c, id, items);
}

static const scenario scenarios[] = {
    {
        .id = "heartbeat/interval",
        .title = "an idle container sends a heartbeat when D has passed, and again each D",
        .requirements = "HB-6 HB-1 HB-7 TMO-2 DEP-9",
        .passes =
            "After the last message to the container Clipper is silent. A heartbeat comes after D, and two "
            "more, each a D later.",
        .fails = "No heartbeat, one too late, or (a warning) one too early.",
        .polls = 3,
        .play = interval,
    },
    {
        .id = "heartbeat/keep-alive-is-not-answered",
        .title = "a keep-alive needs no answer, and begins a new D",
        .requirements = "HB-5 HB-3 HB-7 TMO-2",
        .passes = "Two keep-alives are sent. The next message of the container is a heartbeat, a D after the "
                  "second.",
        .fails = "Any message in answer to a keep-alive; a heartbeat that comes too early.",
        .polls = 2,
        .play = keep_alive_is_not_answered,
    },
    {
        .id = "heartbeat/answered-heartbeats-keep-the-session",
        .title = "as long as heartbeats are answered, the session lives",
        .requirements = "HB-8 TMO-5 HB-3",
        .passes =
            "For longer than TO there is nothing but heartbeats and keep-alives. The session goes on, and "
            "a prediction is served.",
        .fails = "A new session, or a container that does not serve afterwards.",
        .polls = 2,
        .timeouts = 1,
        .play = answered_heartbeats_keep_the_session,
    },
    {
        .id = "heartbeat/requests-keep-the-session",
        .title = "requests alone keep a session alive, and make heartbeats needless",
        .requirements = "HB-8 HB-7 TMO-2 TMO-5",
        .passes =
            "For longer than TO Clipper sends a prediction request every D/4 and never a heartbeat. The "
            "session goes on, and the container sends no heartbeats of its own.",
        .fails = "A new session. Heartbeats although messages keep coming are a warning.",
        .polls = 2,
        .timeouts = 1,
        .play = requests_keep_the_session,
    },
    {
        .id = "heartbeat/unknown-type",
        .title = "a heartbeat of an unknown type is dropped",
        .requirements = "HB-10 MAL-1",
        .passes =
            "Heartbeats of the types 2, 1 with its bytes swapped, and 0xffffffff are answered by nothing, "
            "and predictions go on.",
        .fails =
            "Metadata, a crash, a hang, or a session that ends: a warning, as no Clipper sends such a type.",
        .play = unknown_type,
    },
    {
        .id = "heartbeat/malformed-is-activity",
        .title = "a malformed message shows that Clipper is there",
        .requirements = "HB-9",
        .passes = "Just before TO the only message is a malformed heartbeat. The session lives on for nearly "
                  "another TO.",
        .fails = "A session that ends in that time: a warning.",
        .timeouts = 2,
        .play = malformed_is_activity,
    },
    {
        .id = "heartbeat/while-the-model-works",
        .title = "heartbeats go out while the model works",
        .requirements = "HB-11 TMO-13",
        .passes = "The model is made to take 4 D and half a second for a request (CLIPPER_MODEL_DELAY_MS). "
                  "Heartbeats come at D and "
                  "2 D, then the response.",
        .fails =
            "No heartbeats meanwhile, as with released containers: a warning. Skipped where the container "
            "does not offer CLIPPER_MODEL_DELAY_MS.",
        .polls = 8,
        .seconds = 1,
        .play = while_the_model_works,
    },
};

const scenario_family heartbeat_family = {scenarios, COUNT(scenarios)};
