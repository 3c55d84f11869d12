#include "bench/link.h"

#include "base/heap.h"
#include "base/port.h"
#include "engine/engine.h"
#include "engine/reaction.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Items of this size or more are sent from where they are; smaller ones are copied, which costs less. */
#define BORROWED_BYTES 4096

/* Frames that may be looked into: those before the items of a response, and all of a new container. */
#define HEADER_FRAMES 6

typedef struct registered {
    uint8_t identity[256];
    size_t identity_len;
    bench_peer peer;
} registered;

struct bench_link {
    void *context;
    void *router;
    int readable; /* becomes so when the socket has news */
    int held;     /* holds the port */
    unsigned port;
    bool wants_outputs;

    registered *peers; /* in the order of their registration; requests go to the first */
    size_t peer_count;

    zmq_msg_t *parts; /* of the latest message: the routing identity, then the frames; all initialised */
    clipper_frame *frames;
    size_t capacity; /* of both; at least 1 + HEADER_FRAMES */
    clipper_message message;
    clipper_diagnosis diagnosis;

    clipper_frame head[CLIPPER_HEAD_FRAMES_MAX]; /* of a request being sent */
    void *scratch;
    size_t scratch_capacity;
};

/* ---- Opening and closing ---------------------------------------------------------------------------- */

static void make_room(bench_link *self, size_t capacity) {
    self->parts = message_move_parts(self->parts, self->capacity, capacity);
    self->frames = heap_grow(self->frames, capacity, sizeof *self->frames);
    self->capacity = capacity;
}

static bool open_socket(bench_link *self, const char *address) {
    size_t size = sizeof self->readable;
    int moment = 50; /* ms: longer than a tick of the system, so that waiting programs no timer */
    bool good;
    self->router = zmq_socket(self->context, ZMQ_ROUTER);
    if (self->router != NULL)
        engine_set_up_router(self->router);
    good = self->router != NULL && zmq_setsockopt(self->router, ZMQ_RCVTIMEO, &moment, sizeof moment) == 0 &&
           engine_bind(self->router, address, self->port) &&
           zmq_getsockopt(self->router, ZMQ_FD, &self->readable, &size) == 0;
    return good;
}

bench_link *bench_link_new(const char *address, unsigned port, size_t items, char **problem) {
    bench_link *self = heap_new(sizeof *self);
    const char *why;
    char *where;
    self->port = port;
    self->held = port_hold(address, &self->port);
    self->scratch_capacity = CLIPPER_SCRATCH_MAX(items);
    self->scratch = heap_new(self->scratch_capacity);
    make_room(self, 1 + CLIPPER_FRAMES_MAX(items));
    if (self->held >= 0)
        self->context = zmq_ctx_new();
    if (self->context != NULL && open_socket(self, address))
        return self;
    why = strerror(errno);
    where = port_text(address, self->port);
    *problem = heap_format("cannot listen on %s: %s", where, why);
    free(where);
    bench_link_destroy(&self);
    return NULL;
}

static void drop_peer(bench_link *self, size_t index) {
    free(self->peers[index].peer.name);
    free(self->peers[index].peer.model_version);
    self->peer_count--;
    memmove(&self->peers[index], &self->peers[index + 1], (self->peer_count - index) * sizeof *self->peers);
}

void bench_link_destroy(bench_link **self_p) {
    bench_link *self = *self_p;
    if (self == NULL)
        return;
    for (size_t i = 0; i < self->capacity; i++)
        zmq_msg_close(&self->parts[i]);
    if (self->router != NULL)
        zmq_close(self->router);
    if (self->context != NULL)
        zmq_ctx_term(self->context);
    while (self->peer_count != 0)
        drop_peer(self, self->peer_count - 1);
    free(self->peers);
    free(self->parts);
    free(self->frames);
    free(self->scratch);
    if (self->held >= 0)
        close(self->held);
    free(self);
    *self_p = NULL;
}

unsigned bench_link_port(const bench_link *self) {
    return self->port;
}

