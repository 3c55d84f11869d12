/* The load's way to a container, with sockets of libzmq as the containers. */
#include "bench/link.h"

#include "base/heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>
#include <cmocka.h>

#define PATIENCE (60 * SECOND)

typedef struct world {
    bench_link *link;
    void *context;
    void *dealers[400]; /* open ones; also those of a test that has failed are closed */
    size_t dealer_count;
} world;

static int set_up(void **state) {
    world *w = heap_new(sizeof *w);
    char *problem;
    w->link = bench_link_new("127.0.0.1", 0, 3, &problem);
    w->context = zmq_ctx_new();
    *state = w;
    return w->link == NULL || w->context == NULL;
}

static int tear_down(void **state) {
    world *w = *state;
    for (size_t i = 0; i < w->dealer_count; i++)
        zmq_close(w->dealers[i]);
    bench_link_destroy(&w->link);
    zmq_ctx_term(w->context);
    free(w);
    return 0;
}

/* ---- Containers ------------------------------------------------------------------------------------- */

static void *connected(world *w) {
    void *dealer = zmq_socket(w->context, ZMQ_DEALER);
    char *endpoint = heap_format("tcp://127.0.0.1:%u", bench_link_port(w->link));
    int none = 0, most = (int)(PATIENCE / MILLISECOND);
    zmq_setsockopt(dealer, ZMQ_LINGER, &none, sizeof none);
    zmq_setsockopt(dealer, ZMQ_RCVTIMEO, &most, sizeof most);
    assert_true(w->dealer_count < sizeof w->dealers / sizeof *w->dealers);
    w->dealers[w->dealer_count++] = dealer;
    assert_int_equal(zmq_connect(dealer, endpoint), 0);
    free(endpoint);
    return dealer;
}

static void leave(world *w, void *dealer) {
    size_t i = 0;
    while (w->dealers[i] != dealer)
        i++;
    w->dealers[i] = w->dealers[--w->dealer_count];
    zmq_close(dealer);
}

static void send_message(void *dealer, const clipper_message *content, clipper_wire wire) {
    size_t items = content->kind == CLIPPER_PREDICTION_RESPONSE ? content->as.response.item_count : 0;
    clipper_storage storage = {NULL, CLIPPER_FRAMES_MAX(items), NULL, CLIPPER_SCRATCH_MAX(items)};
    clipper_encoded encoded;
    storage.frames = heap_array(storage.frame_capacity, sizeof *storage.frames);
    storage.scratch = heap_new(storage.scratch_capacity);
    assert_int_equal(clipper_encode(content, wire, &storage, &encoded, NULL), CLIPPER_OK);
    for (size_t i = 0; i < encoded.frames; i++)
        assert_true(zmq_send(dealer, storage.frames[i].base, storage.frames[i].len,
                             i + 1 < encoded.frames ? ZMQ_SNDMORE : 0) >= 0);
    free(storage.frames);
    free(storage.scratch);
}

static void send_heartbeat(void *dealer) {
    const clipper_message content = {.kind = CLIPPER_HEARTBEAT, .direction = CLIPPER_TO_CLIPPER};
    send_message(dealer, &content, CLIPPER_WIRE_ANY);
}

static void send_new_container(void *dealer, const char *name) {
    clipper_message content = {.kind = CLIPPER_NEW_CONTAINER, .direction = CLIPPER_TO_CLIPPER};
    content.as.new_container.name = (clipper_frame){name, strlen(name)};
    content.as.new_container.model_version = (clipper_frame){"12", 2};
    content.as.new_container.input_type = CLIPPER_TYPE_INTS;
    send_message(dealer, &content, CLIPPER_WIRE_RELEASE);
}

static void send_response(void *dealer, uint32_t id, const clipper_frame *outputs, size_t count) {
    clipper_message content = {.kind = CLIPPER_PREDICTION_RESPONSE, .direction = CLIPPER_TO_CLIPPER};
    content.as.response.id = id;
    content.as.response.data_type = CLIPPER_TYPE_UNSTATED;
    content.as.response.items = outputs;
    content.as.response.item_count = count;
    send_message(dealer, &content, CLIPPER_WIRE_RELEASE);
}

/* A message as a container gets it. */
typedef struct received {
    zmq_msg_t parts[16];
    clipper_frame frames[16];
    size_t count;
    clipper_message content;
} received;

static void receive(void *dealer, received *r) {
    r->count = 0;
    do {
        assert_true(r->count < 16);
        zmq_msg_init(&r->parts[r->count]);
        if (zmq_msg_recv(&r->parts[r->count], dealer, 0) < 0)
            fail_msg("no message: %s", zmq_strerror(zmq_errno()));
        r->count++;
    } while (zmq_msg_more(&r->parts[r->count - 1]));
    for (size_t i = 0; i < r->count; i++)
        r->frames[i] = (clipper_frame){zmq_msg_data(&r->parts[i]), zmq_msg_size(&r->parts[i])};
    assert_int_equal(clipper_decode(CLIPPER_TO_CONTAINER, r->frames, r->count, NULL, &r->content, NULL),
                     CLIPPER_OK);
}

