#include "engine/describe.h"

#include "base/heap.h"
#include "base/hex.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

const char *const data_type_names[] = {"bytes", "ints", "floats", "doubles", "strings", NULL};

const char *data_type_name(clipper_data_type type) {
    if (type == CLIPPER_TYPE_UNSTATED)
        return "unstated type";
    return (unsigned)type <= CLIPPER_TYPE_STRINGS ? data_type_names[type] : "unknown type";
}

bool data_type_parse(const char *name, clipper_data_type *type) {
    for (int i = CLIPPER_TYPE_BYTES; i <= CLIPPER_TYPE_STRINGS; i++) {
        if (strcmp(name, data_type_names[i]) == 0) {
            *type = (clipper_data_type)i;
            return true;
        }
    }
    return false;
}

const char *wire_name(clipper_wire wire) {
    return wire == CLIPPER_WIRE_DOCUMENT  ? "document wire"
           : wire == CLIPPER_WIRE_RELEASE ? "release wire"
                                          : "either wire";
}

char *describe_text(clipper_frame text, size_t max) {
    const uint8_t *bytes = text.base;
    size_t kept = text.len < max ? text.len : max, out = 0;
    char *quoted = heap_new(4 * kept + 8);
    quoted[out++] = '"';
    for (size_t i = 0; i < kept; i++) {
        if (bytes[i] >= ' ' && bytes[i] <= '~' && bytes[i] != '"' && bytes[i] != '\\')
            quoted[out++] = (char)bytes[i];
        else
            out += (size_t)snprintf(quoted + out, 5, "\\x%02x", bytes[i]);
    }
    snprintf(quoted + out, 5, "\"%s", kept < text.len ? "..." : "");
    return quoted;
}

char *describe_hex(clipper_frame bytes, size_t max) {
    size_t kept = bytes.len < max ? bytes.len : max;
    char *text = heap_new(2 * kept + 40);
    if (bytes.len == 0)
        return strcpy(text, "-");
    hex_encode(bytes.base, kept, text);
    if (kept < bytes.len)
        snprintf(text + 2 * kept, 40, "... (%zu bytes)", bytes.len);
    return text;
}

/* The sizes of the first items, such as "8, 0, 16 bytes". */
static void write_sizes(FILE *out, const clipper_prediction *batch) {
    size_t shown = batch->item_count < 6 ? batch->item_count : 6;
    for (size_t i = 0; i < shown; i++)
        fprintf(out, "%s%zu", i == 0 ? " of " : ", ", batch->items[i].len);
    if (shown < batch->item_count)
        fputs(", ...", out);
    if (shown != 0)
        fputs(" bytes", out);
}

static void write_batch(FILE *out, const char *name, const char *item, const clipper_prediction *batch) {
    fprintf(out, "prediction %s %" PRIu32 ": %zu %s%s", name, batch->id, batch->item_count, item,
            batch->item_count == 1 ? "" : "s");
    write_sizes(out, batch);
}

static void write_new_container(FILE *out, const clipper_message *content) {
    const clipper_new_container *container = &content->as.new_container;
    char *name = describe_text(container->name, 60), *version = describe_text(container->model_version, 60);
    fprintf(out, "new container %s version %s, input type %s", name, version,
            data_type_name(container->input_type));
    if (content->rpc_version != 0)
        fprintf(out, ", RPC version %" PRIu32, content->rpc_version);
    if (content->leniencies & CLIPPER_LENIENCY_WIDE_VERSION)
        fputs(" in 8 bytes", out);
    if (content->leniencies & CLIPPER_LENIENCY_INPUT_TYPE_TAIL)
        fputs(", bytes after the input type", out);
    fprintf(out, " (%s)", wire_name(content->wire));
    free(name);
    free(version);
}

static void write_problem(FILE *out, const clipper_diagnosis *diagnosis, size_t count) {
    char line[CLIPPER_DIAGNOSIS_TEXT];
    clipper_diagnosis_text(diagnosis, line, sizeof line);
    fprintf(out, "malformed message of %zu frame%s: %s", count, count == 1 ? "" : "s", line);
}

char *describe_message(const clipper_message *content, const clipper_diagnosis *diagnosis, size_t count) {
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    if (out == NULL)
        return heap_text("(no memory to describe this message)");
    switch (content->kind) {
    case CLIPPER_NO_MESSAGE:
        write_problem(out, diagnosis, count);
        break;
    case CLIPPER_HEARTBEAT:
        fputs(content->direction == CLIPPER_TO_CLIPPER              ? "heartbeat"
              : content->as.heartbeat.type == CLIPPER_SEND_METADATA ? "heartbeat: send your metadata"
                                                                    : "heartbeat: keep-alive",
              out);
        break;
    case CLIPPER_NEW_CONTAINER:
        write_new_container(out, content);
        break;
    case CLIPPER_PREDICTION_REQUEST:
        write_batch(out, "request", "item", &content->as.request);
        fprintf(out, ", %s", data_type_name(content->as.request.data_type));
        break;
    case CLIPPER_PREDICTION_RESPONSE:
        write_batch(out, "response", "output", &content->as.response);
        fprintf(out, ", %s (%s)", data_type_name(content->as.response.data_type), wire_name(content->wire));
        break;
    case CLIPPER_FEEDBACK_REQUEST:
        fprintf(out, "feedback request %" PRIu32, content->as.feedback.id);
        break;
    }
    if (fclose(out) != 0 || text == NULL)
        return heap_text("(no memory to describe this message)");
    return text;
}
