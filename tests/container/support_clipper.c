/* The simulated Clipper, and the network between it and the container. */
#include "support_world.h"

#include <stdlib.h>

/* ---- Messages and queues ------------------------------------------------------------------------------- */

world_message *message_copy(const clipper_frame *frames, size_t count) {
    world_message *message;
    size_t bytes = sizeof *message + count * sizeof *frames;
    unsigned char *room;
    for (size_t i = 0; i < count; i++)
        bytes += frames[i].len;
    message = test_malloc(bytes);
    message->count = count;
    room = (unsigned char *)&message->frames[count];
    for (size_t i = 0; i < count; i++) {
        message->frames[i].base = room;
        message->frames[i].len = frames[i].len;
        if (frames[i].len > 0)
            memcpy(room, frames[i].base, frames[i].len);
        room += frames[i].len;
    }
    return message;
}

void message_free(world_message *message) {
    test_free(message);
}

void queue_free(world_queue *queue) {
    while (queue->first != NULL)
        message_free(queue_pop(queue));
}

world_message *queue_arrived(const world_queue *queue, uint64_t now_us) {
    return queue->first != NULL && queue->first->at_us <= now_us ? queue->first : NULL;
}

world_message *queue_pop(world_queue *queue) {
    world_message *message = queue->first;
    queue->first = message->next;
    queue->count--;
    return message;
}

void queue_insert(world_queue *queue, world_message *message) {
    world_message **place = &queue->first;
    while (*place != NULL && (*place)->at_us <= message->at_us)
        place = &(*place)->next;
    message->next = *place;
    *place = message;
    queue->count++;
}

/* ---- What Clipper sends -------------------------------------------------------------------------------- */

static int faults_are_over(const sim_world *world) {
    return world->now_us >= world->faults_end_us;
}

/* When a message that is sent now arrives. What keeps its order arrives no earlier than those before it. */
static uint64_t arrival(sim_world *world, const world_queue *queue) {
    uint64_t at = world->now_us + world_up_to(world, world->faults.delay_us);
    if (!faults_are_over(world) && world_chance(world, world->faults.reorder))
        return at;
    for (const world_message *m = queue->first; m != NULL; m = m->next)
        at = m->at_us > at ? m->at_us : at;
    return at;
}

static void deliver(sim_world *world, world_connection *connection, const clipper_frame *frames,
                    size_t count) {
    const int copies = faults_are_over(world)                         ? 1
                       : world_chance(world, world->faults.loss)      ? 0
                       : world_chance(world, world->faults.duplicate) ? 2
                                                                      : 1;
    for (int i = 0; i < copies; i++) {
        world_message *message = message_copy(frames, count);
        message->at_us = arrival(world, &connection->to_container);
        queue_insert(&connection->to_container, message);
    }
}

static void send_message(sim_world *world, world_connection *connection, const clipper_message *message) {
    static clipper_frame frames[CLIPPER_FRAMES_MAX(16)];
    static unsigned char scratch[CLIPPER_SCRATCH_MAX(16)];
    const clipper_storage storage = {frames, sizeof frames / sizeof frames[0], scratch, sizeof scratch};
    clipper_encoded encoded;
    if (clipper_encode(message, CLIPPER_WIRE_ANY, &storage, &encoded, NULL) != CLIPPER_OK)
        world_breach(world, "the simulated Clipper cannot encode its message");
    deliver(world, connection, frames, encoded.frames);
}

static void send_heartbeat(sim_world *world, world_connection *connection) {
    clipper_message message;
    memset(&message, 0, sizeof message);
    message.kind = CLIPPER_HEARTBEAT;
    message.direction = CLIPPER_TO_CONTAINER;
    message.as.heartbeat.type = connection->registered ? CLIPPER_KEEP_ALIVE : CLIPPER_SEND_METADATA;
    send_message(world, connection, &message);
}

/* Every item begins with the number of its request, so that requests with the same id have different answers. */
static void send_request(sim_world *world, size_t index) {
    static unsigned char bytes[16][16];
    static const uint32_t ids[] = {0, 1, 2, 0x7fffffff, 0xffffffff};
    clipper_frame items[16];
    clipper_message message;
    const size_t number = world->request_count++;
    world_request *request = &world->requests[number];
    request->id = ids[world_up_to(world, 4)];
    request->items = 1 + (size_t)world_up_to(world, 15);
    request->connection = index;
    request->fails = world_chance(world, 3);
    for (size_t i = 0; i < request->items; i++) {
        const uint64_t tag = number;
        memcpy(bytes[i], &tag, 8);
        items[i].base = bytes[i];
        items[i].len = 8 + (size_t)world_up_to(world, 8);
    }
    memset(&message, 0, sizeof message);
    message.kind = CLIPPER_PREDICTION_REQUEST;
    message.direction = CLIPPER_TO_CONTAINER;
    message.as.request.id = request->id;
    message.as.request.data_type = CLIPPER_TYPE_BYTES;
    message.as.request.items = items;
    message.as.request.item_count = request->items;
    send_message(world, &world->connections[index], &message);
}

