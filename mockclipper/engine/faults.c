#include "engine/faults.h"

#include "base/heap.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many messages of one kind there were in one session. */
typedef struct tally {
    unsigned session;
    clipper_direction direction;
    clipper_kind kind; /* CLIPPER_NO_MESSAGE: of all kinds */
    unsigned count;
} tally;

struct faults {
    fault *all;
    size_t count;
    tally *tallies;
    size_t tally_count;
};

faults *faults_new(void) {
    return heap_new(sizeof(faults));
}

void faults_destroy(faults **self_p) {
    faults *self = *self_p;
    if (self == NULL)
        return;
    free(self->all);
    free(self->tallies);
    free(self);
    *self_p = NULL;
}

void faults_add(faults *self, fault added) {
    self->all = heap_grow(self->all, self->count + 1, sizeof *self->all);
    self->all[self->count++] = added;
}

bool faults_any(const faults *self) {
    return self->count != 0;
}

size_t faults_count(const faults *self) {
    return self->count;
}

const fault *faults_at(const faults *self, size_t index) {
    return &self->all[index];
}

/* ---- Firing ----------------------------------------------------------------------------------------- */

/* Counts one more of that kind; its ordinal. */
static unsigned count_one(faults *self, clipper_direction direction, clipper_kind kind, unsigned session) {
    for (size_t i = 0; i < self->tally_count; i++) {
        tally *each = &self->tallies[i];
        if (each->session == session && each->direction == direction && each->kind == kind)
            return ++each->count;
    }
    self->tallies = heap_grow(self->tallies, self->tally_count + 1, sizeof *self->tallies);
    self->tallies[self->tally_count++] = (tally){session, direction, kind, 1};
    return 1;
}

fault *faults_fire(faults *self, clipper_direction direction, clipper_kind kind, unsigned session) {
    unsigned of_kind, of_all;
    if (self->count == 0)
        return NULL;
    of_all = count_one(self, direction, CLIPPER_NO_MESSAGE, session);
    of_kind = kind != CLIPPER_NO_MESSAGE ? count_one(self, direction, kind, session) : 0;
    for (size_t i = 0; i < self->count; i++) {
        fault *each = &self->all[i];
        unsigned ordinal = each->kind == CLIPPER_NO_MESSAGE ? of_all : of_kind;
        if (each->direction == direction && (each->kind == CLIPPER_NO_MESSAGE || each->kind == kind) &&
            (each->session == 0 || each->session == session) &&
            (each->ordinal == 0 || each->ordinal == ordinal)) {
            each->fired++;
            return each;
        }
    }
    return NULL;
}

const fault *faults_unfired(const faults *self) {
    for (size_t i = 0; i < self->count; i++) {
        if (self->all[i].fired == 0)
            return &self->all[i];
    }
    return NULL;
}

/* ---- What is done to frames ------------------------------------------------------------------------- */

static void corrupt(draft *message, size_t index) {
    clipper_frame frame;
    uint8_t *bytes;
    if (index >= message->count || message->frames[index].len == 0)
        return;
    frame = message->frames[index];
    bytes = heap_copy(frame.base, frame.len);
    bytes[0] = (uint8_t)~bytes[0];
    draft_replace(message, index, bytes, frame.len);
    free(bytes);
}

static void resize(draft *message, size_t index, bool longer) {
    if (index < message->count && (longer || message->frames[index].len != 0))
        draft_resize(message, index,
                     longer ? message->frames[index].len + 1 : message->frames[index].len - 1);
}

static void make_stale(draft *message, uint64_t by) {
    if (message->count > FRAME_ID && message->frames[FRAME_ID].len == 4)
        draft_set_u32(message, FRAME_ID, clipper_load_u32(message->frames[FRAME_ID].base) - (uint32_t)by);
}

void fault_apply(const fault *fired, draft *message) {
    size_t value = (size_t)fired->value;
    switch (fired->action) {
    case FAULT_TRUNCATE:
        draft_cut(message, value);
        break;
    case FAULT_EXTEND:
        for (size_t i = 0; i < value; i++)
            draft_append(message, "x", 1);
        break;
    case FAULT_CORRUPT:
        corrupt(message, value);
        break;
    case FAULT_VERSION:
        if (message->count > FRAME_VERSION)
            draft_set_u32(message, FRAME_VERSION, (uint32_t)fired->value);
        break;
    case FAULT_WIDEN:
    case FAULT_SHORTEN:
        resize(message, value, fired->action == FAULT_WIDEN);
        break;
    case FAULT_STALE_ID:
        make_stale(message, fired->value);
        break;
    default:
        break;
    }
}

