/* Bugs in batches: how many items, where they begin and end, which output is whose. */
#include "mutant.h"

#include <stdlib.h>

static size_t outputs_of(const message *out) {
    return is_response(out) ? out->count - OUT_ITEMS : 0;
}

static fate missing_output(mutant *m, message *out) {
    if (outputs_of(out) > 1) {
        message_truncate(out, out->count - 1);
        settle_response(m, out);
    }
    return PASS;
}

static fate extra_output(mutant *m, message *out) {
    if (is_response(out)) {
        message_insert(out, out->count, "0:00000000", 10);
        settle_response(m, out);
    }
    return PASS;
}

static fate outputs_reversed(mutant *m, message *out) {
    const size_t count = outputs_of(out);
    for (size_t i = 0; i < count / 2; i++) {
        const clipper_frame frame = out->frames[OUT_ITEMS + i];
        out->frames[OUT_ITEMS + i] = out->frames[out->count - 1 - i];
        out->frames[out->count - 1 - i] = frame;
    }
    if (count > 0)
        settle_response(m, out);
    return PASS;
}

static fate first_output_for_all(mutant *m, message *out) {
    for (size_t i = 1; i < outputs_of(out); i++)
        message_set(out, OUT_ITEMS + i, out->frames[OUT_ITEMS].base, out->frames[OUT_ITEMS].len);
    if (outputs_of(out) > 0)
        settle_response(m, out);
    return PASS;
}

static fate empty_items_skipped(mutant *m, message *in) {
    (void)m;
    if (!is_request(in))
        return PASS;
    for (size_t i = in->count; i > IN_ITEMS; i--) {
        if (in->frames[i - 1].len == 0)
            message_remove(in, i - 1);
    }
    settle_request(in);
    return PASS;
}

static fate empty_last_item_lost(mutant *m, message *in) {
    (void)m;
    if (is_request(in) && in->count > IN_ITEMS + 1 && in->frames[in->count - 1].len == 0) {
        message_truncate(in, in->count - 1);
        settle_request(in);
    }
    return PASS;
}

static fate empty_batch_dropped(mutant *m, message *in) {
    size_t len = 0;
    (void)m;
    if (!is_request(in) || in->count == IN_ITEMS)
        return PASS;
    for (size_t i = IN_ITEMS; i < in->count; i++)
        len += in->frames[i].len;
    return len == 0 ? DROP : PASS;
}

/* With no outputs the reply's last frame is announced but never sent: the next reply is glued on to it. */
static fate no_items_glued(mutant *m, message *out) {
    if (is_response(out) && outputs_of(out) == 0) {
        message_append(&m->kept, out);
        return DROP;
    }
    if (m->kept.count > 0) {
        message_append(&m->kept, out);
        message_append(out, &m->kept);
    }
    return PASS;
}

static size_t inputs_of(const message *in) {
    return is_request(in) ? in->count - IN_ITEMS : 0;
}

static fate one_input_only(mutant *m, message *in) {
    (void)m;
    return inputs_of(in) > 1 ? DROP : PASS;
}

static fate ninety_nine_inputs(mutant *m, message *in) {
    (void)m;
    return inputs_of(in) == 100 ? DROP : PASS;
}

/* The header of 127 inputs does not fit in 1024 bytes. */
static fate off_by_one_at_127(mutant *m, message *in) {
    (void)m;
    if (inputs_of(in) == 127) {
        message_truncate(in, in->count - 1);
        settle_request(in);
    }
    return PASS;
}

static fate five_hundred_inputs(mutant *m, message *in) {
    (void)m;
    return inputs_of(in) > 500 ? DROP : PASS;
}

/* All bytes of the inputs, from frame IN_ITEMS on. The caller's to free. */
static unsigned char *joined(const message *in, size_t *len) {
    unsigned char *bytes;
    *len = 0;
    for (size_t i = IN_ITEMS; i < in->count; i++)
        *len += in->frames[i].len;
    bytes = malloc(*len != 0 ? *len : 1);
    if (bytes == NULL)
        abort();
    for (size_t i = IN_ITEMS, at = 0; i < in->count; at += in->frames[i++].len)
        memcpy(bytes + at, in->frames[i].base, in->frames[i].len);
    return bytes;
}

/* Input I becomes its own number of bytes from STARTS on; zeros where there are none. */
static void reread(message *in, size_t index, const unsigned char *bytes, size_t len, size_t start,
                   size_t wanted) {
    const size_t there = start < len ? len - start : 0;
    message_set(in, index, NULL, wanted);
    if (there > 0)
        memcpy(message_bytes(in, index), bytes + start, wanted < there ? wanted : there);
}

/* Cuts the inputs out of their joined bytes, as if all were as long as the first. */
static fate uniform_items(mutant *m, message *in) {
    unsigned char *bytes;
    size_t len, first;
    (void)m;
    if (inputs_of(in) < 2)
        return PASS;
    bytes = joined(in, &len);
    first = in->frames[IN_ITEMS].len;
    for (size_t i = 0; i < in->count - IN_ITEMS; i++)
        reread(in, IN_ITEMS + i, bytes, len, i * first, first);
    settle_request(in);
    free(bytes);
    return PASS;
}

