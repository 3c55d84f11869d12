#include "talk/time_limits.h"

/* Timers may be early by their resolution and by a clock that runs a little fast. */
static duration not_before(duration due) {
    return due - due / 100 - 2 * MILLISECOND;
}

/* What a loaded machine and an unhurried runtime may add to a wait of D. */
static duration slack(const timing *t) {
    return t->poll / 2 + 250 * MILLISECOND;
}

limit limit_start(const timing *t) {
    return (limit){0, t->start, "--start-timeout"};
}

duration limit_starting(const timing *t) {
    return t->starts != 0 ? 2 * t->starts + SECOND / 2 : 0;
}

/* A model that answers at once may be held up for a moment all the same. */
#define SHORTEST_ANSWER (3 * SECOND)

limit limit_answer(const timing *t, bool first, size_t items, uint64_t bytes) {
    const answer_times *seen = &t->answers;
    duration on_the_way = (duration)(bytes / 16) * MICROSECOND;
    duration further = items > 1 ? 2 * (duration)(items - 1) * seen->item : 0;
    duration usual = duration_max(SHORTEST_ANSWER, 20 * seen->median);
    if (seen->at_most != 0)
        return (limit){0, seen->at_most + on_the_way, "--answer-timeout + bytes / (16 MB/s)"};
    if (first && 4 * seen->first > usual)
        return (limit){
            0, 4 * seen->first + further + on_the_way,
            "4 x the first answer of a trial + 2 x what it took for each item + bytes / (16 MB/s)"};
    if (usual > SHORTEST_ANSWER || further > 0)
        return (limit){0, usual + further + on_the_way,
                       "3 s or 20 x the median answer + 2 x what each item took + bytes / (16 MB/s)"};
    return (limit){0, usual + on_the_way, "3 s + bytes / (16 MB/s)"};
}

limit limit_reaction(void) {
    return (limit){0, 3 * SECOND, "3 s"};
}

duration limit_work(const timing *t, size_t requests, size_t items) {
    return (duration)requests * t->answers.surely + (duration)items * t->answers.surely_item;
}

limit limit_heartbeat(const timing *t, unsigned number, duration before) {
    return (limit){not_before(number * t->poll), before + t->poll + slack(t),
                   before != 0 ? "the heartbeat before + D + D/2 + 250 ms" : "D + D/2 + 250 ms"};
}

limit limit_new_session(const timing *t) {
    /* The activity timeout is looked at only when a poll of D ends, so up to D may come on top. */
    return (limit){not_before(t->activity), t->activity + t->poll + slack(t), "TO + D + D/2 + 250 ms"};
}

limit limit_exit(void) {
    return (limit){0, 3 * SECOND, "3 s"};
}

duration limit_extension(const limit *l, const hindrance *h) {
    return limit_is_doubtful(l, h) ? l->at_most / 4 : hindrance_total(h);
}

bool limit_is_doubtful(const limit *l, const hindrance *h) {
    return hindrance_is_large(h, l->at_most);
}