static void done(received *r) {
    for (size_t i = 0; i < r->count; i++)
        zmq_msg_close(&r->parts[i]);
}

static void expect_heartbeat(void *dealer, clipper_heartbeat_type type) {
    received r;
    receive(dealer, &r);
    assert_int_equal(r.content.kind, CLIPPER_HEARTBEAT);
    assert_int_equal(r.content.as.heartbeat.type, type);
    done(&r);
}

/* ---- The link --------------------------------------------------------------------------------------- */

static bench_event next(const world *w) {
    return bench_link_next(w->link, clock_now() + PATIENCE);
}

/* A container that has registered; BECOMES is the event that comes of it. */
static void *registered(world *w, const char *name, bench_event becomes) {
    void *dealer = connected(w);
    send_heartbeat(dealer);
    assert_int_equal(next(w), BENCH_OTHER);
    expect_heartbeat(dealer, CLIPPER_SEND_METADATA);
    send_new_container(dealer, name);
    assert_int_equal(next(w), becomes);
    return dealer;
}

static void a_container_registers_and_is_kept_alive(void **state) {
    world *w = *state;
    void *dealer;
    assert_null(bench_link_peer(w->link));
    dealer = registered(w, "one", BENCH_REGISTERED);
    assert_string_equal(bench_link_peer(w->link)->name, "one");
    assert_string_equal(bench_link_peer(w->link)->model_version, "12");
    assert_int_equal(bench_link_peer(w->link)->input_type, CLIPPER_TYPE_INTS);
    assert_int_equal(bench_link_peer(w->link)->wire, CLIPPER_WIRE_RELEASE);
    send_heartbeat(dealer);
    assert_int_equal(next(w), BENCH_OTHER);
    expect_heartbeat(dealer, CLIPPER_KEEP_ALIVE);
    send_new_container(dealer, "again"); /* nothing new */
    assert_int_equal(next(w), BENCH_OTHER);
    assert_string_equal(bench_link_peer(w->link)->name, "one");
    assert_int_equal(bench_link_others(w->link), 0);
}

static void requests_arrive_as_they_were_made(void **state) {
    world *w = *state;
    void *dealer = registered(w, "one", BENCH_REGISTERED);
    static uint8_t large[100000]; /* borrowed, not copied */
    const clipper_frame items[] = {{"abcd", 4}, {large, sizeof large}, {NULL, 0}};
    clipper_message request = {.kind = CLIPPER_PREDICTION_REQUEST, .direction = CLIPPER_TO_CONTAINER};
    received r;
    memset(large, 7, sizeof large);
    request.as.request.data_type = CLIPPER_TYPE_INTS;
    request.as.request.items = items;
    request.as.request.item_count = 3;
    for (uint32_t id = 0xfffffffe; id != 3; id++) {
        assert_true(bench_link_send(w->link, &request, id));
        receive(dealer, &r);
        assert_int_equal(r.content.as.request.id, id);
        assert_int_equal(r.content.as.request.data_type, CLIPPER_TYPE_INTS);
        assert_int_equal(r.content.as.request.item_count, 3);
        for (size_t i = 0; i < 3; i++) {
            assert_int_equal(r.content.as.request.items[i].len, items[i].len);
            if (items[i].len != 0)
                assert_memory_equal(r.content.as.request.items[i].base, items[i].base, items[i].len);
        }
        done(&r);
    }
}

static void answers_come_with_their_outputs_when_these_are_wanted(void **state) {
    world *w = *state;
    void *dealer = registered(w, "one", BENCH_REGISTERED);
    const clipper_frame outputs[] = {
        {"x", 1}, {NULL, 0}, {"a longer output, beyond what libzmq keeps inline", 47}};
    const clipper_message *m = bench_link_message(w->link);
    send_response(dealer, 77, outputs, 3);
    send_response(dealer, 78, outputs, 3);
    assert_int_equal(next(w), BENCH_ANSWER);
    assert_int_equal(m->as.response.id, 77);
    assert_int_equal(m->as.response.item_count, 3);
    assert_int_equal(m->as.response.items[2].len, 47);
    bench_link_want_outputs(w->link, true);
    assert_int_equal(next(w), BENCH_ANSWER);
    assert_int_equal(m->as.response.id, 78);
    assert_memory_equal(m->as.response.items[0].base, "x", 1);
    assert_memory_equal(m->as.response.items[2].base, outputs[2].base, 47);
}

/* Far more frames than there was room for: what had come before is still found. */
static void a_long_message_is_taken_whole(void **state) {
    world *w = *state;
    void *dealer = registered(w, "one", BENCH_REGISTERED);
    enum {
        COUNT = 3000
    };
    static clipper_frame outputs[COUNT];
    static char texts[COUNT][8];
    const clipper_message *m = bench_link_message(w->link);
    for (size_t i = 0; i < COUNT; i++)
        outputs[i] = (clipper_frame){texts[i], (size_t)snprintf(texts[i], sizeof texts[i], "%zu", i)};
    bench_link_want_outputs(w->link, true);
    send_response(dealer, 5, outputs, COUNT);
    assert_int_equal(next(w), BENCH_ANSWER);
    assert_int_equal(m->as.response.id, 5);
    assert_int_equal(m->as.response.item_count, COUNT);
    for (size_t i = 0; i < COUNT; i++)
        assert_memory_equal(m->as.response.items[i].base, texts[i], outputs[i].len);
}

