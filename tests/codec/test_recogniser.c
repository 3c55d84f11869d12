/* The recogniser of predictions, called by itself. Whatever it refuses, the grammar decodes, so no caller can see
 * that it refuses too much: decoding would only be slow. Here it is seen. */
#include "../../codec/src/recognise.h"
#include "support.h"
#include "vector.h"

static int recognises(clipper_direction direction, const clipper_frame *frames, size_t count,
                      const clipper_limits *limits, clipper_message *message) {
    clear_message(message);
    return recognise(direction, frames, count, limits, message);
}

static void every_valid_prediction_is_recognised(void **state) {
    const clipper_limits limits = clipper_default_limits();
    size_t i, seen = 0;
    (void)state;
    for (i = 0; i < vector_count; i++) {
        const struct vector *v = &vectors[i];
        if (v->form == VECTOR_FRAMES && v->expected.error == CLIPPER_OK && !v->has_limits &&
            (v->message.kind == CLIPPER_PREDICTION_REQUEST ||
             v->message.kind == CLIPPER_PREDICTION_RESPONSE)) {
            clipper_message message;
            block b = block_of(v->frames, v->frame_count, SIZE_MAX);
            assert_int_equal(recognises(v->direction, b.frames, b.count, &limits, &message), 1);
            assert_same_message(&message, &v->message);
            block_free(&b);
            seen++;
        }
    }
    assert_true(seen >= 30);
}

static void nothing_else_is_recognised(void **state) {
    const clipper_limits limits = clipper_default_limits();
    size_t i;
    (void)state;
    for (i = 0; i < vector_count; i++) {
        const struct vector *v = &vectors[i];
        if (v->form == VECTOR_FRAMES && !v->has_limits && v->frame_count > 0 &&
            (v->expected.error != CLIPPER_OK || (v->message.kind != CLIPPER_PREDICTION_REQUEST &&
                                                 v->message.kind != CLIPPER_PREDICTION_RESPONSE))) {
            clipper_message message, none;
            block b = block_of(v->frames, v->frame_count, SIZE_MAX);
            memset(&none, 0, sizeof none);
            assert_int_equal(recognises(v->direction, b.frames, b.count, &limits, &message), 0);
            assert_memory_equal(&message, &none, sizeof none);
            block_free(&b);
        }
    }
}

/* COUNT items of SIZE bytes each, judged alone. The bytes are nowhere. */
static int agree(size_t count, uint64_t size, size_t width, uint64_t most_items, uint64_t item_bytes,
                 uint64_t total_bytes) {
    uint8_t sizes[8 * 8] = {0};
    clipper_frame items[8] = {{NULL, 0}};
    const clipper_limits limits = {most_items, item_bytes, total_bytes, 0};
    size_t i, byte;
    for (i = 0; i < count; i++) {
        items[i] = (clipper_frame){NULL, (size_t)size};
        for (byte = 0; byte < 8; byte++)
            sizes[8 * i + byte] = (uint8_t)(size >> (8 * byte));
    }
    return items_agree(sizes, items, count, width, &limits);
}

static void what_just_keeps_the_limits_is_recognised(void **state) {
    size_t count;
    (void)state;
    for (count = 1; count <= 8; count++) {
        assert_true(agree(count, 24, 8, count, 24, 24 * count));
        assert_false(agree(count, 24, 8, count - 1, 24, 24 * count));
        assert_false(agree(count, 24, 8, count, 23, 24 * count));
        assert_false(agree(count, 24, 8, count, 24, 24 * count - 1));
        assert_false(agree(count, 24, 16, count, 24, 24 * count));
    }
    assert_true(agree(0, 0, 8, 0, 0, 0));
}

/* Sizes of 2^32 and more could make the product wrap: they are the grammar's. */
static void sizes_below_four_gibibytes_are_recognised(void **state) {
    (void)state;
    assert_true(agree(2, UINT32_MAX, 1, 2, UINT64_MAX, UINT64_MAX));
    if (SIZE_MAX > UINT32_MAX)
        assert_false(agree(2, UINT64_C(1) << 32, 1, 2, UINT64_MAX, UINT64_MAX));
}

/* Each size is compared, wherever in its group of four it is. */
static void every_size_counts(void **state) {
    const clipper_limits limits = clipper_default_limits();
    uint8_t sizes[8 * 8];
    clipper_frame items[8];
    size_t wrong, i;
    (void)state;
    memset(sizes, 0, sizeof sizes);
    for (wrong = 0; wrong < 8; wrong++) {
        for (i = 0; i < 8; i++)
            items[i] = (clipper_frame){NULL, 0};
        assert_true(items_agree(sizes, items, 8, 1, &limits));
        assert_true(items_agree(sizes, items, wrong, 1, &limits));
        items[wrong].len = 1;
        assert_false(items_agree(sizes, items, 8, 1, &limits));
        assert_false(items_agree(sizes, items, wrong + 1, 1, &limits));
        assert_true(items_agree(sizes, items, wrong, 1, &limits)); /* those before it */
    }
}

/* Each size is judged, wherever in its group of four it is. */
static void every_size_is_judged(void **state) {
    const clipper_limits limits = {8, 24, 1000, 0};
    uint8_t sizes[8 * 8];
    clipper_frame items[8];
    size_t odd, i;
    (void)state;
    for (odd = 0; odd < 8; odd++) {
        memset(sizes, 0, sizeof sizes);
        for (i = 0; i < 8; i++)
            items[i] = (clipper_frame){NULL, i == odd ? 24 : 0};
        sizes[8 * odd] = 24;
        assert_true(items_agree(sizes, items, 8, 8, &limits));
        items[odd].len = sizes[8 * odd] = 25;
        assert_false(items_agree(sizes, items, 8, 1, &limits));
        items[odd].len = sizes[8 * odd] = 23;
        assert_true(items_agree(sizes, items, 8, 1, &limits));
        assert_false(items_agree(sizes, items, 8, 8, &limits));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_valid_prediction_is_recognised),
        cmocka_unit_test(nothing_else_is_recognised),
        cmocka_unit_test(what_just_keeps_the_limits_is_recognised),
        cmocka_unit_test(sizes_below_four_gibibytes_are_recognised),
        cmocka_unit_test(every_size_counts),
        cmocka_unit_test(every_size_is_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
