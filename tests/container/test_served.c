/* suite: timed */
/* A container over ZeroMQ and real sockets, against a small Clipper in the same program. */
#include "support_peer.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static test_peer clipper; /* large */

static void text_of(const clipper_frame item, char *text, size_t size) {
    const size_t length = item.len < size ? item.len : size - 1;
    memcpy(text, item.base, length);
    text[length] = '\0';
}

static void sleep_ms(uint64_t ms) {
    const struct timespec time = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
    nanosleep(&time, NULL);
}

/* ---- Models -------------------------------------------------------------------------------------------- */

static int echo(void *model, const clipper_batch *batch, clipper_outputs *outputs) {
    (void)model;
    for (size_t i = 0; i < clipper_batch_count(batch); i++)
        clipper_outputs_add_input(outputs, batch, i);
    return 0;
}

/* Obeys its first item: "slow MS" takes MS, "fail" is refused, "few" gives too few outputs, "many" too
 * many, "odd" states a type that the outputs do not have; "hold" waits until the test lets go. */
static _Atomic int let_go, held;

static int obedient(void *model, const clipper_batch *batch, clipper_outputs *outputs) {
    char order[32];
    text_of(clipper_batch_item(batch, 0), order, sizeof order);
    if (strncmp(order, "slow ", 5) == 0)
        sleep_ms(strtoul(order + 5, NULL, 10));
    if (strcmp(order, "hold") == 0) {
        atomic_fetch_add(&held, 1);
        while (!atomic_load(&let_go))
            sleep_ms(1);
    }
    if (strcmp(order, "fail") == 0)
        return 7;
    if (strcmp(order, "few") == 0)
        return 0;
    if (strcmp(order, "many") == 0)
        clipper_outputs_add_text(outputs, "one too many");
    if (strcmp(order, "odd") == 0)
        clipper_outputs_set_type(outputs, CLIPPER_TYPE_DOUBLES);
    return echo(model, batch, outputs);
}

static void assert_is_response(uint32_t id, const char *text) {
    assert_int_equal(clipper.message.as.response.id, id);
    assert_int_equal(clipper.message.as.response.item_count, 1);
    assert_int_equal(clipper.message.as.response.items[0].len, strlen(text));
    assert_memory_equal(clipper.message.as.response.items[0].base, text, strlen(text));
}

static void assert_response(uint32_t id, const char *text) {
    peer_expect(&clipper, CLIPPER_PREDICTION_RESPONSE);
    assert_is_response(id, text);
}

/* Every test is run with the model on the polling thread, on one worker, and on several. */
static const unsigned worker_counts[] = {0, 1, 4};
enum {
    WORKER_COUNTS = sizeof worker_counts / sizeof worker_counts[0]
};

/* ---- Serving ------------------------------------------------------------------------------------------- */

static void it_registers_and_answers(void **state) {
    (void)state;
    for (size_t w = 0; w < WORKER_COUNTS; w++) {
        served_container served;
        clipper_container_config config;
        peer_open(&clipper, NULL);
        config = served_config(&clipper, echo);
        config.workers = worker_counts[w];
        served_start(&served, &config);
        peer_register(&clipper);
        assert_int_equal(clipper.message.wire, CLIPPER_WIRE_RELEASE);
        assert_int_equal(clipper.message.as.new_container.name.len, 6);
        assert_memory_equal(clipper.message.as.new_container.name.base, "served", 6);
        peer_send_text(&clipper, 0xffffffff, "hello");
        assert_response(0xffffffff, "hello");
        assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
        peer_close(&clipper);
    }
}

/* Ids come back with their own answers, also when several workers finish in any order. */
static void many_in_flight_are_answered_once_each(void **state) {
    enum {
        REQUESTS = 500
    };
    (void)state;
    for (size_t w = 0; w < WORKER_COUNTS; w++) {
        static int answers[REQUESTS];
        served_container served;
        clipper_container_config config;
        memset(answers, 0, sizeof answers);
        peer_open(&clipper, NULL);
        config = served_config(&clipper, obedient);
        config.workers = worker_counts[w];
        config.queue = 7; /* most of them wait in ZeroMQ */
        config.poll_timeout_ms = 5000;
        served_start(&served, &config);
        peer_register(&clipper);
        for (uint32_t id = 0; id < REQUESTS; id++) {
            char text[32];
            snprintf(text, sizeof text, "%s%u", id % 50 == 0 ? "slow 5 " : "", id);
            peer_send_text(&clipper, id, text);
        }
        for (int i = 0; i < REQUESTS; i++) {
            char text[32];
            peer_expect(&clipper, CLIPPER_PREDICTION_RESPONSE);
            text_of(clipper.message.as.response.items[0], text, sizeof text);
            assert_int_equal(strtoul(strrchr(text, ' ') ? strrchr(text, ' ') : text, NULL, 10),
                             clipper.message.as.response.id);
            answers[clipper.message.as.response.id]++;
        }
        for (int i = 0; i < REQUESTS; i++)
            assert_int_equal(answers[i], 1);
        assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
        peer_close(&clipper);
    }
}

