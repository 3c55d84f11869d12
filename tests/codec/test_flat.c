/* The flat form: written, split, and read in pieces of every size. */
#include "support.h"

/* Everything that a reader said of a stream, in a form that does not depend on how the stream was cut. */
typedef struct transcript {
    char text[4096];
    size_t length;
    clipper_flat_event last;
    clipper_diagnosis diagnosis;
} transcript;

static void say(transcript *t, const char *text, size_t len) {
    assert_true(len < sizeof t->text - t->length);
    memcpy(t->text + t->length, text, len);
    t->length += len;
}

static void read_piece(clipper_flat_reader *reader, clipper_frame piece, transcript *t) {
    clipper_frame data;
    char line[64];
    do {
        clipper_frame before = piece;
        t->last = clipper_flat_read(reader, &piece, &data);
        assert_true(piece.len <= before.len);
        assert_ptr_equal((const uint8_t *)piece.base,
                         (const uint8_t *)before.base + (before.len - piece.len));
        if (t->last == CLIPPER_FLAT_FRAME) {
            int len = snprintf(line, sizeof line, "[%lu:%d:%lu ", (unsigned long)reader->index, reader->more,
                               (unsigned long)reader->len);
            say(t, line, (size_t)len);
        } else if (t->last == CLIPPER_FLAT_DATA) {
            assert_true(data.len > 0);
            say(t, data.base, data.len);
        } else if (t->last == CLIPPER_FLAT_END) {
            say(t, "]", 1);
        }
        if (t->last != CLIPPER_FLAT_DATA)
            assert_int_equal(data.len, 0);
    } while (t->last > CLIPPER_FLAT_STARVED);
    t->diagnosis = reader->diagnosis;
}

/* Reads STREAM in pieces of at most SIZE bytes, each in a block of its own. */
static transcript read_in_pieces(clipper_frame stream, size_t size, const clipper_limits *limits) {
    clipper_flat_reader reader;
    transcript t;
    size_t at = 0;
    memset(&t, 0, sizeof t);
    clipper_flat_reader_init(&reader, limits);
    while (at < stream.len && t.last != CLIPPER_FLAT_ERROR) {
        size_t len = stream.len - at < size ? stream.len - at : size;
        uint8_t *piece = malloc(len);
        memcpy(piece, (const uint8_t *)stream.base + at, len);
        read_piece(&reader, (clipper_frame){piece, len}, &t);
        free(piece);
        at += len;
    }
    return t;
}

/* The same transcript whatever the pieces. */
static transcript read_stream(clipper_frame stream, const clipper_limits *limits) {
    transcript whole = read_in_pieces(stream, stream.len, limits);
    size_t size;
    for (size = 1; size < stream.len; size++) {
        transcript cut = read_in_pieces(stream, size, limits);
        assert_int_equal(cut.last, whole.last);
        assert_int_equal(cut.length, whole.length);
        assert_memory_equal(cut.text, whole.text, whole.length);
        assert_same_diagnosis(&cut.diagnosis, &whole.diagnosis);
    }
    return whole;
}

static void assert_reads(clipper_frame stream, const char *expected) {
    transcript t = read_stream(stream, NULL);
    t.text[t.length] = '\0';
    assert_string_equal(t.text, expected);
    assert_int_equal(t.last, CLIPPER_FLAT_STARVED);
}

static void assert_fails(clipper_frame stream, const clipper_limits *limits, clipper_diagnosis expected) {
    transcript t = read_stream(stream, limits);
    clipper_frame frames[16];
    clipper_diagnosis diagnosis;
    size_t count, used;
    assert_int_equal(t.last, CLIPPER_FLAT_ERROR);
    assert_same_diagnosis(&t.diagnosis, &expected);
    assert_int_equal(clipper_flat_split(stream, limits, frames, 16, &count, &used, &diagnosis),
                     expected.error);
    assert_same_diagnosis(&diagnosis, &expected);
    assert_int_equal(count, 0);
    assert_int_equal(used, 0);
}

