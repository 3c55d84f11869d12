/* suite: timed */
/* A container over a byte stream, TCP and Unix-domain: the codec on a transport that is not ZeroMQ. */
#include "support_stream.h"

#include <poll.h>
#include <stdatomic.h>

/* ---- The container ------------------------------------------------------------------------------------- */

static _Atomic int misaligned;

static int echo(void *model, const clipper_batch *batch, clipper_outputs *outputs) {
    (void)model;
    for (size_t i = 0; i < clipper_batch_count(batch); i++) {
        const clipper_frame item = clipper_batch_item(batch, i);
        misaligned += item.len > 0 && CLIPPER_LITTLE_ENDIAN_HOST && clipper_f64_view(item) == NULL;
        if (i % 2 == 0)
            clipper_outputs_add_input(outputs, batch, i);
        else
            clipper_outputs_add_bytes(outputs, item.base, item.len);
    }
    return 0;
}

/* As echo, when the test lets it. */
static _Atomic int let_go;

static int patient(void *model, const clipper_batch *batch, clipper_outputs *outputs) {
    while (!let_go)
        poll(NULL, 0, 1);
    return echo(model, batch, outputs);
}

/* A queue of 1, so that nothing is read while the model is held. */
static void serve_patiently(served_container *served, const stream_peer *peer, uint64_t poll_timeout_ms,
                            uint64_t activity_timeout_ms) {
    clipper_container_config config = served_config(NULL, patient);
    char error[CLIPPER_TRANSPORT_ERROR_TEXT];
    config.input_type = CLIPPER_TYPE_DOUBLES;
    config.queue = 1;
    config.poll_timeout_ms = poll_timeout_ms;
    config.activity_timeout_ms = activity_timeout_ms;
    let_go = 0;
    assert_int_equal(clipper_stream_transport_new(&config.transport, peer->address, NULL, error), 0);
    served_start(served, &config);
}

static void serve(served_container *served, const stream_peer *peer, const clipper_limits *limits) {
    clipper_container_config config = served_config(NULL, echo);
    char error[CLIPPER_TRANSPORT_ERROR_TEXT];
    config.input_type = CLIPPER_TYPE_DOUBLES;
    if (limits != NULL)
        config.limits = *limits;
    assert_int_equal(clipper_stream_transport_new(&config.transport, peer->address, limits, error), 0);
    served_start(served, &config);
}

static void assert_is_echo(const stream_peer *peer, uint32_t id, const clipper_frame *items, size_t count) {
    assert_int_equal(peer->message.as.response.id, id);
    assert_int_equal(peer->message.as.response.item_count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(peer->message.as.response.items[i].len, items[i].len);
        assert_memory_equal(peer->message.as.response.items[i].base, items[i].base, items[i].len);
    }
}

static void assert_echo(stream_peer *peer, uint32_t id, const clipper_frame *items, size_t count) {
    stream_peer_expect(peer, CLIPPER_PREDICTION_RESPONSE);
    assert_is_echo(peer, id, items, count);
}

/* ---- Tests --------------------------------------------------------------------------------------------- */

static void it_serves_over_tcp_and_unix(void **state) {
    static unsigned char bytes[1 << 20];
    static const size_t sizes[] = {0, 8, 248, 256, 264, 65536, 1 << 20};
    clipper_frame items[200];
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 7 + i / 251);
    for (int local = 0; local < 2; local++) {
        served_container served;
        stream_peer peer;
        stream_peer_open(&peer, local);
        serve(&served, &peer, NULL);
        stream_peer_register(&peer);
        for (uint32_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
            const size_t count = sizes[s] > 1000 ? 3 : 200;
            for (size_t i = 0; i < count; i++) {
                items[i].base = bytes + i;
                items[i].len = i % 3 == 2 ? 8 : sizes[s] > 1000 ? sizes[s] - 8 : sizes[s];
            }
            stream_peer_request(&peer, s, items, count, 5000);
            assert_echo(&peer, s, items, count);
        }
        assert_int_equal(misaligned, 0);
        assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
        stream_peer_close(&peer);
    }
}