static void batches_of_any_size_and_items_of_any_size(void **state) {
    static const size_t counts[] = {0, 1, 2, 9, 10, 126, 127, 128, 1000, 4000};
    static char big[3 << 20];
    clipper_frame items[4000];
    served_container served;
    clipper_container_config config;
    (void)state;
    memset(big, 'b', sizeof big);
    peer_open(&clipper, NULL);
    config = served_config(&clipper, echo);
    config.poll_timeout_ms = 5000;
    served_start(&served, &config);
    peer_register(&clipper);
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
        for (size_t i = 0; i < counts[c]; i++) {
            items[i].base = big;
            items[i].len = i % 3 == 0 ? 0 : i % 7 == 1 ? 29 + i % 10 : counts[c] < 10 ? sizeof big - i : i;
        }
        peer_send_request(&clipper, (uint32_t)c, CLIPPER_TYPE_STRINGS, items, counts[c]);
        peer_expect(&clipper, CLIPPER_PREDICTION_RESPONSE);
        assert_int_equal(clipper.message.as.response.item_count, counts[c]);
        for (size_t i = 0; i < counts[c]; i++) {
            assert_int_equal(clipper.message.as.response.items[i].len, items[i].len);
            assert_memory_equal(clipper.message.as.response.items[i].base, big, items[i].len);
        }
    }
    assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
    peer_close(&clipper);
}

/* Answers that find no room wait; when Clipper reads on, none is missing. */
static void a_clipper_that_does_not_read_loses_nothing(void **state) {
    enum {
        REQUESTS = 6000
    };
    static char content[10000];
    (void)state;
    for (size_t w = 0; w < WORKER_COUNTS; w++) {
        const clipper_frame item = {content, sizeof content};
        served_container served;
        clipper_container_config config;
        uint64_t stuck = 0, before;
        peer_open_narrow(&clipper, 1);
        config = served_config(&clipper, echo);
        config.workers = worker_counts[w];
        config.poll_timeout_ms = NEVER_MS;
        served_start(&served, &config);
        peer_register(&clipper);
        for (uint32_t id = 0; id < REQUESTS; id++)
            peer_send_request(&clipper, id, CLIPPER_TYPE_STRINGS, &item, 1);
        do { /* until nothing moves any more */
            before = clipper_container_counters(served.container).requests;
            sleep_ms(20);
            stuck = before == clipper_container_counters(served.container).requests ? stuck + 1 : 0;
        } while (stuck < 5);
        assert_true(clipper_container_counters(served.container).responses < REQUESTS);
        for (uint32_t i = 0; i < REQUESTS; i++) {
            peer_expect(&clipper, CLIPPER_PREDICTION_RESPONSE);
            if (worker_counts[w] < 2)
                assert_int_equal(clipper.message.as.response.id, i);
        }
        assert_int_equal(clipper_container_counters(served.container).responses, REQUESTS);
        assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
        peer_close(&clipper);
    }
}

/* ---- What goes wrong ----------------------------------------------------------------------------------- */

static void a_failing_model_ends_neither_session_nor_process(void **state) {
    static const char *const orders[] = {"fail", "few", "many", "odd"};
    (void)state;
    for (size_t w = 0; w < WORKER_COUNTS; w++) {
        served_container served;
        clipper_container_config config;
        clipper_counters counters;
        peer_open(&clipper, NULL);
        config = served_config(&clipper, obedient);
        config.workers = worker_counts[w];
        config.wire = CLIPPER_WIRE_DOCUMENT; /* on which outputs have a type */
        config.poll_timeout_ms = 5000;
        served_start(&served, &config);
        peer_register(&clipper);
        for (uint32_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
            peer_send_text(&clipper, i, orders[i]);
            peer_send_text(&clipper, 1000 + i, "canary");
            assert_response(1000 + i, "canary");
        }
        /* With several workers the last failure may be known later than the answer after it. */
        for (unsigned waited = 0; waited < PATIENCE_MS; waited++) {
            counters = clipper_container_counters(served.container);
            if (counters.prediction_errors >= 4)
                break;
            sleep_ms(1);
        }
        assert_int_equal(counters.prediction_errors, 4);
        assert_int_equal(counters.responses, 4);
        assert_int_equal(counters.requests, 8);
        assert_int_equal(counters.sessions, 1);
        assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
        peer_close(&clipper);
    }
}