#define GREETING                                                                                             \
    "\xff\0\0\0\0\0\0\0\1\x7f\3\1NULL\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"                                     \
    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static void reads_messages_one_after_another(void **state) {
    (void)state;
    assert_reads(LITERAL("\1\0\0\3abc\1\1x\1\2yz\0\0"), "[0:1:0 ][1:0:3 abc][0:1:1 x][1:1:2 yz][2:0:0 ]");
}

static void reads_long_lengths(void **state) {
    (void)state;
    assert_reads(LITERAL("\3\0\0\0\0\0\0\0\2ab\2\0\0\0\0\0\0\0\0"), "[0:1:2 ab][1:0:0 ]");
}

static void skips_commands_and_the_greeting(void **state) {
    (void)state;
    assert_int_equal(sizeof GREETING - 1, 64);
    assert_reads(LITERAL(GREETING "\4\5READY\1\0\4\0\6\0\0\0\0\0\0\0\1!\0\1a"), "[0:1:0 ][1:0:1 a]");
}

/* A command in the middle of a message: what is known of the last frame still holds. */
static void a_command_leaves_the_frame_alone(void **state) {
    clipper_flat_reader reader;
    clipper_frame input = LITERAL("\1\1a\1\2bc\4\5REA"), data;
    clipper_flat_event event;
    (void)state;
    clipper_flat_reader_init(&reader, NULL);
    do
        event = clipper_flat_read(&reader, &input, &data);
    while (event > CLIPPER_FLAT_STARVED);
    assert_int_equal(event, CLIPPER_FLAT_STARVED);
    assert_true(reader.more);
    input = LITERAL("DY\0\1d");
    assert_int_equal(clipper_flat_read(&reader, &input, &data), CLIPPER_FLAT_FRAME);
    assert_int_equal(reader.index, 2);
    assert_false(reader.more);
}

/* A greeting is one only at the very beginning. */
static void a_greeting_later_is_no_greeting(void **state) {
    transcript t;
    (void)state;
    t = read_stream(LITERAL("\0\1a" GREETING), NULL);
    assert_int_equal(t.diagnosis.error, CLIPPER_FLAT_FLAGS);
    assert_int_equal(t.diagnosis.actual, 0xff);
}

static void refuses_flags_that_mean_nothing(void **state) {
    (void)state;
    assert_fails(LITERAL("\10\0"), NULL,
                 (clipper_diagnosis){CLIPPER_FLAT_FLAGS, CLIPPER_FIELD_FLAGS, 0, 0, 0, 0, 8});
    assert_fails(LITERAL("\1\0\x80"), NULL,
                 (clipper_diagnosis){CLIPPER_FLAT_FLAGS, CLIPPER_FIELD_FLAGS, 1, 0, 0, 0, 0x80});
    assert_fails(LITERAL("\5\0"), NULL,
                 (clipper_diagnosis){CLIPPER_FLAT_FLAGS, CLIPPER_FIELD_FLAGS, 0, 0, 0, 0, 5});
}

static void stays_failed(void **state) {
    clipper_flat_reader reader;
    clipper_frame input = LITERAL("\10\0"), good = LITERAL("\0\0"), data;
    clipper_diagnosis first;
    (void)state;
    clipper_flat_reader_init(&reader, NULL);
    assert_int_equal(clipper_flat_read(&reader, &input, &data), CLIPPER_FLAT_ERROR);
    first = reader.diagnosis;
    assert_int_equal(clipper_flat_read(&reader, &good, &data), CLIPPER_FLAT_ERROR);
    assert_int_equal(good.len, 2);
    assert_same_diagnosis(&reader.diagnosis, &first);
}

