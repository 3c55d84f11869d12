/* The in-memory transport, and the account of what a container may do with it. */
#include "support_world.h"

#include <stdlib.h>

/* ---- The account --------------------------------------------------------------------------------------- */

/* With the model on the polling thread, heartbeats may be late, never early. */
static int on_time(const sim_world *world, uint64_t due_ms) {
    return world->workers > 0 ? world_now_ms(world) == due_ms : world_now_ms(world) >= due_ms;
}

static uint64_t poll_ends_ms(const sim_world *world, const world_connection *connection) {
    return connection->poll_began_ms + world->config.poll_timeout_ms;
}

/* Messages that the container has left unread: it has no room for them. */
static int has_backlog(const sim_world *world, const world_connection *connection) {
    return queue_arrived(&connection->to_container, world->now_us) != NULL;
}

/* Messages left unread because the model is at work are a sign of life. Those left unread because answers cannot be
 * sent are none: Clipper may be gone. */
static int has_living_backlog(const sim_world *world, const world_connection *connection) {
    return world_executing(world) && has_backlog(world, connection);
}

static void account_heartbeat(sim_world *world, world_connection *connection) {
    if (connection->sent == 0) {
        if (world->now_us != connection->opened_us)
            world_breach(world, "the first heartbeat did not come with the opening");
        return;
    }
    if (!on_time(world, poll_ends_ms(world, connection)))
        world_breach(world, "a heartbeat at %llu ms was due at %llu ms",
                     (unsigned long long)world_now_ms(world),
                     (unsigned long long)poll_ends_ms(world, connection));
    world->backlogs += has_living_backlog(world, connection) != 0;
    if (has_living_backlog(world, connection))
        connection->last_activity_ms = world_now_ms(world);
    else if (world_now_ms(world) - connection->last_activity_ms >= world->config.activity_timeout_ms)
        world_breach(world, "a heartbeat where the session had to end");
    connection->poll_began_ms = world_now_ms(world);
}

static void account_metadata(sim_world *world, world_connection *connection) {
    if (++connection->metadata_sent > connection->metadata_asked)
        world_breach(world, "metadata that nobody had asked for");
}

static void account_response(sim_world *world, size_t index, const clipper_prediction *response) {
    uint64_t number;
    world_request *request;
    if (response->item_count == 0 || response->items[0].len < 8) {
        world_breach(world, "a response without a request's number");
        return;
    }
    memcpy(&number, response->items[0].base, 8);
    if (number >= world->request_count) {
        world_breach(world, "a response to no request");
        return;
    }
    request = &world->requests[number];
    if (request->connection != index)
        world_breach(world, "request %llu was answered in another session", (unsigned long long)number);
    if (response->id != request->id || response->item_count != request->items)
        world_breach(world, "request %llu was answered with another id or count", (unsigned long long)number);
    if (request->fails || ++request->answered > request->received)
        world_breach(world, "request %llu was answered too often", (unsigned long long)number);
}

static void account_sent(sim_world *world, const world_message *message) {
    world_connection *connection = world_latest(world);
    clipper_message decoded;
    clipper_diagnosis diagnosis;
    char text[CLIPPER_DIAGNOSIS_TEXT];
    if (clipper_decode(CLIPPER_TO_CLIPPER, message->frames, message->count, NULL, &decoded, &diagnosis) !=
        CLIPPER_OK) {
        clipper_diagnosis_text(&diagnosis, text, sizeof text);
        world_breach(world, "the container sent what is no message: %s", text);
        return;
    }
    if (decoded.kind != CLIPPER_HEARTBEAT && connection->answers == 0)
        world_breach(world, "something but a heartbeat before Clipper's first answer");
    if (decoded.wire != CLIPPER_WIRE_ANY && decoded.wire != world->config.wire)
        world_breach(world, "a message of the other wire");
    if (decoded.kind == CLIPPER_HEARTBEAT)
        account_heartbeat(world, connection);
    else if (decoded.kind == CLIPPER_NEW_CONTAINER)
        account_metadata(world, connection);
    else
        account_response(world, world->connection_count - 1, &decoded.as.response);
    connection->sent++;
}

static void account_received(sim_world *world, const world_message *message) {
    world_connection *connection = world_latest(world);
    clipper_message decoded;
    connection->answers++;
    connection->poll_began_ms = connection->last_activity_ms = world_now_ms(world);
    if (clipper_decode(CLIPPER_TO_CONTAINER, message->frames, message->count, NULL, &decoded, NULL) !=
        CLIPPER_OK)
        return;
    if (decoded.kind == CLIPPER_HEARTBEAT && decoded.as.heartbeat.type == CLIPPER_SEND_METADATA)
        connection->metadata_asked++;
    if (decoded.kind == CLIPPER_PREDICTION_REQUEST) {
        uint64_t number;
        memcpy(&number, decoded.as.request.items[0].base, 8);
        world->requests[number].received++;
    }
}

