/* Bugs in what is made of messages that no container should be sent. */
#include "mutant.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- Containers that die ---------------------------------------------------------------------------- */

/* As an error that nobody catches. */
static void die(void) {
    fprintf(stderr, "mutant: terminate called after throwing an instance of 'std::runtime_error'\n");
    abort();
}

static fate malformed_kills(mutant *m, message *in) {
    (void)m;
    if (is_malformed(in))
        die();
    return PASS;
}

static fate truncated_kills(mutant *m, message *in) {
    (void)m;
    if (judge(in) == CLIPPER_TRUNCATED)
        die();
    return PASS;
}

static fate feedback_kills(mutant *m, message *in) {
    (void)m;
    if (is_feedback(in))
        die();
    return PASS;
}

static fate new_container_kills(mutant *m, message *in) {
    (void)m;
    if (judge(in) == CLIPPER_ILLEGAL_NEW_CONTAINER)
        die();
    return PASS;
}

static bool is_of_another_type(const mutant *m, const message *in) {
    return is_request(in) && message_word(in, IN_METADATA, 0) != (uint64_t)m->config.input_type;
}

static fate wrong_type_kills(mutant *m, message *in) {
    if (is_of_another_type(m, in))
        die();
    return PASS;
}

static fate many_malformed_kill(mutant *m, message *in) {
    if (is_malformed(in) && ++m->number == 100)
        die();
    return PASS;
}

/* Memory for as many bytes as someone else says. */
static void take_memory(uint64_t count, uint64_t size) {
    void *memory = calloc(count, size);
    if (memory == NULL)
        die();
    free(memory);
}

static fate allocates_on_trust(mutant *m, message *in) {
    (void)m;
    if (message_u32(in, IN_MESSAGE_TYPE) != 1 || in->count <= IN_METADATA || in->frames[IN_LENGTH].len != 8)
        return PASS;
    take_memory(message_word(in, IN_LENGTH, 0), 1);
    if (in->frames[IN_METADATA].len >= 16)
        take_memory(message_word(in, IN_METADATA, 1), 8);
    for (size_t i = 2; i < in->frames[IN_METADATA].len / 8; i++)
        take_memory(message_word(in, IN_METADATA, i), 1);
    return PASS;
}

/* ---- Containers that make do ------------------------------------------------------------------------ */

static bool is_like_a_request(const message *in) {
    return in->count > IN_METADATA && message_u32(in, IN_MESSAGE_TYPE) == 1 &&
           message_u32(in, IN_REQUEST_TYPE) == 0;
}

static fate extra_frames_ignored(mutant *m, message *in) {
    (void)m;
    while (in->count > 1 && judge(in) == CLIPPER_EXTRA_FRAME)
        message_truncate(in, in->count - 1);
    return PASS;
}

static fate missing_items_ignored(mutant *m, message *in) {
    (void)m;
    if (judge(in) == CLIPPER_TRUNCATED && is_like_a_request(in))
        settle_request(in);
    return PASS;
}

static fate length_ignored(mutant *m, message *in) {
    (void)m;
    if (judge(in) == CLIPPER_METADATA_LENGTH && is_like_a_request(in))
        message_set_u64(in, IN_LENGTH, in->frames[IN_METADATA].len);
    return PASS;
}

static fate metadata_guessed(mutant *m, message *in) {
    unsigned char type[8] = {(unsigned char)m->config.input_type};
    if (judge(in) == CLIPPER_METADATA_SIZE && is_like_a_request(in)) {
        message_set(in, IN_METADATA, type, sizeof type);
        settle_request(in);
    }
    return PASS;
}

static fate count_ignored(mutant *m, message *in) {
    const clipper_error error = judge(in);
    (void)m;
    if ((error == CLIPPER_ITEM_COUNT || error == CLIPPER_TOO_MANY_ITEMS) && is_like_a_request(in))
        settle_request(in);
    return PASS;
}

static bool is_wrong_about_sizes(const message *in) {
    const clipper_error error = judge(in);
    return (error == CLIPPER_ITEM_SIZE || error == CLIPPER_ITEM_TOO_LARGE ||
            error == CLIPPER_MESSAGE_TOO_LARGE) &&
           is_like_a_request(in);
}

static fate sizes_ignored(mutant *m, message *in) {
    (void)m;
    if (is_wrong_about_sizes(in))
        settle_request(in);
    return PASS;
}

/* The sizes are not looked at one by one: it is enough that they add up, in 64 bits, to what came. */
static fate sizes_added_up(mutant *m, message *in) {
    uint64_t said = 0, came = 0;
    (void)m;
    if (!is_wrong_about_sizes(in))
        return PASS;
    for (size_t i = IN_ITEMS; i < in->count; i++) {
        said += message_word(in, IN_METADATA, 2 + i - IN_ITEMS);
        came += in->frames[i].len;
    }
    if (said == came)
        settle_request(in);
    return PASS;
}

