#include "support_peer.h"

#include <stdio.h>

/* ---- The peer ------------------------------------------------------------------------------------------ */

static void open_socket(test_peer *peer, const char *endpoint, int receive_limit) {
    const int linger = 0, no_limit = 0;
    size_t size = sizeof peer->endpoint;
    peer->context = zmq_ctx_new();
    peer->socket = zmq_socket(peer->context, ZMQ_ROUTER);
    zmq_setsockopt(peer->socket, ZMQ_LINGER, &linger, sizeof linger);
    zmq_setsockopt(peer->socket, ZMQ_SNDHWM, &no_limit, sizeof no_limit);
    zmq_setsockopt(peer->socket, ZMQ_RCVHWM, &receive_limit, sizeof receive_limit);
    /* The port of a peer that has just been closed may be taken for a moment. */
    for (int attempt = 0; zmq_bind(peer->socket, endpoint ? endpoint : "tcp://127.0.0.1:*") != 0; attempt++) {
        assert_true(zmq_errno() == EADDRINUSE && attempt < PATIENCE_MS);
        zmq_poll(NULL, 0, 1);
    }
    assert_int_equal(zmq_getsockopt(peer->socket, ZMQ_LAST_ENDPOINT, peer->endpoint, &size), 0);
    for (size_t i = 0; i < PEER_FRAMES; i++)
        zmq_msg_init(&peer->parts[i]);
    peer->count = 0;
    peer->identity_size = 0;
}

void peer_open(test_peer *peer, const char *endpoint) {
    open_socket(peer, endpoint, 0);
}

void peer_open_narrow(test_peer *peer, int limit) {
    open_socket(peer, NULL, limit);
}

void peer_close(test_peer *peer) {
    for (size_t i = 0; i < PEER_FRAMES; i++)
        zmq_msg_close(&peer->parts[i]);
    zmq_close(peer->socket);
    zmq_ctx_term(peer->context);
}

static int receive_part(test_peer *peer, zmq_msg_t *part) {
    assert_true(zmq_msg_recv(part, peer->socket, 0) >= 0);
    return zmq_msg_more(part);
}

clipper_kind peer_receive(test_peer *peer, int timeout_ms) {
    zmq_pollitem_t item = {peer->socket, 0, ZMQ_POLLIN, 0};
    int more;
    if (zmq_poll(&item, 1, timeout_ms) <= 0)
        return CLIPPER_NO_MESSAGE;
    more = receive_part(peer, &peer->parts[0]);
    peer->identity_size = zmq_msg_size(&peer->parts[0]);
    memcpy(peer->identity, zmq_msg_data(&peer->parts[0]), peer->identity_size);
    for (peer->count = 0; more; peer->count++) {
        assert_true(peer->count < PEER_FRAMES);
        more = receive_part(peer, &peer->parts[peer->count]);
        peer->frames[peer->count].base = zmq_msg_data(&peer->parts[peer->count]);
        peer->frames[peer->count].len = zmq_msg_size(&peer->parts[peer->count]);
    }
    (void)clipper_decode(CLIPPER_TO_CLIPPER, peer->frames, peer->count, NULL, &peer->message, NULL);
    return peer->message.kind;
}

void peer_expect(test_peer *peer, clipper_kind kind) {
    clipper_kind received;
    do {
        received = peer_receive(peer, PATIENCE_MS);
        assert_int_not_equal(received, CLIPPER_NO_MESSAGE);
    } while (received != kind);
}

int peer_await(test_peer *peer, clipper_kind kind) {
    char session[sizeof peer->identity];
    const size_t size = peer->identity_size;
    clipper_kind received;
    memcpy(session, peer->identity, size);
    do {
        received = peer_receive(peer, PATIENCE_MS);
        assert_int_not_equal(received, CLIPPER_NO_MESSAGE);
        if (peer->identity_size != size || memcmp(peer->identity, session, size) != 0)
            return 0;
    } while (received != kind);
    return 1;
}

