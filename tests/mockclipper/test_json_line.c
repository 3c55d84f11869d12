/* One line in, one line out: `decode` and `encode` without their program around them. */
#include "lines/json_line.h"
#include "lines/json_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>

static json_line_options defaults(void) {
    return (json_line_options){.codec = clipper_default_options()};
}

static void assert_answer(json_line_function *function, const json_line_options *options, const char *line,
                          bool result, const char *expected) {
    json_out out = {0};
    assert_int_equal(function(line, strlen(line), options, &out), result);
    json_out_end_line(&out);
    out.data[out.len - 1] = '\0';
    assert_string_equal(out.data, expected);
    json_out_free(&out);
}

/* ---- Decoding ----------------------------------------------------------------------------------------- */

static void decodes_every_kind(void **state) {
    static const struct {
        const char *direction;
        const char *frames;
        const char *answer; /* after "ok" */
    } cases[] = {
        {"to_clipper", "'','02000000'", "'wire':'any','leniencies':[],'message':{'kind':'heartbeat'}"},
        {"to_container", "'','03000000','02000000','00000000'",
         "'wire':'any','leniencies':[],'message':{'kind':'heartbeat','version':3,"
         "'heartbeat_type':'keep_alive'}"},
        {"to_clipper", "'','00000000','6D','31','34'",
         "'wire':'document','leniencies':[],'message':{'kind':'new_container','name':'m','model_version':'1',"
         "'input_type':'strings','rpc_version':null}"},
        {"to_clipper", "'','00000000','ff00','','3300','0300000000000000'",
         "'wire':'release','leniencies':['wide_version','input_type_tail'],'message':{'kind':'new_container',"
         "'name':{'hex':'ff00'},'model_version':'','input_type':'doubles','rpc_version':3}"},
        {"to_container",
         "'','03000000','01000000','ffffffff','00000000','2000000000000000',"
         "'0100000000000000020000000000000004000000000000000000000000000000','01020304',''",
         "'wire':'any','leniencies':[],'message':{'kind':'prediction_request','version':3,'id':4294967295,"
         "'input_type':'ints','items':['01020304','']}"},
        {"to_clipper", "'','01000000','00000000','0800000000000000','0000000000000000'",
         "'wire':'release','leniencies':[],'message':{'kind':'prediction_response','id':0,"
         "'data_type':null,'items':[]}"},
        {"to_clipper", "'','01000000','00000000','1000000000000000','00000000000000000000000000000000'",
         "'wire':'document','leniencies':[],'message':{'kind':'prediction_response','id':0,"
         "'data_type':'bytes','items':[]}"},
        {"to_container", "'','03000000','01000000','07000000','01000000','','aA'",
         "'wire':'any','leniencies':[],'message':{'kind':'feedback_request','version':3,'id':7,"
         "'frames':['','aa']}"},
    };
    json_line_options options = defaults();
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char line[512], answer[512];
        snprintf(line, sizeof line, "{'direction':'%s','frames':[%s]}", cases[i].direction, cases[i].frames);
        snprintf(answer, sizeof answer, "{'ok':true,%s}", cases[i].answer);
        for (char *c = line; *c; c++)
            *c = *c == '\'' ? '"' : *c;
        for (char *c = answer; *c; c++)
            *c = *c == '\'' ? '"' : *c;
        assert_answer(json_decode_line, &options, line, true, answer);
    }
}

static void diagnoses_are_exact(void **state) {
    json_line_options options = defaults();
    (void)state;
    assert_answer(
        json_decode_line, &options,
        "{\"direction\":\"to_container\",\"frames\":[\"\",\"03000000\",\"01000000\",\"00000000\","
        "\"00000000\",\"ffffffffffffffff\",\"00000000000000000000000000000000\"]}",
        false,
        "{\"ok\":false,\"error\":\"metadata_length\",\"frame\":6,\"field\":\"metadata\",\"offset\":0,"
        "\"expected\":18446744073709551615,\"actual\":16,\"text\":\"frame 6 (metadata): size does "
        "not match the length given before it (expected 18446744073709551615, got 16)\"}");
    assert_answer(
        json_decode_line, &options,
        "{\"direction\":\"to_container\",\"frames\":[\"\",\"03000000\",\"01000000\",\"00000000\","
        "\"00000000\",\"2000000000000000\",\"0000000000000000020000000000000001000000000000000200"
        "000000000000\",\"aa\",\"bb\"]}",
        false,
        "{\"ok\":false,\"error\":\"item_size\",\"frame\":8,\"item\":1,\"field\":\"item\",\"offset\":0,"
        "\"expected\":2,\"actual\":1,\"text\":\"frame 8 (item 1): size does not match the metadata "
        "(expected 2, got 1)\"}");
}