static void refuses_what_only_looks_like_a_greeting(void **state) {
    (void)state;
    assert_fails(LITERAL("\xff\0\0\0\0\0\0\0\1\x7e\3\0"), NULL,
                 (clipper_diagnosis){CLIPPER_FLAT_GREETING, CLIPPER_FIELD_GREETING, 0, 0, 9, 0x7f, 0x7e});
    assert_fails(LITERAL("\xff\0\0\0\0\0\0\0\1\x7f\1\0"), NULL,
                 (clipper_diagnosis){CLIPPER_FLAT_GREETING, CLIPPER_FIELD_GREETING, 0, 0, 10, 3, 1});
}

static void keeps_to_the_limits(void **state) {
    clipper_limits limits = {1, 20, 20, 4};
    (void)state;
    /* the largest frame is the largest of an item, a text, and the metadata of one item: 24 bytes */
    assert_fails(LITERAL("\1\0\0\x19"), &limits,
                 (clipper_diagnosis){CLIPPER_FRAME_TOO_LARGE, CLIPPER_FIELD_NONE, 1, 0, 0, 24, 25});
    assert_fails(LITERAL("\2\xff\xff\xff\xff\xff\xff\xff\xff"), &limits,
                 (clipper_diagnosis){CLIPPER_FRAME_TOO_LARGE, CLIPPER_FIELD_NONE, 0, 0, 0, 24, UINT64_MAX});
    assert_fails(LITERAL("\4\x19"), &limits, /* a command, too */
                 (clipper_diagnosis){CLIPPER_FRAME_TOO_LARGE, CLIPPER_FIELD_NONE, 0, 0, 0, 24, 25});
    assert_fails(LITERAL("\1\0\1\0\1\0\1\0\1\0\1\0\1\0\1\0\0\0"), &limits,
                 (clipper_diagnosis){CLIPPER_TOO_MANY_FRAMES, CLIPPER_FIELD_NONE, 8, 0, 0, 8, 9});
    /* 20 + 24 + 3 * 4 + 64 bytes in a message */
    assert_fails(LITERAL("\1\x18xxxxxxxxxxxxxxxxxxxxxxxx\1\x18xxxxxxxxxxxxxxxxxxxxxxxx"
                         "\1\x18xxxxxxxxxxxxxxxxxxxxxxxx\1\x18xxxxxxxxxxxxxxxxxxxxxxxx"
                         "\1\x18xxxxxxxxxxxxxxxxxxxxxxxx\0\x01"),
                 &limits,
                 (clipper_diagnosis){CLIPPER_MESSAGE_TOO_LARGE, CLIPPER_FIELD_NONE, 5, 0, 0, 120, 121});
}

/* What two messages have together is no message too large. */
static void counts_each_message_by_itself(void **state) {
    clipper_limits limits = {1, 20, 20, 4}; /* 120 bytes in a message */
    transcript t;
    (void)state;
#define FRAME_OF_24 "\x18xxxxxxxxxxxxxxxxxxxxxxxx"
    t = read_stream(LITERAL("\1" FRAME_OF_24 "\1" FRAME_OF_24 "\0" FRAME_OF_24 /* 72 */
                            "\1" FRAME_OF_24 "\1" FRAME_OF_24 "\0" FRAME_OF_24),
                    &limits);
    assert_int_equal(t.last, CLIPPER_FLAT_STARVED);
}

/* Commands between its frames make a message neither longer nor of more frames. */
static void commands_are_no_part_of_a_message(void **state) {
    clipper_limits limits = {1, 20, 20, 4}; /* 8 frames and 120 bytes in a message */
    transcript t;
    (void)state;
    t = read_stream(LITERAL("\1" FRAME_OF_24 "\4" FRAME_OF_24 "\4" FRAME_OF_24 "\1" FRAME_OF_24
                            "\4" FRAME_OF_24 "\1\0\1\0\1\0\1\0\1\0\4" FRAME_OF_24 "\0" FRAME_OF_24
                            "\4" FRAME_OF_24),
                    &limits);
    assert_int_equal(t.last, CLIPPER_FLAT_STARVED);
    t = read_stream(LITERAL("\1\0\1\0\1\0\1\0\1\0\1\0\1\0\1\0\4\0\4\0"), &limits);
    assert_int_equal(t.last, CLIPPER_FLAT_STARVED);
}

