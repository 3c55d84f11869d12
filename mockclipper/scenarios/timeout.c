/* How a container tells that Clipper is gone, and comes back. */
#include "scenarios/families.h"

/* The session ends at TO, its connection closes, and a new one registers and serves. */
static void through_a_timeout(talk *t) {
    session *old = talk_session(t);
    talk_fall_silent(t);
    talk_checking(t, "TMO-9");
    talk_expect_heartbeats_and_new_session(t);
    talk_checking(t, "TMO-6");
    talk_expect_connection_closed(t, old);
    talk_checking(t, "TMO-9");
    talk_expect_no_parting_heartbeat(t, old);
    talk_checking(t, "TMO-7");
    talk_register(t);
    talk_canary(t);
}

static void play_silent_clipper(talk *t) {
    talk_register(t);
    talk_canary(t);
    through_a_timeout(t);
}

static const scenario silent_clipper = {
    .id = "timeout/silent-clipper",
    .title = "when Clipper falls silent, the session ends at TO and a new one begins",
    .requirements = "TMO-4 TMO-1 TMO-2 TMO-3 TMO-5 TMO-6 TMO-7 TMO-9 FRM-10 PROC-5",
    .passes = "Clipper answers nothing after a prediction. Heartbeats come at D, 2D, ...; at TO, and not "
              "before, the container closes its connection, connects anew, sends a heartbeat, registers and "
              "serves.",
    .fails = "A session that ends too early, too late or never; the same socket used again; an old "
             "connection that stays open; a new session that does not register or serve.",
    .waits = {.polls = 1, .timeouts = 1},
    .play = play_silent_clipper,
};

static void play_twice(talk *t) {
    talk_register(t);
    talk_canary(t);
    through_a_timeout(t);
    talk_checking(t, "TMO-8");
    through_a_timeout(t);
}

static const scenario twice_in_a_row = {
    .id = "timeout/twice-in-a-row",
    .title = "a second silence ends the second session as well",
    .requirements = "TMO-8 TMO-1 TMO-4 TMO-7",
    .passes = "What timeout/silent-clipper asks for happens twice, in the second session as in the first.",
    .fails = "A second session that does not end, or a third that does not register or serve.",
    .waits = {.polls = 1, .timeouts = 2},
    .play = play_twice,
};

static void play_answer_just_before(talk *t) {
    talk_register(t);
    talk_canary(t);
    talk_fall_silent(t);
    talk_stay_silent_for(t, talk_activity_timeout(t) - talk_poll_timeout(t) / 2);
    talk_send_keep_alive(t);
    talk_expect_heartbeats_and_new_session(t);
    talk_register(t);
    talk_canary(t);
}

static const scenario answer_just_before = {
    .id = "timeout/answer-just-before",
    .title = "a message just before TO keeps the session, and a whole TO begins anew",
    .requirements = "TMO-5 TMO-3 TMO-9",
    .passes = "Half a D before TO Clipper sends one keep-alive. The session goes on, and ends a TO after "
              "that.",
    .fails = "A session that ends at the first TO, or later than the second.",
    .waits = {.polls = 1, .timeouts = 2},
    .play = play_answer_just_before,
};

static void play_back_before_the_end(talk *t) {
    talk_register(t);
    talk_canary(t);
    talk_fall_silent(t);
    talk_stay_silent_for(t, talk_activity_timeout(t) / 2);
    talk_answer_heartbeats(t);
    talk_send_keep_alive(t);
    talk_expect_only_heartbeats(t, talk_activity_timeout(t));
    talk_canary(t);
}

static const scenario back_before_the_end = {
    .id = "timeout/back-before-the-end",
    .title = "when Clipper is back before TO, the session goes on as if nothing had been",
    .requirements = "TMO-5 HB-8",
    .passes = "Clipper is silent for half of TO, then answers again. The session outlives TO, and serves.",
    .fails = "A new session, or no service.",
    .waits = {.timeouts = 1.5},
    .play = play_back_before_the_end,
};

static void play_silence_during_handshake(talk *t) {
    talk_start(t);
    talk_expect_heartbeat(t);
    talk_expect_new_session(t);
    talk_register(t);
    talk_canary(t);
}