static void what_is_no_message_is_told(void **state) {
    world *w = *state;
    void *dealer = registered(w, "one", BENCH_REGISTERED), *stranger = connected(w);
    zmq_send(dealer, "", 0, ZMQ_SNDMORE);
    zmq_send(dealer, "\1\0\0\0", 4, 0);
    assert_int_equal(next(w), BENCH_MALFORMED);
    assert_int_equal(bench_link_diagnosis(w->link)->error, CLIPPER_TRUNCATED);
    zmq_send(stranger, "", 0, 0); /* from somebody else it does not matter */
    assert_int_equal(next(w), BENCH_OTHER);
    send_response(stranger, 1, NULL, 0);
    assert_int_equal(next(w), BENCH_STRAY);
}

static void a_second_container_waits(void **state) {
    world *w = *state;
    void *first = registered(w, "one", BENCH_REGISTERED);
    void *second = registered(w, "two", BENCH_OTHER);
    expect_heartbeat(first, CLIPPER_KEEP_ALIVE); /* it was asked whether it is there */
    assert_string_equal(bench_link_peer(w->link)->name, "one");
    assert_int_equal(bench_link_others(w->link), 1);
    send_heartbeat(second);
    assert_int_equal(next(w), BENCH_OTHER);
    expect_heartbeat(second, CLIPPER_KEEP_ALIVE);
}

static void await_gone(const world *w) {
    instant give_up = clock_now() + PATIENCE;
    while (bench_link_probe(w->link)) {
        assert_true(clock_now() < give_up);
        zmq_poll(NULL, 0, 1);
    }
}

static void the_next_takes_over_from_one_that_is_gone(void **state) {
    world *w = *state;
    void *first = registered(w, "one", BENCH_REGISTERED);
    void *second = registered(w, "two", BENCH_OTHER);
    leave(w, first);
    await_gone(w);
    assert_string_equal(bench_link_peer(w->link)->name, "two");
    assert_int_equal(bench_link_others(w->link), 0);
    leave(w, second);
    await_gone(w);
    assert_null(bench_link_peer(w->link));
}

/* A container that has lost patience comes back with a new socket, while its old one is still taken for the
 * one to send to. Whether its end is seen in time is up to the system, so this is tried again. */
static void a_new_session_replaces_the_old_one(void **state) {
    world *w = *state;
    instant give_up = clock_now() + PATIENCE;
    bool replaced = false;
    void *current = registered(w, "session", BENCH_REGISTERED);
    while (!replaced && clock_now() < give_up) {
        leave(w, current);
        current = connected(w);
        send_heartbeat(current);
        assert_int_equal(next(w), BENCH_OTHER);
        expect_heartbeat(current, CLIPPER_SEND_METADATA);
        zmq_poll(NULL, 0, 5);
        send_new_container(current, "session");
        replaced = next(w) == BENCH_REGISTERED;
    }
    assert_true(replaced);
    assert_non_null(bench_link_peer(w->link));
}

static void nobody_to_send_to_is_told(void **state) {
    world *w = *state;
    const clipper_frame item = {"abcd", 4};
    clipper_message request = {.kind = CLIPPER_PREDICTION_REQUEST, .direction = CLIPPER_TO_CONTAINER};
    request.as.request.items = &item;
    request.as.request.item_count = 1;
    assert_false(bench_link_send(w->link, &request, 1));
    assert_false(bench_link_probe(w->link));
    assert_int_equal(bench_link_next(w->link, clock_now() + MILLISECOND), BENCH_NOTHING);
    assert_int_equal(bench_link_next(w->link, BENCH_A_MOMENT), BENCH_NOTHING);
}

static void a_port_in_use_is_an_error(void **state) {
    world *w = *state;
    char *problem;
    assert_null(bench_link_new("127.0.0.1", bench_link_port(w->link), 1, &problem));
    assert_non_null(strstr(problem, ": Address already in use"));
    free(problem);
    assert_null(bench_link_new("nowhere", 0, 1, &problem));
    assert_string_equal(problem, "cannot listen on nowhere:0: Invalid argument");
    free(problem);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_container_registers_and_is_kept_alive),
        TEST(requests_arrive_as_they_were_made),
        TEST(answers_come_with_their_outputs_when_these_are_wanted),
        TEST(a_long_message_is_taken_whole),
        TEST(what_is_no_message_is_told),
        TEST(a_second_container_waits),
        TEST(the_next_takes_over_from_one_that_is_gone),
        TEST(a_new_session_replaces_the_old_one),
        TEST(nobody_to_send_to_is_told),
        TEST(a_port_in_use_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
