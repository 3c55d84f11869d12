#include "support_stream.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clipper/flat.h"

/* The most that is read and not yet taken. */
enum {
    PEER_BYTES = 32 << 20
};

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

void stream_peer_open(stream_peer *peer, int local) {
    memset(peer, 0, sizeof *peer);
    peer->stream = -1;
    peer->bytes = malloc(PEER_BYTES);
    if (local)
        listen_unix(peer);
    else
        listen_tcp(peer);
    assert_int_equal(listen(peer->listener, 8), 0);
}

void stream_peer_leave(stream_peer *peer) {
    close(peer->listener);
    unlink(peer->path);
}

void stream_peer_return(stream_peer *peer) {
    listen_unix(peer);
    assert_int_equal(listen(peer->listener, 8), 0);
}

void stream_peer_hang_up(stream_peer *peer) {
    if (peer->stream >= 0)
        close(peer->stream);
    peer->stream = -1;
    peer->used = peer->taken = 0;
}

void stream_peer_close(stream_peer *peer) {
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

void stream_peer_accept(stream_peer *peer) {
    stream_peer_hang_up(peer);
    wait_readable(peer->listener);
    peer->stream = accept(peer->listener, NULL, NULL);
    assert_true(peer->stream >= 0);
}

void stream_peer_expect_end(const stream_peer *peer) {
    unsigned char byte;
    wait_readable(peer->stream);
    assert_int_equal(read(peer->stream, &byte, 1), 0);
}

int stream_peer_try(stream_peer *peer) {
    if (peer->taken > 0)
        memmove(peer->bytes, peer->bytes + peer->taken, peer->used - peer->taken);
    peer->used -= peer->taken;
    peer->taken = 0;
    for (;;) {
        const clipper_frame all = {peer->bytes, peer->used};
        ssize_t got;
        if (clipper_flat_split(all, NULL, peer->frames, 256, &peer->count, &peer->taken, NULL) ==
            CLIPPER_OK) {
            assert_int_equal(
                clipper_decode(CLIPPER_TO_CLIPPER, peer->frames, peer->count, NULL, &peer->message, NULL),
                CLIPPER_OK);
            return 1;
        }
        assert_true(peer->used < PEER_BYTES);
        wait_readable(peer->stream);
        got = read(peer->stream, peer->bytes + peer->used, PEER_BYTES - peer->used);
        if (got <= 0)
            return 0;
        peer->used += (size_t)got;
    }
}

void stream_peer_receive(stream_peer *peer) {
    assert_true(stream_peer_try(peer));
}

void stream_peer_expect(stream_peer *peer, clipper_kind kind) {
    do
        stream_peer_receive(peer);
    while (peer->message.kind != kind);
}

int stream_peer_await(stream_peer *peer, clipper_kind kind) {
    while (stream_peer_try(peer)) {
        if (peer->message.kind == kind)
            return 1;
    }
    return 0;
}

void stream_peer_write(const stream_peer *peer, const unsigned char *bytes, size_t len, size_t piece) {
    while (len > 0) {
        const ssize_t sent = send(peer->stream, bytes, len < piece ? len : piece, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        bytes += sent;
        len -= (size_t)sent;
    }
}

static void send_message(const stream_peer *peer, clipper_message *message, size_t piece) {
    static clipper_frame frames[CLIPPER_FRAMES_MAX(256)];
    static unsigned char scratch[CLIPPER_SCRATCH_MAX(256)], flat[8 << 20];
    const clipper_storage storage = {frames, sizeof frames / sizeof frames[0], scratch, sizeof scratch};
    const clipper_span out = {flat, sizeof flat};
    clipper_encoded encoded;
    size_t length;
    message->direction = CLIPPER_TO_CONTAINER;
    assert_int_equal(clipper_encode(message, CLIPPER_WIRE_ANY, &storage, &encoded, NULL), CLIPPER_OK);
    assert_int_equal(clipper_flat_write(frames, encoded.frames, out, &length), CLIPPER_OK);
    stream_peer_write(peer, flat, length, piece);
}

void stream_peer_heartbeat(const stream_peer *peer, clipper_heartbeat_type type) {
    clipper_message message;
    memset(&message, 0, sizeof message);
    message.kind = CLIPPER_HEARTBEAT;
    message.as.heartbeat.type = type;
    send_message(peer, &message, 1000);
}

void stream_peer_request(const stream_peer *peer, uint32_t id, const clipper_frame *items, size_t count,
                         size_t piece) {
    clipper_message message;
    memset(&message, 0, sizeof message);
    message.kind = CLIPPER_PREDICTION_REQUEST;
    message.as.request.id = id;
    message.as.request.data_type = CLIPPER_TYPE_DOUBLES;
    message.as.request.items = items;
    message.as.request.item_count = count;
    send_message(peer, &message, piece);
}

void stream_peer_register(stream_peer *peer) {
    for (;;) {
        stream_peer_accept(peer);
        while (stream_peer_try(peer)) {
            if (peer->message.kind == CLIPPER_NEW_CONTAINER)
                return;
            stream_peer_heartbeat(peer, CLIPPER_SEND_METADATA);
        }
    }
}
