/* The session against its model in Promela (tests/spin): the model's whole automaton, as spin printed it, walked
 * along every step of it and then at random. What spin has proved of the model is so tied to this session. */
#include "support_model.h"
#include "model_automata.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
    STATES_MAX = 64,
    NOWHERE = -1,
    RANDOM_STEPS = 4000
};

static const char *action_name(char letter) {
    switch (letter) {
    case '-':
        return "none";
    case 'w':
        return clipper_session_action_name(CLIPPER_SESSION_WAIT);
    case 'h':
        return clipper_session_action_name(CLIPPER_SESSION_SEND_HEARTBEAT);
    case 'm':
        return clipper_session_action_name(CLIPPER_SESSION_SEND_METADATA);
    case 'p':
        return clipper_session_action_name(CLIPPER_SESSION_PREDICT);
    case 'f':
        return clipper_session_action_name(CLIPPER_SESSION_FEEDBACK);
    case 'i':
        return clipper_session_action_name(CLIPPER_SESSION_WRONG_INPUT_TYPE);
    case 'b':
        return clipper_session_action_name(CLIPPER_SESSION_BAD_MESSAGE);
    case 'r':
        return clipper_session_action_name(CLIPPER_SESSION_REOPEN);
    case 'x':
        return clipper_session_action_name(CLIPPER_SESSION_EXIT);
    default:
        return "no action of the model";
    }
}

/* A session and where its automaton is. */
typedef struct walk {
    model_replay replay;
    const model_automaton *automaton;
    size_t at;
    uint8_t done[STATES_MAX][MODEL_EVENT_COUNT]; /* steps taken */
    size_t left;                                 /* steps that were never taken */
} walk;

static void begin_walk(walk *w, const model_automaton *automaton, uint64_t tick_ms, uint64_t now,
                       uint64_t seed) {
    memset(w, 0, sizeof *w);
    assert_true(automaton->state_count <= STATES_MAX);
    model_begin(&w->replay, automaton->poll_timeout, automaton->activity_timeout, tick_ms, now, seed);
    w->automaton = automaton;
    w->left = automaton->state_count * MODEL_EVENT_COUNT;
}

static void take_step(walk *w, model_event event) {
    const model_edge edge = w->automaton->rows[w->at].edges[event];
    if (model_step(&w->replay, event, action_name(edge.action), w->automaton->rows[edge.next].state) != 0)
        fail_msg("D %u, TO %u ticks of %u ms, state %u, %s: %s", (unsigned)w->automaton->poll_timeout,
                 (unsigned)w->automaton->activity_timeout, (unsigned)w->replay.tick_ms, (unsigned)w->at,
                 model_event_name(event), w->replay.problem);
    w->left -= !w->done[w->at][event];
    w->done[w->at][event] = 1;
    w->at = edge.next;
}

/* A step never taken from STATE, or NOWHERE. */
static int new_step(const walk *w, size_t state) {
    for (int event = 0; event < MODEL_EVENT_COUNT; event++)
        if (!w->done[state][event])
            return event;
    return NOWHERE;
}

/* The first step of a shortest way to a state with a step that was never taken; NOWHERE when there is no way. */
static int towards_new_steps(const walk *w) {
    size_t queue[STATES_MAX], head = 0, tail = 0;
    int first[STATES_MAX];
    for (size_t i = 0; i < STATES_MAX; i++)
        first[i] = NOWHERE;
    queue[tail++] = w->at;
    while (head < tail) {
        const size_t state = queue[head++];
        if (new_step(w, state) != NOWHERE)
            return state == w->at ? new_step(w, state) : first[state];
        for (int event = 0; event < MODEL_EVENT_COUNT; event++) {
            const size_t next = w->automaton->rows[state].edges[event].next;
            if (next == w->at || first[next] != NOWHERE)
                continue;
            first[next] = state == w->at ? event : first[state];
            queue[tail++] = next;
        }
    }
    return NOWHERE;
}

/* Every event in every state that the model has. */
static void walk_every_step(const model_automaton *automaton, uint64_t tick_ms, uint64_t now) {
    walk w;
    begin_walk(&w, automaton, tick_ms, now, tick_ms);
    while (w.left > 0) {
        const int event = towards_new_steps(&w);
        assert_true(event != NOWHERE);
        take_step(&w, (model_event)event);
    }
}

static void the_session_takes_every_step_as_the_model_does(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(model_automata); i++) {
        walk_every_step(&model_automata[i], 1, 0);
        walk_every_step(&model_automata[i], 5000, 77);
        walk_every_step(&model_automata[i], 3, UINT64_C(1) << 62);
    }
}

/* Long ways, so that nothing that the model does not have (a count, a time long past) makes a difference. */
static void random_walks_end_where_the_models_do(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(model_automata); i++)
        for (uint64_t seed = 1; seed <= 5; seed++) {
            walk w;
            begin_walk(&w, &model_automata[i], seed * seed * seed, 1000 * seed, seed);
            for (int step = 0; step < RANDOM_STEPS;
                 step++) /* half of them ticks, or D would hardly ever pass */
                take_step(&w, model_choose(&w.replay, 2)
                                  ? MODEL_tick
                                  : (model_event)model_choose(&w.replay, MODEL_EVENT_COUNT));
        }
}

/* Each step, made wrong in the table, must be found by the replay. */
static void a_wrong_step_is_seen(void **state) {
    const model_automaton *automaton = &model_automata[0];
    (void)state;
    for (int event = 0; event < MODEL_EVENT_COUNT; event++)
        for (int change = 0; change < 5; change++) {
            model_replay replay;
            model_edge edge = automaton->rows[0].edges[MODEL_on_open];
            model_state after = automaton->rows[edge.next].state;
            model_begin(&replay, automaton->poll_timeout, automaton->activity_timeout, 10, 0, 1);
            assert_int_equal(model_step(&replay, MODEL_on_open, action_name(edge.action), after), 0);
            edge = automaton->rows[edge.next].edges[event];
            after = automaton->rows[edge.next].state;
            after.open ^= change == 1;
            after.asked ^= change == 2;
            after.registered ^= change == 3;
            after.poll = (uint8_t)(change == 4 ? automaton->poll_timeout - after.poll : after.poll);
            if (change == 4 && (!after.open || 2 * after.poll == automaton->poll_timeout))
                continue; /* no other deadline */
            assert_int_equal(model_step(&replay, (model_event)event,
                                        change == 0 ? "another" : action_name(edge.action), after),
                             -1);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_session_takes_every_step_as_the_model_does),
        cmocka_unit_test(random_walks_end_where_the_models_do),
        cmocka_unit_test(a_wrong_step_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