static void bad_messages_are_counted_and_the_next_one_served(void **state) {
    const clipper_frame garbage = {"garbage", 7}, empty = {NULL, 0};
    clipper_frame many[PEER_FRAMES];
    served_container served;
    clipper_container_config config;
    clipper_counters counters;
    (void)state;
    memset(many, 0, sizeof many);
    peer_open(&clipper, NULL);
    config = served_config(&clipper, echo);
    config.poll_timeout_ms = 5000;
    config.limits.items = 100;
    served_start(&served, &config);
    peer_register(&clipper);
    peer_send_frames(&clipper, &garbage, 1);
    peer_send_frames(&clipper, &empty, 1);
    peer_send_frames(&clipper, many, PEER_FRAMES); /* more than can be legal: cut, and refused */
    peer_send_request(&clipper, 1, CLIPPER_TYPE_STRINGS, many, 101);
    peer_send_request(&clipper, 2, CLIPPER_TYPE_BYTES, many, 1);
    peer_send_request(&clipper, 3, CLIPPER_TYPE_STRINGS, many, 100);
    peer_expect(&clipper, CLIPPER_PREDICTION_RESPONSE);
    assert_int_equal(clipper.message.as.response.id, 3);
    counters = clipper_container_counters(served.container);
    assert_int_equal(counters.bad_messages, 4);
    assert_int_equal(counters.wrong_input_types, 1);
    assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
    peer_close(&clipper);
}

/* Registers each session and sends it a request with TEXT, until that is answered. */
static void assert_served(uint32_t id, const char *text) {
    do {
        peer_register(&clipper);
        peer_send_text(&clipper, id, text);
    } while (!peer_await(&clipper, CLIPPER_PREDICTION_RESPONSE));
    assert_is_response(id, text);
}

/* libzmq gives the connection up and makes no other: the next session does, after TO. */
static void a_frame_beyond_the_limits_costs_only_the_session(void **state) {
    static char big[200000];
    const clipper_frame item = {big, sizeof big};
    served_container served;
    clipper_container_config config;
    (void)state;
    peer_open(&clipper, NULL);
    config = served_config(&clipper, echo);
    config.limits.item_bytes = 100000;
    config.limits.items = 1000;
    config.activity_timeout_ms = 600;
    served_start(&served, &config);
    peer_register(&clipper);
    peer_send_request(&clipper, 1, CLIPPER_TYPE_STRINGS, &item, 1);
    while (peer_await(&clipper, CLIPPER_HEARTBEAT))
        ;
    assert_served(2, "canary");
    assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
    peer_close(&clipper);
}

static void another_version_ends_the_run(void **state) {
    const clipper_frame frames[] = {{NULL, 0}, {"\4\0\0\0", 4}, {"\2\0\0\0", 4}, {"\0\0\0\0", 4}};
    (void)state;
    for (size_t w = 0; w < WORKER_COUNTS; w++) {
        served_container served;
        clipper_container_config config;
        peer_open(&clipper, NULL);
        config = served_config(&clipper, echo);
        config.workers = worker_counts[w];
        served_start(&served, &config);
        peer_expect(&clipper, CLIPPER_HEARTBEAT);
        peer_send_frames(&clipper, frames, 4);
        peer_send_text(&clipper, 1, "too late");
        assert_int_equal(served_join(&served), CLIPPER_RUN_VERSION_MISMATCH);
        assert_int_equal(clipper_container_counters(served.container).requests, 0);
        assert_int_equal(clipper_container_counters(served.container).heartbeats_received, 0);
        clipper_container_destroy(&served.container);
        peer_close(&clipper);
    }
}