/* ---- Text ------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    fault_action action;
    bool has_value;
    bool any_direction;
} actions[] = {
    {"drop", FAULT_DROP, false, true},
    {"delay", FAULT_DELAY, true, false},
    {"duplicate", FAULT_DUPLICATE, false, false},
    {"reorder", FAULT_REORDER, false, false},
    {"truncate", FAULT_TRUNCATE, true, false},
    {"extend", FAULT_EXTEND, true, false},
    {"corrupt", FAULT_CORRUPT, true, false},
    {"version", FAULT_VERSION, true, false},
    {"widen", FAULT_WIDEN, true, false},
    {"shorten", FAULT_SHORTEN, true, false},
    {"stale-id", FAULT_STALE_ID, true, false},
    {"silence", FAULT_SILENCE, false, true},
    {"restart", FAULT_RESTART, false, true},
    {"ask", FAULT_ASK, false, true},
};
#define ACTION_COUNT (sizeof actions / sizeof *actions)

static const struct {
    const char *name;
    clipper_direction direction;
    clipper_kind kind;
} kinds[] = {
    {"heartbeat", CLIPPER_TO_CONTAINER, CLIPPER_HEARTBEAT},
    {"request", CLIPPER_TO_CONTAINER, CLIPPER_PREDICTION_REQUEST},
    {"any", CLIPPER_TO_CONTAINER, CLIPPER_NO_MESSAGE},
    {"container-heartbeat", CLIPPER_TO_CLIPPER, CLIPPER_HEARTBEAT},
    {"new-container", CLIPPER_TO_CLIPPER, CLIPPER_NEW_CONTAINER},
    {"response", CLIPPER_TO_CLIPPER, CLIPPER_PREDICTION_RESPONSE},
    {"anything", CLIPPER_TO_CLIPPER, CLIPPER_NO_MESSAGE},
};
#define KIND_COUNT (sizeof kinds / sizeof *kinds)

/* Whether the LEN letters at TEXT are WORD. */
static bool is_word(const char *text, size_t len, const char *word) {
    return strlen(word) == len && memcmp(text, word, len) == 0;
}

/* Reads a number that ends at END. */
static bool read_number(const char *text, const char *end, uint64_t max, uint64_t *value) {
    char *stop;
    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    *value = strtoull(text, &stop, 10);
    return errno == 0 && stop == end && *value <= max;
}

static bool parse_action(fault *self, const char *text, const char *end, bool *any_direction) {
    const char *equals = memchr(text, '=', (size_t)(end - text));
    size_t len = (size_t)((equals != NULL ? equals : end) - text);
    for (size_t i = 0; i < ACTION_COUNT; i++) {
        if (!is_word(text, len, actions[i].name))
            continue;
        self->action = actions[i].action;
        *any_direction = actions[i].any_direction;
        if (actions[i].has_value != (equals != NULL))
            return false;
        return equals == NULL || read_number(equals + 1, end, UINT32_MAX, &self->value);
    }
    return false;
}

static bool parse_kind(fault *self, const char *text) {
    const char *slash = strchr(text, '/'), *hash = strchr(text, '#');
    uint64_t session = 0, ordinal = 0;
    if (slash != NULL) {
        if (!read_number(text, slash, UINT32_MAX, &session))
            return false;
        text = slash + 1;
    }
    if (hash != NULL && !read_number(hash + 1, hash + strlen(hash), UINT32_MAX, &ordinal))
        return false;
    self->session = (unsigned)session;
    self->ordinal = (unsigned)ordinal;
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (is_word(text, strcspn(text, "#"), kinds[i].name)) {
            self->direction = kinds[i].direction;
            self->kind = kinds[i].kind;
            return true;
        }
    }
    return false;
}

bool fault_parse(fault *self, const char *text) {
    const char *at = strchr(text, '@');
    bool any_direction;
    memset(self, 0, sizeof *self);
    return at != NULL && parse_action(self, text, at, &any_direction) && parse_kind(self, at + 1) &&
           (any_direction || self->direction == CLIPPER_TO_CONTAINER);
}

static const char *kind_name(const fault *self) {
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (kinds[i].direction == self->direction && kinds[i].kind == self->kind)
            return kinds[i].name;
    }
    return "any";
}

char *fault_text(const fault *self) {
    char value[24] = "", session[16] = "", ordinal[16] = "";
    const char *name = "";
    for (size_t i = 0; i < ACTION_COUNT; i++) {
        if (actions[i].action == self->action) {
            name = actions[i].name;
            if (actions[i].has_value)
                snprintf(value, sizeof value, "=%" PRIu64, self->value);
        }
    }
    if (self->session != 0)
        snprintf(session, sizeof session, "%u/", self->session);
    if (self->ordinal != 0)
        snprintf(ordinal, sizeof ordinal, "#%u", self->ordinal);
    return heap_format("%s%s@%s%s%s", name, value, session, kind_name(self), ordinal);
}