static void a_stream_may_come_byte_by_byte(void **state) {
    const double numbers[] = {1, 2, 3};
    const clipper_frame items[] = {{numbers, 24}, {numbers, 8}};
    served_container served;
    stream_peer peer;
    (void)state;
    stream_peer_open(&peer, 1);
    serve(&served, &peer, NULL);
    stream_peer_register(&peer);
    for (size_t piece = 1; piece < 40; piece++) {
        stream_peer_request(&peer, (uint32_t)piece, items, 2, piece);
        assert_echo(&peer, (uint32_t)piece, items, 2);
    }
    assert_int_equal(clipper_container_counters(served.container).sessions, 1);
    assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
    stream_peer_close(&peer);
}

static int reconnects_after_silence(uint64_t poll_timeout_ms) {
    clipper_container_config config = served_config(NULL, echo);
    char error[CLIPPER_TRANSPORT_ERROR_TEXT];
    served_container served;
    stream_peer peer;
    uint64_t sessions;
    int heartbeats = 0;
    stream_peer_open(&peer, 0);
    config.poll_timeout_ms = poll_timeout_ms;
    config.activity_timeout_ms = 6 * poll_timeout_ms;
    assert_int_equal(clipper_stream_transport_new(&config.transport, peer.address, NULL, error), 0);
    served_start(&served, &config);
    stream_peer_register(&peer);
    while (stream_peer_await(&peer, CLIPPER_HEARTBEAT))
        heartbeats++;
    assert_in_range(heartbeats, 0, 5);
    stream_peer_register(&peer);
    sessions = clipper_container_counters(served.container).sessions;
    assert_true(sessions >= 2);
    assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
    stream_peer_close(&peer);
    return heartbeats > 0 && sessions == 2;
}

/* In silence: heartbeats, then a new session on a new connection. */
static void silence_leads_to_a_new_connection(void **state) {
    (void)state;
    in_time(reconnects_after_silence);
}

static void a_lost_connection_is_made_again(void **state) {
    const double number = 5;
    const clipper_frame item = {&number, 8};
    served_container served;
    stream_peer peer;
    (void)state;
    stream_peer_open(&peer, 0);
    serve(&served, &peer, NULL);
    for (uint32_t i = 0; i < 5; i++) {
        stream_peer_register(&peer);
        stream_peer_request(&peer, i, &item, 1, 100);
        assert_echo(&peer, i, &item, 1);
        stream_peer_hang_up(&peer);
    }
    assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
    stream_peer_close(&peer);
}

