/* How a container and Clipper keep knowing of each other. */
#include "scenarios/families.h"

static void play_interval(talk *t) {
    talk_register(t);
    talk_canary(t);
    talk_fall_silent(t);
    talk_expect_heartbeats_at_poll_timeout(t, 3);
    talk_answer_heartbeats(t);
    talk_send_keep_alive(t);
    talk_canary(t);
}

static const scenario interval = {
    .id = "heartbeat/interval",
    .title = "an idle container sends a heartbeat when D has passed, and again each D",
    .requirements = "HB-6 HB-1 HB-7 TMO-2",
    .passes = "After the last message to the container Clipper is silent. A heartbeat comes after D, and two "
              "more, each a D later.",
    .fails = "No heartbeat, one too late, or (a warning) one too early.",
    .waits = {.polls = 3},
    .play = play_interval,
};

static void play_told_timers(talk *t) {
    talk_register(t);
    talk_expect_told_timers(t);
    talk_fall_silent(t);
    talk_send_keep_alive(t);
    talk_expect_heartbeats_at_poll_timeout(t, 1);
    talk_answer_heartbeats(t);
    talk_send_keep_alive(t);
    talk_canary(t);
}

static const scenario told_timers = {
    .id = "heartbeat/told-timers",
    .title = "D and TO are what the environment says",
    .requirements = "DEP-9 HB-6 HB-7",
    .passes = "Before the run a trial times an idle container's heartbeat: it comes after the D that "
              "CLIPPER_POLL_TIMEOUT_MS says. Here it comes so again.",
    .fails = "A D or TO that stays the same whatever the environment says: a warning, which gives the "
             "container's own. All times of the run are judged by those then.",
    .waits = {.polls = 1},
    .play = play_told_timers,
};

static void play_keep_alive_is_not_answered(talk *t) {
    talk_register(t);
    talk_canary(t);
    talk_fall_silent(t);
    talk_send_keep_alive(t);
    talk_send_keep_alive(t);
    talk_expect_heartbeats_at_poll_timeout(t, 2);
    talk_answer_heartbeats(t);
    talk_canary(t);
}

static const scenario keep_alive_is_not_answered = {
    .id = "heartbeat/keep-alive-is-not-answered",
    .title = "a keep-alive needs no answer, and begins a new D",
    .requirements = "HB-5 HB-3 HB-7 TMO-2",
    .passes = "Two keep-alives are sent. The next message of the container is a heartbeat, a D after the "
              "second.",
    .fails = "Any message in answer to a keep-alive; a heartbeat that comes too early.",
    .waits = {.polls = 2},
    .play = play_keep_alive_is_not_answered,
};

static void play_answered_heartbeats_keep_the_session(talk *t) {
    talk_register(t);
    talk_expect_only_heartbeats(t, talk_activity_timeout(t) + 2 * talk_poll_timeout(t));
    talk_canary(t);
}

static const scenario answered_heartbeats_keep_the_session = {
    .id = "heartbeat/answered-heartbeats-keep-the-session",
    .title = "as long as heartbeats are answered, the session lives",
    .requirements = "HB-8 TMO-5 HB-3",
    .passes = "For longer than TO there is nothing but heartbeats and keep-alives. The session goes on, and "
              "a prediction is served.",
    .fails = "A new session, or a container that does not serve afterwards.",
    .waits = {.polls = 2, .timeouts = 1},
    .play = play_answered_heartbeats_keep_the_session,
};

static void play_requests_keep_the_session(talk *t) {
    batch *items = talk_uniform_batch(t, 1, 3);
    duration longest_gap = 0;
    size_t before;
    instant beginning, end;
    talk_need_quick_model(t, talk_poll_timeout(t) / 8);
    talk_register(t);
    talk_fall_silent(t);
    talk_canary(t);
    before = talk_heartbeats_so_far(t);
    beginning = clock_now();
    end = beginning + talk_activity_timeout(t) + 2 * talk_poll_timeout(t);
    while (!talk_is_over(t) && clock_now() < end) {
        longest_gap = duration_max(longest_gap, clock_now() - talk_session(t)->last_sent);
        talk_predict(t, items);
        talk_expect_only_heartbeats(t, talk_poll_timeout(t) / 4);
    }
    talk_checking(t, "HB-7");
    talk_expect_no_heartbeat_since(t, before, beginning, longest_gap);
    talk_answer_heartbeats(t);
}