static fate broken_elements_cut(mutant *m, message *in) {
    const size_t width = clipper_data_width(m->config.input_type);
    if (judge(in) != CLIPPER_ITEM_WIDTH || !is_like_a_request(in))
        return PASS;
    for (size_t i = IN_ITEMS; i < in->count; i++)
        message_resize(in, i, in->frames[i].len / width * width);
    settle_request(in);
    return PASS;
}

static void set_own_type(mutant *m, message *in) {
    memset(message_bytes(in, IN_METADATA), 0, 8);
    message_bytes(in, IN_METADATA)[0] = (unsigned char)m->config.input_type;
}

static fate unknown_type_served(mutant *m, message *in) {
    if (judge(in) == CLIPPER_UNKNOWN_DATA_TYPE && is_like_a_request(in))
        set_own_type(m, in);
    return PASS;
}

/* Only the lower half of the data type is looked at. */
static fate half_a_data_type(mutant *m, message *in) {
    (void)m;
    if (judge(in) == CLIPPER_UNKNOWN_DATA_TYPE && is_like_a_request(in))
        memset(message_bytes(in, IN_METADATA) + 4, 0, 4);
    return PASS;
}

static fate wrong_type_served(mutant *m, message *in) {
    if (is_of_another_type(m, in))
        set_own_type(m, in);
    return PASS;
}

static fate unknown_message_type_served(mutant *m, message *in) {
    (void)m;
    if (judge(in) == CLIPPER_UNKNOWN_MESSAGE_TYPE)
        message_set_u32(in, IN_MESSAGE_TYPE, 1);
    return PASS;
}

static fate unknown_request_type_served(mutant *m, message *in) {
    (void)m;
    if (judge(in) == CLIPPER_UNKNOWN_REQUEST_TYPE)
        message_set_u32(in, IN_REQUEST_TYPE, 0);
    return PASS;
}

static fate feedback_served(mutant *m, message *in) {
    (void)m;
    if (is_feedback(in))
        message_set_u32(in, IN_REQUEST_TYPE, 0);
    return PASS;
}

/* Fields of a fixed width are read as such: longer ones are cut, shorter ones filled up with zeros. */
static void set_widths(message *in) {
    static const size_t widths[] = {0, 4, 4, 4, 4, 8};
    for (size_t i = IN_MESSAGE_TYPE; i < COUNT(widths) && i < in->count; i++) {
        if (in->frames[i].len != widths[i])
            message_resize(in, i, widths[i]);
    }
}

static fate widths_ignored(mutant *m, message *in) {
    (void)m;
    if (judge(in) == CLIPPER_WRONG_WIDTH && in->frames[IN_VERSION].len == 4)
        set_widths(in);
    return PASS;
}

static fate version_width_ignored(mutant *m, message *in) {
    (void)m;
    if (judge(in) == CLIPPER_WRONG_WIDTH && in->frames[IN_VERSION].len != 4)
        message_resize(in, IN_VERSION, 4);
    return PASS;
}

static fate delimiter_optional(mutant *m, message *in) {
    (void)m;
    if (judge(in) == CLIPPER_NO_DELIMITER)
        message_insert(in, 0, NULL, 0);
    return PASS;
}

static fate delimiter_ignored(mutant *m, message *in) {
    (void)m;
    if (in->count > 1 && in->frames[0].len != 0)
        message_resize(in, 0, 0);
    return PASS;
}

static fate delimiters_skipped(mutant *m, message *in) {
    (void)m;
    while (in->count > 1 && in->frames[0].len == 0 && in->frames[1].len == 0)
        message_remove(in, 0);
    return PASS;
}

static fate nothing_kills(mutant *m, message *in) {
    (void)m;
    if (in->count == 1)
        die();
    return PASS;
}

static fate new_container_served(mutant *m, message *in) {
    message out = {0};
    if (judge(in) != CLIPPER_ILLEGAL_NEW_CONTAINER)
        return PASS;
    make_new_container(m, &out);
    edge_send(m, &out);
    message_clear(&out);
    return PASS;
}

static void log_nothing(mutant *m) {
    m->config.log = NULL;
}

/* A line for each frame, as a debugging aid that was left in. */
static fate log_everything(mutant *m, message *in) {
    (void)m;
    for (size_t i = 0; is_malformed(in) && i < in->count; i++)
        fprintf(stderr, "mutant: debug: malformed message of %zu frames: frame %zu has %zu bytes\n",
                in->count, i, in->frames[i].len);
    return PASS;
}