void peer_send_frames(test_peer *peer, const clipper_frame *frames, size_t count) {
    assert_true(zmq_send(peer->socket, peer->identity, peer->identity_size, count > 0 ? ZMQ_SNDMORE : 0) >=
                0);
    for (size_t i = 0; i < count; i++)
        assert_true(zmq_send(peer->socket, frames[i].base, frames[i].len, i + 1 < count ? ZMQ_SNDMORE : 0) >=
                    0);
}

static void send_message(test_peer *peer, clipper_message *message) {
    static clipper_frame frames[CLIPPER_FRAMES_MAX(PEER_FRAMES)];
    static unsigned char scratch[CLIPPER_SCRATCH_MAX(PEER_FRAMES)];
    const clipper_storage storage = {frames, sizeof frames / sizeof frames[0], scratch, sizeof scratch};
    clipper_encoded encoded;
    message->direction = CLIPPER_TO_CONTAINER;
    assert_int_equal(clipper_encode(message, CLIPPER_WIRE_ANY, &storage, &encoded, NULL), CLIPPER_OK);
    peer_send_frames(peer, frames, encoded.frames);
}

void peer_send_heartbeat(test_peer *peer, clipper_heartbeat_type type) {
    clipper_message message;
    memset(&message, 0, sizeof message);
    message.kind = CLIPPER_HEARTBEAT;
    message.as.heartbeat.type = type;
    send_message(peer, &message);
}

void peer_send_request(test_peer *peer, uint32_t id, clipper_data_type type, const clipper_frame *items,
                       size_t count) {
    clipper_message message;
    memset(&message, 0, sizeof message);
    message.kind = CLIPPER_PREDICTION_REQUEST;
    message.as.request.id = id;
    message.as.request.data_type = type;
    message.as.request.items = items;
    message.as.request.item_count = count;
    send_message(peer, &message);
}

void peer_send_text(test_peer *peer, uint32_t id, const char *text) {
    const clipper_frame item = {text, strlen(text)};
    peer_send_request(peer, id, CLIPPER_TYPE_STRINGS, &item, 1);
}

void peer_register(test_peer *peer) {
    peer_expect(peer, CLIPPER_HEARTBEAT);
    do
        peer_send_heartbeat(peer, CLIPPER_SEND_METADATA);
    while (!peer_await(peer, CLIPPER_NEW_CONTAINER));
}

void in_time(int (*attempt)(uint64_t poll_timeout_ms)) {
    uint64_t poll_timeout_ms = 100;
    for (; !attempt(poll_timeout_ms); poll_timeout_ms *= 2)
        assert_true(poll_timeout_ms < PATIENCE_MS / 2);
}

/* ---- The container ------------------------------------------------------------------------------------- */

clipper_container_config served_config(const test_peer *peer, clipper_predict predict) {
    clipper_container_config config = clipper_container_default_config();
    config.model_name = "served";
    config.model_version = "1";
    config.endpoint = peer == NULL ? NULL : peer->endpoint;
    config.input_type = CLIPPER_TYPE_STRINGS;
    config.poll_timeout_ms = 100;
    config.activity_timeout_ms = NEVER_MS;
    config.predict = predict;
    return config;
}

static void *run(void *argument) {
    served_container *served = argument;
    served->result = clipper_container_run(served->container);
    return NULL;
}

void served_start(served_container *served, const clipper_container_config *config) {
    char error[CLIPPER_CONTAINER_ERROR_TEXT];
    served->container = clipper_container_new(config, error);
    if (served->container == NULL)
        fail_msg("%s", error);
    served_run(served);
}

void served_run(served_container *served) {
    assert_int_equal(pthread_create(&served->thread, NULL, run, served), 0);
}

clipper_run_result served_join(served_container *served) {
    assert_int_equal(pthread_join(served->thread, NULL), 0);
    return served->result;
}

clipper_run_result served_stop(served_container *served) {
    clipper_run_result result;
    clipper_container_stop(served->container);
    result = served_join(served);
    clipper_container_destroy(&served->container);
    assert_null(served->container);
    return result;
}
