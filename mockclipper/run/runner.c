#include "run/runner.h"

#include "base/heap.h"
#include "base/signals.h"
#include "run/prerequisites.h"

#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

typedef struct runner {
    ledger *book;
    const run_observer *observer;
    int stop; /* readable when the run is to end */
    int news; /* readable when a case was begun or finished, or a worker ended */

    pthread_mutex_t lock; /* over all that follows, and the outcomes in the ledger */
    pthread_cond_t changed;
    bool stopping;
    bool prerequisites_decided;  /* other cases may be played, too */
    unsigned places;             /* for cases being played that are not taken */
    unsigned workers;            /* threads that have not ended */
    ledger_case **order;         /* all cases, those that take longest first */
    bool *taken;                 /* by index in ORDER */
    const ledger_case **running; /* being played now */
    size_t running_count;
    const ledger_case **finished; /* not yet reported to the observer */
    size_t finished_count;
} runner;

/* ---- The order of play ------------------------------------------------------------------------------ */

static double expected_time(const ledger *book, const ledger_case *one) {
    const timing *t = &book->parameters.timing;
    return one->scenario->waits.polls * (double)t->poll +
           one->scenario->waits.timeouts * (double)t->activity +
           one->scenario->waits.seconds * (double)SECOND;
}

static int longest_first(const void *a, const void *b, void *book) {
    const ledger_case *x = *(ledger_case *const *)a, *y = *(ledger_case *const *)b;
    double left = expected_time(book, x), right = expected_time(book, y);
    if (left > right || left < right)
        return left > right ? -1 : 1;
    return x < y ? -1 : x > y;
}

static void put_in_order(runner *self) {
    self->order = heap_array(self->book->count, sizeof *self->order);
    for (size_t i = 0; i < self->book->count; i++)
        self->order[i] = &self->book->cases[i];
    qsort_r(self->order, self->book->count, sizeof *self->order, longest_first, self->book);
}

/* A D below this is too short to be kept beside heavy scenarios. */
#define SHORT_POLL SECOND

/* Whether heavy scenarios must wait, as others are not done. Called with the lock held. */
static bool must_be_quiet(const runner *self) {
    for (size_t i = 0; self->book->parameters.timing.poll < SHORT_POLL && i < self->book->count; i++) {
        const scenario *s = self->order[i]->scenario;
        /* One that is played alone comes after all. */
        if (!s->heavy && !s->alone && self->order[i]->outcome == NULL)
            return true;
    }
    return false;
}

/* Whether a case other than ONE is not done. Called with the lock held. */
static bool others_are_left(const runner *self, const ledger_case *one) {
    bool left = false;
    for (size_t i = 0; i < self->book->count && !left; i++) {
        const ledger_case *other = self->order[i];
        left = other != one && other->outcome == NULL && (!other->scenario->alone || self->taken[i]);
    }
    return left;
}

/* The next case to be played; NULL when there is none now. Called with the lock held. */
static ledger_case *next_case(runner *self) {
    bool quiet = must_be_quiet(self);
    if (self->places == 0)
        return NULL;
    for (size_t i = 0; i < self->book->count; i++) {
        ledger_case *one = self->order[i];
        if (!self->taken[i] && one->outcome == NULL &&
            (self->prerequisites_decided || one->scenario->prerequisite) &&
            !(quiet && one->scenario->heavy) && !(one->scenario->alone && others_are_left(self, one))) {
            self->taken[i] = true;
            return one;
        }
    }
    return NULL;
}

/* Whether all cases have been taken. Called with the lock held. */
static bool none_left(const runner *self) {
    for (size_t i = 0; i < self->book->count; i++) {
        if (!self->taken[i] && self->order[i]->outcome == NULL)
            return false;
    }
    return true;
}

/* ---- Playing ---------------------------------------------------------------------------------------- */

/* Others are played while the container ends. */
static void give_place_back(runner *self) {
    pthread_mutex_lock(&self->lock);
    self->places++;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
}

/* Whether O is not to be believed at once: it is inconclusive, or others hang on it. A refusal is an answer. */
static bool is_asked_again(const ledger_case *one, const outcome *o) {
    bool lost = one->scenario->prerequisite && o->verdict == VERDICT_FAIL && !o->registered && !o->refused;
    return (lost || o->verdict == VERDICT_INCONCLUSIVE) && !o->interrupted;
}

static void take_place(runner *self) {
    pthread_mutex_lock(&self->lock);
    while (self->places == 0)
        pthread_cond_wait(&self->changed, &self->lock);
    self->places--;
    pthread_mutex_unlock(&self->lock);
}

/* Plays a case, for which a place was taken. */
static outcome *play_once(runner *self, const ledger_case *one) {
    talk *t = scenario_begin(one->scenario, &self->book->parameters, one->type, self->stop);
    give_place_back(self);
    return talk_end(&t);
}

/* The same; once more when the first time is not to be believed. */
static outcome *play(runner *self, ledger_case *one) {
    outcome *result = play_once(self, one);
    if (is_asked_again(one, result)) {
        one->first_try = result;
        take_place(self);
        result = play_once(self, one);
    }
    return result;
}

