/* The stand-in Clipper against raw ZeroMQ peers: who is who, what it does by itself, and what it survives. */
#include "engine/connections.h"
#include "engine/engine.h"
#include "engine/reaction.h"

#include <arpa/inet.h>
#include <czmq.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <cmocka.h>

#define PATIENCE (60 * SECOND)

typedef struct fixture {
    journal *log;
    engine *engine;
} fixture;

static int set_up(void **state) {
    fixture *f = test_calloc(1, sizeof *f);
    f->log = journal_new();
    char *problem;
    f->engine = engine_new("127.0.0.1", 0, f->log, &problem);
    assert_non_null(f->engine);
    assert_true(engine_open(f->engine, &problem));
    engine_attend(f->engine, true);
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    fixture *f = *state;
    engine_destroy(&f->engine);
    journal_destroy(&f->log);
    test_free(f);
    return 0;
}

/* A container's socket; IDENTITY may be NULL. */
static zsock_t *connect_to(const fixture *f, const char *identity) {
    zsock_t *dealer = zsock_new(ZMQ_DEALER);
    char endpoint[64];
    int none = 0, patience = (int)(PATIENCE / MILLISECOND);
    zmq_setsockopt(zsock_resolve(dealer), ZMQ_LINGER, &none, sizeof none);
    zmq_setsockopt(zsock_resolve(dealer), ZMQ_RCVTIMEO, &patience, sizeof patience);
    if (identity != NULL)
        zmq_setsockopt(zsock_resolve(dealer), ZMQ_ROUTING_ID, identity, strlen(identity));
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", engine_port(f->engine));
    assert_int_equal(zmq_connect(zsock_resolve(dealer), endpoint), 0);
    return dealer;
}

static void send_words(zsock_t *dealer, const char *const *frames, const size_t *lens, size_t count) {
    for (size_t i = 0; i < count; i++)
        assert_int_equal(zmq_send(zsock_resolve(dealer), frames[i], lens[i], i + 1 < count ? ZMQ_SNDMORE : 0),
                         (int)lens[i]);
}

static void send_heartbeat(zsock_t *dealer) {
    static const char *const frames[] = {"", "\2\0\0\0"};
    static const size_t lens[] = {0, 4};
    send_words(dealer, frames, lens, 2);
}

static void send_new_container(zsock_t *dealer, const char *name) {
    const char *const frames[] = {"", "\0\0\0\0", name, "1", "3", "\3\0\0\0"};
    const size_t lens[] = {0, 4, strlen(name), 1, 1, 4};
    send_words(dealer, frames, lens, 6);
}

/* The next event, waited for. */
static engine_event wait_for_event(const fixture *f) {
    instant until = clock_now() + PATIENCE;
    for (;;) {
        zmq_pollitem_t items[ENGINE_ITEMS];
        engine_event event = engine_next(f->engine);
        if (event.kind != ENGINE_NOTHING)
            return event;
        assert_true(clock_now() < until);
        zmq_poll(items, engine_poll_items(f->engine, items), clock_poll_timeout(until));
    }
}

/* The next event, which must be a message of that kind; its session. */
static session *expect_message(const fixture *f, clipper_kind kind) {
    engine_event event = wait_for_event(f);
    assert_int_equal(event.kind, ENGINE_MESSAGE);
    assert_int_equal(event.message->content.kind, kind);
    message_destroy(&event.message);
    return event.session;
}

/* The heartbeat type that the container is sent next. */
static int received_heartbeat(zsock_t *dealer) {
    char frame[16];
    int type = -1;
    assert_int_equal(zmq_recv(zsock_resolve(dealer), frame, sizeof frame, 0), 0);
    assert_int_equal(zmq_recv(zsock_resolve(dealer), frame, sizeof frame, 0), 4);
    assert_memory_equal(frame, "\3\0\0\0", 4);
    assert_int_equal(zmq_recv(zsock_resolve(dealer), frame, sizeof frame, 0), 4);
    assert_memory_equal(frame, "\2\0\0\0", 4);
    assert_int_equal(zmq_recv(zsock_resolve(dealer), &type, sizeof type, 0), 4);
    return type;
}