static const scenario silence_during_handshake = {
    .id = "timeout/silence-during-handshake",
    .title = "when the first heartbeat is never answered, a new session begins",
    .requirements = "TMO-10 REG-19 PRED-13 PROC-8",
    .passes = "Clipper never answers. At about TO after its opening the session is given up for a new one.",
    .fails = "A container that waits for ever, as released containers do: a warning.",
    .waits = {.polls = 1, .timeouts = 1},
    .play = play_silence_during_handshake,
};

static void play_silence_after_registration(talk *t) {
    talk_register(t);
    through_a_timeout(t);
}

static const scenario silence_after_registration = {
    .id = "timeout/silence-after-registration",
    .title = "silence right after the registration ends the session as well",
    .requirements = "TMO-4 TMO-7 TMO-9",
    .passes = "The last message to the container is the request for its metadata. A TO later it begins anew.",
    .fails = "A session that ends too early, too late or never.",
    .waits = {.polls = 1, .timeouts = 1},
    .play = play_silence_after_registration,
};

static void play_restarted_clipper(talk *t) {
    talk_register(t);
    talk_canary(t);
    talk_restart_clipper(t);
    talk_expect_registration(t, 0);
    talk_canary(t);
}

static const scenario restarted_clipper = {
    .id = "timeout/restarted-clipper",
    .title = "when Clipper is restarted on the same address, the container registers again",
    .requirements = "TMO-12 TMO-7",
    .passes = "Clipper closes all connections, and a new one that knows nobody listens on the same port. The "
              "container is heard of again within TO, in a new session or on a socket that reconnected, "
              "registers when asked, and serves.",
    .fails = "A container that is not heard of again, or does not register or serve.",
    .waits = {.polls = 1, .timeouts = 1},
    .play = play_restarted_clipper,
};

static void play_clipper_away(talk *t) {
    talk_register(t);
    talk_canary(t);
    talk_stop_listening(t);
    talk_expect_running_for(t, talk_activity_timeout(t) + talk_poll_timeout(t));
    talk_listen_now(t);
    talk_expect_registration(t, 0);
    talk_canary(t);
}

static const scenario clipper_away = {
    .id = "timeout/clipper-away",
    .title = "a Clipper that is away for longer than TO is found again",
    .requirements = "TMO-12 REG-18 PROC-5 TMO-8",
    .passes = "Clipper closes everything; connections are refused for TO and a D. When it listens again, the "
              "container registers and serves.",
    .fails = "An exit, or a container that is not heard of again.",
    .waits = {.polls = 2, .timeouts = 2},
    .play = play_clipper_away,
};

static void play_slower_than_poll(talk *t) {
    const batch *items;
    talk_slow_model(t, talk_poll_timeout(t) + talk_poll_timeout(t) / 2);
    items = talk_slow_items(t);
    talk_register(t);
    talk_expect_slow_model(t);
    for (int i = 0; i < 2; i++)
        talk_expect_response(t, talk_send_request(t, items), items);
}

static const scenario prediction_slower_than_poll = {
    .id = "timeout/prediction-slower-than-poll",
    .title = "a prediction that takes longer than D is answered",
    .requirements = "TMO-13 HB-11 PROC-8",
    .passes = "The model is made to take one and a half D for a request (CLIPPER_MODEL_DELAY_MS, or an input "
              "of --slow-items). Session "
              "and answers are there as ever.",
    .fails = "A lost answer or session: a warning. Skipped where the container does not offer "
             "CLIPPER_MODEL_DELAY_MS, and no input that takes so long is named.",
    .waits = {.polls = 5},
    .play = play_slower_than_poll,
};

static void play_slower_than_activity(talk *t) {
    talk_slow_model(t, talk_activity_timeout(t) + talk_poll_timeout(t) / 2);
    talk_register(t);
    talk_expect_slow_model(t);
}

static const scenario prediction_slower_than_activity = {
    .id = "timeout/prediction-slower-than-activity",
    .title = "a prediction that takes longer than TO is answered",
    .requirements = "TMO-13 HB-11 PROC-8",
    .passes = "The model is made to take longer than TO for a request (CLIPPER_MODEL_DELAY_MS, or an input "
              "of --slow-items). The answer "
              "comes in the same session.",
    .fails = "A lost answer or session: a warning. Skipped where the container does not offer "
             "CLIPPER_MODEL_DELAY_MS, and no input that takes so long is named.",
    .waits = {.polls = 1, .timeouts = 1},
    .play = play_slower_than_activity,
};

