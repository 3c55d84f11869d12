/* What holds for every message and for every way to spoil it, taken over all test vectors. */
#include "support.h"
#include "vector.h"

static const struct vector *current;

/* Calls VISIT for every valid vector that is given as frames and read with the default options. */
static void for_each_valid(void (*visit)(const struct vector *v, const block *b)) {
    size_t i, visited = 0;
    for (i = 0; i < vector_count; i++) {
        const struct vector *v = current = &vectors[i];
        if (getenv("VERBOSE"))
            fprintf(stderr, "# %s\n", v->id);
        if (v->form == VECTOR_FRAMES && v->expected.error == CLIPPER_OK && !v->strict && !v->has_limits) {
            block b = block_of(v->frames, v->frame_count, SIZE_MAX);
            visit(v, &b);
            block_free(&b);
            visited++;
        }
    }
    current = NULL;
    assert_true(visited >= 50);
}

/* ---- Prefixes ------------------------------------------------------------------------------------------ */

/* The two kinds of message that are a prefix of another one, of the other wire: a three-field new container,
 * and a response whose metadata reads as the document's with one item less. */
static int is_whole_of_other_wire(const clipper_message *whole, const clipper_message *prefix) {
    return whole->wire == CLIPPER_WIRE_RELEASE && prefix->wire == CLIPPER_WIRE_DOCUMENT &&
           whole->kind == prefix->kind &&
           (whole->kind == CLIPPER_NEW_CONTAINER ||
            (whole->kind == CLIPPER_PREDICTION_RESPONSE &&
             prefix->as.response.item_count + 1 == whole->as.response.item_count));
}

/* A feedback request's frames are opaque: it may end after any of them, and each may have any length. */
static int may_end_here(const clipper_message *whole, size_t frames) {
    return whole->kind == CLIPPER_FEEDBACK_REQUEST && frames >= 5;
}

static int is_text(const clipper_message *whole, size_t frame) {
    return whole->kind == CLIPPER_NEW_CONTAINER && (frame == 2 || frame == 3);
}

/* An item cut to the very size that the other layout wants there: the beginning of a message of that layout.
 */
static int is_prefix_of_other_wire(const clipper_message *whole, const block *cut, size_t frame) {
    size_t item = frame - 5, words;
    const uint8_t *metadata;
    uint64_t size = cut->frames[frame].len;
    if (whole->kind != CLIPPER_PREDICTION_RESPONSE || frame < 5)
        return 0;
    words = cut->frames[4].len / 8;
    metadata = cut->frames[4].base;
    if (whole->wire == CLIPPER_WIRE_DOCUMENT)
        return clipper_load_u64(metadata) == words - 1 && clipper_load_u64(metadata + 8 * (1 + item)) == size;
    return words >= 3 + item && clipper_load_u64(metadata) <= 4 &&
           clipper_load_u64(metadata + 8) == words - 2 && clipper_load_u64(metadata + 8 * (2 + item)) == size;
}

static void cut_before_each_frame(const struct vector *v, const block *whole) {
    size_t count;
    for (count = 0; count < whole->count; count++) {
        block cut = block_of(whole->frames, count, SIZE_MAX);
        clipper_message message;
        clipper_diagnosis diagnosis;
        clipper_error error = decode_both(v->direction, &cut, NULL, &message, &diagnosis);
        if (error == CLIPPER_OK)
            assert_true(is_whole_of_other_wire(&v->message, &message) || may_end_here(&v->message, count));
        else {
            assert_int_equal(error, count == 0 ? CLIPPER_EMPTY_MESSAGE : CLIPPER_TRUNCATED);
            assert_int_equal(diagnosis.frame, count);
            assert_int_equal(diagnosis.actual, count);
        }
        block_free(&cut);
    }
}

/* The message ends inside frame COUNT - 1: wrong there, unless a shorter text is a text as well. */
static void cut_inside_each_frame(const struct vector *v, const block *whole) {
    size_t count, len;
    for (count = 1; count <= whole->count; count++) {
        size_t last = count - 1, full = whole->frames[last].len, step = full > 200 ? full / 50 : 1;
        for (len = 0; len < full; len += step) {
            block cut = block_of(whole->frames, count, len);
            clipper_message message;
            clipper_diagnosis diagnosis;
            clipper_error error = decode_both(v->direction, &cut, NULL, &message, &diagnosis);
            int leniently_shorter = v->message.leniencies != 0 && (last == 4 || last == 5) && len >= 1;
            if (error == CLIPPER_OK)
                assert_true(may_end_here(&v->message, count) || leniently_shorter);
            else if (is_text(&v->message, last) || leniently_shorter ||
                     is_prefix_of_other_wire(&v->message, &cut, last))
                assert_true(diagnosis.frame == last || diagnosis.frame == count);
            else
                assert_int_equal(diagnosis.frame, last);
            block_free(&cut);
        }
    }
}

