/* What a model sees and fills in: batches and outputs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "internal.h"

/* A transport with nothing but items. */
static clipper_frame item_of(void *self, const clipper_received *received, size_t index) {
    (void)self;
    return received->frames[index];
}

static const clipper_transport_functions functions = {.item = item_of};
static const clipper_transport transport = {&functions, NULL};

static void a_batch_shows_its_request(void **state) {
    clipper_frame frames[9] = {{NULL, 0}};
    const clipper_received received = {frames, 9};
    const clipper_prediction request = {77, CLIPPER_TYPE_INTS, frames + 7, 2};
    const clipper_batch batch = {&request, &transport, &received, 7};
    (void)state;
    frames[7].base = "\1\0\0\0";
    frames[7].len = 4;
    frames[8].base = "\2\0\0\0\3\0\0\0";
    frames[8].len = 8;
    assert_int_equal(clipper_batch_count(&batch), 2);
    assert_int_equal(clipper_batch_type(&batch), CLIPPER_TYPE_INTS);
    assert_int_equal(clipper_batch_id(&batch), 77);
    assert_int_equal(clipper_batch_bytes(&batch), 12);
    assert_int_equal(clipper_batch_size(&batch, 1), 8);
    assert_int_equal(clipper_i32_at(clipper_batch_item(&batch, 0), 0), 1);
    assert_int_equal(clipper_i32_at(clipper_batch_item(&batch, 1), 1), 3);
}

static void assert_item(const clipper_outputs *outputs, size_t index, const char *text) {
    assert_int_equal(outputs->items[index].len, strlen(text));
    assert_memory_equal(outputs->items[index].base, text, strlen(text));
}

static void outputs_come_in_the_order_of_the_calls(void **state) {
    clipper_outputs outputs;
    char *room;
    (void)state;
    clipper_outputs_init(&outputs);
    assert_int_equal(clipper_outputs_count(&outputs), 0);
    assert_int_equal(clipper_outputs_add_text(&outputs, "first"), 0);
    assert_int_equal(clipper_outputs_add_bytes(&outputs, "sec\0nd", 6), 0);
    assert_int_equal(clipper_outputs_add_bytes(&outputs, NULL, 0), 0);
    assert_int_equal(clipper_outputs_add_constant(&outputs, "constant", 5), 0);
    room = clipper_outputs_reserve(&outputs, 3);
    memcpy(room, "own", 3);
    assert_int_equal(clipper_outputs_count(&outputs), 5);
    assert_item(&outputs, 0, "first");
    assert_memory_equal(outputs.items[1].base, "sec\0nd", 6);
    assert_item(&outputs, 2, "");
    assert_item(&outputs, 3, "const");
    assert_item(&outputs, 4, "own");
    assert_int_equal(outputs.type, CLIPPER_TYPE_STRINGS);
    assert_false(outputs.has_sources);
    assert_false(outputs.failed);
    clipper_outputs_free(&outputs);
}

/* Thousands of outputs, small and large: those of before must not move or change. */
static void outputs_do_not_move(void **state) {
    clipper_outputs outputs;
    static char text[50000];
    (void)state;
    memset(text, 'x', sizeof text);
    clipper_outputs_init(&outputs);
    for (size_t i = 0; i < 3000; i++) {
        const size_t len = i % 100 == 0 ? sizeof text : i % 40;
        const void *before = i == 0 ? NULL : outputs.items[0].base;
        text[0] = (char)('a' + i % 26);
        assert_int_equal(clipper_outputs_add_bytes(&outputs, text, len), 0);
        if (before != NULL)
            assert_ptr_equal(before, outputs.items[0].base);
    }
    for (size_t i = 0; i < 3000; i++) {
        assert_int_equal(outputs.items[i].len, i % 100 == 0 ? sizeof text : i % 40);
        if (outputs.items[i].len > 0)
            assert_int_equal(*(const char *)outputs.items[i].base, (char)('a' + i % 26));
    }
    clipper_outputs_free(&outputs);
}

/* From the second batch of a kind on, nothing is allocated: the storage is where it was. */
static void storage_is_used_again(void **state) {
    clipper_outputs outputs;
    const void *block = NULL, *items = NULL;
    (void)state;
    clipper_outputs_init(&outputs);
    for (int batch = 0; batch < 4; batch++) {
        for (int i = 0; i < 500; i++)
            assert_int_equal(clipper_outputs_add_text(&outputs, "some forty bytes of text, as answers go"),
                             0);
        if (batch >= 2) {
            assert_ptr_equal(outputs.block, block);
            assert_null(outputs.block->older);
            assert_ptr_equal(outputs.items, items);
        }
        block = outputs.block;
        items = outputs.items;
        clipper_outputs_reset(&outputs);
        if (batch == 0)
            assert_null(outputs.block); /* several blocks make way for one */
        assert_int_equal(clipper_outputs_count(&outputs), 0);
    }
    clipper_outputs_free(&outputs);
}

