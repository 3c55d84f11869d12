/* A small Clipper on a real ZeroMQ socket, and a container that is served on a thread. */
#ifndef SUPPORT_PEER_H
#define SUPPORT_PEER_H

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <zmq.h>

#include "clipper/container.h"

/* Is a sanitizer's allocator in place of the C library's? */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

enum {
    PATIENCE_MS = 60000, /* longer than anything takes that is right: a test that waits so long has failed */
    NEVER_MS = 3600000   /* longer than any test runs */
};

enum {
    PEER_FRAMES = 4096
};

typedef struct test_peer {
    void *context;
    void *socket; /* a ROUTER */
    char endpoint[64];
    char identity[256]; /* of the container that was heard last */
    size_t identity_size;
    /* The message that was received last, without the identity. */
    zmq_msg_t parts[PEER_FRAMES];
    clipper_frame frames[PEER_FRAMES];
    size_t count;
    clipper_message message;
} test_peer;

/* Binds to ENDPOINT, or to any port of 127.0.0.1 when that is NULL. */
void peer_open(test_peer *peer, const char *endpoint);
/* The same, but only LIMIT messages are received before they are read. */
void peer_open_narrow(test_peer *peer, int limit);
void peer_close(test_peer *peer);

/* Receives the next message and decodes it. Returns its kind; CLIPPER_NO_MESSAGE when none comes in time, or
 * one that is none. */
clipper_kind peer_receive(test_peer *peer, int timeout_ms);
/* Receives on until a message of KIND comes; fails the test when none does. */
void peer_expect(test_peer *peer, clipper_kind kind);
/* The same; returns 0 when another session's message comes first. */
int peer_await(test_peer *peer, clipper_kind kind);

/* To the container that was heard last. */
void peer_send_frames(test_peer *peer, const clipper_frame *frames, size_t count);
void peer_send_heartbeat(test_peer *peer, clipper_heartbeat_type type);
void peer_send_request(test_peer *peer, uint32_t id, clipper_data_type type, const clipper_frame *items,
                       size_t count);
/* A request with one text as its item, for containers of strings. */
void peer_send_text(test_peer *peer, uint32_t id, const char *text);
/* Waits for a heartbeat, asks for the metadata, and waits for it; again, when another session begins. */
void peer_register(test_peer *peer);

/* Runs ATTEMPT with a D of 100 ms. It returns 0 when the machine was so late that a session has ended which
 * should not: then it is run with twice the D, and so on. Fails the test when that does not help. */
void in_time(int (*attempt)(uint64_t poll_timeout_ms));

/* A container on a thread of its own. */
typedef struct served_container {
    clipper_container *container;
    pthread_t thread;
    clipper_run_result result;
} served_container;

/* Input type strings, D = 100 ms, a TO that never passes, Clipper at PEER (or nowhere). */
clipper_container_config served_config(const test_peer *peer, clipper_predict predict);
void served_start(served_container *served, const clipper_container_config *config);
/* Runs served->container, which is made already. */
void served_run(served_container *served);
/* Waits for the end of the run. */
clipper_run_result served_join(served_container *served);
/* Stops the container, waits, and frees it. */
clipper_run_result served_stop(served_container *served);

#endif