static void a_bad_endpoint_ends_the_run(void **state) {
    served_container served;
    clipper_container_config config = served_config(NULL, echo);
    (void)state;
    config.endpoint = "nonsense://nowhere";
    served_start(&served, &config);
    assert_int_equal(served_join(&served), CLIPPER_RUN_FAILED);
    clipper_container_destroy(&served.container);
}

/* ---- Time ---------------------------------------------------------------------------------------------- */

static uint64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static uint64_t started_ms;

/* Starts a container with a TO of 6 D, one worker and the queue QUEUE, and registers it. */
static void start_with_timeouts(served_container *served, uint64_t poll_timeout_ms, size_t queue) {
    clipper_container_config config;
    peer_open(&clipper, NULL);
    config = served_config(&clipper, obedient);
    config.poll_timeout_ms = poll_timeout_ms;
    config.activity_timeout_ms = 6 * poll_timeout_ms;
    config.queue = queue;
    atomic_store(&let_go, 0);
    atomic_store(&held, 0);
    started_ms = now_ms();
    served_start(served, &config);
    peer_register(&clipper);
}

static int end_attempt(served_container *served, int result) {
    assert_int_equal(served_stop(served), CLIPPER_RUN_STOPPED);
    peer_close(&clipper);
    return result;
}

/* Receives nine heartbeats, which takes longer than TO, and answers them or not; then lets the model go. Returns
 * 0 when the session has ended. */
static int outlive_the_activity_timeout(uint64_t poll_timeout_ms, int answer) {
    int heartbeats = 0;
    while (heartbeats < 9 && peer_await(&clipper, CLIPPER_HEARTBEAT)) {
        heartbeats++;
        if (answer)
            peer_send_heartbeat(&clipper, CLIPPER_KEEP_ALIVE);
        assert_true(now_ms() - started_ms + 1 >= (uint64_t)heartbeats * poll_timeout_ms);
    }
    atomic_store(&let_go, 1);
    return heartbeats == 9;
}

static int lives_through_a_long_prediction(uint64_t poll_timeout_ms) {
    served_container served;
    start_with_timeouts(&served, poll_timeout_ms, 256);
    peer_send_text(&clipper, 5, "hold");
    if (!outlive_the_activity_timeout(poll_timeout_ms, 1) ||
        !peer_await(&clipper, CLIPPER_PREDICTION_RESPONSE))
        return end_attempt(&served, 0);
    assert_is_response(5, "hold");
    assert_int_equal(clipper_container_counters(served.container).sessions, 1);
    return end_attempt(&served, 1);
}

/* The session goes on, and the answer comes. */
static void a_prediction_longer_than_the_activity_timeout(void **state) {
    (void)state;
    in_time(lives_through_a_long_prediction);
}

static int lives_through_a_full_queue(uint64_t poll_timeout_ms) {
    served_container served;
    start_with_timeouts(&served, poll_timeout_ms, 1);
    peer_send_text(&clipper, 5, "hold");
    peer_send_text(&clipper, 6, "waits");
    if (!outlive_the_activity_timeout(poll_timeout_ms, 0))
        return end_attempt(&served, 0);
    assert_response(5, "hold");
    assert_response(6, "waits");
    assert_int_equal(clipper_container_counters(served.container).sessions, 1);
    return end_attempt(&served, 1);
}

/* Also with a queue so short that nothing more is read meanwhile, and heartbeats that are not even answered: what
 * waits unread is a sign of life. */
static void a_full_queue_does_not_lose_the_session(void **state) {
    (void)state;
    in_time(lives_through_a_full_queue);
}

static int drops_a_late_answer(uint64_t poll_timeout_ms) {
    served_container served;
    int on_time;
    start_with_timeouts(&served, poll_timeout_ms, 256);
    peer_send_text(&clipper, 9, "hold");
    while (peer_await(&clipper, CLIPPER_HEARTBEAT)) /* silence: heartbeats, then a new socket */
        ;
    on_time = atomic_load(&held) == 1;
    peer_send_heartbeat(&clipper, CLIPPER_SEND_METADATA);
    on_time = on_time && peer_await(&clipper, CLIPPER_NEW_CONTAINER);
    peer_send_text(&clipper, 10, "after");
    atomic_store(&let_go, 1);
    if (!on_time || !peer_await(&clipper, CLIPPER_PREDICTION_RESPONSE))
        return end_attempt(&served, 0);
    assert_is_response(10, "after");
    assert_int_equal(clipper_container_counters(served.container).responses_dropped, 1);
    return end_attempt(&served, 1);
}

