#include "lines/json_message.h"

#include "base/text.h"

#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

const char *const json_direction_names[JSON_DIRECTION_COUNT + 1] = {"to_container", "to_clipper"};
const char *const json_wire_names[JSON_WIRE_COUNT] = {"any", "document", "release"};

/* By clipper_kind, without CLIPPER_NO_MESSAGE. */
static const char *const kind_names[] = {"heartbeat", "new_container", "prediction_request",
                                         "prediction_response", "feedback_request"};
/* By clipper_heartbeat_type. */
static const char *const heartbeat_names[] = {"keep_alive", "send_metadata"};
/* By clipper_data_type, without CLIPPER_TYPE_UNSTATED. */
static const char *const type_names[] = {"bytes", "ints", "floats", "doubles", "strings"};
/* By bit. */
static const char *const leniency_names[] = {"wide_version", "input_type_tail", "wide_id", "string_ends"};

/* ---- Writing ------------------------------------------------------------------------------------------ */

static void write_text(json_out *out, clipper_frame text) {
    if (utf8_is_valid(text.base, text.len)) {
        json_out_string(out, text.base, text.len);
        return;
    }
    json_out_open(out, '{');
    json_out_key(out, "hex");
    json_out_hex(out, text.base, text.len);
    json_out_close(out, '}');
}

static void write_type(json_out *out, clipper_data_type type) {
    if ((size_t)type < COUNT_OF(type_names))
        json_out_text(out, type_names[type]);
    else
        json_out_null(out);
}

void json_out_frames(json_out *out, const clipper_frame *frames, size_t count) {
    json_out_open(out, '[');
    for (size_t i = 0; i < count; i++)
        json_out_hex(out, frames[i].base, frames[i].len);
    json_out_close(out, ']');
}

static void write_new_container(json_out *out, const clipper_message *message) {
    json_out_key(out, "name");
    write_text(out, message->as.new_container.name);
    json_out_key(out, "model_version");
    write_text(out, message->as.new_container.model_version);
    json_out_key(out, "input_type");
    write_type(out, message->as.new_container.input_type);
    json_out_key(out, "rpc_version");
    if (message->rpc_version != 0)
        json_out_number(out, message->rpc_version);
    else
        json_out_null(out);
}

static void write_prediction(json_out *out, const clipper_prediction *prediction, const char *type_key) {
    json_out_key_number(out, "id", prediction->id);
    json_out_key(out, type_key);
    write_type(out, prediction->data_type);
    json_out_key(out, "items");
    json_out_frames(out, prediction->items, prediction->item_count);
}

void json_out_message(json_out *out, const clipper_message *message) {
    json_out_open(out, '{');
    json_out_key_text(out, "kind", kind_names[message->kind - 1]);
    if (message->direction == CLIPPER_TO_CONTAINER && message->rpc_version != 0)
        json_out_key_number(out, "version", message->rpc_version);
    switch (message->kind) {
    case CLIPPER_HEARTBEAT:
        if (message->direction == CLIPPER_TO_CONTAINER) {
            json_out_key_text(out, "heartbeat_type", heartbeat_names[message->as.heartbeat.type]);
        }
        break;
    case CLIPPER_NEW_CONTAINER:
        write_new_container(out, message);
        break;
    case CLIPPER_PREDICTION_REQUEST:
        write_prediction(out, &message->as.request, "input_type");
        break;
    case CLIPPER_PREDICTION_RESPONSE:
        write_prediction(out, &message->as.response, "data_type");
        break;
    case CLIPPER_FEEDBACK_REQUEST:
        json_out_key_number(out, "id", message->as.feedback.id);
        json_out_key(out, "frames");
        json_out_frames(out, message->as.feedback.frames, message->as.feedback.frame_count);
        break;
    case CLIPPER_NO_MESSAGE: /* never decoded */
        break;
    }
    json_out_close(out, '}');
}

void json_out_leniencies(json_out *out, uint32_t bits) {
    json_out_open(out, '[');
    for (size_t i = 0; i < COUNT_OF(leniency_names); i++) {
        if (bits & UINT32_C(1) << i)
            json_out_text(out, leniency_names[i]);
    }
    json_out_close(out, ']');
}

static void write_failure(json_out *out, const char *error) {
    json_out_open(out, '{');
    json_out_key_bool(out, "ok", false);
    json_out_key_text(out, "error", error);
}

void json_out_diagnosis(json_out *out, const clipper_diagnosis *diagnosis, const char *text,
                        const char *hint) {
    char own[CLIPPER_DIAGNOSIS_TEXT];
    clipper_field field = diagnosis->field;
    clipper_diagnosis_text(diagnosis, own, sizeof own);
    write_failure(out, clipper_error_name(diagnosis->error));
    json_out_key_number(out, "frame", diagnosis->frame);
    if (field == CLIPPER_FIELD_ITEM || field == CLIPPER_FIELD_ITEM_SIZE || field == CLIPPER_FIELD_FEEDBACK)
        json_out_key_number(out, "item", diagnosis->item);
    json_out_key_text(out, "field", clipper_field_name(field));
    json_out_key_number(out, "offset", diagnosis->offset);
    json_out_key_number(out, "expected", diagnosis->expected);
    json_out_key_number(out, "actual", diagnosis->actual);
    json_out_key_text(out, "text", text != NULL ? text : own);
    if (hint != NULL)
        json_out_key_text(out, "hint", hint);
    json_out_close(out, '}');
}

void json_out_problem(json_out *out, const char *text) {
    write_failure(out, "bad_input");
    json_out_key_text(out, "text", text);
    json_out_close(out, '}');
}

/* ---- Reading ------------------------------------------------------------------------------------------ */