/* What is no flat form, or too large for the limits, costs the connection and nothing else. */
static void nonsense_costs_the_connection(void **state) {
    static const unsigned char flags[] = {0xf0}, huge[] = {2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
                               large[] = {2, 0, 0, 0, 0, 0, 0x10, 0, 0};
    static const struct {
        const unsigned char *bytes;
        size_t len;
    } streams[] = {{flags, sizeof flags}, {huge, sizeof huge}, {large, sizeof large}};
    clipper_limits limits = clipper_default_limits();
    const double number = 5;
    const clipper_frame item = {&number, 8};
    served_container served;
    stream_peer peer;
    (void)state;
    limits.item_bytes = limits.total_bytes = limits.text_bytes = 100000;
    limits.items = 1000;
    stream_peer_open(&peer, 1);
    serve(&served, &peer, &limits);
    for (uint32_t i = 0; i < sizeof streams / sizeof streams[0]; i++) {
        stream_peer_accept(&peer);
        stream_peer_expect(&peer, CLIPPER_HEARTBEAT);
        stream_peer_write(&peer, streams[i].bytes, streams[i].len, 100);
        stream_peer_expect_end(&peer);
    }
    stream_peer_register(&peer);
    stream_peer_request(&peer, 9, &item, 1, 100);
    assert_echo(&peer, 9, &item, 1);
    assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
    stream_peer_close(&peer);
}

/* A peer that does not read: answers pile up to a bound, heartbeats are not sent, nothing blocks. */
static void a_peer_that_does_not_read(void **state) {
    static unsigned char bytes[1 << 20];
    const clipper_frame item = {bytes, sizeof bytes};
    served_container served;
    stream_peer peer;
    (void)state;
    stream_peer_open(&peer, 0);
    serve(&served, &peer, NULL);
    stream_peer_register(&peer);
    for (uint32_t id = 0; id < 20; id++)
        stream_peer_request(&peer, id, &item, 1, sizeof bytes);
    while (clipper_container_counters(served.container).requests < 20)
        poll(NULL, 0, 1);
    for (size_t answers = 0; answers < 20;) {
        stream_peer_receive(&peer);
        if (peer.message.kind == CLIPPER_PREDICTION_RESPONSE)
            assert_int_equal(peer.message.as.response.id, answers++);
    }
    assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
    stream_peer_close(&peer);
}

/* Half a second is given to the last of it, which a busy machine may not read in time. */
static int sends_before_it_stops(uint64_t poll_timeout_ms) {
    static unsigned char bytes[1 << 20];
    const clipper_frame item = {bytes, sizeof bytes};
    served_container served;
    stream_peer peer;
    uint32_t answers = 0;
    (void)poll_timeout_ms;
    stream_peer_open(&peer, 0);
    serve(&served, &peer, NULL);
    stream_peer_register(&peer);
    for (uint32_t id = 0; id < 20; id++)
        stream_peer_request(&peer, id, &item, 1, sizeof bytes);
    while (clipper_container_counters(served.container).requests < 20)
        poll(NULL, 0, 1);
    clipper_container_stop(served.container);
    for (; answers < 20 && stream_peer_await(&peer, CLIPPER_PREDICTION_RESPONSE); answers++)
        assert_is_echo(&peer, answers, &item, 1);
    assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
    stream_peer_close(&peer);
    return answers == 20;
}

/* All answers are on their way, and most of them are still in this process, when the container is stopped. */
static void stopping_sends_what_is_left(void **state) {
    (void)state;
    in_time(sends_before_it_stops);
}

/* The peer goes away while answers for it are piled up, read or unread. */
static void a_peer_that_hangs_up_on_its_answers(void **state) {
    static unsigned char bytes[1 << 20];
    const clipper_frame item = {bytes, sizeof bytes};
    served_container served;
    stream_peer peer;
    (void)state;
    stream_peer_open(&peer, 1);
    serve(&served, &peer, NULL);
    stream_peer_register(&peer);
    for (uint32_t id = 0; id < 20; id++)
        stream_peer_request(&peer, id, &item, 1, sizeof bytes);
    while (clipper_container_counters(served.container).requests < 20)
        poll(NULL, 0, 1);
    stream_peer_hang_up(&peer);
    stream_peer_register(&peer);
    stream_peer_request(&peer, 100, &item, 1, sizeof bytes);
    assert_echo(&peer, 100, &item, 1);
    assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
    stream_peer_close(&peer);
}

static int lives_through_a_full_queue(uint64_t poll_timeout_ms) {
    const double number = 5;
    const clipper_frame item = {&number, 8};
    served_container served;
    stream_peer peer;
    int heartbeats = 0;
    stream_peer_open(&peer, 1);
    serve_patiently(&served, &peer, poll_timeout_ms, 6 * poll_timeout_ms);
    stream_peer_register(&peer);
    stream_peer_request(&peer, 1, &item, 1, 1000);
    stream_peer_request(&peer, 2, &item, 1, 1000);
    while (heartbeats < 9 && stream_peer_await(&peer, CLIPPER_HEARTBEAT))
        heartbeats++;
    let_go = 1;
    if (heartbeats == 9) {
        assert_echo(&peer, 1, &item, 1);
        assert_echo(&peer, 2, &item, 1);
        assert_int_equal(clipper_container_counters(served.container).sessions, 1);
    }
    assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
    stream_peer_close(&peer);
    return heartbeats == 9;
}

/* While nothing is read, what waits unread keeps the session alive beyond TO, and heartbeats go out. */
static void a_full_queue_does_not_lose_the_session(void **state) {
    (void)state;
    in_time(lives_through_a_full_queue);
}

/* The peer is gone while nothing is read: no loop, and a new connection once there is room. */
static void a_full_queue_and_a_peer_that_is_gone(void **state) {
    const double number = 5;
    const clipper_frame item = {&number, 8};
    served_container served;
    stream_peer peer;
    (void)state;
    stream_peer_open(&peer, 1);
    serve_patiently(&served, &peer, 100, NEVER_MS);
    stream_peer_register(&peer);
    stream_peer_request(&peer, 1, &item, 1, 1000);
    while (clipper_container_counters(served.container).requests < 1)
        poll(NULL, 0, 1);
    stream_peer_hang_up(&peer);
    poll(NULL, 0, 250); /* some heartbeats find the connection broken */
    let_go = 1;
    stream_peer_register(&peer);
    stream_peer_request(&peer, 2, &item, 1, 1000);
    assert_echo(&peer, 2, &item, 1);
    assert_int_equal(clipper_container_counters(served.container).responses_dropped, 1);
    assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
    stream_peer_close(&peer);
}

static void nobody_listens_at_first(void **state) {
    served_container served;
    stream_peer peer;
    (void)state;
    stream_peer_open(&peer, 1);
    stream_peer_leave(&peer);
    serve(&served, &peer, NULL);
    poll(NULL, 0, 150); /* some attempts are refused */
    assert_int_equal(clipper_container_counters(served.container).sessions, 0);
    stream_peer_return(&peer);
    stream_peer_register(&peer);
    assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
    stream_peer_close(&peer);
}

static void bad_addresses_are_explained(void **state) {
    static const char *const addresses[] = {
        "",          "tcp://",   "tcp://host",   "tcp://:7000", "unix://",
        "udp://h:1", "tcp://h:", "127.0.0.1:70", "tcp://[]:1",  "tcp://no-such-host.invalid:1"};
    char error[CLIPPER_TRANSPORT_ERROR_TEXT], path[300];
    clipper_transport transport;
    (void)state;
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        error[0] = '\0';
        assert_int_equal(clipper_stream_transport_new(&transport, addresses[i], NULL, error), -1);
        assert_true(strlen(error) > 10);
    }
    memset(path, 'p', sizeof path);
    memcpy(path, "unix://", 7);
    path[sizeof path - 1] = '\0';
    assert_int_equal(clipper_stream_transport_new(&transport, path, NULL, error), -1);
    memcpy(path, "tcp://h", 7);
    memcpy(path + sizeof path - 4, ":70", 4);
    assert_int_equal(clipper_stream_transport_new(&transport, path, NULL, error), -1);
    assert_int_equal(clipper_stream_transport_new(&transport, "tcp://[::1]:7000", NULL, error), 0);
    transport.call->destroy(transport.self);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_serves_over_tcp_and_unix),
        cmocka_unit_test(a_stream_may_come_byte_by_byte),
        cmocka_unit_test(silence_leads_to_a_new_connection),
        cmocka_unit_test(a_lost_connection_is_made_again),
        cmocka_unit_test(nonsense_costs_the_connection),
        cmocka_unit_test(a_peer_that_does_not_read),
        cmocka_unit_test(stopping_sends_what_is_left),
        cmocka_unit_test(a_peer_that_hangs_up_on_its_answers),
        cmocka_unit_test(a_full_queue_does_not_lose_the_session),
        cmocka_unit_test(a_full_queue_and_a_peer_that_is_gone),
        cmocka_unit_test(nobody_listens_at_first),
        cmocka_unit_test(bad_addresses_are_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