const bench_peer *bench_link_peer(const bench_link *self) {
    return self->peer_count != 0 ? &self->peers[0].peer : NULL;
}

size_t bench_link_others(const bench_link *self) {
    return self->peer_count != 0 ? self->peer_count - 1 : 0;
}

const clipper_message *bench_link_message(const bench_link *self) {
    return &self->message;
}

const clipper_diagnosis *bench_link_diagnosis(const bench_link *self) {
    return &self->diagnosis;
}

void bench_link_want_outputs(bench_link *self, bool wanted) {
    self->wants_outputs = wanted;
}

/* ---- Sending ---------------------------------------------------------------------------------------- */

static bool send_part(bench_link *self, clipper_frame part, bool more) {
    zmq_msg_t borrowed;
    int flags = more ? ZMQ_SNDMORE : 0;
    void *base;
    if (part.len < BORROWED_BYTES)
        return zmq_send(self->router, part.base, part.len, flags) >= 0;
    memcpy(&base, &part.base, sizeof base);
    /* Without a function to free them, libzmq takes the bytes for constant. */
    return zmq_msg_init_data(&borrowed, base, part.len, NULL, NULL) == 0 &&
           zmq_msg_send(&borrowed, self->router, flags) >= 0;
}

static bool send_message(bench_link *self, const registered *to, const clipper_message *content) {
    const clipper_prediction *request =
        content->kind == CLIPPER_PREDICTION_REQUEST ? &content->as.request : NULL;
    const clipper_storage storage = {self->head, CLIPPER_HEAD_FRAMES_MAX, self->scratch,
                                     self->scratch_capacity};
    size_t items = request != NULL ? request->item_count : 0;
    clipper_encoded encoded;
    bool good = clipper_encode_head(content, CLIPPER_WIRE_ANY, &storage, &encoded, NULL) == CLIPPER_OK &&
                zmq_send(self->router, to->identity, to->identity_len, ZMQ_SNDMORE) >= 0;
    for (size_t i = 0; good && i < encoded.frames; i++)
        good = send_part(self, self->head[i], i + 1 < encoded.frames || items != 0);
    for (size_t i = 0; good && i < items; i++)
        good = send_part(self, request->items[i], i + 1 < items);
    return good;
}

static bool send_heartbeat(bench_link *self, const registered *to, clipper_heartbeat_type type) {
    clipper_message content = {.kind = CLIPPER_HEARTBEAT, .direction = CLIPPER_TO_CONTAINER};
    content.as.heartbeat.type = type;
    return send_message(self, to, &content);
}

bool bench_link_probe(bench_link *self) {
    if (self->peer_count != 0 && send_heartbeat(self, &self->peers[0], CLIPPER_KEEP_ALIVE))
        return true;
    while (self->peer_count != 0 && !send_heartbeat(self, &self->peers[0], CLIPPER_KEEP_ALIVE))
        drop_peer(self, 0);
    return false;
}

bool bench_link_send(bench_link *self, const clipper_message *request, uint32_t id) {
    clipper_message content = *request;
    content.as.request.id = id;
    if (self->peer_count != 0 && send_message(self, &self->peers[0], &content))
        return true;
    (void)bench_link_probe(self);
    return false;
}

/* ---- Receiving -------------------------------------------------------------------------------------- */

/* Waits for news of the socket, with the precision of the clock. */
static bool wait_until(bench_link *self, instant until) {
    struct pollfd item = {.fd = self->readable, .events = POLLIN};
    duration left = until - clock_now();
    struct timespec most = {(time_t)(left / SECOND), (long)(left % SECOND)};
    return left > 0 && ppoll(&item, 1, &most, NULL) > 0;
}

/* Takes the frames that follow the routing identity; libzmq hands over a message only when all of it has
 * come. Returns how many. */
