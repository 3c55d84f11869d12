#include "base/clock.h"

#include <limits.h>
#include <stdio.h>
#include <time.h>

instant clock_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (instant)now.tv_sec * SECOND + now.tv_nsec;
}

int clock_poll_timeout(instant deadline) {
    duration left = deadline - clock_now();
    if (left <= 0)
        return 0;
    left = (left + MILLISECOND - 1) / MILLISECOND;
    return left > INT_MAX ? INT_MAX : (int)left;
}

char *duration_text(duration d, char buffer[DURATION_TEXT]) {
    double ms = (double)d / (double)MILLISECOND;
    if (ms < 9.95 && ms > -9.95)
        snprintf(buffer, DURATION_TEXT, "%.2f ms", ms);
    else if (ms < 999.5 && ms > -999.5)
        snprintf(buffer, DURATION_TEXT, "%.0f ms", ms);
    else
        snprintf(buffer, DURATION_TEXT, "%.2f s", ms / 1000);
    return buffer;
}
