/* A container over a byte stream, TCP and Unix-domain, with a small peer that reads and writes the flat form.
 */
#include "support_peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clipper/flat.h"

/* ---- The peer ----------------------------------------------------------------------------------------- */

typedef struct stream_peer {
    int listener;
    int stream; /* -1: none accepted */
    char address[128];
    char path[96];        /* of a Unix-domain socket; or empty */
    unsigned char *bytes; /* read and not yet taken */
    size_t used, capacity;
    size_t taken; /* of BYTES, by the message that was received last */
    clipper_frame frames[256];
    size_t count;
    clipper_message message;
} stream_peer;

static void listen_tcp(stream_peer *peer) {
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    peer->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(peer->listener, (const struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(peer->listener, (struct sockaddr *)&address, &size), 0);
    snprintf(peer->address, sizeof peer->address, "tcp://127.0.0.1:%d", ntohs(address.sin_port));
}

static void listen_unix(stream_peer *peer) {
    struct sockaddr_un address;
    memset(&address, 0, sizeof address);
    address.sun_family = AF_UNIX;
    snprintf(peer->path, sizeof peer->path, "/tmp/clipper-stream-%d.sock", (int)getpid());
    unlink(peer->path);
    memcpy(address.sun_path, peer->path, strlen(peer->path));
    peer->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(peer->listener, (const struct sockaddr *)&address, sizeof address), 0);
    snprintf(peer->address, sizeof peer->address, "unix://%s", peer->path);
}

static void stream_peer_open(stream_peer *peer, int local) {
    memset(peer, 0, sizeof *peer);
    peer->stream = -1;
    if (local)
        listen_unix(peer);
    else
        listen_tcp(peer);
    assert_int_equal(listen(peer->listener, 8), 0);
}

static void stream_peer_hang_up(stream_peer *peer) {
    if (peer->stream >= 0)
        close(peer->stream);
    peer->stream = -1;
    peer->used = peer->taken = 0;
}

static void stream_peer_close(stream_peer *peer) {
    stream_peer_hang_up(peer);
    close(peer->listener);
    if (peer->path[0] != '\0')
        unlink(peer->path);
    free(peer->bytes);
}

static void wait_readable(int descriptor) {
    struct pollfd item = {descriptor, POLLIN, 0};
    assert_int_equal(poll(&item, 1, PATIENCE_MS), 1);
}

static void stream_peer_accept(stream_peer *peer) {
    stream_peer_hang_up(peer);
    wait_readable(peer->listener);
    peer->stream = accept(peer->listener, NULL, NULL);
    assert_true(peer->stream >= 0);
}

/* Reads the next message. It is valid until the next call. */
static void stream_peer_receive(stream_peer *peer) {
    if (peer->taken > 0)
        memmove(peer->bytes, peer->bytes + peer->taken, peer->used - peer->taken);
    peer->used -= peer->taken;
    for (;;) {
        const clipper_frame all = {peer->bytes, peer->used};
        ssize_t got;
        if (clipper_flat_split(all, NULL, peer->frames, 256, &peer->count, &peer->taken, NULL) ==
            CLIPPER_OK) {
            assert_int_equal(
                clipper_decode(CLIPPER_TO_CLIPPER, peer->frames, peer->count, NULL, &peer->message, NULL),
                CLIPPER_OK);
            return;
        }
        if (peer->capacity - peer->used < 65536)
            peer->bytes = realloc(peer->bytes, peer->capacity = 2 * peer->capacity + 65536);
        wait_readable(peer->stream);
        got = read(peer->stream, peer->bytes + peer->used, peer->capacity - peer->used);
        assert_true(got > 0);
        peer->used += (size_t)got;
    }
}

/* Reads on until a message of KIND comes. */
static void stream_peer_expect(stream_peer *peer, clipper_kind kind) {
    do
        stream_peer_receive(peer);
    while (peer->message.kind != kind);
}

/* Writes BYTES, PIECE at a time. */
static void write_pieces(const stream_peer *peer, const unsigned char *bytes, size_t len, size_t piece) {
    for (size_t i = 0; i < len; i += piece) {
        const size_t n = len - i < piece ? len - i : piece;
        size_t written = 0;
        while (written < n) {
            const ssize_t sent = send(peer->stream, bytes + i + written, n - written, MSG_NOSIGNAL);
            assert_true(sent > 0);
            written += (size_t)sent;
        }
    }
}

static void stream_peer_send(const stream_peer *peer, clipper_message *message, size_t piece) {
    static clipper_frame frames[CLIPPER_FRAMES_MAX(256)];
    static unsigned char scratch[CLIPPER_SCRATCH_MAX(256)], flat[8 << 20];
    const clipper_storage storage = {frames, sizeof frames / sizeof frames[0], scratch, sizeof scratch};
    const clipper_span out = {flat, sizeof flat};
    clipper_encoded encoded;
    size_t length;
    message->direction = CLIPPER_TO_CONTAINER;
    assert_int_equal(clipper_encode(message, CLIPPER_WIRE_ANY, &storage, &encoded, NULL), CLIPPER_OK);
    assert_int_equal(clipper_flat_write(frames, encoded.frames, out, &length), CLIPPER_OK);
    write_pieces(peer, flat, length, piece);
}