static void play_late_answer_stays_home(talk *t) {
    const batch *items;
    session *home;
    /* So slow that one request takes longer than a session lives in silence. */
    talk_slow_model(t, talk_activity_timeout(t) + talk_poll_timeout(t));
    items = talk_slow_items(t);
    talk_register(t);
    home = talk_session(t);
    talk_fall_silent(t);
    talk_send_request(t, items);
    talk_expect_new_session_while_working(t);
    talk_register(t);
    talk_expect_no_answer_elsewhere(t, home, 3 * talk_poll_timeout(t));
}

static const scenario late_answer_stays_home = {
    .id = "timeout/late-answer-stays-home",
    .title = "an answer that is ready after its session has ended is not sent in the next",
    .requirements = "TMO-14 PRED-13",
    .passes = "The model works on a request for longer than TO (CLIPPER_MODEL_DELAY_MS, or an input of "
              "--slow-items), and Clipper is "
              "silent: the session ends meanwhile. In the new session no response comes but to its own "
              "requests.",
    .fails = "The old answer on the new session: a warning. Skipped where no session ends while the model "
             "works.",
    .waits = {.polls = 4, .timeouts = 1},
    .play = play_late_answer_stays_home,
};

/* A container with a clock of its own that has just been served, and now hears nothing. */
static void fall_silent_with_own_clock(talk *t) {
    talk_own_wall_clock(t);
    talk_excuse(t, "the container does not serve under libfaketime");
    talk_register(t);
    talk_canary(t);
    talk_excuse(t, NULL);
    talk_fall_silent(t);
}

/* A day, 2 h, 3 min and 47.3 s: code that drops days, hours or minutes of a difference sees this step all the same. */
#define ODD_STEP (93827300 * MILLISECOND)

static void expect_no_effect_of_wall_clock(talk *t, duration step) {
    talk_step_wall_clock(t, step);
    talk_checking_only(t, "TMO-11");
    talk_expect_heartbeats_and_new_session(t);
    talk_register(t);
    talk_canary(t);
}

static void play_wall_clock_forward(talk *t) {
    fall_silent_with_own_clock(t);
    expect_no_effect_of_wall_clock(t, ODD_STEP);
}

static const scenario wall_clock_forward = {
    .id = "timeout/wall-clock-forward",
    .title = "a wall clock put forward ends no session",
    .requirements = "TMO-11",
    .passes =
        "In silence, the container's wall clock is put forward by a day, 2 h, 3 min and 47.3 s (through "
        "libfaketime). Heartbeats and the end of the session come as ever.",
    .fails = "A session that ends at once, as with released containers: a warning. Skipped where libfaketime "
             "is not on this machine, or does not get into the process.",
    .waits = {.polls = 1, .timeouts = 1},
    .play = play_wall_clock_forward,
};

static void play_wall_clock_back(talk *t) {
    fall_silent_with_own_clock(t);
    talk_expect_only_heartbeats(t, talk_poll_timeout(t) / 2);
    expect_no_effect_of_wall_clock(t, -ODD_STEP);
}

static const scenario wall_clock_back = {
    .id = "timeout/wall-clock-back",
    .title = "a wall clock put back prolongs no session",
    .requirements = "TMO-11",
    .passes = "In silence, the container's wall clock is put back by a day, 2 h, 3 min and 47.3 s (through "
              "libfaketime). Heartbeats and the end of the session come as ever.",
    .fails = "A session that ends a day later, as with released containers: a warning. Skipped where "
             "libfaketime is not on this machine, or does not get into the process.",
    .waits = {.polls = 1, .timeouts = 1},
    .play = play_wall_clock_back,
};

static const scenario_group groups[] = {ONE(silent_clipper),
                                        ONE(twice_in_a_row),
                                        ONE(answer_just_before),
                                        ONE(back_before_the_end),
                                        ONE(silence_during_handshake),
                                        ONE(silence_after_registration),
                                        ONE(restarted_clipper),
                                        ONE(clipper_away),
                                        ONE(prediction_slower_than_poll),
                                        ONE(prediction_slower_than_activity),
                                        ONE(late_answer_stays_home),
                                        ONE(wall_clock_forward),
                                        ONE(wall_clock_back)};

const scenario_family timeout_family = {groups, COUNT(groups)};
