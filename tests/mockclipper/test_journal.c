/* The journal keeps the beginning and the end of a conversation, whatever its length. */
#include "base/heap.h"
#include "engine/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void a_short_conversation_is_kept_whole(void **state) {
    journal *log = journal_new();
    (void)state;
    for (int i = 0; i < 5; i++)
        journal_note(log, (unsigned)i, "note %d", i);
    assert_int_equal(journal_size(log), 5);
    for (unsigned i = 0; i < 5; i++) {
        char *expected = heap_format("note %u", i);
        assert_string_equal(journal_at(log, i)->line, expected);
        assert_int_equal(journal_at(log, i)->session, i);
        assert_int_equal(journal_missing_before(log, i), 0);
        free(expected);
    }
    journal_destroy(&log);
    assert_null(log);
}

static void of_a_long_one_the_middle_is_left_out(void **state) {
    const unsigned count = 2000;
    journal *log = journal_new();
    (void)state;
    for (unsigned i = 0; i < count; i++)
        journal_note(log, i, "x");
    assert_int_equal(journal_size(log), JOURNAL_BEGINNING + JOURNAL_END);
    for (unsigned i = 0; i < JOURNAL_BEGINNING; i++)
        assert_int_equal(journal_at(log, i)->session, i);
    for (unsigned i = 0; i < JOURNAL_END; i++)
        assert_int_equal(journal_at(log, JOURNAL_BEGINNING + i)->session, count - JOURNAL_END + i);
    assert_int_equal(journal_missing_before(log, JOURNAL_BEGINNING), count - JOURNAL_BEGINNING - JOURNAL_END);
    assert_int_equal(journal_missing_before(log, JOURNAL_BEGINNING + 1), 0);
    journal_destroy(&log);
}

static void messages_are_described_and_cut(void **state) {
    static const uint8_t type[4] = {2}, large[1000] = {7};
    clipper_frame frames[40] = {{NULL, 0}, {type, 4}};
    clipper_message content;
    clipper_diagnosis diagnosis;
    const journal_entry *entry;
    journal *log = journal_new();
    (void)state;
    clipper_decode(CLIPPER_TO_CLIPPER, frames, 2, NULL, &content, &diagnosis);
    journal_message(log, 5, 1, frames, 2, CLIPPER_TO_CLIPPER, &content, &diagnosis);
    entry = journal_at(log, 0);
    assert_string_equal(entry->line, "heartbeat");
    assert_int_equal(entry->what, JOURNAL_RECEIVED);
    assert_int_equal(entry->frame_count, 2);
    assert_memory_equal(entry->frames[1].bytes, type, 4);

    for (int i = 2; i < 40; i++)
        frames[i] = (clipper_frame){large, sizeof large};
    clipper_decode(CLIPPER_TO_CONTAINER, frames, 40, NULL, &content, &diagnosis);
    journal_message(log, 6, 1, frames, 40, CLIPPER_TO_CONTAINER, &content, &diagnosis);
    entry = journal_at(log, 1);
    assert_int_equal(entry->what, JOURNAL_SENT);
    assert_non_null(strstr(entry->line, "malformed"));
    assert_int_equal(entry->frame_count, 40);
    assert_int_equal(entry->kept_frames, JOURNAL_FRAMES);
    assert_int_equal(entry->frames[2].len, sizeof large);
    assert_int_equal(entry->frames[2].kept, JOURNAL_BYTES);
    journal_destroy(&log);
}

static void count_entry(void *context, const journal *log, const journal_entry *entry) {
    (void)log;
    assert_non_null(entry->line);
    ++*(int *)context;
}

static void a_listener_hears_of_every_entry(void **state) {
    int heard = 0;
    journal *log = journal_new();
    (void)state;
    journal_listen(log, count_entry, &heard);
    for (int i = 0; i < 700; i++)
        journal_note(log, 0, "x");
    assert_int_equal(heard, 700);
    journal_destroy(&log);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_conversation_is_kept_whole),
        cmocka_unit_test(of_a_long_one_the_middle_is_left_out),
        cmocka_unit_test(messages_are_described_and_cut),
        cmocka_unit_test(a_listener_hears_of_every_entry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
