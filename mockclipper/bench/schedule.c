#include "bench/schedule.h"

#include <math.h>

instant schedule_due_at(const schedule *self, instant now) {
    if (self->rate <= 0)
        return now;
    return self->begun + (instant)((double)self->sent / self->rate * (double)SECOND);
}

bool schedule_is_due(const schedule *self, instant now, size_t under_way) {
    return under_way < self->in_flight && schedule_due_at(self, now) <= now;
}

instant schedule_wake_at(const schedule *self, instant now, size_t under_way) {
    return under_way < self->in_flight ? schedule_due_at(self, now) : INT64_MAX;
}

uint64_t schedule_behind(const schedule *self, instant now) {
    double due = self->rate > 0 ? (double)(now - self->begun) / (double)SECOND * self->rate : 0;
    return ceil(due) > (double)self->sent ? (uint64_t)ceil(due) - self->sent : 0;
}