static void what_was_far_too_large_is_given_back(void **state) {
    clipper_outputs outputs;
    (void)state;
    clipper_outputs_init(&outputs);
    assert_non_null(clipper_outputs_reserve(&outputs, 8 << 20));
    for (int i = 0; i < 40000; i++)
        clipper_outputs_add_constant(&outputs, "", 0);
    clipper_outputs_reset(&outputs);
    assert_null(outputs.block);
    assert_null(outputs.items);
    assert_int_equal(clipper_outputs_add_text(&outputs, "again"), 0);
    assert_item(&outputs, 0, "again");
    clipper_outputs_free(&outputs);
}

static void a_reset_forgets_everything(void **state) {
    clipper_frame frames[2] = {{NULL, 0}, {"in", 2}};
    const clipper_received received = {frames, 2};
    const clipper_prediction request = {1, CLIPPER_TYPE_BYTES, frames + 1, 1};
    const clipper_batch batch = {&request, &transport, &received, 1};
    clipper_outputs outputs;
    (void)state;
    clipper_outputs_init(&outputs);
    clipper_outputs_set_type(&outputs, CLIPPER_TYPE_DOUBLES);
    clipper_outputs_add_input(&outputs, &batch, 0);
    outputs.failed = 1;
    clipper_outputs_reset(&outputs);
    assert_int_equal(outputs.type, CLIPPER_TYPE_STRINGS);
    assert_false(outputs.has_sources);
    assert_false(outputs.failed);
    clipper_outputs_free(&outputs);
}

/* Inputs and other outputs, in any order and more than once, also as the very first batch. */
static void inputs_may_be_outputs(void **state) {
    clipper_frame frames[3] = {{NULL, 0}, {"one", 3}, {"three", 5}};
    const clipper_received received = {frames, 3};
    const clipper_prediction request = {1, CLIPPER_TYPE_BYTES, frames + 1, 2};
    const clipper_batch batch = {&request, &transport, &received, 1};
    clipper_outputs outputs;
    (void)state;
    clipper_outputs_init(&outputs);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 40; i++) {
            assert_int_equal(clipper_outputs_add_text(&outputs, "text"), 0);
            assert_int_equal(clipper_outputs_add_input(&outputs, &batch, 1), 0);
            assert_int_equal(clipper_outputs_add_input(&outputs, &batch, 0), 0);
        }
        assert_int_equal(clipper_outputs_count(&outputs), 120);
        for (size_t i = 0; i < 120; i++) {
            static const size_t sources[] = {0, 3, 2}, lengths[] = {4, 5, 3};
            assert_int_equal(outputs.sources[i], sources[i % 3]);
            assert_int_equal(outputs.items[i].len, lengths[i % 3]);
        }
        clipper_outputs_reset(&outputs);
        assert_int_equal(clipper_outputs_add_text(&outputs, "a batch of its own"), 0);
        assert_false(outputs.has_sources);
        clipper_outputs_reset(&outputs);
    }
    clipper_outputs_free(&outputs);
}

static void what_cannot_be_held_is_remembered(void **state) {
    clipper_outputs outputs;
    (void)state;
    clipper_outputs_init(&outputs);
    assert_null(clipper_outputs_reserve(&outputs, SIZE_MAX));
    assert_true(outputs.failed);
    assert_int_equal(clipper_outputs_add_text(&outputs, "too late"), -1);
    assert_int_equal(clipper_outputs_add_constant(&outputs, "too late", 8), -1);
    assert_int_equal(clipper_outputs_count(&outputs), 0);
    clipper_outputs_reset(&outputs);
    assert_int_equal(clipper_outputs_add_text(&outputs, "again"), 0);
    clipper_outputs_free(&outputs);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_shows_its_request),
        cmocka_unit_test(outputs_come_in_the_order_of_the_calls),
        cmocka_unit_test(outputs_do_not_move),
        cmocka_unit_test(storage_is_used_again),
        cmocka_unit_test(what_was_far_too_large_is_given_back),
        cmocka_unit_test(a_reset_forgets_everything),
        cmocka_unit_test(inputs_may_be_outputs),
        cmocka_unit_test(what_cannot_be_held_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