/* The container ends a session although the connection is not lost and it was not stopped. */
static void account_end(sim_world *world, const world_connection *connection) {
    if (!on_time(world, poll_ends_ms(world, connection)) || has_living_backlog(world, connection) ||
        world_now_ms(world) - connection->last_activity_ms < world->config.activity_timeout_ms)
        world_breach(world, "a session ended at %llu ms, after activity at %llu ms",
                     (unsigned long long)world_now_ms(world),
                     (unsigned long long)connection->last_activity_ms);
}

/* ---- Opening and closing ------------------------------------------------------------------------------- */

static int fault_happens(sim_world *world, unsigned percent) {
    return world->now_us < world->faults_end_us && world_chance(world, percent);
}

static clipper_open_result world_open(void *self) {
    sim_world *world = self;
    world_connection *connection;
    if (world->connection_count > 0 && world_latest(world)->open)
        world_breach(world, "a second socket beside the first");
    if (world->now_us - world->closed_us > world->config.poll_timeout_ms * 1000)
        world_breach(world, "a long wait before connecting again");
    if (fault_happens(world, world->faults.open_fails)) {
        world->closed_us = world->now_us;
        return CLIPPER_OPEN_LATER;
    }
    if (world->connection_count == MOST_CONNECTIONS) {
        world_breach(world, "more sessions than can be");
        return CLIPPER_OPEN_NEVER;
    }
    world->connection_count++;
    world->looked = 0;
    connection = world_latest(world);
    connection->open = 1;
    connection->opened_us = world->now_us;
    connection->poll_began_ms = connection->last_activity_ms = world_now_ms(world);
    world_note(world, "connection %zu opened", world->connection_count);
    return CLIPPER_OPENED;
}

static void drop_connection(sim_world *world) {
    world_connection *connection = world_latest(world);
    connection->open = 0;
    connection->registered = 0;
    queue_free(&connection->to_container);
    queue_free(&connection->to_clipper);
}

static void world_close(void *self, uint64_t linger_ms) {
    sim_world *world = self;
    (void)linger_ms;
    world->told_closed = 0;
    world->closed_us = world->now_us;
    if (world->connection_count == 0 || !world_latest(world)->open)
        return;
    world_note(world, "connection %zu closed", world->connection_count);
    if (world->stops == 0 && !world->runtime.finished)
        account_end(world, world_latest(world));
    drop_connection(world);
}

/* The connection is lost, and the next call reports it. */
static void lose_connection(sim_world *world) {
    world->told_closed = 1;
    world_note(world, "connection %zu lost", world->connection_count);
    drop_connection(world);
}

static const char *world_failure(void *self) {
    (void)self;
    return "simulated fault";
}

/* ---- Messages ------------------------------------------------------------------------------------------ */

typedef struct world_received {
    clipper_received received;
    world_message *message;
    clipper_frame frames[CLIPPER_FRAMES_MAX(16)];
} world_received;

static clipper_received *world_received_new(void *self) {
    world_received *received = test_calloc(1, sizeof *received);
    (void)self;
    received->received.frames = received->frames;
    return &received->received;
}

static void world_release(void *self, clipper_received *storage) {
    world_received *received = (world_received *)storage;
    (void)self;
    if (received->message != NULL)
        message_free(received->message);
    received->message = NULL;
}

static void world_received_destroy(void *self, clipper_received *storage) {
    world_release(self, storage);
    test_free(storage);
}

static clipper_receive_result world_receive(void *self, clipper_received *storage) {
    sim_world *world = self;
    world_received *received = (world_received *)storage;
    world_connection *connection = world_latest(world);
    world_message *message;
    if (!connection->open)
        return CLIPPER_RECEIVE_CLOSED;
    if (queue_arrived(&connection->to_container, world->now_us) == NULL) {
        if (world->looked)
            world_breach(world, "a second look for messages where none can have come");
        world->looked = 1;
        return CLIPPER_RECEIVE_NOTHING;
    }
    message = queue_pop(&connection->to_container);
    if (fault_happens(world, world->faults.receive_fails)) {
        message_free(message);
        if (world_chance(world, 30)) {
            lose_connection(world);
            return CLIPPER_RECEIVE_CLOSED;
        }
        connection->answers++;
        connection->poll_began_ms = connection->last_activity_ms = world_now_ms(world);
        return CLIPPER_RECEIVE_LOST;
    }
    account_received(world, message);
    world_release(self, storage);
    received->message = message;
    storage->count = message->count;
    for (size_t i = 0; i < message->count; i++) {
        storage->frames[i].base = i < CLIPPER_HEAD_FRAMES_MAX ? message->frames[i].base : NULL;
        storage->frames[i].len = message->frames[i].len;
    }
    return CLIPPER_RECEIVED;
}

