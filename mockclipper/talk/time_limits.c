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

limit limit_answer(uint64_t bytes) {
    return (limit){0, 3 * SECOND + (duration)(bytes / 16) * MICROSECOND, "3 s + bytes / (16 MB/s)"};
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