static size_t receive_frames(bench_link *self) {
    size_t count = 0;
    while (zmq_msg_more(&self->parts[count])) {
        int len;
        if (count + 1 == self->capacity && self->capacity > MESSAGE_FRAMES_MAX) {
            message_skip_rest(self->router);
            break;
        }
        if (count + 1 == self->capacity)
            make_room(self, 2 * self->capacity);
        len = zmq_msg_recv(&self->parts[count + 1], self->router, ZMQ_DONTWAIT);
        if (len < 0)
            break;
        self->frames[count++] = (clipper_frame){NULL, (size_t)len};
    }
    return count;
}

/* Looks up where the bytes of the COUNT frames are; they stay there until the next message. */
static void locate_frames(bench_link *self, size_t count) {
    size_t looked_at = self->wants_outputs || count < HEADER_FRAMES ? count : HEADER_FRAMES;
    for (size_t i = 0; i < looked_at; i++)
        self->frames[i].base = zmq_msg_data(&self->parts[i + 1]);
}

/* The index of the peer that the latest message came from; the number of peers when it is none of them. */
static size_t find_sender(bench_link *self) {
    size_t len = zmq_msg_size(&self->parts[0]), i = 0;
    const void *identity = zmq_msg_data(&self->parts[0]);
    while (i < self->peer_count &&
           !(self->peers[i].identity_len == len && memcmp(self->peers[i].identity, identity, len) == 0))
        i++;
    return i;
}

static registered identity_of_sender(bench_link *self) {
    registered sender = {.identity_len = zmq_msg_size(&self->parts[0])};
    memcpy(sender.identity, zmq_msg_data(&self->parts[0]), sender.identity_len);
    return sender;
}

/* Enters a container that is not known yet. It may be a new session of one that is gone. */
static bench_event take_registration(bench_link *self) {
    const clipper_new_container *container = &self->message.as.new_container;
    registered entry = identity_of_sender(self);
    bool first = self->peer_count == 0;
    entry.peer.name = heap_copy(container->name.base, container->name.len);
    entry.peer.model_version = heap_copy(container->model_version.base, container->model_version.len);
    entry.peer.input_type = container->input_type;
    entry.peer.wire = self->message.wire;
    self->peers = heap_grow(self->peers, self->peer_count + 1, sizeof *self->peers);
    self->peers[self->peer_count++] = entry;
    return first || !bench_link_probe(self) ? BENCH_REGISTERED : BENCH_OTHER;
}

static bench_event answer_heartbeat(bench_link *self, clipper_heartbeat_type type) {
    const registered sender = identity_of_sender(self);
    (void)send_heartbeat(self, &sender, type);
    return BENCH_OTHER;
}

static bench_event take_message(bench_link *self) {
    size_t sender = find_sender(self);
    bool known = sender < self->peer_count;
    switch (reaction_to(self->message.kind, known)) {
    case REACTION_KEEP_ALIVE:
        return answer_heartbeat(self, CLIPPER_KEEP_ALIVE);
    case REACTION_ASK:
        return answer_heartbeat(self, CLIPPER_SEND_METADATA);
    case REACTION_REGISTER:
        return take_registration(self);
    case REACTION_IGNORE:
        return BENCH_OTHER;
    case REACTION_NONE:
        break;
    }
    if (!known || sender != 0)
        return self->message.kind == CLIPPER_PREDICTION_RESPONSE ? BENCH_STRAY : BENCH_OTHER;
    return self->message.kind == CLIPPER_PREDICTION_RESPONSE ? BENCH_ANSWER : BENCH_MALFORMED;
}

bench_event bench_link_next(bench_link *self, instant until) {
    size_t count;
    int flags = until == BENCH_A_MOMENT ? 0 : ZMQ_DONTWAIT;
    while (zmq_msg_recv(&self->parts[0], self->router, flags) < 0) {
        if (until == BENCH_A_MOMENT || !wait_until(self, until))
            return BENCH_NOTHING;
    }
    count = receive_frames(self);
    locate_frames(self, count);
    (void)clipper_decode(CLIPPER_TO_CLIPPER, self->frames, count, NULL, &self->message, &self->diagnosis);
    return take_message(self);
}
