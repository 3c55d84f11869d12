#include "check.h"

#include "input.h"

#include <stdio.h>
#include <stdlib.h>

/* AddressSanitizer's, unless ASAN_OPTIONS says otherwise: blocks are many, short-lived, and all come from
 * exact_block, so whole stacks of calls and a large quarantine would cost much and tell little. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "malloc_context_size=4:quarantine_size_mb=8";
}

/* ---- Broken promises ----------------------------------------------------------------------------------- */

static struct {
    clipper_direction direction;
    const clipper_frame *frames;
    size_t count;
} judged;

void judging(clipper_direction direction, const clipper_frame *frames, size_t count) {
    judged.direction = direction;
    judged.frames = frames;
    judged.count = count;
}

static void show_frame(clipper_frame frame) {
    if (frame.base == UNREADABLE) {
        fprintf(stderr, "(%zu bytes)", frame.len);
        return;
    }
    for (size_t i = 0; i < frame.len; i++)
        fprintf(stderr, "%02x", ((const uint8_t *)frame.base)[i]);
}

_Noreturn void promise_broken(const char *id, const char *text, const char *condition, const char *file,
                              int line) {
    fprintf(stderr, "%s:%d: promise %s of codec/SECURITY.md is broken: %s\n    does not hold: %s\n", file,
            line, id, text, condition);
    if (judged.frames) {
        fprintf(stderr, "    {\"direction\":\"%s\",\"frames\":[",
                judged.direction == CLIPPER_TO_CLIPPER ? "to_clipper" : "to_container");
        for (size_t i = 0; i < judged.count; i++) {
            fprintf(stderr, "%s\"", i == 0 ? "" : ",");
            show_frame(judged.frames[i]);
            fprintf(stderr, "\"");
        }
        fprintf(stderr, "]}\n");
    }
    abort();
}

/* ---- Comparisons --------------------------------------------------------------------------------------- */

int all_zero(const void *bytes, size_t len) {
    const uint8_t *octets = bytes;
    return len == 0 || (octets[0] == 0 && memcmp(octets, octets + 1, len - 1) == 0);
}

int same_bytes(clipper_frame a, clipper_frame b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.base, b.base, a.len) == 0);
}

int same_diagnosis(const clipper_diagnosis *a, const clipper_diagnosis *b) {
    return a->error == b->error && a->field == b->field && a->frame == b->frame && a->item == b->item &&
           a->offset == b->offset && a->expected == b->expected && a->actual == b->actual;
}

static int same_content(const clipper_message *a, const clipper_message *b) {
    switch (a->kind) {
    case CLIPPER_HEARTBEAT:
        return a->as.heartbeat.type == b->as.heartbeat.type;
    case CLIPPER_NEW_CONTAINER:
        return same_bytes(a->as.new_container.name, b->as.new_container.name) &&
               same_bytes(a->as.new_container.model_version, b->as.new_container.model_version) &&
               a->as.new_container.input_type == b->as.new_container.input_type;
    case CLIPPER_PREDICTION_REQUEST:
    case CLIPPER_PREDICTION_RESPONSE:
        return a->as.request.id == b->as.request.id && a->as.request.data_type == b->as.request.data_type &&
               a->as.request.item_count == b->as.request.item_count;
    case CLIPPER_FEEDBACK_REQUEST:
        return a->as.feedback.id == b->as.feedback.id &&
               a->as.feedback.frame_count == b->as.feedback.frame_count;
    case CLIPPER_NO_MESSAGE:
        break;
    }
    return all_zero(a, sizeof *a) && all_zero(b, sizeof *b);
}

int same_message(const clipper_message *a, const clipper_message *b) {
    return a->kind == b->kind && a->direction == b->direction && a->wire == b->wire &&
           a->leniencies == b->leniencies && a->rpc_version == b->rpc_version && same_content(a, b);
}

const clipper_frame *items_of(const clipper_message *message, size_t *count) {
    *count = 0;
    if (message->kind == CLIPPER_PREDICTION_REQUEST || message->kind == CLIPPER_PREDICTION_RESPONSE) {
        *count = message->as.request.item_count;
        return message->as.request.items;
    }
    if (message->kind == CLIPPER_FEEDBACK_REQUEST) {
        *count = message->as.feedback.frame_count;
        return message->as.feedback.frames;
    }
    return NULL;
}