static void every_prefix_by_frames_fails_where_it_ends(void **state) {
    (void)state;
    for_each_valid(cut_before_each_frame);
}

static void every_prefix_by_bytes_fails_where_it_ends(void **state) {
    (void)state;
    for_each_valid(cut_inside_each_frame);
}

/* ---- Extra frames -------------------------------------------------------------------------------------- */

static void add_a_frame(const struct vector *v, const block *whole) {
    size_t extra;
    for (extra = 0; extra <= 4; extra += 4) {
        clipper_frame *frames = malloc((whole->count + 1) * sizeof *frames);
        block more;
        clipper_message message;
        clipper_diagnosis diagnosis;
        clipper_error error;
        memcpy(frames, whole->frames, whole->count * sizeof *frames);
        frames[whole->count] = (clipper_frame){"\3\0\0\0", extra};
        more = block_of(frames, whole->count + 1, SIZE_MAX);
        error = decode_both(v->direction, &more, NULL, &message, &diagnosis);
        if (v->message.kind == CLIPPER_FEEDBACK_REQUEST) {
            assert_int_equal(error, CLIPPER_OK);
        } else if (error == CLIPPER_OK) {
            assert_true(is_whole_of_other_wire(&message, &v->message));
        } else if (error != CLIPPER_EXTRA_FRAME) { /* a version frame, or one more item, of the wrong size */
            assert_int_equal(v->message.wire, CLIPPER_WIRE_DOCUMENT);
            assert_int_equal(diagnosis.frame, whole->count);
        } else {
            assert_int_equal(diagnosis.frame, whole->count);
            assert_int_equal(diagnosis.expected, whole->count);
            assert_int_equal(diagnosis.actual, whole->count + 1);
        }
        block_free(&more);
        free(frames);
    }
}

static void every_extra_frame_is_found(void **state) {
    (void)state;
    for_each_valid(add_a_frame);
}

/* ---- Spoilt bits --------------------------------------------------------------------------------------- */

/* Whatever the bytes: a clean error, or a message that encodes to just these bytes. */
static void check_any(clipper_direction direction, const block *b) {
    clipper_message message;
    clipper_diagnosis diagnosis;
    char text[CLIPPER_DIAGNOSIS_TEXT];
    if (decode_both(direction, b, NULL, &message, &diagnosis) == CLIPPER_OK) {
        if (message.leniencies == 0)
            assert_encodes_to(&message, message.wire, b->frames, b->count);
    } else {
        assert_true(diagnosis.frame <= b->count);
        assert_true(clipper_diagnosis_text(&diagnosis, text, sizeof text) < sizeof text);
    }
}