static void bytes_after_a_flat_message_are_an_extra_frame(void **state) {
    json_line_options options = defaults();
    (void)state;
    options.flat = true;
    assert_answer(json_decode_line, &options, "{\"direction\":\"to_clipper\",\"flat\":\"0100000402000000\"}",
                  true,
                  "{\"ok\":true,\"wire\":\"any\",\"leniencies\":[],\"message\":{\"kind\":\"heartbeat\"}}");
    assert_answer(json_decode_line, &options,
                  "{\"direction\":\"to_clipper\",\"flat\":\"010000040200000000\"}", false,
                  "{\"ok\":false,\"error\":\"extra_frame\",\"frame\":2,\"field\":\"none\",\"offset\":0,"
                  "\"expected\":2,\"actual\":3,\"text\":\"another message begins at byte 8: a line has one "
                  "message\"}");
    assert_answer(json_decode_line, &options, "{\"direction\":\"to_clipper\",\"flat\":\"01\"}", false,
                  "{\"ok\":false,\"error\":\"flat_truncated\",\"frame\":0,\"field\":\"none\",\"offset\":0,"
                  "\"expected\":0,\"actual\":0,\"text\":\"frame 0: the bytes end inside the message\"}");
}

static void a_direction_can_be_given_for_all_lines(void **state) {
    json_line_options options = defaults();
    (void)state;
    options.has_direction = true;
    options.direction = CLIPPER_TO_CLIPPER;
    assert_answer(json_encode_line, &options, "{\"message\":{\"kind\":\"heartbeat\"}}", true,
                  "{\"frames\":[\"\",\"02000000\"]}");
    assert_answer(json_encode_line, &options,
                  "{\"direction\":\"to_container\",\"message\":{\"kind\":\"heartbeat\",\"heartbeat_type\":"
                  "\"send_metadata\"}}",
                  true, "{\"frames\":[\"\",\"03000000\",\"02000000\",\"01000000\"]}");
}

/* ---- Both ways ---------------------------------------------------------------------------------------- */

/* A pseudo-random number generator (xorshift64*): the same numbers in every run. */
static uint64_t seed;

static uint32_t roll(uint32_t below) {
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return (uint32_t)((seed * UINT64_C(2685821657736338717)) >> 32) % below;
}

/* Bytes that messages point to, and random pieces of them: some UTF-8, some not. */
static clipper_frame random_piece(size_t width) {
    static const char text[] =
        "caf\xc3\xa9\0 \xe2\x80\xa8\xf0\x9f\x98\x80\"\\\n\xff\xfe\x80 0123456789abcdef";
    size_t start = roll(16), len = roll((uint32_t)(sizeof text - start) / (uint32_t)width) * width;
    return (clipper_frame){text + start, len};
}

static clipper_message random_message(clipper_wire wire, clipper_frame items[8]) {
    static const clipper_kind kinds[] = {CLIPPER_HEARTBEAT, CLIPPER_NEW_CONTAINER, CLIPPER_PREDICTION_REQUEST,
                                         CLIPPER_PREDICTION_RESPONSE, CLIPPER_FEEDBACK_REQUEST};
    clipper_message message = {.kind = kinds[roll(5)]};
    clipper_data_type type = (clipper_data_type)roll(5);
    size_t count = roll(8);
    message.direction = message.kind == CLIPPER_NEW_CONTAINER ||
                                message.kind == CLIPPER_PREDICTION_RESPONSE ||
                                (message.kind == CLIPPER_HEARTBEAT && roll(2))
                            ? CLIPPER_TO_CLIPPER
                            : CLIPPER_TO_CONTAINER;
    message.rpc_version = CLIPPER_RPC_VERSION;
    if (message.kind == CLIPPER_PREDICTION_RESPONSE && wire == CLIPPER_WIRE_RELEASE)
        type = CLIPPER_TYPE_UNSTATED;
    for (size_t i = 0; i < count; i++)
        items[i] = random_piece(message.kind == CLIPPER_FEEDBACK_REQUEST ? 1 : clipper_data_width(type));
    if (message.kind == CLIPPER_HEARTBEAT) {
        if (message.direction == CLIPPER_TO_CONTAINER)
            message.as.heartbeat.type = (clipper_heartbeat_type)roll(2);
    } else if (message.kind == CLIPPER_NEW_CONTAINER) {
        message.rpc_version = wire == CLIPPER_WIRE_DOCUMENT ? 0 : CLIPPER_RPC_VERSION;
        message.as.new_container =
            (clipper_new_container){random_piece(1), random_piece(1), (clipper_data_type)roll(5)};
    } else if (message.kind == CLIPPER_FEEDBACK_REQUEST) {
        message.as.feedback = (clipper_feedback){roll(UINT32_MAX), items, count};
    } else {
        message.as.request = (clipper_prediction){
            .id = roll(UINT32_MAX), .data_type = type, .items = items, .item_count = count};
    }
    return message;
}

/* What decode must answer to the frames of MESSAGE. */
static void expected_answer(json_out *out, const clipper_message *message, clipper_wire wire) {
    bool differs = message->kind == CLIPPER_NEW_CONTAINER || message->kind == CLIPPER_PREDICTION_RESPONSE;
    json_out_open(out, '{');
    json_out_key(out, "ok");
    json_out_bool(out, true);
    json_out_key(out, "wire");
    json_out_text(out, json_wire_names[differs ? wire : CLIPPER_WIRE_ANY]);
    json_out_key(out, "leniencies");
    json_out_leniencies(out, 0);
    json_out_key(out, "message");
    json_out_message(out, message);
    json_out_close(out, '}');
}

