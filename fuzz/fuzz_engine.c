/* The stand-in Clipper's engine against any peers, over real connections on 127.0.0.1.
 *
 * Input: events: an octet (modulo EVENTS the event, divided by it modulo PEERS the peer), and what it needs.
 */
#include "check.h"
#include "engine/engine.h"
#include "input.h"
#include "reference.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum event {
    MESSAGE,  /* octet (OPTION_REPAIR_*), frames: the peer sends them */
    REGISTER, /* the peer sends a right new container message */
    BEAT,     /* the peer sends a heartbeat */
    REQUEST,  /* octet (data type), frames: Clipper sends them as items to the peer */
    GARBAGE,  /* octet and so many bytes: someone connects, sends them, and is gone */
    FAULT,    /* octet and so many bytes: a fault in words; frames: a message that it is done to */
    EVENTS
};

enum {
    PEERS = 3,
    SENT_MAX = 64,     /* messages that a peer sends for one input, one heartbeat at the end included */
    ITEMS_MAX = 300,   /* items of a request to a peer */
    INPUTS_MAX = 1000, /* for one engine: its journal and registry only grow */
    PATIENCE = 20000   /* milliseconds to wait for what must come */
};

/* A message that must come from the engine. */
typedef struct expectation {
    clipper_frame frames[CLIPPER_FRAMES_MAX(ITEMS_MAX)];
    size_t count;
    uint8_t bytes[CLIPPER_SCRATCH_MAX(ITEMS_MAX)];
    frames items; /* that FRAMES point to */
} expectation;

/* A container: a DEALER socket, and what is on its way. */
typedef struct peer {
    uint8_t name[12]; /* its routing identity */
    void *socket;
    session *session;
    int registered;        /* by the model */
    frames sent[SENT_MAX]; /* to the engine */
    size_t sent_count, taken;
    /* From the engine, in this order: requests go out at once, answers when the engine is let work. */
    expectation *requests[SENT_MAX], *answers[SENT_MAX];
    size_t request_count, answer_count;
} peer;

static engine *clipper;
static journal *records;
static void *context;
static peer peers[PEERS];
static unsigned inputs;

/* ---- Setting up ---------------------------------------------------------------------------------------- */

static void tear_down(void) {
    for (size_t i = 0; i < PEERS && context; i++)
        zmq_close(peers[i].socket);
    if (context)
        zmq_ctx_term(context);
    context = NULL;
    engine_destroy(&clipper);
    journal_destroy(&records);
}

static void set_up(void) {
    char endpoint[64];
    int none = 0;
    char *problem;
    records = journal_new();
    clipper = engine_new("127.0.0.1", 0, records, &problem);
    if (!clipper || !engine_open(clipper, &problem)) {
        fprintf(stderr, "%s\n", problem);
        abort();
    }
    engine_attend(clipper, true);
    context = zmq_ctx_new();
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", engine_port(clipper));
    for (size_t i = 0; i < PEERS; i++) {
        for (size_t k = 0; k < sizeof peers[i].name; k++)
            peers[i].name[k] = (uint8_t)(37 * k + 11 * i + 1);
        peers[i].session = NULL;
        peers[i].socket = zmq_socket(context, ZMQ_DEALER);
        zmq_setsockopt(peers[i].socket, ZMQ_ROUTING_ID, peers[i].name, sizeof peers[i].name);
        zmq_setsockopt(peers[i].socket, ZMQ_LINGER, &none, sizeof none);
        if (zmq_connect(peers[i].socket, endpoint) != 0)
            abort();
    }
}

/* ---- What is sent, and what must come of it ------------------------------------------------------------ */

/* MESSAGE must come, with ITEMS, which are taken over. */
static expectation *expect(const clipper_message *message, frames items) {
    expectation *e = calloc(1, sizeof *e);
    clipper_storage storage;
    clipper_encoded used;
    if (!e)
        abort();
    storage = (clipper_storage){e->frames, sizeof e->frames / sizeof *e->frames, e->bytes, sizeof e->bytes};
    if (clipper_encode(message, CLIPPER_WIRE_ANY, &storage, &used, NULL) != CLIPPER_OK)
        abort();
    e->count = used.frames;
    e->items = items;
    return e;
}

/* What Clipper does with what the peer sends. */
static void foresee(peer *p, const frames *sent) {
    const clipper_options options = clipper_default_options();
    clipper_message message, answer = {.kind = CLIPPER_HEARTBEAT, .direction = CLIPPER_TO_CONTAINER};
    if (!reference_decode(CLIPPER_TO_CLIPPER, sent->list, sent->count, &options, &message))
        return;
    if (message.kind == CLIPPER_HEARTBEAT) {
        answer.as.heartbeat.type = p->registered ? CLIPPER_KEEP_ALIVE : CLIPPER_SEND_METADATA;
        p->answers[p->answer_count++] = expect(&answer, (frames){0});
    }
    if (message.kind == CLIPPER_NEW_CONTAINER)
        p->registered = 1;
}

