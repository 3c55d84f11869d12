/* Sessions: which a message belongs to, and what Clipper knows of each. */
#include "engine/engine_parts.h"

#include "base/heap.h"
#include "base/hex.h"

void engine_update_connections(engine *self) {
    connections_update(self->connections);
    for (size_t i = self->session_count; self->unbound > 0 && i > 0; i--) {
        session *each = self->sessions[i - 1];
        connection *by = each->connection == NULL && each->closed == 0
                             ? connections_unclaimed(self->connections, each->descriptor)
                             : NULL;
        if (by != NULL) {
            each->connection = by;
            by->session = each;
            self->unbound--;
        }
    }
}

/* Begins the session of the message FIRST. KNOWN is the latest with the same routing identity, or NULL. */
static session *begin_session(engine *self, const message *first, connection *by, const char *key,
                              const session *known) {
    session *begun = heap_new(sizeof *begun);
    self->sessions = heap_grow(self->sessions, self->session_count + 1, sizeof *self->sessions);
    self->sessions[self->session_count++] = begun;
    begun->number = (unsigned)self->session_count;
    begun->identity_len = first->identity.len;
    memcpy(begun->identity, first->identity.base, first->identity.len);
    begun->twin = known != NULL && known->closed == 0 ? known->number : 0;
    begun->opened = first->at;
    snprintf(begun->socket_type, sizeof begun->socket_type, "%s", message_property(first, "Socket-Type"));
    begun->descriptor = first->connection;
    begun->connection = by;
    if (by != NULL)
        by->session = begun;
    else
        self->unbound++;
    zhashx_update(self->by_identity, key, begun);
    if (self->journal != NULL)
        journal_note_at(self->journal, first->at, begun->number, "new session, routing identity %s", key);
    return begun;
}

/* Whether libzmq gave the peer its routing identity: it gives none twice, and they begin with a zero byte. One that
 * the peer chose itself can come back by another connection. */
static bool is_given(const clipper_frame *identity) {
    return identity->len > 0 && ((const uint8_t *)identity->base)[0] == 0;
}

session *engine_session_of(engine *self, const message *received) {
    char key[2 * 255 + 1];
    connection *by;
    session *known;
    hex_encode(received->identity.base, received->identity.len, key);
    key[2 * received->identity.len] = '\0';
    known = zhashx_lookup(self->by_identity, key);
    if (known != NULL && (is_given(&received->identity) || received->connection < 0))
        return known;
    engine_update_connections(self);
    if (known != NULL && known->connection != NULL && known->connection->closed == 0 &&
        known->descriptor == received->connection)
        return known;
    by = connections_unclaimed(self->connections, received->connection);
    if (known != NULL && by == NULL && known->descriptor == received->connection)
        return known;
    return begin_session(self, received, by, key, known);
}

/* The latest open session with a routing identity that its container chose. */
static const session *chosen_one(const engine *self) {
    for (size_t i = self->session_count; i > 0; i--) {
        const session *each = self->sessions[i - 1];
        clipper_frame identity = {each->identity, each->identity_len};
        if (each->closed == 0 && each->connection != NULL && !is_given(&identity))
            return each;
    }
    return NULL;
}

const session *engine_next_ignored(engine *self, duration after) {
    const session *first = chosen_one(self);
    if (!self->plain || first == NULL || self->unbound > 0)
        return NULL;
    return connections_next_quiet(self->connections, clock_now() - after) != NULL ? first : NULL;
}

bool engine_was_connected(const engine *self) {
    return self->session_count != 0 ||
           (self->connections != NULL && connections_any_handshake(self->connections));
}

size_t engine_session_count(const engine *self) {
    return self->session_count;
}

session *engine_session(const engine *self, size_t index) {
    return self->sessions[index];
}

void engine_forget(session *whom) {
    whom->registered = NULL;
}

void engine_end_sessions(engine *self) {
    for (size_t i = 0; i < self->session_count; i++) {
        session *each = self->sessions[i];
        if (each->closed == 0)
            each->closed = clock_now();
        each->connection = NULL;
        each->registered = NULL;
    }
    zhashx_purge(self->by_identity);
    self->unbound = 0;
}

void engine_register(engine *self, session *from, const message *received) {
    if (from->registered == NULL)
        from->registered = registry_add(self->registry, &received->content);
}