/* Messages that no container is sent, of several kinds. */
static void send_invalid_message(sim_world *world, world_connection *connection) {
    static const clipper_frame kinds[][6] = {
        {{"", 0}},
        {{"garbage", 7}, {"more", 4}},
        {{"", 0}, {"\3\0\0\0", 4}, {"\0\0\0\0", 4}, {"name", 4}, {"1", 1}, {"3", 1}},
        {{"", 0}, {"\3\0\0\0", 4}, {"\1\0\0\0", 4}, {"\7\0\0\0", 4}, {"\1\0\0\0", 4}, {"feedback", 8}},
        {{"", 0}, {"\3\0\0\0", 4}, {"\2\0\0\0", 4}, {"\2\0\0\0", 4}},
    };
    static const size_t counts[] = {1, 2, 6, 6, 4};
    const size_t kind = (size_t)world_up_to(world, 4);
    deliver(world, connection, kinds[kind], counts[kind]);
}

/* ---- What Clipper receives ----------------------------------------------------------------------------- */

static void clipper_receives(sim_world *world, world_connection *connection, const world_message *message) {
    clipper_message decoded;
    if (clipper_decode(CLIPPER_TO_CLIPPER, message->frames, message->count, NULL, &decoded, NULL) !=
        CLIPPER_OK) {
        world_breach(world, "the container sent what is no message");
        return;
    }
    if (decoded.kind == CLIPPER_HEARTBEAT)
        send_heartbeat(world, connection);
    if (decoded.kind == CLIPPER_NEW_CONTAINER)
        connection->registered = 1;
}

static int is_silent(const sim_world *world) {
    return world->now_us < world->silent_until_us;
}

static void read_connections(sim_world *world) {
    for (size_t i = 0; i < world->connection_count; i++) {
        world_connection *connection = &world->connections[i];
        while (!is_silent(world) && queue_arrived(&connection->to_clipper, world->now_us) != NULL) {
            world_message *message = queue_pop(&connection->to_clipper);
            clipper_receives(world, connection, message);
            message_free(message);
        }
    }
}

/* ---- What Clipper does by itself ----------------------------------------------------------------------- */

/* A time about EVERY_US from now; never, when that is 0. */
static uint64_t later(sim_world *world, uint64_t every_us) {
    return every_us == 0 ? UINT64_MAX : world->now_us + 1 + world_up_to(world, 2 * every_us);
}

static void make_request(sim_world *world) {
    const size_t index = world->connection_count - 1;
    world->next_request_us = later(world, world->faults.request_every_us);
    if (world->connection_count == 0 || is_silent(world) || world->request_count == MOST_REQUESTS)
        return;
    if (!world->connections[index].open || !world->connections[index].registered)
        return;
    if (!faults_are_over(world) && world_chance(world, world->faults.invalid))
        send_invalid_message(world, &world->connections[index]);
    else
        send_request(world, index);
}

static void make_outage(sim_world *world) {
    world->next_outage_us = later(world, world->faults.outage_every_us);
    if (faults_are_over(world))
        return;
    if (world_chance(world, 50)) {
        world->silent_until_us = world->now_us + world_up_to(world, world->faults.silence_us);
        world_note(world, "Clipper falls silent until %llu us", (unsigned long long)world->silent_until_us);
    } else {
        world_note(world, "Clipper forgets its containers");
        for (size_t i = 0; i < world->connection_count; i++)
            world->connections[i].registered = 0;
    }
}

void clipper_acts(sim_world *world) {
    if (faults_are_over(world))
        world->silent_until_us = 0;
    read_connections(world);
    if (world->now_us >= world->next_request_us)
        make_request(world);
    if (world->now_us >= world->next_outage_us)
        make_outage(world);
}

uint64_t clipper_next_us(const sim_world *world) {
    uint64_t next =
        world->next_request_us < world->next_outage_us ? world->next_request_us : world->next_outage_us;
    for (size_t i = 0; i < world->connection_count; i++) {
        const world_message *message = world->connections[i].to_clipper.first;
        uint64_t at = message == NULL ? UINT64_MAX : message->at_us;
        if (message != NULL && at < world->silent_until_us)
            at =
                world->silent_until_us < world->faults_end_us ? world->silent_until_us : world->faults_end_us;
        next = at < next ? at : next;
    }
    return next;
}
