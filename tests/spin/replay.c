/* Replays what spin prints of the model against real sessions: replay D TO TICK_MS SEED < trace
 *
 * A line "CALL container event open asked registered poll idle action open asked registered poll idle" is a step of
 * the model: the state before, what the session did and the state after. Other lines are none of ours. D and TO are
 * in ticks. Prints how often each event occurred ("event keep_alive 12"), and the number of steps.
 * Exit status 1 at the first difference, which is printed; 2 when the input is not a trace.
 */
#include "../session/support_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONTAINERS = 2
};

typedef struct model_line {
    unsigned container;
    char event[32], action[32];
    unsigned before[5], after[5]; /* open, asked, registered, poll, idle */
} model_line;

/* Returns 1 for a step, 0 for another line, -1 for a step that cannot be read. */
static int parse(const char *text, model_line *line) {
    unsigned *b = line->before, *a = line->after;
    if (strncmp(text, "CALL ", 5) != 0)
        return 0;
    return sscanf(text, "CALL %u %31s %u %u %u %u %u %31s %u %u %u %u %u", &line->container, line->event,
                  &b[0], &b[1], &b[2], &b[3], &b[4], line->action, &a[0], &a[1], &a[2], &a[3], &a[4]) == 13 &&
                   line->container < CONTAINERS
               ? 1
               : -1;
}

static model_event event_of(const char *name) {
    model_event event = (model_event)0;
    while (event < MODEL_EVENT_COUNT && strcmp(model_event_name(event), name) != 0)
        event = (model_event)(event + 1);
    return event;
}

static model_state state_of(const unsigned *values) {
    const model_state state = {(uint8_t)values[0], (uint8_t)values[1], (uint8_t)values[2],
                               (uint8_t)values[3]};
    return state;
}

static int same_state(model_state a, model_state b) {
    return a.open == b.open && a.asked == b.asked && a.registered == b.registered && a.poll == b.poll;
}

static uint64_t number_of(const char *text) {
    return (uint64_t)strtoull(text, NULL, 10);
}

int main(int argc, char **argv) {
    static model_replay replays[CONTAINERS];
    unsigned long events[MODEL_EVENT_COUNT] = {0};
    unsigned long steps = 0;
    char text[256];
    if (argc != 5) {
        fprintf(stderr, "usage: replay D TO TICK_MS SEED < trace\n");
        return 2;
    }
    for (unsigned i = 0; i < CONTAINERS; i++)
        model_begin(&replays[i], number_of(argv[1]), number_of(argv[2]), number_of(argv[3]), 1000000,
                    number_of(argv[4]) + i);
    while (fgets(text, sizeof text, stdin) != NULL) {
        model_line line;
        model_event event;
        const int kind = parse(text, &line);
        if (kind == 0)
            continue;
        event = kind < 0 ? MODEL_EVENT_COUNT : event_of(line.event);
        if (event == MODEL_EVENT_COUNT || !same_state(state_of(line.before), replays[line.container].state)) {
            fprintf(stderr, "not a step of this trace: %s", text);
            return 2;
        }
        if (model_step(&replays[line.container], event, line.action, state_of(line.after)) != 0) {
            printf("%s; at step %lu: %s", replays[line.container].problem, steps, text);
            return 1;
        }
        events[event]++;
        steps++;
    }
    for (unsigned i = 0; i < MODEL_EVENT_COUNT; i++)
        printf("event %s %lu\n", model_event_name((model_event)i), events[i]);
    printf("steps %lu\n", steps);
    return 0;
}