static clipper_frame world_item(void *self, const clipper_received *storage, size_t index) {
    (void)self;
    return ((const world_received *)storage)->message->frames[index];
}

static int world_pending(void *self) {
    sim_world *world = self;
    world->looked = 1;
    return world_latest(world)->open && has_backlog(world, world_latest(world));
}

static clipper_send_result world_send(void *self, const clipper_outgoing *outgoing) {
    sim_world *world = self;
    clipper_frame frames[CLIPPER_FRAMES_MAX(16)];
    world_connection *connection = world_latest(world);
    world_message *message;
    world->looked = 0; /* as it sends, a socket may notice messages, and does not signal them again */
    if (!connection->open)
        return CLIPPER_SEND_CLOSED;
    if (fault_happens(world, world->faults.send_fails)) {
        lose_connection(world);
        return CLIPPER_SEND_CLOSED;
    }
    if (connection->to_clipper.count >= world->send_limit) {
        world->refusals++;
        /* A heartbeat that finds no room is not sent, but the next poll begins all the same. */
        if (outgoing->head_count == 2 && connection->sent > 0)
            account_heartbeat(world, connection);
        return CLIPPER_SEND_LATER;
    }
    for (size_t i = 0; i < outgoing->head_count; i++)
        frames[i] = outgoing->head[i];
    for (size_t i = 0; i < outgoing->item_count; i++) {
        const size_t source = outgoing->sources == NULL ? 0 : outgoing->sources[i];
        frames[outgoing->head_count + i] =
            source == 0 ? outgoing->items[i] : world_item(self, outgoing->received, source - 1);
    }
    message = message_copy(frames, outgoing->head_count + outgoing->item_count);
    message->at_us = world->now_us + world_up_to(world, world->faults.delay_us);
    account_sent(world, message);
    queue_insert(&connection->to_clipper, message);
    return CLIPPER_SENT;
}

/* ---- Time ---------------------------------------------------------------------------------------------- */

static uint64_t least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* The connection that is open; NULL where none is. */
static const world_connection *open_connection(const sim_world *world) {
    const world_connection *latest =
        world->connection_count == 0 ? NULL : &world->connections[world->connection_count - 1];
    return latest != NULL && latest->open ? latest : NULL;
}

/* When anything happens next, to the container or elsewhere. */
static uint64_t next_event(const sim_world *world, int interest) {
    const world_connection *connection = open_connection(world);
    const world_message *message = connection == NULL ? NULL : connection->to_container.first;
    uint64_t next = least(clipper_next_us(world), workers_next_us(world));
    if (world->stops == 0)
        next = least(next, world->stop_us);
    if (message != NULL && (interest & CLIPPER_WAIT_READ || message->at_us > world->now_us))
        next = least(next, message->at_us);
    return next;
}

static int may_go_on(const sim_world *world, int interest) {
    const world_connection *connection = open_connection(world);
    if (world->woken)
        return 1;
    return connection != NULL &&
           ((interest & CLIPPER_WAIT_READ && has_backlog(world, connection)) ||
            (interest & CLIPPER_WAIT_WRITE && connection->to_clipper.count < world->send_limit));
}

static void world_wait(void *self, int interest, uint64_t deadline_us) {
    sim_world *world = self;
    const world_connection *connection = open_connection(world);
    if (world->told_closed)
        world_breach(world, "a wait for a connection that is gone");
    if (connection != NULL && !world->looked)
        world_breach(world, "a wait for messages without a look for those that are there");
    if (world->stops == 0 && connection != NULL && deadline_us > poll_ends_ms(world, connection) * 1000)
        world_breach(world, "a wait beyond the end of the poll");
    while (!may_go_on(world, interest) && world->now_us < deadline_us) {
        const uint64_t next = next_event(world, interest);
        world->now_us = least(next > world->now_us ? next : world->now_us, deadline_us);
        clipper_acts(world);
        if (workers_act(world))
            world->woken = 1;
        if (world->stops == 0 && world->now_us >= world->stop_us) {
            world->stops++;
            world->ready_at_stop = world->ready;
            atomic_fetch_add(&world->runtime.stops, 1);
            world->woken = 1;
        }
    }
    world->woken = 0;
    world->looked = 0;
}

static void world_wake(void *self) {
    ((sim_world *)self)->woken = 1;
}

static uint64_t world_now(void *self) {
    return ((const sim_world *)self)->now_us;
}

static void world_destroy(void *self) {
    (void)self;
}

const clipper_transport_functions world_transport_functions = {
    world_open,    world_close,   world_failure, world_received_new, world_received_destroy,
    world_receive, world_release, world_item,    world_pending,      world_send,
    world_wait,    world_wake,    world_now,     world_destroy,      NULL,
};