/* The session ends while the model works: its answer must not come out on the next session's socket. */
static void an_answer_that_is_too_late_goes_nowhere(void **state) {
    (void)state;
    in_time(drops_a_late_answer);
}

/* ---- Stopping ------------------------------------------------------------------------------------------ */

/* What was sent last has half a second to leave: not much on a busy machine. */
static int answers_before_it_stops(uint64_t poll_timeout_ms) {
    served_container served;
    uint32_t answered = 0;
    start_with_timeouts(&served, NEVER_MS, 256);
    peer_send_text(&clipper, 1, "hold");
    peer_send_text(&clipper, 2, "queued");
    while (clipper_container_counters(served.container).requests < 2)
        sleep_ms(1);
    clipper_container_stop(served.container);
    atomic_store(&let_go, 1);
    assert_int_equal(served_join(&served), CLIPPER_RUN_STOPPED);
    assert_int_equal(clipper_container_counters(served.container).responses, 2);
    clipper_container_destroy(&served.container);
    while (answered < 2 &&
           peer_receive(&clipper, (int)(10 * poll_timeout_ms)) == CLIPPER_PREDICTION_RESPONSE) {
        answered++;
        assert_is_response(answered, answered == 1 ? "hold" : "queued");
    }
    peer_close(&clipper);
    return answered == 2;
}

static void stopping_answers_what_is_under_way(void **state) {
    (void)state;
    in_time(answers_before_it_stops);
}

/* Starts a prediction that does not end, and returns when it runs. */
static void start_endless_prediction(served_container *served, uint64_t grace_ms) {
    clipper_container_config config;
    peer_open(&clipper, NULL);
    config = served_config(&clipper, obedient);
    config.grace_ms = grace_ms;
    atomic_store(&let_go, 0);
    atomic_store(&held, 0);
    served_start(served, &config);
    peer_register(&clipper);
    peer_send_text(&clipper, 1, "hold");
    while (atomic_load(&held) == 0)
        sleep_ms(1);
}

static void finish_endless_prediction(served_container *served) {
    assert_int_equal(served_join(served), CLIPPER_RUN_STOPPED);
    assert_int_equal(clipper_container_executing(served->container), 1);
    atomic_store(&let_go, 1);
    clipper_container_destroy(&served->container);
    peer_close(&clipper);
}

static void the_grace_period_is_a_limit(void **state) {
    served_container served;
    uint64_t began;
    (void)state;
    start_endless_prediction(&served, 200);
    began = now_ms();
    clipper_container_stop(served.container);
    finish_endless_prediction(&served);
    assert_true(now_ms() - began >= 200);
}

static void a_second_stop_ends_at_once(void **state) {
    served_container served;
    (void)state;
    start_endless_prediction(&served, NEVER_MS);
    clipper_container_stop(served.container);
    clipper_container_stop(served.container);
    finish_endless_prediction(&served);
}

static void stopping_needs_no_clipper(void **state) {
    served_container served;
    clipper_container_config config = served_config(NULL, echo);
    (void)state;
    config.port = "1"; /* where nobody listens */
    config.poll_timeout_ms = config.grace_ms = NEVER_MS;
    served_start(&served, &config);
    while (clipper_container_counters(served.container).heartbeats_sent == 0)
        sleep_ms(1);
    assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_registers_and_answers),
        cmocka_unit_test(many_in_flight_are_answered_once_each),
        cmocka_unit_test(batches_of_any_size_and_items_of_any_size),
        cmocka_unit_test(a_clipper_that_does_not_read_loses_nothing),
        cmocka_unit_test(a_failing_model_ends_neither_session_nor_process),
        cmocka_unit_test(bad_messages_are_counted_and_the_next_one_served),
        cmocka_unit_test(a_frame_beyond_the_limits_costs_only_the_session),
        cmocka_unit_test(another_version_ends_the_run),
        cmocka_unit_test(a_bad_endpoint_ends_the_run),
        cmocka_unit_test(a_prediction_longer_than_the_activity_timeout),
        cmocka_unit_test(a_full_queue_does_not_lose_the_session),
        cmocka_unit_test(an_answer_that_is_too_late_goes_nowhere),
        cmocka_unit_test(stopping_answers_what_is_under_way),
        cmocka_unit_test(the_grace_period_is_a_limit),
        cmocka_unit_test(a_second_stop_ends_at_once),
        cmocka_unit_test(stopping_needs_no_clipper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