static void huge_limits_do_not_wrap(void **state) {
    clipper_limits limits = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX};
    transcript t;
    (void)state;
    t = read_in_pieces(LITERAL("\3\xff\xff\xff\xff\xff\xff\xff\xff"), 9, &limits);
    assert_int_equal(t.last, CLIPPER_FLAT_STARVED);
    t = read_in_pieces(LITERAL("\1\1a\3\xff\xff\xff\xff\xff\xff\xff\xff"), 99, &limits);
    assert_int_equal(t.last, CLIPPER_FLAT_ERROR);
    assert_int_equal(t.diagnosis.error, CLIPPER_MESSAGE_TOO_LARGE);
    assert_true(t.diagnosis.actual == UINT64_MAX);
    limits = (clipper_limits){UINT64_C(1) << 61, 1, UINT64_MAX, 1}; /* 8 times that is 2^64 */
    t = read_in_pieces(LITERAL("\2\xff\xff\xff\xff\xff\xff\xff\xff"), 9, &limits);
    assert_int_equal(t.last, CLIPPER_FLAT_STARVED);
}

/* The metadata of the most items there can be: 2^64 - 8 bytes. */
static void limits_that_just_do_not_wrap_are_exact(void **state) {
    clipper_limits limits = {UINT64_MAX / 8 - 2, 1, UINT64_MAX, 1};
    transcript t;
    (void)state;
    t = read_in_pieces(LITERAL("\2\xff\xff\xff\xff\xff\xff\xff\xf8"), 9, &limits);
    assert_int_equal(t.last, CLIPPER_FLAT_STARVED);
    assert_fails(LITERAL("\2\xff\xff\xff\xff\xff\xff\xff\xf9"), &limits,
                 (clipper_diagnosis){CLIPPER_FRAME_TOO_LARGE, CLIPPER_FIELD_NONE, 0, 0, 0, UINT64_MAX - 7,
                                     UINT64_MAX - 6});
}

/* More frames than 32 bits count: all but the last are taken for read. */
static void frames_are_counted_in_full(void **state) {
    clipper_limits limits = clipper_default_limits();
    clipper_flat_reader reader;
    clipper_frame input = LITERAL("\0\0"), data;
    (void)state;
    if (SIZE_MAX <= UINT32_MAX)
        return;
    limits.items = UINT32_MAX;
    clipper_flat_reader_init(&reader, &limits);
    reader.next_ = (size_t)UINT32_MAX + CLIPPER_FRAMES_MAX(0);
    assert_int_equal(clipper_flat_read(&reader, &input, &data), CLIPPER_FLAT_ERROR);
    assert_int_equal(reader.diagnosis.error, CLIPPER_TOO_MANY_FRAMES);
    assert_true(reader.diagnosis.expected == (uint64_t)UINT32_MAX + CLIPPER_FRAMES_MAX(0));
    assert_true(reader.diagnosis.actual == (uint64_t)UINT32_MAX + CLIPPER_FRAMES_MAX(1));
}

/* On a 32-bit host, too, what is left of such a frame is not cut to a size_t. */
static void a_frame_longer_than_memory_is_handed_on(void **state) {
    clipper_limits limits = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX};
    transcript t = read_in_pieces(LITERAL("\2\0\0\0\1\0\0\0\2abc"), 99, &limits);
    (void)state;
    assert_int_equal(t.last, CLIPPER_FLAT_STARVED);
    assert_non_null(strstr(t.text, " abc"));
}

