#include "process/lag.h"

#include "base/heap.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#define SLEEP   (10 * MILLISECOND)
#define BUCKET  (100 * MILLISECOND)
#define BUCKETS 4096

/* The longest oversleep of each tenth of a second, and all of them together, in rings. */
static struct {
    pthread_mutex_t lock;
    pthread_t thread;
    bool running;
    instant due; /* when the sleep that goes on now should end */
    duration worst[BUCKETS];
    duration sum[BUCKETS];
    int64_t newest; /* number of the newest bucket, counted from the clock's beginning */
} lag = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void note(instant now, duration late) {
    int64_t bucket = now / BUCKET;
    while (lag.newest < bucket) {
        lag.newest++;
        lag.worst[lag.newest % BUCKETS] = lag.sum[lag.newest % BUCKETS] = 0;
    }
    lag.worst[bucket % BUCKETS] = duration_max(lag.worst[bucket % BUCKETS], late);
    lag.sum[bucket % BUCKETS] += duration_max(0, late);
}

static void *measure(void *unused) {
    instant due, now;
    (void)unused;
    pthread_mutex_lock(&lag.lock);
    due = lag.due;
    while (lag.running) {
        struct timespec until;
        until.tv_sec = (time_t)(due / SECOND);
        until.tv_nsec = (long)(due % SECOND);
        pthread_mutex_unlock(&lag.lock);
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
            ;
        pthread_mutex_lock(&lag.lock);
        /* One look at the clock ends a sleep and begins the next: a stop between the two is not missed. */
        now = clock_now();
        note(now, now - due);
        due = lag.due = now + SLEEP;
    }
    pthread_mutex_unlock(&lag.lock);
    return NULL;
}

bool lag_start(char **problem) {
    int number;
    pthread_mutex_lock(&lag.lock);
    lag.newest = clock_now() / BUCKET;
    lag.due = clock_now() + SLEEP;
    lag.running = true;
    number = pthread_create(&lag.thread, NULL, measure, NULL);
    lag.running = number == 0;
    pthread_mutex_unlock(&lag.lock);
    if (number != 0)
        *problem = heap_format("cannot start a thread: %s", strerror(number));
    return number == 0;
}

void lag_stop(void) {
    bool was_running;
    pthread_mutex_lock(&lag.lock);
    was_running = lag.running;
    lag.running = false;
    pthread_mutex_unlock(&lag.lock);
    if (was_running)
        pthread_join(lag.thread, NULL);
}

/* The first bucket that is kept of those since FROM. Called with the lock held. */
static int64_t first_bucket(instant from) {
    int64_t bucket = from / BUCKET;
    return bucket <= lag.newest - BUCKETS ? lag.newest - BUCKETS + 1 : bucket;
}

duration lag_since(instant from) {
    duration worst = 0;
    pthread_mutex_lock(&lag.lock);
    if (lag.running) {
        worst = duration_max(worst, clock_now() - lag.due);
        for (int64_t bucket = first_bucket(from); bucket <= lag.newest; bucket++)
            worst = duration_max(worst, lag.worst[bucket % BUCKETS]);
    }
    pthread_mutex_unlock(&lag.lock);
    return worst;
}

duration lag_sum_since(instant from) {
    duration sum = 0;
    pthread_mutex_lock(&lag.lock);
    if (lag.running) {
        sum = duration_max(0, clock_now() - lag.due);
        for (int64_t bucket = first_bucket(from); bucket <= lag.newest; bucket++)
            sum += lag.sum[bucket % BUCKETS];
    }
    pthread_mutex_unlock(&lag.lock);
    return sum;
}
