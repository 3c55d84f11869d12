/* load_traffic.c: the closed loop of the load generator. */
#include "load_traffic.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

enum {
    REQUEST_WORDS = 2,    /* of the metadata, before the sizes */
    RESPONSE_HEAD = 6,    /* frames before the items: identity, "", type, id, metadata's length, metadata */
    HEARTBEAT_FRAMES = 3, /* identity, "", type */
    BY_REFERENCE_BYTES = 4096 /* from here on an item is sent without a copy */
};

/* Requests under way. An id's slot is the id modulo TRAFFIC_MOST_WINDOW. */
typedef struct flight {
    int taken;
    uint32_t id;
    int64_t sent_at;
} flight;

static uint32_t next_id;

int64_t load_now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- Requests ----------------------------------------------------------------------------------------- */

/* The bytes of all items: never changed, so that they may be sent by reference. */
static const void *item_bytes(size_t size) {
    static void *bytes;
    static size_t capacity;
    if (size > capacity) {
        free(bytes);
        bytes = calloc(1, size);
        capacity = size;
        if (bytes == NULL)
            load_fail("item", "out of memory");
    }
    return bytes;
}

static void send_part(const load_peer *peer, const void *bytes, size_t size, int more) {
    if (zmq_send(peer->socket, bytes, size, more ? ZMQ_SNDMORE : 0) < 0)
        load_fail(peer->name, zmq_strerror(zmq_errno()));
}

static void leave_alone(void *bytes, void *hint) {
    (void)bytes;
    (void)hint;
}

static void send_item(const load_peer *peer, const void *bytes, size_t size, int more) {
    zmq_msg_t part;
    if (size < BY_REFERENCE_BYTES) {
        send_part(peer, bytes, size, more);
        return;
    }
    if (zmq_msg_init_data(&part, (void *)(uintptr_t)bytes, size, leave_alone, NULL) != 0 ||
        zmq_msg_send(&part, peer->socket, more ? ZMQ_SNDMORE : 0) < 0)
        load_fail(peer->name, zmq_strerror(zmq_errno()));
}

static void send_request(const load_peer *peer, const load_shape *shape, uint32_t id) {
    static uint64_t words[REQUEST_WORDS + TRAFFIC_MOST_ITEMS];
    const void *bytes = item_bytes(shape->item_bytes);
    const uint32_t fields[] = {3, 1, id, 0};
    const uint64_t length = 8 * (REQUEST_WORDS + shape->items);
    words[0] = 0; /* bytes */
    words[1] = shape->items;
    for (size_t i = 0; i < shape->items; i++)
        words[REQUEST_WORDS + i] = shape->item_bytes;
    send_part(peer, peer->identity, peer->identity_size, 1);
    send_part(peer, "", 0, 1);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        send_part(peer, &fields[i], sizeof fields[i], 1);
    send_part(peer, &length, sizeof length, 1);
    send_part(peer, words, length, shape->items > 0);
    for (size_t i = 0; i < shape->items; i++)
        send_item(peer, bytes, shape->item_bytes, i + 1 < shape->items);
}

/* ---- Answers ------------------------------------------------------------------------------------------ */

/* Receives a message. Returns the number of its frames, and the 4 bytes of the id, if it has one. */
static size_t receive(const load_peer *peer, uint32_t *id) {
    static zmq_msg_t part;
    static int ready;
    size_t count = 0;
    int more = 1;
    if (!ready)
        ready = zmq_msg_init(&part) == 0;
    for (; more; count++) {
        if (zmq_msg_recv(&part, peer->socket, 0) < 0)
            load_fail(peer->name, "does not answer");
        if (count == 3 && zmq_msg_size(&part) == sizeof *id)
            memcpy(id, zmq_msg_data(&part), sizeof *id);
        more = zmq_msg_more(&part);
    }
    return count;
}

/* Receives until an answer to one of FLIGHTS comes: that one. */
static flight *receive_answer(load_peer *peer, const load_shape *shape, flight *flights) {
    for (;;) {
        uint32_t id = 0;
        const size_t frames = receive(peer, &id);
        flight *f = &flights[id % TRAFFIC_MOST_WINDOW];
        if (frames == HEARTBEAT_FRAMES) {
            load_peer_heartbeat(peer, 0);
            continue;
        }
        if (frames != RESPONSE_HEAD + shape->items)
            load_fail(peer->name, "answers with another number of items");
        if (!f->taken || f->id != id)
            load_fail(peer->name, "answers what was not asked");
        f->taken = 0;
        return f;
    }
}

void load_traffic(load_peer *peer, const load_shape *shape, size_t count, size_t window, int64_t *latencies) {
    static flight flights[TRAFFIC_MOST_WINDOW];
    size_t sent = 0, received = 0;
    if (window > TRAFFIC_MOST_WINDOW)
        window = TRAFFIC_MOST_WINDOW;
    while (received < count) {
        while (sent < count && sent - received < window) {
            flight *f = &flights[next_id % TRAFFIC_MOST_WINDOW];
            f->taken = 1;
            f->id = next_id++;
            if (latencies != NULL)
                f->sent_at = load_now_ns();
            send_request(peer, shape, f->id);
            sent++;
        }
        if (latencies == NULL)
            (void)receive_answer(peer, shape, flights);
        else {
            const flight *f = receive_answer(peer, shape, flights);
            latencies[received] = load_now_ns() - f->sent_at;
        }
        received++;
    }
}