static void splits_the_first_message_in_place(void **state) {
    clipper_frame stream = LITERAL("\1\0\1\2ab\0\1c\0\1d");
    clipper_frame frames[4];
    clipper_diagnosis diagnosis;
    size_t count, used;
    (void)state;
    assert_int_equal(clipper_flat_split(stream, NULL, frames, 4, &count, &used, &diagnosis), CLIPPER_OK);
    assert_int_equal(count, 3);
    assert_int_equal(used, stream.len - 3);
    assert_int_equal(frames[0].len, 0);
    assert_ptr_equal(frames[0].base, (const char *)stream.base + 2); /* also where it is empty */
    assert_ptr_equal(frames[1].base, (const char *)stream.base + 4);
    assert_int_equal(frames[1].len, 2);
    assert_memory_equal(frames[2].base, "c", 1);
    assert_int_equal(clipper_flat_split(stream, NULL, frames, 4, &count, &used, NULL), CLIPPER_OK);
}

static void tells_how_many_frames_it_needs(void **state) {
    clipper_frame stream = LITERAL("\1\0\1\2ab\0\1c");
    clipper_frame frames[2];
    clipper_diagnosis diagnosis;
    size_t count, used;
    (void)state;
    assert_int_equal(clipper_flat_split(stream, NULL, frames, 2, &count, &used, &diagnosis),
                     CLIPPER_NO_SPACE);
    assert_int_equal(count, 3);
    assert_int_equal(used, 0);
    assert_int_equal(diagnosis.error, CLIPPER_NO_SPACE);
    assert_int_equal(clipper_flat_split(stream, NULL, NULL, 0, &count, &used, NULL), CLIPPER_NO_SPACE);
    assert_int_equal(count, 3);
}

static void every_proper_prefix_is_truncated_at_its_frame(void **state) {
    clipper_frame stream = LITERAL("\4\2hi\1\0\1\2ab\2\0\0\0\0\0\0\0\1c");
    static const size_t ends[] = {6, 10}; /* of frames 0 and 1 */
    size_t len;
    (void)state;
    for (len = 0; len < stream.len; len++) {
        uint8_t *copy = malloc(len + (len == 0));
        clipper_frame frames[4];
        clipper_diagnosis diagnosis;
        size_t count, used;
        memcpy(copy, stream.base, len);
        assert_int_equal(
            clipper_flat_split((clipper_frame){copy, len}, NULL, frames, 4, &count, &used, &diagnosis),
            CLIPPER_FLAT_TRUNCATED);
        assert_int_equal(diagnosis.frame, (len >= ends[0]) + (len >= ends[1]));
        assert_int_equal(count, 0);
        free(copy);
    }
}

static void what_is_written_reads_back(void **state) {
    size_t last;
    (void)state;
    for (last = 0; last < 600; last += last < 250 || last > 260 ? 50 : 1) {
        uint8_t *body = calloc(last + 1, 1), *out;
        clipper_frame frames[3], read[3];
        size_t need, used, count;
        memset(body, 'x', last);
        frames[0] = (clipper_frame){NULL, 0};
        frames[1] = LITERAL("abc");
        frames[2] = (clipper_frame){body, last};
        assert_int_equal(clipper_flat_write(frames, 3, (clipper_span){NULL, 0}, &need), CLIPPER_NO_SPACE);
        out = malloc(need);
        assert_int_equal(clipper_flat_write(frames, 3, (clipper_span){out, need - 1}, &used),
                         CLIPPER_NO_SPACE);
        assert_int_equal(used, need);
        assert_int_equal(clipper_flat_write(frames, 3, (clipper_span){out, need}, &used), CLIPPER_OK);
        assert_int_equal(used, need);
        assert_int_equal(clipper_flat_split((clipper_frame){out, need}, NULL, read, 3, &count, &used, NULL),
                         CLIPPER_OK);
        assert_int_equal(count, 3);
        assert_int_equal(used, need);
        assert_same_frames(read, frames, 3);
        free(out);
        free(body);
    }
}