static void send_heartbeat(const stream_peer *peer, clipper_heartbeat_type type) {
    clipper_message message;
    memset(&message, 0, sizeof message);
    message.kind = CLIPPER_HEARTBEAT;
    message.as.heartbeat.type = type;
    stream_peer_send(peer, &message, 1000);
}

static void send_request(const stream_peer *peer, uint32_t id, const clipper_frame *items, size_t count,
                         size_t piece) {
    clipper_message message;
    memset(&message, 0, sizeof message);
    message.kind = CLIPPER_PREDICTION_REQUEST;
    message.as.request.id = id;
    message.as.request.data_type = CLIPPER_TYPE_DOUBLES;
    message.as.request.items = items;
    message.as.request.item_count = count;
    stream_peer_send(peer, &message, piece);
}

static void register_container(stream_peer *peer) {
    stream_peer_accept(peer);
    stream_peer_expect(peer, CLIPPER_HEARTBEAT);
    send_heartbeat(peer, CLIPPER_SEND_METADATA);
    stream_peer_expect(peer, CLIPPER_NEW_CONTAINER);
}

/* ---- The container ------------------------------------------------------------------------------------ */

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

static void serve(served_container *served, const stream_peer *peer, const clipper_limits *limits) {
    clipper_container_config config = served_config(NULL, echo);
    char error[CLIPPER_TRANSPORT_ERROR_TEXT];
    config.input_type = CLIPPER_TYPE_DOUBLES;
    if (limits != NULL)
        config.limits = *limits;
    assert_int_equal(clipper_stream_transport_new(&config.transport, peer->address, limits, error), 0);
    served_start(served, &config);
}

static void assert_echo(stream_peer *peer, uint32_t id, const clipper_frame *items, size_t count) {
    stream_peer_expect(peer, CLIPPER_PREDICTION_RESPONSE);
    assert_int_equal(peer->message.as.response.id, id);
    assert_int_equal(peer->message.as.response.item_count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(peer->message.as.response.items[i].len, items[i].len);
        assert_memory_equal(peer->message.as.response.items[i].base, items[i].base, items[i].len);
    }
}

/* ---- Tests -------------------------------------------------------------------------------------------- */

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
        register_container(&peer);
        for (uint32_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
            const size_t count = sizes[s] > 1000 ? 3 : 200;
            for (size_t i = 0; i < count; i++) {
                items[i].base = bytes + i;
                items[i].len = i % 3 == 2 ? 8 : sizes[s] > 1000 ? sizes[s] - 8 : sizes[s];
            }
            send_request(&peer, s, items, count, 5000);
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
    register_container(&peer);
    for (size_t piece = 1; piece < 40; piece++) {
        send_request(&peer, (uint32_t)piece, items, 2, piece);
        assert_echo(&peer, (uint32_t)piece, items, 2);
    }
    assert_int_equal(clipper_container_counters(served.container).sessions, 1);
    assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
    stream_peer_close(&peer);
}

/* In silence: heartbeats, then a new session on a new connection. */
static void silence_leads_to_a_new_connection(void **state) {
    served_container served;
    stream_peer peer;
    unsigned char byte;
    (void)state;
    stream_peer_open(&peer, 0);
    serve(&served, &peer, NULL);
    register_container(&peer);
    for (int heartbeats = 0; heartbeats < 5; heartbeats++)
        stream_peer_expect(&peer, CLIPPER_HEARTBEAT);
    wait_readable(peer.stream);
    assert_int_equal(read(peer.stream, &byte, 1), 0); /* closed */
    register_container(&peer);
    assert_int_equal(clipper_container_counters(served.container).sessions, 2);
    assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
    stream_peer_close(&peer);
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
        register_container(&peer);
        send_request(&peer, i, &item, 1, 100);
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
        unsigned char byte;
        stream_peer_accept(&peer);
        stream_peer_expect(&peer, CLIPPER_HEARTBEAT);
        write_pieces(&peer, streams[i].bytes, streams[i].len, 100);
        wait_readable(peer.stream);
        assert_int_equal(read(peer.stream, &byte, 1), 0);
    }
    register_container(&peer);
    send_request(&peer, 9, &item, 1, 100);
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
    register_container(&peer);
    for (uint32_t id = 0; id < 20; id++)
        send_request(&peer, id, &item, 1, sizeof bytes);
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

static void nobody_listens_at_first(void **state) {
    served_container served;
    stream_peer peer;
    (void)state;
    stream_peer_open(&peer, 1);
    close(peer.listener);
    unlink(peer.path);
    serve(&served, &peer, NULL);
    poll(NULL, 0, 150); /* some attempts are refused */
    assert_int_equal(clipper_container_counters(served.container).sessions, 0);
    listen_unix(&peer);
    assert_int_equal(listen(peer.listener, 8), 0);
    register_container(&peer);
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
        cmocka_unit_test(nobody_listens_at_first),
        cmocka_unit_test(bad_addresses_are_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
