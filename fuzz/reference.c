#include "reference.h"

static uint64_t value_of(clipper_frame frame, size_t offset, size_t octets) {
    const uint8_t *bytes = frame.base;
    uint64_t value = 0;
    for (size_t i = octets; i > 0; i--)
        value = value * 256 + bytes[offset + i - 1];
    return value;
}

static int is_u32(clipper_frame frame, uint32_t value) {
    return frame.len == 4 && value_of(frame, 0, 4) == value;
}

/* COUNT frames of any kind, as limits allow them. */
static int within(const clipper_frame *items, size_t count, const clipper_limits *limits) {
    uint64_t left = limits->total_bytes;
    if (count > limits->items)
        return 0;
    for (size_t i = 0; i < count; i++) {
        if (items[i].len > limits->item_bytes || items[i].len > left)
            return 0;
        left -= items[i].len;
    }
    return 1;
}

/* A length field, metadata and COUNT items; the metadata begins with the data type when TYPED. */
static int is_prediction(const clipper_frame *field, size_t count, int typed, const clipper_limits *limits,
                         clipper_prediction *prediction) {
    clipper_frame metadata = field[1];
    size_t head = typed ? 2 : 1;
    static const size_t widths[] = {1, 4, 4, 8, 1};
    uint64_t type = CLIPPER_TYPE_UNSTATED;
    if (field[0].len != 8 || value_of(field[0], 0, 8) != metadata.len)
        return 0;
    if (metadata.len != 8 * (head + count) || value_of(metadata, 8 * (head - 1), 8) != count)
        return 0;
    if (typed) {
        type = value_of(metadata, 0, 8);
        if (type > 4)
            return 0;
    }
    for (size_t i = 0; i < count; i++) {
        size_t len = field[2 + i].len;
        if (value_of(metadata, 8 * (head + i), 8) != len || (typed && len % widths[type] != 0))
            return 0;
    }
    prediction->data_type = (clipper_data_type)type;
    prediction->items = field + 2;
    prediction->item_count = count;
    return within(field + 2, count, limits);
}

static int is_inbound(const clipper_frame *f, size_t count, const clipper_limits *limits,
                      clipper_message *m) {
    if (count < 4 || f[0].len != 0 || !is_u32(f[1], 3))
        return 0;
    m->rpc_version = 3;
    if (is_u32(f[2], 2)) {
        m->kind = CLIPPER_HEARTBEAT;
        m->as.heartbeat.type = is_u32(f[3], 1) ? CLIPPER_SEND_METADATA : CLIPPER_KEEP_ALIVE;
        return count == 4 && (is_u32(f[3], 0) || is_u32(f[3], 1));
    }
    if (count < 5 || !is_u32(f[2], 1) || f[3].len != 4)
        return 0;
    if (is_u32(f[4], 1)) {
        m->kind = CLIPPER_FEEDBACK_REQUEST;
        m->as.feedback.id = (uint32_t)value_of(f[3], 0, 4);
        m->as.feedback.frames = f + 5;
        m->as.feedback.frame_count = count - 5;
        return within(f + 5, count - 5, limits);
    }
    m->kind = CLIPPER_PREDICTION_REQUEST;
    m->as.request.id = (uint32_t)value_of(f[3], 0, 4);
    return count >= 7 && is_u32(f[4], 0) && is_prediction(f + 5, count - 7, 1, limits, &m->as.request);
}

/* "0" to "4", and then, leniently, something that begins with no digit. */
static int is_input_type(clipper_frame text, int strict, clipper_message *m) {
    const uint8_t *bytes = text.base;
    if (text.len == 0 || bytes[0] < '0' || bytes[0] > '4')
        return 0;
    m->as.new_container.input_type = (clipper_data_type)(bytes[0] - '0');
    if (text.len == 1)
        return 1;
    m->leniencies |= CLIPPER_LENIENCY_INPUT_TYPE_TAIL;
    return !strict && (bytes[1] < '0' || bytes[1] > '9');
}

static int is_new_container(const clipper_frame *f, size_t count, const clipper_options *options,
                            clipper_message *m) {
    if (count < 5 || count > 6)
        return 0;
    for (size_t i = 2; i < 5; i++)
        if (f[i].len > options->limits.text_bytes)
            return 0;
    m->kind = CLIPPER_NEW_CONTAINER;
    m->wire = count == 6 ? CLIPPER_WIRE_RELEASE : CLIPPER_WIRE_DOCUMENT;
    m->as.new_container.name = f[2];
    m->as.new_container.model_version = f[3];
    if (!is_input_type(f[4], options->strict, m))
        return 0;
    if (count == 5)
        return 1;
    m->rpc_version = 3;
    if (is_u32(f[5], 3))
        return 1;
    m->leniencies |= CLIPPER_LENIENCY_WIDE_VERSION;
    return !options->strict && f[5].len == 8 && value_of(f[5], 0, 8) == 3;
}

static int is_outbound(const clipper_frame *f, size_t count, const clipper_options *options,
                       clipper_message *m) {
    if (count < 2 || f[0].len != 0)
        return 0;
    if (is_u32(f[1], 2)) {
        m->kind = CLIPPER_HEARTBEAT;
        return count == 2;
    }
    if (is_u32(f[1], 0))
        return is_new_container(f, count, options, m);
    if (!is_u32(f[1], 1) || count < 5 || f[2].len != 4)
        return 0;
    m->kind = CLIPPER_PREDICTION_RESPONSE;
    m->as.response.id = (uint32_t)value_of(f[2], 0, 4);
    m->wire = CLIPPER_WIRE_DOCUMENT;
    if (is_prediction(f + 3, count - 5, 1, &options->limits, &m->as.response))
        return 1;
    m->wire = CLIPPER_WIRE_RELEASE;
    return is_prediction(f + 3, count - 5, 0, &options->limits, &m->as.response);
}

int reference_decode(clipper_direction direction, const clipper_frame *frames, size_t count,
                     const clipper_options *options, clipper_message *message) {
    int is;
    memset(message, 0, sizeof *message);
    message->direction = direction;
    if (options->era != CLIPPER_ERA_V3)
        return 0;
    is = direction == CLIPPER_TO_CONTAINER ? is_inbound(frames, count, &options->limits, message)
                                           : is_outbound(frames, count, options, message);
    if (!is)
        memset(message, 0, sizeof *message);
    return is;
}