static void flip_each_bit(const struct vector *v, const block *b) {
    size_t frame, bit;
    for (frame = 0; frame < b->count; frame++) {
        uint8_t *bytes = (uint8_t *)(uintptr_t)b->frames[frame].base;
        size_t bits = 8 * b->frames[frame].len, step = bits > 4096 ? 61 : 1;
        for (bit = 0; bit < bits; bit += step) {
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            check_any(v->direction, b);
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
}

static void every_flipped_bit_decodes_or_fails_cleanly(void **state) {
    (void)state;
    for_each_valid(flip_each_bit);
}

/* ---- Random spoiling ----------------------------------------------------------------------------------- */

/* Frames of several vectors thrown together, cut, swapped, with small numbers written over their words. */
static block spoil(const struct vector *v, uint64_t *seed) {
    clipper_frame frames[24];
    size_t count = v->frame_count < 20 ? v->frame_count : 20, i;
    block b;
    memcpy(frames, v->frames, count * sizeof *frames);
    for (i = next_random(seed) % 3; i > 0 && count > 1; i--) {
        size_t a = next_random(seed) % count, c = next_random(seed) % count;
        clipper_frame swapped = frames[a];
        const struct vector *other = &vectors[next_random(seed) % vector_count];
        switch (next_random(seed) % 4) {
        case 0:
            frames[a] = frames[c];
            frames[c] = swapped;
            break;
        case 1:
            memmove(frames + a, frames + a + 1, (count - a - 1) * sizeof *frames);
            count--;
            break;
        case 2:
            if (other->form == VECTOR_FRAMES && other->frame_count > 0)
                frames[count++] = other->frames[next_random(seed) % other->frame_count];
            break;
        default:
            frames[a].len = frames[a].len ? next_random(seed) % frames[a].len : 0;
            break;
        }
    }
    b = block_of(frames, count, SIZE_MAX);
    for (i = next_random(seed) % 3; i > 0 && count > 0; i--) {
        size_t at = next_random(seed) % count, len = b.frames[at].len;
        uint8_t *bytes = (uint8_t *)(uintptr_t)b.frames[at].base;
        if (len > 0)
            bytes[len > 8 ? 8 * (next_random(seed) % (len / 8)) : next_random(seed) % len] =
                (uint8_t)(next_random(seed) % 6);
    }
    return b;
}

/* Fewer for mutation testing (tests/slips), which runs this thousands of times. */
#ifndef SPOIL_ROUNDS
#define SPOIL_ROUNDS 100000
#endif

static void random_spoiling_decodes_or_fails_cleanly(void **state) {
    uint64_t seed = 1;
    unsigned round;
    (void)state;
    for (round = 0; round < SPOIL_ROUNDS; round++) {
        const struct vector *v = &vectors[next_random(&seed) % vector_count];
        if (v->form == VECTOR_FRAMES && v->frame_count > 0) {
            block b = spoil(v, &seed);
            current = v;
            check_any(v->direction, &b);
            block_free(&b);
        }
    }
    current = NULL;
}

/* ---- Limits -------------------------------------------------------------------------------------------- */

/* A response whose metadata fits both layouts: a limit may leave only the one that its items do not fit. */
static int reads_as_either_wire(const clipper_message *message, const block *b) {
    const uint8_t *metadata;
    size_t words;
    if (message->kind != CLIPPER_PREDICTION_RESPONSE)
        return 0;
    metadata = b->frames[4].base;
    words = b->frames[4].len / 8;
    return words >= 2 && clipper_load_u64(metadata) == words - 1 &&
           clipper_load_u64(metadata + 8) == words - 2;
}

/* A limit that a message just keeps lets it through; one less does not. */
static void tighten_the_limits(const struct vector *v, const block *b) {
    clipper_options options = clipper_default_options();
    clipper_message message;
    clipper_diagnosis diagnosis;
    const clipper_prediction *p = &v->message.as.request;
    uint64_t largest = 0, total = 0;
    size_t i;
    if ((v->message.kind != CLIPPER_PREDICTION_REQUEST && v->message.kind != CLIPPER_PREDICTION_RESPONSE) ||
        reads_as_either_wire(&v->message, b))
        return;
    for (i = 0; i < p->item_count; i++) {
        largest = p->items[i].len > largest ? p->items[i].len : largest;
        total += p->items[i].len;
    }
    options.limits.items = p->item_count;
    options.limits.item_bytes = largest;
    options.limits.total_bytes = total;
    assert_int_equal(decode_both(v->direction, b, &options, &message, &diagnosis), CLIPPER_OK);
    if (total > 0) {
        options.limits.total_bytes = total - 1;
        assert_int_equal(decode_both(v->direction, b, &options, &message, &diagnosis),
                         CLIPPER_MESSAGE_TOO_LARGE);
        assert_int_equal(diagnosis.actual, total);
        options.limits.total_bytes = total;
        options.limits.item_bytes = largest - 1;
        assert_int_equal(decode_both(v->direction, b, &options, &message, &diagnosis),
                         CLIPPER_ITEM_TOO_LARGE);
        options.limits.item_bytes = largest;
    }
    if (p->item_count > 0) {
        options.limits.items--;
        assert_int_equal(decode_both(v->direction, b, &options, &message, &diagnosis),
                         CLIPPER_TOO_MANY_ITEMS);
    }
}

static void limits_are_exact(void **state) {
    (void)state;
    for_each_valid(tighten_the_limits);
}

/* ---- The flat form ------------------------------------------------------------------------------------- */

static void through_the_flat_form(const struct vector *v, const block *b) {
    size_t need, used, count;
    clipper_frame *frames = malloc(b->count * sizeof *frames);
    uint8_t *flat;
    (void)v;
    (void)clipper_flat_write(b->frames, b->count, (clipper_span){NULL, 0}, &need);
    flat = malloc(need);
    assert_int_equal(clipper_flat_write(b->frames, b->count, (clipper_span){flat, need}, &used), CLIPPER_OK);
    assert_int_equal(
        clipper_flat_split((clipper_frame){flat, need}, NULL, frames, b->count, &count, &used, NULL),
        CLIPPER_OK);
    assert_int_equal(count, b->count);
    assert_int_equal(used, need);
    assert_same_frames(frames, b->frames, count);
    free(frames);
    free(flat);
}

static void every_message_goes_through_the_flat_form(void **state) {
    (void)state;
    for_each_valid(through_the_flat_form);
}

/* ---- One decoder for many messages --------------------------------------------------------------------- */

static clipper_decoder shared[2]; /* by direction */

static void push_all(const struct vector *v, const block *b) {
    clipper_decoder *decoder = &shared[v->direction];
    size_t i;
    for (i = 0; i < b->count; i++)
        assert_int_equal(clipper_decoder_push(decoder, b->frames[i], i + 1 < b->count) == CLIPPER_EVENT_DONE,
                         i + 1 == b->count);
    assert_same_message(&decoder->message, &v->message);
}

static void a_decoder_takes_message_after_message(void **state) {
    (void)state;
    clipper_decoder_init(&shared[CLIPPER_TO_CONTAINER], CLIPPER_TO_CONTAINER, NULL);
    clipper_decoder_init(&shared[CLIPPER_TO_CLIPPER], CLIPPER_TO_CLIPPER, NULL);
    for_each_valid(push_all);
    for_each_valid(push_all);
}

static void an_unknown_era_is_refused(void **state) {
    clipper_options options = clipper_default_options();
    clipper_frame heartbeat[2] = {{NULL, 0}, {"\2\0\0\0", 4}};
    block b = block_of(heartbeat, 2, SIZE_MAX);
    clipper_message message;
    clipper_diagnosis diagnosis;
    (void)state;
    options.era = (clipper_era)1;
    assert_int_equal(decode_both(CLIPPER_TO_CLIPPER, &b, &options, &message, &diagnosis), CLIPPER_BAD_ERA);
    assert_int_equal(diagnosis.frame, 0);
    block_free(&b);
}

/* ---- Sizes that memory cannot hold ----------------------------------------------------------------------
 */

/* A response on the release wire of COUNT items that each claim SIZE bytes; item bytes are never touched. */
static clipper_error decode_claims(size_t count, uint64_t size, const clipper_limits *limits,
                                   clipper_diagnosis *diagnosis) {
    static uint8_t words[8 * 17], length[8];
    static clipper_frame frames[5 + 16];
    clipper_options options = clipper_default_options();
    clipper_message message;
    size_t i, byte;
    options.limits = *limits;
    memset(words, 0, sizeof words);
    memset(length, 0, sizeof length);
    words[0] = (uint8_t)count;
    length[0] = (uint8_t)(8 * (count + 1));
    for (i = 0; i < count; i++)
        for (byte = 0; byte < 8; byte++)
            words[8 * (i + 1) + byte] = (uint8_t)(size >> (8 * byte));
    frames[1] = (clipper_frame){"\1\0\0\0", 4};
    frames[2] = (clipper_frame){"\0\0\0\0", 4};
    frames[3] = (clipper_frame){length, 8};
    frames[4] = (clipper_frame){words, 8 * (count + 1)};
    for (i = 0; i < count; i++)
        frames[5 + i] = (clipper_frame){NULL, (size_t)size};
    return clipper_decode(CLIPPER_TO_CLIPPER, frames, 5 + count, &options, &message, diagnosis);
}

static void sizes_that_overflow_when_added_are_too_large(void **state) {
    clipper_limits limits = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX};
    clipper_diagnosis diagnosis;
    (void)state;
    if (SIZE_MAX <= 0xffffffffu)
        return; /* no frame can be as long as these claim */
    assert_int_equal(decode_claims(16, UINT64_C(1) << 60, &limits, &diagnosis), CLIPPER_MESSAGE_TOO_LARGE);
    assert_int_equal(diagnosis.item, 15);
    assert_true(diagnosis.actual == UINT64_MAX);
    assert_int_equal(decode_claims(15, UINT64_C(1) << 60, &limits, &diagnosis), CLIPPER_OK);
    assert_int_equal(decode_claims(2, UINT64_MAX, &limits, &diagnosis), CLIPPER_MESSAGE_TOO_LARGE);
    limits.total_bytes = UINT64_C(5) << 32;
    assert_int_equal(decode_claims(5, UINT64_C(1) << 32, &limits, &diagnosis), CLIPPER_OK);
    assert_int_equal(decode_claims(6, UINT64_C(1) << 32, &limits, &diagnosis), CLIPPER_MESSAGE_TOO_LARGE);
    assert_true(diagnosis.actual == UINT64_C(6) << 32);
}

static void feedback_that_overflows_when_added_is_too_large(void **state) {
    clipper_options options = clipper_default_options();
    clipper_frame frames[7] = {{NULL, 0},       {"\3\0\0\0", 4},  {"\1\0\0\0", 4}, {"\7\0\0\0", 4},
                               {"\1\0\0\0", 4}, {NULL, SIZE_MAX}, {NULL, SIZE_MAX}};
    clipper_message message;
    clipper_diagnosis diagnosis;
    (void)state;
    options.limits = (clipper_limits){2, UINT64_MAX, SIZE_MAX, 0};
    assert_int_equal(clipper_decode(CLIPPER_TO_CONTAINER, frames, 6, &options, &message, NULL), CLIPPER_OK);
    assert_int_equal(clipper_decode(CLIPPER_TO_CONTAINER, frames, 7, &options, &message, &diagnosis),
                     CLIPPER_MESSAGE_TOO_LARGE);
    assert_int_equal(diagnosis.item, 1);
    assert_true(diagnosis.actual == (SIZE_MAX == UINT64_MAX ? UINT64_MAX : (uint64_t)SIZE_MAX * 2));
}

/* The sizes of the header are upper bounds where two layouts are possible, and 0 where there is no item. */
static void item_sizes_are_known_from_the_header(void **state) {
    static const uint8_t metadata[] = {3, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
                                       8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    static const clipper_frame frames[] = {
        {NULL, 0}, {"\1\0\0\0", 4}, {"\0\0\0\0", 4}, {"\x20\0\0\0\0\0\0\0", 8}, {metadata, 32}};
    clipper_decoder decoder;
    size_t i;
    (void)state;
    clipper_decoder_init(&decoder, CLIPPER_TO_CLIPPER, NULL);
    assert_int_equal(clipper_decoder_item_size(&decoder, 0), 0);
    for (i = 0; i < 5; i++)
        assert_int_equal(clipper_decoder_push(&decoder, frames[i], 1),
                         i < 4 ? CLIPPER_EVENT_MORE : CLIPPER_EVENT_HEADER);
    assert_int_equal(decoder.message.wire, CLIPPER_WIRE_ANY);
    assert_int_equal(decoder.message.as.response.item_count, 3);
    assert_int_equal(decoder.message.as.response.data_type, CLIPPER_TYPE_UNSTATED);
    assert_int_equal(clipper_decoder_item_size(&decoder, 0), 8); /* 8 as doubles, 2 untyped */
    assert_int_equal(clipper_decoder_item_size(&decoder, 1), 8); /* 0 or 8 */
    assert_int_equal(clipper_decoder_item_size(&decoder, 2), 0); /* none, or 0 */
    assert_int_equal(clipper_decoder_item_size(&decoder, 3), 0);
    assert_int_equal(clipper_decoder_push(&decoder, (clipper_frame){NULL, 8}, 1), CLIPPER_EVENT_ITEM);
    assert_int_equal(decoder.message.wire, CLIPPER_WIRE_DOCUMENT);
    assert_int_equal(decoder.message.as.response.item_count, 2);
    assert_int_equal(decoder.message.as.response.data_type, CLIPPER_TYPE_DOUBLES);
    assert_int_equal(clipper_decoder_item_size(&decoder, 1), 0);
    assert_int_equal(clipper_decoder_push(&decoder, (clipper_frame){NULL, 0}, 0), CLIPPER_EVENT_DONE);
}

static void report(void) {
    if (current)
        fprintf(stderr, "# failed in vector %s\n", current->id);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_prefix_by_frames_fails_where_it_ends),
        cmocka_unit_test(every_prefix_by_bytes_fails_where_it_ends),
        cmocka_unit_test(every_extra_frame_is_found),
        cmocka_unit_test(every_flipped_bit_decodes_or_fails_cleanly),
        cmocka_unit_test(random_spoiling_decodes_or_fails_cleanly),
        cmocka_unit_test(limits_are_exact),
        cmocka_unit_test(every_message_goes_through_the_flat_form),
        cmocka_unit_test(a_decoder_takes_message_after_message),
        cmocka_unit_test(an_unknown_era_is_refused),
        cmocka_unit_test(sizes_that_overflow_when_added_are_too_large),
        cmocka_unit_test(feedback_that_overflows_when_added_is_too_large),
        cmocka_unit_test(item_sizes_are_known_from_the_header),
    };
    atexit(report);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
