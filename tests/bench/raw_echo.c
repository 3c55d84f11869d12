/* raw_echo.c: the floor for a container: libzmq and nothing else. A DEALER that registers like a container,
 * then answers each request of n items with the frames that the noop model answers: n times "1.0", on the
 * release wire. It checks nothing. Endpoint from CLIPPER_IP and CLIPPER_PORT. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum {
    HEARTBEAT_FRAMES = 4, /* "", version, message type, heartbeat type */
    REQUEST_HEAD = 7,
    ID_FRAME = 3,
    MOST_ITEMS = 1000,
    BUFFER_BYTES = 256 * 1024 /* as the container has it */
};

static zmq_msg_t parts[REQUEST_HEAD + MOST_ITEMS];
static uint64_t words[1 + MOST_ITEMS];

static void must(int result, const char *what) {
    if (result < 0) {
        fprintf(stderr, "raw_echo: %s: %s\n", what, zmq_strerror(zmq_errno()));
        exit(1);
    }
}

static void send_u32(void *socket, uint32_t value, int flags) {
    must(zmq_send(socket, &value, sizeof value, flags), "send");
}

static void send_heartbeat(void *socket) {
    must(zmq_send(socket, "", 0, ZMQ_SNDMORE), "send");
    send_u32(socket, 2, 0);
}

static void send_new_container(void *socket) {
    must(zmq_send(socket, "", 0, ZMQ_SNDMORE), "send");
    send_u32(socket, 0, ZMQ_SNDMORE);
    must(zmq_send(socket, "raw", 3, ZMQ_SNDMORE), "send");
    must(zmq_send(socket, "1", 1, ZMQ_SNDMORE), "send");
    must(zmq_send(socket, "3", 1, ZMQ_SNDMORE), "send");
    send_u32(socket, 3, 0);
}

/* Receives a whole message into parts. Returns the number of frames. */
static size_t receive(void *socket) {
    size_t count = 0;
    do {
        if (count == sizeof parts / sizeof *parts) {
            fprintf(stderr, "raw_echo: too many frames\n");
            exit(1);
        }
        must(zmq_msg_recv(&parts[count], socket, 0), "receive");
    } while (zmq_msg_more(&parts[count++]));
    return count;
}

static void answer(void *socket, size_t items) {
    const uint64_t length = 8 * (1 + items);
    uint32_t id;
    memcpy(&id, zmq_msg_data(&parts[ID_FRAME]), sizeof id);
    words[0] = items;
    must(zmq_send(socket, "", 0, ZMQ_SNDMORE), "send");
    send_u32(socket, 1, ZMQ_SNDMORE);
    send_u32(socket, id, ZMQ_SNDMORE);
    must(zmq_send(socket, &length, sizeof length, ZMQ_SNDMORE), "send");
    must(zmq_send(socket, words, length, items ? ZMQ_SNDMORE : 0), "send");
    for (size_t i = 0; i < items; i++)
        must(zmq_send(socket, "1.0", 3, i + 1 < items ? ZMQ_SNDMORE : 0), "send");
}

static void *connected_socket(void) {
    void *socket = zmq_socket(zmq_ctx_new(), ZMQ_DEALER);
    const char *ip = getenv("CLIPPER_IP"), *port = getenv("CLIPPER_PORT");
    const int bytes = BUFFER_BYTES;
    char endpoint[64];
    snprintf(endpoint, sizeof endpoint, "tcp://%s:%s", ip ? ip : "127.0.0.1", port ? port : "7000");
    must(zmq_setsockopt(socket, ZMQ_SNDBUF, &bytes, sizeof bytes), "SNDBUF");
    must(zmq_setsockopt(socket, ZMQ_RCVBUF, &bytes, sizeof bytes), "RCVBUF");
    must(zmq_connect(socket, endpoint), "connect");
    return socket;
}

int main(void) {
    void *socket = connected_socket();
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        zmq_msg_init(&parts[i]);
    for (size_t i = 1; i <= MOST_ITEMS; i++)
        words[i] = 3;
    send_heartbeat(socket);
    for (;;) {
        const size_t count = receive(socket);
        if (count >= REQUEST_HEAD)
            answer(socket, count - REQUEST_HEAD);
        else if (count == HEARTBEAT_FRAMES && *(const uint8_t *)zmq_msg_data(&parts[3]) == 1)
            send_new_container(socket);
    }
}