static void transmit(void *socket, const frames *all) {
    for (size_t i = 0; i < all->count; i++)
        if (zmq_send(socket, all->list[i].base, all->list[i].len, i + 1 < all->count ? ZMQ_SNDMORE : 0) < 0) {
            perror("zmq_send");
            abort();
        }
}

/* Frames that nobody may read cannot be sent either: they are empty instead. */
static void make_readable(frames *all) {
    for (size_t i = 0; i < all->count; i++)
        if (all->list[i].base == UNREADABLE)
            all->list[i] = (clipper_frame){"", 0};
}

/* Takes over ALL. */
static void send_from(peer *p, frames all, size_t room) {
    if (all.count == 0 || p->sent_count + room >= SENT_MAX) {
        frames_free(&all);
        return;
    }
    make_readable(&all);
    foresee(p, &all);
    transmit(p->socket, &all);
    p->sent[p->sent_count++] = all;
}

static frames made(const char *bytes, size_t len) {
    input in = {(const uint8_t *)bytes, len};
    return input_frames(&in, CLIPPER_TO_CLIPPER, 0);
}

static void send_heartbeat(peer *p, size_t room) {
    send_from(p, made("\0\4\2\0\0\0", 6), room);
}

/* Clipper sends a request; a right one must arrive as it is. */
static void send_request(peer *p, unsigned type, frames items) {
    clipper_message message = {.kind = CLIPPER_PREDICTION_REQUEST, .direction = CLIPPER_TO_CONTAINER};
    size_t width = clipper_data_width((clipper_data_type)type);
    int right = items.count <= ITEMS_MAX && p->session && p->request_count < SENT_MAX;
    make_readable(&items);
    for (size_t i = 0; i < items.count; i++)
        right = right && items.list[i].len % width == 0;
    if (!right) {
        frames_free(&items);
        return;
    }
    message.as.request.id = (uint32_t)items.count;
    message.as.request.data_type = (clipper_data_type)type;
    message.as.request.items = items.list;
    message.as.request.item_count = items.count;
    PROMISE("M-2",
            engine_send_request(clipper, p->session, message.as.request.id, message.as.request.data_type,
                                items.list, items.count) == ENGINE_SENT,
            "a request to a container that is there is sent");
    p->requests[p->request_count++] = expect(&message, items);
}

/* Someone who does not even speak ZMTP. */
static void send_garbage(clipper_frame bytes) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)engine_port(clipper))};
    struct linger at_once = {1, 0};
    int s = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (s < 0)
        return;
    if (connect(s, (struct sockaddr *)&address, sizeof address) == 0)
        (void)!send(s, bytes.base, bytes.len, MSG_NOSIGNAL);
    setsockopt(s, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(s);
}

/* A fault in words: what it is in the engine's own words means the same. */
static void try_fault(clipper_frame words, const frames *all) {
    char *text = (char *)exact_block(words.len + 1), *again;
    fault parsed, reparsed;
    draft *message;
    memcpy(text, words.base ? words.base : "", words.len);
    text[words.len] = '\0';
    if (fault_parse(&parsed, text)) {
        again = fault_text(&parsed);
        PROMISE("M-4", fault_parse(&reparsed, again), "what a fault is called is a fault");
        PROMISE("M-4",
                parsed.action == reparsed.action && parsed.value == reparsed.value &&
                    parsed.session == reparsed.session && parsed.direction == reparsed.direction &&
                    parsed.kind == reparsed.kind && parsed.ordinal == reparsed.ordinal,
                "and the same one");
        free(again);
        parsed.value %= 64;
        message = draft_copy(all->list, all->count);
        fault_apply(&parsed, message);
        draft_destroy(&message);
    }
    free(text);
}

/* ---- What comes ---------------------------------------------------------------------------------------- */

/* Waits for one of the sockets. 0 when nothing came: the fuzzer's own timer does not count. */
static int something_comes(zmq_pollitem_t *items, int count) {
    int ready;
    do
        ready = zmq_poll(items, count, PATIENCE);
    while (ready < 0 && errno == EINTR);
    return ready > 0;
}

/* NULL for a stranger. Byte by byte: comparing with memcmp would teach the fuzzer to claim to be a peer, and whoever
 * knows a routing identity can take it over: that is how ZeroMQ is. */
static peer *peer_of(const session *s) {
    for (size_t i = 0; i < PEERS; i++) {
        size_t same = 0;
        while (same < sizeof peers[i].name && same < s->identity_len &&
               peers[i].name[same] == s->identity[same])
            same++;
        if (same == sizeof peers[i].name && same == s->identity_len)
            return &peers[i];
    }
    return NULL;
}