static void refuses_to_write_nothing_or_too_much(void **state) {
    clipper_frame huge[2] = {{"", SIZE_MAX - 5}, {"", 1}};
    size_t used = 1;
    (void)state;
    assert_int_equal(clipper_flat_write(NULL, 0, (clipper_span){NULL, 0}, &used), CLIPPER_EMPTY_MESSAGE);
    assert_int_equal(used, 0);
    assert_int_equal(clipper_flat_write(huge, 1, (clipper_span){NULL, SIZE_MAX}, &used), CLIPPER_NO_SPACE);
    assert_true(used == SIZE_MAX);
    huge[0].len = SIZE_MAX - 10;
    assert_int_equal(clipper_flat_write(huge, 2, (clipper_span){NULL, SIZE_MAX}, &used), CLIPPER_NO_SPACE);
    assert_true(used == SIZE_MAX);
}

/* A sum is told exactly as long as a size_t holds it. */
static void sizes_just_below_the_largest_are_exact(void **state) {
    size_t below;
    (void)state;
    for (below = 0; below <= 12; below++) {
        const clipper_frame huge = {"", SIZE_MAX - below}; /* and 9 bytes before it */
        size_t used;
        assert_int_equal(clipper_flat_write(&huge, 1, (clipper_span){NULL, 0}, &used), CLIPPER_NO_SPACE);
        assert_true(used == (below < 9 ? SIZE_MAX : SIZE_MAX - below + 9));
    }
    for (below = 9; below <= 11; below++) { /* and a frame of two bytes more */
        const clipper_frame two[] = {{"", SIZE_MAX - below}, {"", 0}};
        size_t used;
        assert_int_equal(clipper_flat_write(two, 2, (clipper_span){NULL, 0}, &used), CLIPPER_NO_SPACE);
        assert_true(used == SIZE_MAX);
    }
}

static void headers_are_as_short_as_they_can_be(void **state) {
    uint8_t header[CLIPPER_FLAT_HEADER_MAX];
    (void)state;
    assert_int_equal(clipper_flat_header(255, 1, header), 2);
    assert_memory_equal(header, "\1\xff", 2);
    assert_int_equal(clipper_flat_header(0, 0, header), 2);
    assert_memory_equal(header, "\0\0", 2);
    assert_int_equal(clipper_flat_header(UINT64_C(0x0102030405060708), 0, header), 9);
    assert_memory_equal(header, "\2\1\2\3\4\5\6\7\10", 9);
    assert_int_equal(clipper_flat_header(256, 1, header), 9);
    assert_memory_equal(header, "\3\0\0\0\0\0\0\1\0", 9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_messages_one_after_another),
        cmocka_unit_test(reads_long_lengths),
        cmocka_unit_test(skips_commands_and_the_greeting),
        cmocka_unit_test(a_command_leaves_the_frame_alone),
        cmocka_unit_test(a_greeting_later_is_no_greeting),
        cmocka_unit_test(refuses_flags_that_mean_nothing),
        cmocka_unit_test(stays_failed),
        cmocka_unit_test(refuses_what_only_looks_like_a_greeting),
        cmocka_unit_test(keeps_to_the_limits),
        cmocka_unit_test(counts_each_message_by_itself),
        cmocka_unit_test(commands_are_no_part_of_a_message),
        cmocka_unit_test(huge_limits_do_not_wrap),
        cmocka_unit_test(limits_that_just_do_not_wrap_are_exact),
        cmocka_unit_test(frames_are_counted_in_full),
        cmocka_unit_test(a_frame_longer_than_memory_is_handed_on),
        cmocka_unit_test(splits_the_first_message_in_place),
        cmocka_unit_test(tells_how_many_frames_it_needs),
        cmocka_unit_test(every_proper_prefix_is_truncated_at_its_frame),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(refuses_to_write_nothing_or_too_much),
        cmocka_unit_test(sizes_just_below_the_largest_are_exact),
        cmocka_unit_test(headers_are_as_short_as_they_can_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