/* A truncated message costs the one after it, too. M->NUMBER: one is to be lost. */
static fate next_one_lost(mutant *m, message *in) {
    const bool lost = m->number != 0;
    m->number = is_malformed(in);
    return lost ? DROP : PASS;
}

static const bug bugs[] = {
    {"malformed-kills", "aborts on any malformed message", "MAL-1 MAL-16", .received = malformed_kills},
    {"malformed-costs-the-next", "loses the message after a malformed one, too", "MAL-1 FRM-9",
     .received = next_one_lost},
    {"truncated-kills", "aborts on a message that is too short", "MAL-2 MAL-1", .received = truncated_kills},
    {"missing-items-ignored", "answers a request that lacks items", "MAL-2 MAL-1",
     .received = missing_items_ignored},
    {"extra-frames-ignored", "takes a message without its last frames when it has too many", "MAL-3 MAL-1",
     .received = extra_frames_ignored},
    {"length-ignored", "does not look at the metadata length (released)", "MAL-4 MAL-1",
     .received = length_ignored},
    {"metadata-guessed", "makes up metadata for a request that has too little, or an odd length of it",
     "MAL-5 MAL-1", .received = metadata_guessed},
    {"count-ignored", "does not look at the item count", "MAL-6 MAL-1", .received = count_ignored},
    {"sizes-ignored", "does not look at the item sizes", "MAL-7 MAL-1", .received = sizes_ignored},
    {"sizes-added-up", "compares the sum of the item sizes, in 64 bits, with what came, and not each of them",
     "MAL-7 MAL-18 MAL-1", .received = sizes_added_up},
    {"broken-elements-cut", "takes an item that ends within a number without its last bytes", "MAL-8 MAL-1",
     .received = broken_elements_cut},
    {"unknown-type-served", "takes items of an unknown data type for its own", "MAL-9 MAL-1",
     .received = unknown_type_served},
    {"half-a-data-type", "looks at the lower 32 bits of the data type only", "MAL-9 MAL-1",
     .received = half_a_data_type},
    {"wrong-type-served", "takes items of another data type for its own (released JVM)",
     "MAL-10 MAL-20 MAL-1", .received = wrong_type_served},
    {"wrong-type-kills", "aborts on a request of another input type (released Python, C++, R)",
     "MAL-10 MAL-1", .received = wrong_type_kills},
    {"unknown-message-type-served", "takes a message of an unknown type for container content",
     "MAL-11 MAL-1", .received = unknown_message_type_served},
    {"unknown-request-type-served", "answers a request of an unknown type", "MAL-12 MAL-1",
     .received = unknown_request_type_served},
    {"widths-ignored", "cuts and pads fields of the wrong width", "MAL-13 MAL-1", .received = widths_ignored},
    {"version-width-ignored", "cuts and pads a version tag of the wrong width", "VER-6 MAL-13 MAL-1",
     .received = version_width_ignored},
    {"delimiter-optional", "takes messages without a delimiter", "MAL-14 MAL-1",
     .received = delimiter_optional},
    {"delimiter-ignored", "does not look at the delimiter", "MAL-14 MAL-1", .received = delimiter_ignored},
    {"delimiters-skipped", "takes messages with two delimiters", "MAL-14 MAL-1",
     .received = delimiters_skipped},
    {"empty-message-kills", "aborts on a message of nothing but the delimiter", "MAL-14 MAL-2 MAL-1",
     .received = nothing_kills},
    {"new-container-kills", "aborts on an inbound new container (released C++ and R)", "MAL-15 MAL-1",
     .received = new_container_kills},
    {"new-container-answered", "answers an inbound new container with its own", "MAL-15 MAL-1 REG-2",
     .received = new_container_served},
    {"feedback-kills", "aborts on a feedback request (released Python, C++, R)", "FBK-2 MAL-1",
     .received = feedback_kills},
    {"feedback-answered", "answers a feedback request like a prediction request", "FBK-2 MAL-1",
     .received = feedback_served},
    {"many-malformed-kill", "aborts on the hundredth malformed message", "MAL-16 MAL-1",
     .received = many_malformed_kill},
    {"logs-nothing", "drops malformed messages without a word", "MAL-19 VER-4", .configure = log_nothing},
    {"logs-everything", "writes a line for each frame of each malformed message", "MAL-19",
     .received = log_everything},
    {"allocates-on-trust",
     "takes memory for whatever lengths, counts and sizes a message claims, and aborts when there is none",
     "MAL-18 MAL-1", .received = allocates_on_trust},
};

const bug_group malformed_bugs = {bugs, COUNT(bugs)};