/* A version that may be left out. The encoder takes 0 for "left out", so 0 itself is refused here. */
static bool read_version(json_reading *reading, const json_t *json, const char *path,
                         clipper_message *message) {
    uint64_t version;
    if (json_member(json, path) == NULL)
        return true;
    if (!json_read_number(reading, json, path, 1, UINT32_MAX, &version))
        return false;
    message->rpc_version = (uint32_t)version;
    return true;
}

static bool read_type(json_reading *reading, const json_t *json, const char *path, clipper_data_type *type) {
    unsigned choice;
    if (!json_read_choice(reading, json, path, type_names, COUNT_OF(type_names), &choice))
        return false;
    *type = (clipper_data_type)choice;
    return true;
}

static bool read_id(json_reading *reading, const json_t *json, uint32_t *id) {
    uint64_t number;
    if (!json_read_number(reading, json, "message.id", 0, UINT32_MAX, &number))
        return false;
    *id = (uint32_t)number;
    return true;
}

/* A key of inbound heartbeats on an outbound one is no unknown key: it shows that the direction is wrong. */
static bool read_outbound_heartbeat(json_reading *reading, const json_t *json) {
    static const char *const paths[] = {"message.version", "message.heartbeat_type"};
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        if (json_member(json, paths[i]) != NULL)
            return json_problem(reading, "%s must be left out: a heartbeat to Clipper has none", paths[i]);
    }
    return true;
}

static bool read_heartbeat(json_reading *reading, const json_t *json, clipper_message *message) {
    unsigned choice;
    if (message->direction == CLIPPER_TO_CLIPPER)
        return read_outbound_heartbeat(reading, json);
    if (!json_read_choice(reading, json, "message.heartbeat_type", heartbeat_names, COUNT_OF(heartbeat_names),
                          &choice))
        return false;
    message->as.heartbeat.type = (clipper_heartbeat_type)choice;
    return read_version(reading, json, "message.version", message);
}

static bool read_new_container(json_reading *reading, const json_t *json, clipper_message *message) {
    clipper_new_container *container = &message->as.new_container;
    return json_read_text(reading, json, "message.name", &container->name) &&
           json_read_text(reading, json, "message.model_version", &container->model_version) &&
           read_type(reading, json, "message.input_type", &container->input_type) &&
           read_version(reading, json, "message.rpc_version", message);
}

static bool read_items(json_reading *reading, const json_t *json, clipper_prediction *prediction) {
    clipper_frame *items;
    if (!json_read_frames(reading, json, "message.items", &items, &prediction->item_count))
        return false;
    prediction->items = items;
    return true;
}

static bool read_request(json_reading *reading, const json_t *json, clipper_message *message) {
    clipper_prediction *request = &message->as.request;
    return read_version(reading, json, "message.version", message) && read_id(reading, json, &request->id) &&
           read_type(reading, json, "message.input_type", &request->data_type) &&
           read_items(reading, json, request);
}

static bool read_response(json_reading *reading, const json_t *json, clipper_message *message) {
    clipper_prediction *response = &message->as.response;
    response->data_type = CLIPPER_TYPE_UNSTATED;
    return read_id(reading, json, &response->id) &&
           (json_member(json, "message.data_type") == NULL ||
            read_type(reading, json, "message.data_type", &response->data_type)) &&
           read_items(reading, json, response);
}

static bool read_feedback(json_reading *reading, const json_t *json, clipper_message *message) {
    clipper_feedback *feedback = &message->as.feedback;
    clipper_frame *frames;
    if (!read_version(reading, json, "message.version", message) || !read_id(reading, json, &feedback->id) ||
        !json_read_frames(reading, json, "message.frames", &frames, &feedback->frame_count))
        return false;
    feedback->frames = frames;
    return true;
}

bool json_read_leniencies(json_reading *reading, const json_t *object, uint32_t *bits) {
    const json_t *names = json_member(object, "leniencies"), *name;
    size_t i;
    if (names == NULL)
        return true;
    if (!json_is_array(names))
        return json_problem(reading, "leniencies must be an array");
    json_array_foreach(names, i, name) {
        const char *text = json_string_value(name);
        size_t bit = 0;
        while (bit < COUNT_OF(leniency_names) && (text == NULL || strcmp(text, leniency_names[bit]) != 0))
            bit++;
        if (bit == COUNT_OF(leniency_names))
            return json_problem(reading, "leniencies[%zu] is none", i);
        *bits |= UINT32_C(1) << bit;
    }
    return true;
}

bool json_read_message(json_reading *reading, const json_t *object, clipper_direction direction,
                       clipper_message *message) {
    const json_t *json = json_member(object, "message");
    unsigned choice;
    memset(message, 0, sizeof *message);
    message->direction = direction;
    if (!json_is_object(json))
        return json_problem(reading, "message %s an object",
                            json == NULL ? "is missing: it must be" : "must be");
    if (!json_read_choice(reading, json, "message.kind", kind_names, COUNT_OF(kind_names), &choice))
        return false;
    message->kind = (clipper_kind)(choice + 1);
    switch (message->kind) {
    case CLIPPER_HEARTBEAT:
        return read_heartbeat(reading, json, message);
    case CLIPPER_NEW_CONTAINER:
        return read_new_container(reading, json, message);
    case CLIPPER_PREDICTION_REQUEST:
        return read_request(reading, json, message);
    case CLIPPER_PREDICTION_RESPONSE:
        return read_response(reading, json, message);
    case CLIPPER_FEEDBACK_REQUEST:
        return read_feedback(reading, json, message);
    case CLIPPER_NO_MESSAGE:
        break;
    }
    return false;
}
