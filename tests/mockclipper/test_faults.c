/* Faults: what is read, when they fire, and what they do to messages. */
#include "engine/faults.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static fault parsed(const char *text) {
    fault f;
    if (!fault_parse(&f, text))
        fail_msg("not understood: %s", text);
    return f;
}

static void texts_are_read_and_written_alike(void **state) {
    static const char *const texts[] = {
        "drop@heartbeat#1",    "drop@1/container-heartbeat#1",
        "delay=200@request",   "duplicate@any",
        "reorder@request#3",   "truncate=6@request#1",
        "extend=2@2/any#9",    "corrupt=3@heartbeat",
        "version=4@request#1", "widen=3@request",
        "shorten=5@request",   "stale-id=1@request#2",
        "silence@response#10", "restart@2/response#10",
        "ask@new-container",   "drop@anything",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        fault f = parsed(texts[i]);
        char *text = fault_text(&f);
        assert_string_equal(text, texts[i]);
        free(text);
    }
}

static void nonsense_is_refused(void **state) {
    static const char *const texts[] = {
        "",
        "drop",
        "drop@",
        "@heartbeat",
        "drop@nothing",
        "drop=1@heartbeat",
        "delay@any",
        "delay=@any",
        "delay=x@any",
        "drop@/heartbeat",
        "drop@x/any",
        "drop@any#",
        "drop@any#x",
        "delay=1@response",
        "truncate=2@anything",
        "drop@heartbeat ",
        "drop@any#99999999999",
        "dropp@any",
    };
    fault f;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (fault_parse(&f, texts[i]))
            fail_msg("understood: %s", texts[i]);
    }
}

static void they_fire_by_session_kind_and_ordinal(void **state) {
    faults *all = faults_new();
    (void)state;
    assert_false(faults_any(all));
    assert_null(faults_fire(all, CLIPPER_TO_CONTAINER, CLIPPER_HEARTBEAT, 1));
    faults_add(all, parsed("drop@2/request#2"));
    assert_true(faults_any(all));
    for (int i = 0; i < 3; i++)
        assert_null(faults_fire(all, CLIPPER_TO_CONTAINER, CLIPPER_PREDICTION_REQUEST, 1));
    assert_null(faults_fire(all, CLIPPER_TO_CONTAINER, CLIPPER_PREDICTION_REQUEST, 2));
    assert_null(faults_fire(all, CLIPPER_TO_CONTAINER, CLIPPER_HEARTBEAT, 2));
    assert_null(faults_fire(all, CLIPPER_TO_CLIPPER, CLIPPER_PREDICTION_REQUEST, 2));
    assert_non_null(faults_unfired(all));
    assert_non_null(faults_fire(all, CLIPPER_TO_CONTAINER, CLIPPER_PREDICTION_REQUEST, 2));
    assert_null(faults_unfired(all));
    assert_null(faults_fire(all, CLIPPER_TO_CONTAINER, CLIPPER_PREDICTION_REQUEST, 2));
    faults_destroy(&all);
}

static void any_message_counts_for_any(void **state) {
    faults *all = faults_new();
    (void)state;
    faults_add(all, parsed("drop@any#3"));
    assert_null(faults_fire(all, CLIPPER_TO_CONTAINER, CLIPPER_HEARTBEAT, 1));
    assert_null(faults_fire(all, CLIPPER_TO_CONTAINER, CLIPPER_NO_MESSAGE, 1));
    assert_non_null(faults_fire(all, CLIPPER_TO_CONTAINER, CLIPPER_PREDICTION_REQUEST, 1));
    faults_destroy(&all);
}

/* A heartbeat to which TEXT has happened. */
static draft *spoiled(const char *text) {
    draft *heartbeat = draft_heartbeat(CLIPPER_SEND_METADATA);
    fault f = parsed(text);
    fault_apply(&f, heartbeat);
    return heartbeat;
}

static void assert_frame(const draft *d, size_t index, const void *bytes, size_t len) {
    assert_true(index < d->count);
    assert_int_equal(d->frames[index].len, len);
    if (len != 0)
        assert_memory_equal(d->frames[index].base, bytes, len);
}

static void messages_are_changed(void **state) {
    draft *d = spoiled("truncate=2@heartbeat");
    (void)state;
    assert_int_equal(d->count, 2);
    draft_destroy(&d);
    d = spoiled("extend=2@heartbeat");
    assert_int_equal(d->count, 6);
    assert_frame(d, 5, "x", 1);
    draft_destroy(&d);
    d = spoiled("corrupt=1@heartbeat");
    assert_frame(d, FRAME_VERSION, "\xfc\0\0\0", 4);
    draft_destroy(&d);
    d = spoiled("corrupt=0@heartbeat");
    assert_frame(d, FRAME_DELIMITER, "", 0);
    draft_destroy(&d);
    d = spoiled("version=258@heartbeat");
    assert_frame(d, FRAME_VERSION, "\2\1\0\0", 4);
    draft_destroy(&d);
    d = spoiled("widen=3@heartbeat");
    assert_frame(d, FRAME_HEARTBEAT_TYPE, "\1\0\0\0\0", 5);
    draft_destroy(&d);
    d = spoiled("shorten=3@heartbeat");
    assert_frame(d, FRAME_HEARTBEAT_TYPE, "\1\0\0", 3);
    draft_destroy(&d);
    d = spoiled("widen=99@heartbeat");
    assert_int_equal(d->count, 4);
    draft_destroy(&d);
    d = spoiled("stale-id=1@heartbeat");
    assert_frame(d, FRAME_ID, "\0\0\0\0", 4);
    draft_destroy(&d);
}

static void drafts_are_edited(void **state) {
    batch *items = batch_new(CLIPPER_TYPE_INTS);
    const int32_t values[] = {1, -1};
    draft *d;
    (void)state;
    batch_add_i32(items, values, 2);
    d = draft_request(7, items);
    assert_int_equal(d->count, 8);
    assert_frame(d, FRAME_ID, "\7\0\0\0", 4);
    assert_frame(d, FRAME_ITEMS, "\1\0\0\0\xff\xff\xff\xff", 8);
    draft_set_word(d, WORD_ITEM_COUNT, UINT64_C(1) << 61);
    assert_frame(d, FRAME_METADATA, "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x20\x08\0\0\0\0\0\0\0", 24);
    draft_insert(d, 0, "", 0);
    assert_int_equal(d->count, 9);
    assert_frame(d, 2, "\3\0\0\0", 4);
    draft_remove(d, 0);
    draft_resize(d, FRAME_METADATA, 3);
    assert_frame(d, FRAME_METADATA, "\1\0\0", 3);
    draft_cut(d, 1);
    assert_int_equal(d->count, 1);
    draft_destroy(&d);
    batch_destroy(&items);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_read_and_written_alike),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(they_fire_by_session_kind_and_ordinal),
        cmocka_unit_test(any_message_counts_for_any),
        cmocka_unit_test(messages_are_changed),
        cmocka_unit_test(drafts_are_edited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
