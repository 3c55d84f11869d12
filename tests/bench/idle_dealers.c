/* idle_dealers.c: many containers that do nothing but live.
 *
 *     idle_dealers PORT COUNT HEARTBEAT_MS
 *
 * COUNT DEALER sockets connect to 127.0.0.1:PORT, register, and send a heartbeat every HEARTBEAT_MS, spread
 * evenly over that time. Prints "ready" when all are registered: when each has been asked for its metadata,
 * has sent it, and has had a heartbeat answered since. Lives until its standard input ends. */
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <zmq.h>

enum {
    MOST_DEALERS = 4000,
    DESCRIPTORS_EACH = 4,
    POLL_MS = 10,
    HEARTBEAT_FRAMES = 4
};

typedef struct dealer {
    void *socket;
    int64_t heartbeat_at; /* ms */
    int registered;
} dealer;

static dealer dealers[MOST_DEALERS];
static zmq_pollitem_t items[MOST_DEALERS + 1];
static size_t dealer_count;

static void fail(const char *what) {
    fprintf(stderr, "idle_dealers: %s: %s\n", what, zmq_strerror(zmq_errno()));
    exit(1);
}

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void send_u32(const dealer *d, uint32_t value, int flags) {
    zmq_send(d->socket, &value, sizeof value, flags);
}

static void send_heartbeat(const dealer *d) {
    zmq_send(d->socket, "", 0, ZMQ_SNDMORE);
    send_u32(d, 2, 0);
}

static void send_new_container(const dealer *d) {
    zmq_send(d->socket, "", 0, ZMQ_SNDMORE);
    send_u32(d, 0, ZMQ_SNDMORE);
    zmq_send(d->socket, "idle", 4, ZMQ_SNDMORE);
    zmq_send(d->socket, "1", 1, ZMQ_SNDMORE);
    zmq_send(d->socket, "3", 1, ZMQ_SNDMORE);
    send_u32(d, 3, 0);
}

/* Receives a message. Returns the heartbeat type, or -1 when it is no heartbeat. */
static int receive_heartbeat(const dealer *d) {
    zmq_msg_t part;
    int type = -1, more = 1, frames = 0;
    zmq_msg_init(&part);
    for (; more; frames++) {
        if (zmq_msg_recv(&part, d->socket, 0) < 0)
            fail("receive");
        if (frames == HEARTBEAT_FRAMES - 1 && zmq_msg_size(&part) == 4)
            type = *(const uint8_t *)zmq_msg_data(&part);
        more = zmq_msg_more(&part);
    }
    zmq_msg_close(&part);
    return frames == HEARTBEAT_FRAMES ? type : -1;
}

/* Returns 1 when D has become registered by it. */
static int on_message(dealer *d) {
    const int type = receive_heartbeat(d);
    if (type == 1) {
        send_new_container(d);
        send_heartbeat(d);
    } else if (type == 0 && !d->registered)
        return d->registered = 1;
    return 0;
}

static void open_dealers(const char *port, int heartbeat_ms) {
    void *context = zmq_ctx_new();
    const int linger = 0;
    char endpoint[64];
    zmq_ctx_set(context, ZMQ_MAX_SOCKETS, MOST_DEALERS + 1);
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%s", port);
    for (size_t i = 0; i < dealer_count; i++) {
        dealer *d = &dealers[i];
        d->socket = zmq_socket(context, ZMQ_DEALER);
        if (d->socket == NULL || zmq_setsockopt(d->socket, ZMQ_LINGER, &linger, sizeof linger) != 0 ||
            zmq_connect(d->socket, endpoint) != 0)
            fail("connect");
        d->heartbeat_at = now_ms() + (int64_t)i * heartbeat_ms / (int64_t)dealer_count;
        send_heartbeat(d);
        items[i] = (zmq_pollitem_t){d->socket, 0, ZMQ_POLLIN, 0};
    }
    items[dealer_count] = (zmq_pollitem_t){NULL, 0, ZMQ_POLLIN, 0}; /* standard input */
}

static void live(int heartbeat_ms) {
    size_t registered = 0;
    for (;;) {
        if (zmq_poll(items, (int)dealer_count + 1, POLL_MS) < 0)
            fail("poll");
        if (items[dealer_count].revents != 0)
            return;
        for (size_t i = 0; i < dealer_count; i++) {
            if (items[i].revents != 0 && on_message(&dealers[i]) && ++registered == dealer_count) {
                printf("ready\n");
                fflush(stdout);
            }
            if (now_ms() >= dealers[i].heartbeat_at) {
                send_heartbeat(&dealers[i]);
                dealers[i].heartbeat_at += heartbeat_ms;
            }
        }
    }
}

int main(int argc, char **argv) {
    struct rlimit limit;
    const int count = argc == 4 ? atoi(argv[2]) : 0, heartbeat_ms = argc == 4 ? atoi(argv[3]) : 0;
    if (count < 1 || count > MOST_DEALERS || heartbeat_ms < 1) {
        fprintf(stderr, "usage: idle_dealers PORT COUNT HEARTBEAT_MS\n");
        return 2;
    }
    dealer_count = (size_t)count;
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < dealer_count * DESCRIPTORS_EACH) {
        limit.rlim_cur = limit.rlim_max; /* as many as there may be */
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    open_dealers(argv[1], heartbeat_ms);
    live(heartbeat_ms);
    return 0; /* the system closes what is open, faster than zmq_ctx_term would */
}