static const scenario requests_keep_the_session = {
    .id = "heartbeat/requests-keep-the-session",
    .title = "requests alone keep a session alive, and make heartbeats needless",
    .requirements = "HB-8 HB-7 TMO-2 TMO-5",
    .passes = "For longer than TO Clipper sends a prediction request every D/4 and never a heartbeat. The "
              "session goes on, and the container sends no heartbeats of its own.",
    .fails = "A new session. Heartbeats although messages keep coming are a warning.",
    .waits = {.polls = 2, .timeouts = 1},
    .play = play_requests_keep_the_session,
};

static void play_unknown_type(talk *t) {
    static const uint32_t types[] = {2, 0x01000000, 0xffffffff};
    talk_register(t);
    for (size_t i = 0; i < COUNT(types); i++) {
        draft *heartbeat = draft_heartbeat(CLIPPER_KEEP_ALIVE);
        draft_set_u32(heartbeat, FRAME_HEARTBEAT_TYPE, types[i]);
        talk_send_draft(t, heartbeat);
        talk_expect_dropped(t);
    }
}

static const scenario unknown_type = {
    .id = "heartbeat/unknown-type",
    .title = "a heartbeat of an unknown type is dropped",
    .requirements = "HB-10 MAL-1",
    .passes = "Heartbeats of the types 2, 1 with its bytes swapped, and 0xffffffff are answered by nothing, "
              "and predictions go on.",
    .fails = "Metadata, a crash, a hang, or a session that ends: a warning, as no Clipper sends such a type.",
    .play = play_unknown_type,
};

static void play_malformed_is_activity(talk *t) {
    draft *malformed;
    talk_register(t);
    talk_canary(t);
    talk_fall_silent(t);
    talk_stay_silent_for(t, talk_activity_timeout(t) - talk_poll_timeout(t) / 2);
    malformed = draft_heartbeat(CLIPPER_KEEP_ALIVE);
    draft_append(malformed, "x", 1);
    talk_send_draft(t, malformed);
    talk_stay_silent_for(t, talk_activity_timeout(t) - talk_poll_timeout(t) / 2);
    talk_answer_heartbeats(t);
    talk_expect_dropped(t);
}

static const scenario malformed_is_activity = {
    .id = "heartbeat/malformed-is-activity",
    .title = "a malformed message shows that Clipper is there",
    .requirements = "HB-9",
    .passes = "Just before TO the only message is a malformed heartbeat. The session lives on for nearly "
              "another TO.",
    .fails = "A session that ends in that time: a warning.",
    .waits = {.timeouts = 2},
    .play = play_malformed_is_activity,
};

static void play_while_the_model_works(talk *t) {
    const batch *items;
    uint32_t id;
    talk_slow_model(t, 4 * talk_poll_timeout(t) + 500 * MILLISECOND);
    items = talk_slow_items(t);
    talk_register(t);
    talk_expect_slow_model(t);
    talk_fall_silent(t);
    id = talk_send_request(t, items);
    talk_expect_heartbeats_at_poll_timeout(t, 2);
    talk_answer_heartbeats(t);
    talk_send_keep_alive(t);
    talk_expect_response(t, id, items);
}

static const scenario while_the_model_works = {
    .id = "heartbeat/while-the-model-works",
    .title = "heartbeats go out while the model works",
    .requirements = "HB-11 TMO-13 PROC-8",
    .passes = "The model is made to take 4 D and half a second for a request (CLIPPER_MODEL_DELAY_MS, or an "
              "input of --slow-items). "
              "Heartbeats come at D and 2 D, then the response.",
    .fails = "No heartbeats meanwhile, as with released containers: a warning. Skipped where the container "
             "does not offer CLIPPER_MODEL_DELAY_MS, and no input that takes so long is named.",
    .waits = {.polls = 8, .seconds = 1},
    .play = play_while_the_model_works,
};

static const scenario_group groups[] = {ONE(interval),
                                        ONE(told_timers),
                                        ONE(keep_alive_is_not_answered),
                                        ONE(answered_heartbeats_keep_the_session),
                                        ONE(requests_keep_the_session),
                                        ONE(unknown_type),
                                        ONE(malformed_is_activity),
                                        ONE(while_the_model_works)};

const scenario_family heartbeat_family = {groups, COUNT(groups)};
