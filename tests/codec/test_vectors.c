/* Every test vector of spec/vectors, through both doors of the decoder, and back through the encoder. */
#include "support.h"
#include "vector.h"

/* Names the vector when one of its checks fails. */
static const struct vector *current;

static void check_frames(const struct vector *v, const block *b) {
    clipper_message message;
    clipper_diagnosis diagnosis;
    clipper_error error = decode_both(v->direction, b, &v->options, &message, &diagnosis);
    assert_string_equal(clipper_error_name(error), clipper_error_name(v->expected.error));
    if (error != CLIPPER_OK) {
        assert_same_diagnosis(&diagnosis, &v->expected);
        return;
    }
    assert_same_message(&message, &v->message);
    if (message.leniencies == 0)
        assert_encodes_to(&message, message.wire, b->frames, b->count);
}

static void check_flat(const struct vector *v) {
    clipper_frame frames[64];
    clipper_diagnosis diagnosis;
    size_t count, used;
    clipper_error error =
        clipper_flat_split(v->flat, &v->options.limits, frames, 64, &count, &used, &diagnosis);
    if (error != CLIPPER_OK) {
        assert_same_diagnosis(&diagnosis, &v->expected);
    } else {
        block b = block_of(frames, count, SIZE_MAX);
        assert_int_equal(used, v->flat.len);
        check_frames(v, &b);
        block_free(&b);
    }
}

static void check_encode(const struct vector *v) {
    clipper_frame frames[64];
    uint8_t scratch[1024];
    clipper_storage storage = {frames, 64, scratch, sizeof scratch};
    clipper_encoded encoded;
    if (v->expected.error == CLIPPER_OK)
        assert_encodes_to(&v->message, v->encode_wire, v->frames, v->frame_count);
    else
        assert_int_equal(clipper_encode(&v->message, v->encode_wire, &storage, &encoded, NULL),
                         v->expected.error);
}

static void check(const struct vector *v) {
    if (v->form == VECTOR_FLAT) {
        check_flat(v);
    } else if (v->form == VECTOR_ENCODE) {
        check_encode(v);
    } else {
        block b = block_of(v->frames, v->frame_count, SIZE_MAX);
        check_frames(v, &b);
        block_free(&b);
    }
}

static void every_vector_holds(void **state) {
    size_t i;
    (void)state;
    assert_true(vector_count >= 120);
    for (i = 0; i < vector_count; i++) {
        current = &vectors[i];
        if (getenv("VERBOSE"))
            fprintf(stderr, "%s\n", current->id);
        check(current);
    }
    current = NULL;
}

/* cmocka leaves the test by a jump: say where it was. */
static void report(void) {
    if (current)
        fprintf(stderr, "# failed in vector %s\n", current->id);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_vector_holds)};
    atexit(report);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