static void check_message(peer *p, const message *received) {
    const frames *sent = &p->sent[p->taken];
    const clipper_options options = clipper_default_options();
    clipper_message expected;
    PROMISE("M-1", p->taken < p->sent_count, "no message comes that was not sent");
    PROMISE("M-1", received->count == sent->count, "a message comes with its frames");
    for (size_t i = 0; i < sent->count; i++)
        PROMISE("M-1", same_bytes(received->frames[i], sent->list[i]), "and with their bytes");
    if (reference_decode(CLIPPER_TO_CLIPPER, received->frames, received->count, &options, &expected))
        PROMISE("M-1", same_message(&received->content, &expected), "and it is known for what it is");
    else
        PROMISE("M-1",
                received->content.kind == CLIPPER_NO_MESSAGE && received->diagnosis.error != CLIPPER_OK,
                "and it is known to be none");
    p->taken++;
}

/* Lets the engine work until it has taken all that was sent. */
static void let_engine_work(void) {
    size_t missing = 0;
    for (size_t i = 0; i < PEERS; i++)
        missing += peers[i].sent_count - peers[i].taken;
    while (missing > 0) {
        engine_event event = engine_next(clipper);
        zmq_pollitem_t items[ENGINE_ITEMS];
        if (event.kind == ENGINE_MESSAGE) {
            peer *p = peer_of(event.session);
            if (p) {
                p->session = event.session;
                check_message(p, event.message);
                missing--;
            }
            message_destroy(&event.message);
        } else if (event.kind == ENGINE_NOTHING) {
            int count = engine_poll_items(clipper, items);
            PROMISE("M-3", zmq_poll(items, count, PATIENCE) > 0,
                    "whatever one peer does, the others are heard");
        } else {
            PROMISE("M-3", !peer_of(event.session), "whatever one peer does, the others stay connected");
        }
    }
}

/* The next message to the peer is E, which is released. */
static void check_arrival(peer *p, expectation *e) {
    zmq_pollitem_t item = {.socket = p->socket, .events = ZMQ_POLLIN};
    PROMISE("M-2", something_comes(&item, 1), "what Clipper sends arrives");
    for (size_t i = 0; i < e->count; i++) {
        zmq_msg_t part;
        zmq_msg_init(&part);
        PROMISE("M-2", zmq_msg_recv(&part, p->socket, ZMQ_DONTWAIT) >= 0, "with all of its frames");
        PROMISE("M-2", same_bytes((clipper_frame){zmq_msg_data(&part), zmq_msg_size(&part)}, e->frames[i]),
                "a heartbeat is answered by what is known of the container, a request arrives as it is");
        PROMISE("M-2", zmq_msg_more(&part) == (i + 1 < e->count), "and with no frame more");
        zmq_msg_close(&part);
    }
    frames_free(&e->items);
    free(e);
}

static void check_arrivals(peer *p) {
    for (size_t i = 0; i < p->request_count; i++)
        check_arrival(p, p->requests[i]);
    for (size_t i = 0; i < p->answer_count; i++)
        check_arrival(p, p->answers[i]);
    for (size_t i = 0; i < p->sent_count; i++)
        frames_free(&p->sent[i]);
    p->request_count = p->answer_count = p->sent_count = p->taken = 0;
}

/* ---- Events -------------------------------------------------------------------------------------------- */

static void on_event(input *in) {
    unsigned octet = input_octet(in), flags;
    peer *p = &peers[octet / EVENTS % PEERS];
    clipper_frame bytes;
    frames all;
    switch ((enum event)(octet % EVENTS)) {
    case MESSAGE:
        flags = input_octet(in);
        send_from(p, input_frames(in, CLIPPER_TO_CLIPPER, flags), 2);
        break;
    case REGISTER:
        send_from(p,
                  made("\0\4\0\0\0\0\1m\1"
                       "1\1"
                       "3\4\3\0\0\0",
                       17),
                  2);
        break;
    case BEAT:
        send_heartbeat(p, 2);
        break;
    case REQUEST:
        flags = input_octet(in) % 5;
        send_request(p, flags, input_items(in));
        break;
    case GARBAGE:
        send_garbage(input_bytes(in, input_octet(in)));
        break;
    case FAULT:
        bytes = input_bytes(in, input_octet(in));
        all = input_frames(in, CLIPPER_TO_CONTAINER, 0);
        make_readable(&all);
        try_fault(bytes, &all);
        frames_free(&all);
        break;
    case EVENTS:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input in = {data, size};
    if (!context || ++inputs % INPUTS_MAX == 0) {
        tear_down();
        set_up();
        if (inputs == 0)
            atexit(tear_down); /* before czmq's own handler, which is older */
    }
    for (size_t i = 0; i < PEERS; i++) {
        peers[i].registered = 0;
        if (peers[i].session)
            engine_forget(peers[i].session);
    }
    while (in.left != 0)
        on_event(&in);
    for (size_t i = 0; i < PEERS; i++)
        send_heartbeat(&peers[i], 1); /* each is still served */
    let_engine_work();
    for (size_t i = 0; i < PEERS; i++)
        check_arrivals(&peers[i]);
    return 0;
}