static void tell(const runner *self) {
    uint64_t one = 1;
    (void)!write(self->news, &one, sizeof one);
}

static void begin(runner *self, ledger_case *one) {
    self->running[self->running_count++] = one;
    tell(self);
}

static void finish(runner *self, ledger_case *one, outcome *result) {
    for (size_t i = 0; i < self->running_count; i++) {
        if (self->running[i] == one)
            self->running[i] = self->running[--self->running_count];
    }
    if (result->interrupted) {
        outcome_destroy(&result);
    } else {
        one->outcome = result;
        self->finished[self->finished_count++] = one;
    }
    if (!self->prerequisites_decided && prerequisites_are_played(self->book)) {
        prerequisites_decide(self->book);
        self->prerequisites_decided = true;
    }
    pthread_cond_broadcast(&self->changed);
    tell(self);
}

static void *work(void *argument) {
    runner *self = argument;
    pthread_mutex_lock(&self->lock);
    while (!self->stopping && !none_left(self)) {
        ledger_case *one = next_case(self);
        if (one == NULL) {
            pthread_cond_wait(&self->changed, &self->lock);
            continue;
        }
        self->places--;
        begin(self, one);
        pthread_mutex_unlock(&self->lock);
        outcome *result = play(self, one);
        pthread_mutex_lock(&self->lock);
        finish(self, one, result);
    }
    self->workers--;
    pthread_mutex_unlock(&self->lock);
    tell(self);
    return NULL;
}

/* ---- Watching over it ------------------------------------------------------------------------------- */

static void stop(runner *self) {
    uint64_t one = 1;
    pthread_mutex_lock(&self->lock);
    self->stopping = true;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
    (void)!write(self->stop, &one, sizeof one);
}

/* Reports to the observer what is new. Returns whether all workers have ended. */
static bool report(runner *self) {
    const run_observer *observer = self->observer;
    bool ended;
    pthread_mutex_lock(&self->lock);
    ended = self->workers == 0;
    /* What a prerequisite says may change until all have been played. */
    if (self->prerequisites_decided || ended) {
        for (size_t i = 0; observer->finished != NULL && i < self->finished_count; i++)
            observer->finished(observer->context, self->book, self->finished[i]);
        self->finished_count = 0;
    }
    if (observer->progress != NULL)
        observer->progress(observer->context, self->book, self->running, self->running_count);
    pthread_mutex_unlock(&self->lock);
    return ended;
}

/* Waits for news or a signal. Returns the signal, or 0. */
static int wait_for_news(const runner *self, int signals) {
    struct pollfd items[2] = {{.fd = self->news, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
    uint64_t count;
    if (poll(items, 2, 200) <= 0)
        return 0;
    if (items[0].revents != 0)
        (void)!read(self->news, &count, sizeof count);
    return items[1].revents != 0 ? signals_take(signals) : 0;
}

static int watch(runner *self, int signals) {
    int first = 0;
    while (!report(self)) {
        int signal = wait_for_news(self, signals);
        if (signal != 0 && first != 0)
            _exit(128 + signal); /* asked twice: at once; the warden cleans up */
        if (signal != 0) {
            first = signal;
            self->book->interrupted = true;
            stop(self);
        }
    }
    return first;
}

/* ---- The run ---------------------------------------------------------------------------------------- */

static unsigned start_workers(runner *self, pthread_t *threads, unsigned count) {
    unsigned started = 0;
    pthread_mutex_lock(&self->lock);
    while (started < count && pthread_create(&threads[started], NULL, work, self) == 0)
        started++;
    self->workers = started;
    pthread_mutex_unlock(&self->lock);
    return started;
}

/* For each case that is played, how many may have been played and wait for the end of their container. */
#define ENDING_BESIDE 3

/* Plays with all set up; as runner_run(). */
static int run(runner *self, unsigned jobs, int signals) {
    pthread_t *threads = heap_array(jobs, (1 + ENDING_BESIDE) * sizeof *threads);
    unsigned started = start_workers(self, threads, jobs * (1 + ENDING_BESIDE));
    int result = started != 0 ? watch(self, signals) : -1;
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    free(threads);
    return result;
}

int runner_run(ledger *book, unsigned jobs, int signals, const run_observer *observer) {
    runner self = {.book = book, .observer = observer};
    int result;
    self.stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    self.news = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&self.lock, NULL);
    pthread_cond_init(&self.changed, NULL);
    put_in_order(&self);
    self.taken = heap_array(book->count, sizeof *self.taken);
    self.running = heap_array(book->count, sizeof *self.running);
    self.finished = heap_array(book->count, sizeof *self.finished);
    self.places = jobs;
    self.prerequisites_decided = prerequisites_are_played(book);
    book->began = clock_now();
    result = run(&self, jobs, signals);
    book->took = clock_now() - book->began;
    free(self.order);
    free(self.taken);
    free(self.running);
    free(self.finished);
    pthread_cond_destroy(&self.changed);
    pthread_mutex_destroy(&self.lock);
    close(self.stop);
    close(self.news);
    return result;
}