/* Heartbeat, request for metadata, registration. */
static session *register_as(const fixture *f, zsock_t *dealer, const char *name) {
    session *first, *second;
    send_heartbeat(dealer);
    first = expect_message(f, CLIPPER_HEARTBEAT);
    assert_int_equal(received_heartbeat(dealer), CLIPPER_SEND_METADATA);
    send_new_container(dealer, name);
    second = expect_message(f, CLIPPER_NEW_CONTAINER);
    assert_ptr_equal(first, second);
    assert_non_null(first->registered);
    return first;
}

/* ---- Tests ------------------------------------------------------------------------------------------ */

static void each_message_has_its_reaction(void **state) {
    static const struct {
        clipper_kind kind;
        reaction before, after; /* registration */
    } all[] = {
        {CLIPPER_HEARTBEAT, REACTION_ASK, REACTION_KEEP_ALIVE},
        {CLIPPER_NEW_CONTAINER, REACTION_REGISTER, REACTION_IGNORE},
        {CLIPPER_PREDICTION_RESPONSE, REACTION_NONE, REACTION_NONE},
        {CLIPPER_NO_MESSAGE, REACTION_NONE, REACTION_NONE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        assert_int_equal(reaction_to(all[i].kind, false), all[i].before);
        assert_int_equal(reaction_to(all[i].kind, true), all[i].after);
    }
}

static void heartbeats_are_answered_as_clipper_does(void **state) {
    zsock_t *dealer = connect_to(*state, NULL);
    session *s = register_as(*state, dealer, "m");
    assert_string_equal(s->registered->name, "m");
    assert_int_equal(s->registered->input_type, CLIPPER_TYPE_DOUBLES);
    send_heartbeat(dealer);
    assert_ptr_equal(expect_message(*state, CLIPPER_HEARTBEAT), s);
    assert_int_equal(received_heartbeat(dealer), CLIPPER_KEEP_ALIVE);
    engine_forget(s);
    send_heartbeat(dealer);
    expect_message(*state, CLIPPER_HEARTBEAT);
    assert_int_equal(received_heartbeat(dealer), CLIPPER_SEND_METADATA);
    zsock_destroy(&dealer);
}

static void replicas_are_numbered_by_name_and_version(void **state) {
    zsock_t *dealers[4];
    static const char *const names[] = {"a", "a", "b", "a"};
    static const unsigned replicas[] = {0, 1, 0, 2};
    for (int i = 0; i < 4; i++) {
        dealers[i] = connect_to(*state, NULL);
        assert_int_equal(register_as(*state, dealers[i], names[i])->registered->replica, replicas[i]);
    }
    for (int i = 0; i < 4; i++)
        zsock_destroy(&dealers[i]);
}

/* Whether the registration that comes next is one that the engine has asked for by itself. */
static bool next_is_invited(const fixture *f) {
    engine_event event = wait_for_event(f);
    bool invited = event.message->invited;
    assert_int_equal(event.message->content.kind, CLIPPER_NEW_CONTAINER);
    assert_non_null(event.session->registered);
    message_destroy(&event.message);
    return invited;
}

static void metadata_is_invited_or_not(void **state) {
    const fixture *f = *state;
    zsock_t *asked = connect_to(f, NULL), *unasked = connect_to(f, NULL);
    send_heartbeat(asked);
    expect_message(f, CLIPPER_HEARTBEAT);
    send_new_container(asked, "asked");
    assert_true(next_is_invited(f));
    send_new_container(unasked, "unasked");
    assert_false(next_is_invited(f));
    zsock_destroy(&asked);
    zsock_destroy(&unasked);
}

static void a_second_registration_changes_nothing(void **state) {
    zsock_t *dealer = connect_to(*state, NULL);
    session *s = register_as(*state, dealer, "m");
    const registration *before = s->registered;
    send_new_container(dealer, "other");
    expect_message(*state, CLIPPER_NEW_CONTAINER);
    assert_ptr_equal(s->registered, before);
    zsock_destroy(&dealer);
}

static void a_closed_connection_is_seen(void **state) {
    fixture *f = *state;
    zsock_t *dealer = connect_to(f, NULL);
    session *s = register_as(f, dealer, "m");
    engine_event event;
    send_heartbeat(dealer);
    /* What was sent before the close is not lost. */
    expect_message(f, CLIPPER_HEARTBEAT);
    received_heartbeat(dealer);
    zsock_destroy(&dealer);
    event = wait_for_event(f);
    assert_int_equal(event.kind, ENGINE_DISCONNECT);
    assert_ptr_equal(event.session, s);
    assert_true(s->closed != 0);
    assert_int_equal(engine_send_heartbeat(f->engine, s, CLIPPER_KEEP_ALIVE), ENGINE_GONE);
}

static void another_socket_is_another_session(void **state) {
    fixture *f = *state;
    zsock_t *first = connect_to(f, NULL), *second = connect_to(f, NULL);
    session *a = register_as(f, first, "m"), *b = register_as(f, second, "m");
    assert_ptr_not_equal(a, b);
    assert_int_equal(a->number, 1);
    assert_int_equal(b->number, 2);
    assert_int_equal(engine_session_count(f->engine), 2);
    assert_ptr_equal(engine_session(f->engine, 1), b);
    zsock_destroy(&first);
    zsock_destroy(&second);
}

static void the_same_identity_on_another_connection_is_another_session(void **state) {
    fixture *f = *state;
    zsock_t *first = connect_to(f, "container"), *second;
    session *a = register_as(f, first, "m"), *b;
    second = connect_to(f, "container");
    send_heartbeat(second);
    do {
        engine_event event = wait_for_event(f);
        b = event.session;
        message_destroy(&event.message);
    } while (b == a);
    assert_int_equal(b->identity_len, a->identity_len);
    assert_memory_equal(b->identity, a->identity, a->identity_len);
    assert_null(b->registered);
    zsock_destroy(&first);
    zsock_destroy(&second);
}

/* As in a plain ROUTER socket. */
static void the_first_of_equal_identities_may_stay(void **state) {
    fixture *f = *state;
    zsock_t *first, *second, *other;
    session *a;
    const session *ignored;
    instant until = clock_now() + PATIENCE;
    char *problem;
    engine_close(f->engine);
    engine_keep_first(f->engine, true);
    assert_true(engine_open(f->engine, &problem));
    other = connect_to(f, NULL);
    register_as(f, other, "m");
    first = connect_to(f, "container");
    a = register_as(f, first, "m");
    assert_null(engine_next_ignored(f->engine, 0));
    second = connect_to(f, "container");
    send_heartbeat(second);
    while ((ignored = engine_next_ignored(f->engine, 0)) == NULL) {
        assert_int_equal(engine_next(f->engine).kind, ENGINE_NOTHING);
        assert_true(clock_now() < until);
        zmq_poll(NULL, 0, 1);
    }
    assert_ptr_equal(ignored, a);
    assert_null(engine_next_ignored(f->engine, 0));
    /* The first is served as before. */
    send_heartbeat(first);
    expect_message(f, CLIPPER_HEARTBEAT);
    received_heartbeat(first);
    assert_int_equal(engine_session_count(f->engine), 2);
    zsock_destroy(&first);
    zsock_destroy(&second);
    zsock_destroy(&other);
}

static void wait_until_closed(int descriptor) {
    instant until = clock_now() + PATIENCE;
    while (fcntl(descriptor, F_GETFD) != -1) {
        assert_true(clock_now() < until);
        zmq_poll(NULL, 0, 1);
    }
}

/* The session of the next heartbeat, whatever connection closes before it comes. */
static session *next_heartbeat(const fixture *f) {
    engine_event event = wait_for_event(f);
    while (event.kind == ENGINE_DISCONNECT)
        event = wait_for_event(f);
    assert_int_equal(event.message->content.kind, CLIPPER_HEARTBEAT);
    message_destroy(&event.message);
    return event.session;
}

/* A container's socket that is not connected yet, and where it tells that it is. */
typedef struct watched_dealer {
    zsock_t *dealer, *monitor;
} watched_dealer;

static watched_dealer unconnected(void) {
    static const char news[] = "inproc://connected-to";
    watched_dealer made = {zsock_new(ZMQ_DEALER), zsock_new(ZMQ_PAIR)};
    int patience = (int)(PATIENCE / MILLISECOND);
    assert_int_equal(zmq_socket_monitor(zsock_resolve(made.dealer), news, ZMQ_EVENT_HANDSHAKE_SUCCEEDED), 0);
    zmq_setsockopt(zsock_resolve(made.monitor), ZMQ_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(zsock_connect(made.monitor, news), 0);
    return made;
}

/* A connection closes while a message by it waits, and another comes. Tells whether the system gave it the same
 * descriptor, which is likely: those of the old socket and of the connection's ends are free, the first is taken. */
static bool comes_after_a_late_message(const fixture *f) {
    zsock_t *old = connect_to(f, NULL);
    watched_dealer young = unconnected();
    session *first, *one, *other, *second;
    int linger = (int)(PATIENCE / MILLISECOND), taken;
    char endpoint[64], event[16];
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", engine_port(f->engine));
    zmq_setsockopt(zsock_resolve(old), ZMQ_LINGER, &linger, sizeof linger);
    send_heartbeat(old);
    first = next_heartbeat(f);
    assert_int_equal(received_heartbeat(old), CLIPPER_SEND_METADATA);
    send_heartbeat(old);
    zsock_destroy(&old);
    wait_until_closed(first->descriptor);
    taken = dup(0);
    assert_int_equal(zmq_connect(zsock_resolve(young.dealer), endpoint), 0);
    assert_true(zmq_recv(zsock_resolve(young.monitor), event, sizeof event, 0) > 0);
    send_heartbeat(young.dealer);
    one = next_heartbeat(f);
    other = next_heartbeat(f);
    assert_true((one == first) != (other == first));
    second = one == first ? other : one;
    /* The news of a connection may come after the first message by it. */
    while (second->connection == NULL)
        assert_true(engine_next(f->engine).kind != ENGINE_MESSAGE);
    assert_ptr_equal(second->connection->session, second);
    assert_true(second->connection->closed == 0);
    zmq_socket_monitor(zsock_resolve(young.dealer), NULL, 0);
    zsock_destroy(&young.dealer);
    zsock_destroy(&young.monitor);
    close(taken);
    while (second->closed == 0)
        assert_int_equal(wait_for_event(f).kind, ENGINE_DISCONNECT);
    assert_true(first->closed != 0 && first->closed <= second->closed);
    return second->descriptor == first->descriptor;
}

static void a_late_message_belongs_to_the_session_that_sent_it(void **state) {
    int attempts = 50;
    while (!comes_after_a_late_message(*state))
        assert_true(--attempts > 0);
}

static in_port_t local_port(int descriptor, int (*name)(int, struct sockaddr *, socklen_t *)) {
    struct sockaddr_in address = {.sin_family = AF_UNSPEC};
    socklen_t size = sizeof address;
    return name(descriptor, (struct sockaddr *)&address, &size) == 0 && address.sin_family == AF_INET
               ? address.sin_port
               : 0;
}

/* The engine's descriptor of the connection whose other end is CLIENT. */
static int accepted_end(int client) {
    instant until = clock_now() + PATIENCE;
    in_port_t port = local_port(client, getsockname);
    for (;;) {
        for (int each = 0; each < 256; each++)
            if (local_port(each, getpeername) == port)
                return each;
        assert_true(clock_now() < until);
        zmq_poll(NULL, 0, 1);
    }
}

/* Someone comes, sends LEN bytes and goes, and a container comes. Tells whether the system gave it the same
 * descriptor. */
static bool comes_after_a_stranger(const fixture *f, const char *bytes, size_t len) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)engine_port(f->engine))};
    watched_dealer young = unconnected();
    int stranger = socket(AF_INET, SOCK_STREAM, 0), descriptor;
    char endpoint[64], event[16];
    session *second;
    engine_event news;
    clipper_kind kind;
    instant until;
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", engine_port(f->engine));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(stranger, (struct sockaddr *)&address, sizeof address), 0);
    descriptor = accepted_end(stranger);
    assert_int_equal(send(stranger, bytes, len, MSG_NOSIGNAL), len);
    close(stranger);
    wait_until_closed(descriptor);
    assert_int_equal(zmq_connect(zsock_resolve(young.dealer), endpoint), 0);
    assert_true(zmq_recv(zsock_resolve(young.monitor), event, sizeof event, 0) > 0);
    send_heartbeat(young.dealer);
    do {
        news = wait_for_event(f);
        second = news.session;
        kind = news.kind == ENGINE_MESSAGE ? news.message->content.kind : CLIPPER_NO_MESSAGE;
        message_destroy(&news.message);
    } while (kind != CLIPPER_HEARTBEAT);
    for (until = clock_now() + PATIENCE; second->connection == NULL;) {
        assert_true(clock_now() < until);
        news = engine_next(f->engine); /* what the stranger said may come after what the container said */
        assert_true(news.kind != ENGINE_MESSAGE || news.session != second);
        message_destroy(&news.message);
    }
    assert_true(second->connection->closed == 0);
    for (news = engine_next(f->engine); news.kind != ENGINE_NOTHING; news = engine_next(f->engine)) {
        assert_ptr_not_equal(news.session, second);
        message_destroy(&news.message);
    }
    zmq_socket_monitor(zsock_resolve(young.dealer), NULL, 0);
    zsock_destroy(&young.dealer);
    zsock_destroy(&young.monitor);
    while (second->closed == 0) {
        news = wait_for_event(f);
        assert_true(news.kind == ENGINE_DISCONNECT || news.session != second);
        message_destroy(&news.message);
    }
    return second->descriptor == descriptor;
}