static void json_of_any_message_round_trips(void **state) {
    (void)state;
    seed = 42;
    for (unsigned round = 0; round < 5000; round++) {
        clipper_wire wire = roll(2) ? CLIPPER_WIRE_DOCUMENT : CLIPPER_WIRE_RELEASE;
        clipper_frame items[8];
        clipper_message message = random_message(wire, items);
        json_line_options options = defaults();
        json_out line = {0}, frames = {0}, answer = {0}, expected = {0};
        options.flat = roll(2) != 0;
        options.has_direction = true;
        options.direction = message.direction;
        json_out_open(&line, '{');
        json_out_key(&line, "wire");
        json_out_text(&line, json_wire_names[wire]);
        json_out_key(&line, "message");
        json_out_message(&line, &message);
        json_out_close(&line, '}');
        assert_true(json_encode_line(line.data, line.len, &options, &frames));
        assert_true(json_decode_line(frames.data, frames.len, &options, &answer));
        expected_answer(&expected, &message, wire);
        assert_int_equal(answer.len, expected.len);
        assert_memory_equal(answer.data, expected.data, expected.len);
        json_out_free(&line);
        json_out_free(&frames);
        json_out_free(&answer);
        json_out_free(&expected);
    }
}

/* ---- Hostile lines ------------------------------------------------------------------------------------ */

/* Whatever the line: an answer that is one line and one JSON object, and says whether it is a good one. */
static void assert_some_answer(json_line_function *function, const json_line_options *options,
                               const char *line, size_t len) {
    char *exact = malloc(len == 0 ? 1 : len); /* so that a sanitizer sees a step beyond its end */
    json_out out = {0};
    bool result;
    json_t *answer, *ok;
    assert_non_null(exact);
    if (len != 0)
        memcpy(exact, line, len);
    result = function(exact, len, options, &out);
    answer = json_loadb(out.data, out.len, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
    assert_non_null(answer);
    assert_null(memchr(out.data, '\n', out.len));
    ok = json_object_get(answer, "ok");
    if (result) {
        assert_true(function == json_decode_line ? json_is_true(ok) : ok == NULL);
    } else {
        assert_true(json_is_false(ok));
        assert_true(json_is_string(json_object_get(answer, "error")));
        assert_true(json_string_length(json_object_get(answer, "text")) > 0);
    }
    json_decref(answer);
    json_out_free(&out);
    free(exact);
}

static void mutated_lines_are_answered(void **state) {
    static const struct {
        json_line_function *function;
        bool flat;
        const char *line;
    } cases[] = {
        {json_decode_line, false,
         "{\"direction\":\"to_container\",\"frames\":[\"\",\"03000000\",\"01000000\",\"ffffffff\","
         "\"00000000\",\"1800000000000000\",\"000000000000000001000000000000000100000000000000\",\"aa\"]}"},
        {json_decode_line, true,
         "{\"direction\":\"to_clipper\",\"flat\":\"01000104000000000101610101310001340000\"}"},
        {json_encode_line, false,
         "{\"direction\":\"to_clipper\",\"wire\":\"release\",\"message\":{\"kind\":\"new_container\","
         "\"name\":"
         "{\"hex\":\"ff\"},\"model_version\":\"\\u0000\xc3\xa9\",\"input_type\":\"ints\",\"rpc_version\":3}"
         "}"},
        {json_encode_line, true,
         "{\"direction\":\"to_container\",\"wire\":null,\"message\":{\"kind\":\"prediction_request\",\"id\":"
         "4294967295,\"input_type\":\"bytes\",\"items\":[\"00\",\"\"],\"version\":3.0}}"},
    };
    (void)state;
    seed = 7;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t len = strlen(cases[i].line);
        json_line_options options = defaults();
        options.flat = cases[i].flat;
        for (size_t cut = 0; cut <= len; cut++)
            assert_some_answer(cases[i].function, &options, cases[i].line, cut);
        for (unsigned round = 0; round < 5000; round++) {
            char line[512];
            memcpy(line, cases[i].line, len);
            for (unsigned flips = 1 + roll(3); flips != 0; flips--)
                line[roll((uint32_t)len)] = (char)(roll(3) ? "\"{}[]:,0\\a"[roll(10)] : (char)roll(256));
            assert_some_answer(cases[i].function, &options, line, len);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_every_kind),
        cmocka_unit_test(diagnoses_are_exact),
        cmocka_unit_test(bytes_after_a_flat_message_are_an_extra_frame),
        cmocka_unit_test(a_direction_can_be_given_for_all_lines),
        cmocka_unit_test(json_of_any_message_round_trips),
        cmocka_unit_test(mutated_lines_are_answered),
    };
    return cmocka_run_group_tests_name("json_line", tests, NULL, NULL);
}