/* Steps a pointer to elements by a number of bytes: each input but the first is read from too far behind. */
static fate byte_stride(mutant *m, message *in) {
    const size_t width = clipper_data_width(m->config.input_type);
    unsigned char *bytes;
    size_t len, start = 0;
    if (inputs_of(in) < 2)
        return PASS;
    bytes = joined(in, &len);
    for (size_t i = IN_ITEMS; i < in->count; i++) {
        const size_t wanted = in->frames[i].len;
        reread(in, i, bytes, len, start, wanted);
        start += wanted * width;
    }
    free(bytes);
    return PASS;
}

/* Storage that is reused, and as long as the longest input so far: shorter ones have the rest of earlier
 * ones. */
static fate stale_buffer(mutant *m, message *in) {
    if (inputs_of(in) == 0)
        return PASS;
    if (m->kept.count > 0 && in->frames[IN_ITEMS].len < m->kept.frames[0].len) {
        message_resize(&m->kept, 0, m->kept.frames[0].len);
        memcpy(message_bytes(&m->kept, 0), in->frames[IN_ITEMS].base, in->frames[IN_ITEMS].len);
        message_set(in, IN_ITEMS, m->kept.frames[0].base, m->kept.frames[0].len);
        settle_request(in);
    } else {
        message_copy(&m->kept, &in->frames[IN_ITEMS], 1);
    }
    return PASS;
}

static fate drop_larger_than(const message *in, size_t limit) {
    for (size_t i = IN_ITEMS; i < in->count; i++) {
        if (in->frames[i].len > limit && is_request(in))
            return DROP;
    }
    return PASS;
}

static fate item_limit_64_kib(mutant *m, message *in) {
    (void)m;
    return drop_larger_than(in, 64 << 10);
}

static fate item_limit_32_mib(mutant *m, message *in) {
    (void)m;
    return drop_larger_than(in, 32 << 20);
}

static fate equal_inputs_merged(mutant *m, message *in) {
    (void)m;
    for (size_t i = in->count; inputs_of(in) > 1 && i > IN_ITEMS + 1; i--) {
        if (message_same(in, i - 1, i - 2)) {
            message_remove(in, i - 1);
            settle_request(in);
        }
    }
    return PASS;
}

static const bug bugs[] = {
    {"missing-output", "a response to more than one input lacks the last output", "PRED-11",
     .sending = missing_output},
    {"extra-output", "a response has one output too many", "PRED-11", .sending = extra_output},
    {"outputs-reversed", "the outputs are in reverse order", "PRED-12", .sending = outputs_reversed},
    {"first-output-for-all", "all outputs are that of the first input", "PRED-12",
     .sending = first_output_for_all},
    {"empty-items-skipped", "empty inputs have no output", "PRED-22 PRED-11 PRED-23",
     .received = empty_items_skipped},
    {"empty-last-item-lost", "an empty input at the end of a batch has no output", "PRED-22 PRED-11 PRED-23",
     .received = empty_last_item_lost},
    {"empty-batch-dropped", "a batch whose inputs are all empty is not answered", "PRED-23",
     .received = empty_batch_dropped},
    {"glued-reply",
     "a response without outputs is left open, and the next one is glued on to it (released C++ and JVM)",
     "PRED-23", .sending = no_items_glued},
    {"one-input-only", "batches of more than one input are not answered", "PRED-24 PRED-13",
     .received = one_input_only},
    {"99-inputs", "batches of 100 inputs are not answered", "PRED-24 PRED-13",
     .received = ninety_nine_inputs},
    {"off-by-one-at-127",
     "of a batch of 127 inputs, whose header needs more than 1024 bytes, the last one is lost",
     "PRED-24 PRED-11", .received = off_by_one_at_127},
    {"500-inputs", "batches of more than 500 inputs are not answered", "PRED-24 PRED-13",
     .received = five_hundred_inputs},
    {"uniform-items", "takes all inputs of a batch for as long as the first", "PRED-25 PRED-12",
     .received = uniform_items},
    {"byte-stride",
     "steps from input to input by bytes in elements: wrong boundaries in batches of numbers (released C++ "
     "and R)",
     "PRED-12 PRED-19 PRED-20 PRED-25", .received = byte_stride},
    {"stale-buffer", "a shorter first input keeps the rest of a longer one before it", "PRED-12 PRED-25",
     .received = stale_buffer},
    {"item-limit-64-kib", "inputs of more than 64 KiB are not answered", "PRED-26",
     .received = item_limit_64_kib},
    {"item-limit-32-mib", "inputs of more than 32 MiB are not answered", "PRED-26",
     .received = item_limit_32_mib},
    {"equal-inputs-merged", "an input that equals the one before it has no output", "PRED-27 PRED-11",
     .received = equal_inputs_merged},
};

const bug_group batch_bugs = {bugs, COUNT(bugs)};