/* Comes, says nothing more and waits until the engine's end is closed, of which the engine has its news by then. */
static void come_and_go(const fixture *f) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)engine_port(f->engine))};
    struct timeval patience = {.tv_sec = PATIENCE / SECOND};
    int stranger = socket(AF_INET, SOCK_STREAM, 0);
    char greeting[64];
    ssize_t got;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(setsockopt(stranger, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
    assert_int_equal(connect(stranger, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(shutdown(stranger, SHUT_WR), 0);
    while ((got = recv(stranger, greeting, sizeof greeting, 0)) > 0)
        ;
    assert_int_equal(got, 0);
    close(stranger);
}

static void news_of_connections_that_nobody_reads_hold_nobody_up(void **state) {
    const fixture *f = *state;
    zsock_t *dealer;
    int count = 1200; /* at two news each more than ZeroMQ's high-water marks of both ends, 1,000 each */
    while (count-- > 0)
        come_and_go(f);
    dealer = connect_to(f, NULL);
    send_heartbeat(dealer);
    assert_non_null(next_heartbeat(f));
    zsock_destroy(&dealer);
    for (count = 1200; count-- > 0;)
        come_and_go(f);
    /* The tear-down closes the engine with all that unread. */
}

static void a_stranger_that_left_is_no_container(void **state) {
    /* Nothing; no ZMTP; a routing identity and a message of ZMTP 1. */
    static const char *const all[] = {"", "\xff", "\4\4abc\4\4abc"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        int attempts = 50;
        while (!comes_after_a_stranger(*state, all[i], strlen(all[i])))
            assert_true(--attempts > 0);
    }
}

/* libzmq may tell of a connection's end before it tells of its beginning. */
static void a_connection_may_close_before_it_is_said_to_have_opened(void **state) {
    zsock_t *router = zsock_new(ZMQ_ROUTER);
    connections *all = connections_new(zsock_resolve(router));
    connection *hasty, *lasting;
    (void)state;
    connections_hear(all, ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, 0);
    connections_hear(all, ZMQ_EVENT_DISCONNECTED, 7);
    assert_null(connections_next_closed(all));
    connections_hear(all, ZMQ_EVENT_ACCEPTED, 7);
    hasty = connections_next_closed(all);
    assert_non_null(hasty);
    assert_true(hasty->closed != 0 && hasty->opened <= hasty->closed && hasty->silent);
    /* Another on the same descriptor has nothing to do with it. */
    connections_hear(all, ZMQ_EVENT_ACCEPTED, 7);
    connections_hear(all, ZMQ_EVENT_HANDSHAKE_SUCCEEDED, 0);
    lasting = connections_unclaimed(all, 7);
    assert_non_null(lasting);
    assert_ptr_not_equal(lasting, hasty);
    assert_true(lasting->closed == 0);
    assert_null(connections_next_closed(all));
    connections_hear(all, ZMQ_EVENT_DISCONNECTED, 7);
    assert_ptr_equal(connections_next_closed(all), lasting);
    /* With a handshake, what it said may still come. */
    connections_hear(all, ZMQ_EVENT_HANDSHAKE_SUCCEEDED, 0);
    connections_hear(all, ZMQ_EVENT_DISCONNECTED, 7);
    connections_hear(all, ZMQ_EVENT_ACCEPTED, 7);
    lasting = connections_unclaimed(all, 7);
    assert_true(lasting != NULL && lasting->closed != 0 && !lasting->silent);
    assert_ptr_equal(connections_next_closed(all), lasting);
    /* So it may when only its handshake was told first. */
    connections_hear(all, ZMQ_EVENT_HANDSHAKE_SUCCEEDED, 0);
    connections_hear(all, ZMQ_EVENT_ACCEPTED, 7);
    connections_hear(all, ZMQ_EVENT_DISCONNECTED, 7);
    lasting = connections_unclaimed(all, 7);
    assert_true(lasting != NULL && lasting->closed != 0 && !lasting->silent);
    assert_ptr_equal(connections_next_closed(all), lasting);
    /* It is told between the two of a failed handshake. */
    connections_hear(all, ZMQ_EVENT_HANDSHAKE_SUCCEEDED, 0);
    connections_hear(all, ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, 0);
    connections_hear(all, ZMQ_EVENT_ACCEPTED, 7);
    connections_hear(all, ZMQ_EVENT_DISCONNECTED, 7);
    hasty = connections_next_closed(all);
    assert_true(hasty != NULL && hasty->silent);
    connections_destroy(&all);
    zsock_destroy(&router);
}

/* A heartbeat is lost when the container has not seen yet that its connection closed. */
static session *heartbeat_until_heard(const fixture *f, zsock_t *dealer) {
    instant until = clock_now() + PATIENCE;
    zmq_pollitem_t items[ENGINE_ITEMS];
    engine_event event = {0};
    while (event.kind != ENGINE_MESSAGE) {
        assert_true(clock_now() < until);
        send_heartbeat(dealer);
        zmq_poll(items, engine_poll_items(f->engine, items), 20);
        event = engine_next(f->engine);
    }
    assert_int_equal(event.message->content.kind, CLIPPER_HEARTBEAT);
    message_destroy(&event.message);
    return event.session;
}

static void it_comes_back_on_the_same_port(void **state) {
    fixture *f = *state;
    zsock_t *dealer = connect_to(f, NULL);
    session *s = register_as(f, dealer, "m"), *again;
    unsigned port = engine_port(f->engine);
    char *problem;
    engine_close(f->engine);
    assert_true(s->closed != 0);
    assert_null(s->registered);
    assert_int_equal(engine_next(f->engine).kind, ENGINE_NOTHING);
    assert_true(engine_open(f->engine, &problem));
    assert_int_equal(engine_port(f->engine), port);
    again = heartbeat_until_heard(f, dealer);
    assert_ptr_not_equal(again, s);
    assert_int_equal(received_heartbeat(dealer), CLIPPER_SEND_METADATA);
    zsock_destroy(&dealer);
}

static void it_listens_on_ipv6_too(void **state) {
    char *problem, endpoint[64];
    engine *six = engine_new("::1", 0, NULL, &problem);
    zsock_t *dealer = zsock_new(ZMQ_DEALER);
    int yes = 1;
    (void)state;
    if (six == NULL) { /* a machine without */
        free(problem);
        zsock_destroy(&dealer);
        skip();
    }
    assert_true(engine_open(six, &problem));
    zmq_setsockopt(zsock_resolve(dealer), ZMQ_IPV6, &yes, sizeof yes);
    snprintf(endpoint, sizeof endpoint, "tcp://[::1]:%u", engine_port(six));
    assert_int_equal(zmq_connect(zsock_resolve(dealer), endpoint), 0);
    send_heartbeat(dealer);
    expect_message(&(fixture){NULL, six}, CLIPPER_HEARTBEAT);
    zsock_destroy(&dealer);
    engine_destroy(&six);
}

static void a_port_that_is_held_is_nobody_elses(void **state) {
    fixture *f = *state;
    char *problem;
    engine *other = engine_new("127.0.0.1", engine_port(f->engine), NULL, &problem);
    /* Both may hold a port that only one may listen on. */
    assert_false(other != NULL && engine_open(other, &problem));
    engine_destroy(&other);
    assert_non_null(strstr(problem, ": Address already in use"));
    free(problem);
    assert_null(engine_new("no address", 0, NULL, &problem));
    assert_string_equal(problem, "cannot listen on no address:0: Invalid argument");
    free(problem);
}

static void no_message_of_a_peer_does_harm(void **state) {
    fixture *f = *state;
    zsock_t *hostile = connect_to(f, NULL), *good = connect_to(f, NULL);
    uint32_t random = 12345;
    for (int i = 0; i < 300; i++) {
        char bytes[64];
        int frames = 1 + i % 9;
        for (int j = 0; j < frames; j++) {
            size_t len = (random = random * 1664525u + 1013904223u) >> 26;
            memset(bytes, (int)(random >> 8), sizeof bytes);
            zmq_send(zsock_resolve(hostile), bytes, len, j + 1 < frames ? ZMQ_SNDMORE : 0);
        }
    }
    for (int i = 0; i < 300; i++) {
        engine_event event = wait_for_event(f);
        assert_int_equal(event.kind, ENGINE_MESSAGE);
        message_destroy(&event.message);
    }
    register_as(f, good, "good");
    zsock_destroy(&hostile);
    zsock_destroy(&good);
}

/* The news of a connection and its first message come from different threads, in either order. */
static void every_socket_is_one_session_however_fast_it_speaks(void **state) {
    fixture *f = *state;
    enum {
        SOCKETS = 150,
        EACH = 4
    };
    zsock_t *dealers[SOCKETS];
    int closed = 0;
    for (int i = 0; i < SOCKETS; i++) {
        dealers[i] = connect_to(f, NULL);
        for (int j = 0; j < EACH; j++)
            send_heartbeat(dealers[i]);
    }
    for (int i = 0; i < SOCKETS * EACH; i++) {
        engine_event event = wait_for_event(f);
        assert_int_equal(event.kind, ENGINE_MESSAGE);
        message_destroy(&event.message);
    }
    assert_int_equal(engine_session_count(f->engine), SOCKETS);
    for (int i = 0; i < SOCKETS; i++) {
        assert_int_equal(engine_session(f->engine, (size_t)i)->heartbeats, EACH);
        zsock_destroy(&dealers[i]);
    }
    while (closed < SOCKETS)
        closed += wait_for_event(f).kind == ENGINE_DISCONNECT;
}

static void many_frames_are_one_message(void **state) {
    fixture *f = *state;
    zsock_t *dealer = connect_to(f, NULL);
    engine_event event;
    for (int i = 0; i < 50000; i++)
        zmq_send(zsock_resolve(dealer), "x", 1, i + 1 < 50000 ? ZMQ_SNDMORE : 0);
    event = wait_for_event(f);
    assert_int_equal(event.kind, ENGINE_MESSAGE);
    assert_int_equal(event.message->count, 50000);
    assert_int_equal(event.message->diagnosis.error, CLIPPER_NO_DELIMITER);
    message_destroy(&event.message);
    zsock_destroy(&dealer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_message_has_its_reaction),
        cmocka_unit_test_setup_teardown(heartbeats_are_answered_as_clipper_does, set_up, tear_down),
        cmocka_unit_test_setup_teardown(replicas_are_numbered_by_name_and_version, set_up, tear_down),
        cmocka_unit_test_setup_teardown(metadata_is_invited_or_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_second_registration_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_closed_connection_is_seen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_socket_is_another_session, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_identity_on_another_connection_is_another_session, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_stranger_that_left_is_no_container, set_up, tear_down),
        cmocka_unit_test(a_connection_may_close_before_it_is_said_to_have_opened),
        cmocka_unit_test_setup_teardown(news_of_connections_that_nobody_reads_hold_nobody_up, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_late_message_belongs_to_the_session_that_sent_it, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(it_comes_back_on_the_same_port, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_first_of_equal_identities_may_stay, set_up, tear_down),
        cmocka_unit_test(it_listens_on_ipv6_too),
        cmocka_unit_test_setup_teardown(a_port_that_is_held_is_nobody_elses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_message_of_a_peer_does_harm, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_socket_is_one_session_however_fast_it_speaks, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(many_frames_are_one_message, set_up, tear_down),
    };
    zsys_handler_set(NULL);
    zsys_init();
    zsys_set_io_threads(4);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
