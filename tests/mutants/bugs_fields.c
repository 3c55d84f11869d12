/* Bugs in the fields of a new container message. */
#include "mutant.h"

#include <stdio.h>
#include <stdlib.h>

/* Has the container send a message with CHANGE made to it. */
#define CHANGES_NEW_CONTAINER(name, change)                                                                  \
    static fate name(mutant *m, message *out) {                                                              \
        (void)m;                                                                                             \
        if (is_new_container(out))                                                                           \
            change;                                                                                          \
        return PASS;                                                                                         \
    }

static void swap(message *out, size_t a, size_t b) {
    const clipper_frame frame = out->frames[a];
    out->frames[a] = out->frames[b];
    out->frames[b] = frame;
}

static void add_byte(message *out, size_t index) {
    message_resize(out, index, out->frames[index].len + 1);
}

static void cut(message *out, size_t index, size_t len) {
    if (out->frames[index].len > len)
        message_resize(out, index, len);
}

static void make_ascii(message *out, size_t index) {
    unsigned char *bytes = message_bytes(out, index);
    for (size_t i = 0; i < out->frames[index].len; i++)
        bytes[i] = bytes[i] < 0x80 ? bytes[i] : '?';
}

static void put_text(message *out, size_t index, const char *text) {
    message_set(out, index, text, strlen(text));
}

/* What released C++ and R containers send: the digit, and what follows it in memory. */
static void put_input_type_tail(message *out) {
    static const char memory[] = "3\0\x1a\x7f";
    char digit = (char)message_bytes(out, NEW_INPUT_TYPE)[0];
    size_t len = out->frames[NEW_MODEL_VERSION].len;
    message_set(out, NEW_INPUT_TYPE, memory, len < 4 ? len : 4);
    if (len > 0)
        message_bytes(out, NEW_INPUT_TYPE)[0] = (unsigned char)digit;
}

static void put_type_name(mutant *m, message *out) {
    static const char *const names[] = {"bytes", "ints", "floats", "doubles", "strings"};
    put_text(out, NEW_INPUT_TYPE, names[m->config.input_type]);
}

static void put_version_frame(message *out, size_t width, uint32_t version) {
    if (out->count <= NEW_RPC_VERSION)
        message_insert(out, NEW_RPC_VERSION, NULL, width);
    if (width == 8)
        message_set_u64(out, NEW_RPC_VERSION, version);
    else
        message_set_u32(out, NEW_RPC_VERSION, version);
}

/* The model version as a number: what is no number becomes 0. */
static void put_version_number(message *out, const char *format) {
    char text[32] = "", number[48];
    const clipper_frame version = out->frames[NEW_MODEL_VERSION];
    memcpy(text, version.base, version.len < sizeof text ? version.len : sizeof text - 1);
    snprintf(number, sizeof number, format[0] == 'f' ? "%ld.0" : "%ld", strtol(text, NULL, 10));
    put_text(out, NEW_MODEL_VERSION, number);
}

CHANGES_NEW_CONTAINER(fields_swapped, swap(out, NEW_NAME, NEW_MODEL_VERSION))
CHANGES_NEW_CONTAINER(no_input_type, message_remove(out, NEW_INPUT_TYPE))
CHANGES_NEW_CONTAINER(name_nul, add_byte(out, NEW_NAME))
CHANGES_NEW_CONTAINER(name_cut, cut(out, NEW_NAME, 255))
CHANGES_NEW_CONTAINER(name_ascii, make_ascii(out, NEW_NAME))
CHANGES_NEW_CONTAINER(name_fixed, put_text(out, NEW_NAME, "model"))
CHANGES_NEW_CONTAINER(version_nul, add_byte(out, NEW_MODEL_VERSION))
CHANGES_NEW_CONTAINER(version_cut, cut(out, NEW_MODEL_VERSION, 1))
CHANGES_NEW_CONTAINER(version_binary, message_set_u32(out, NEW_MODEL_VERSION, 1))
CHANGES_NEW_CONTAINER(version_float, put_version_number(out, "float"))
CHANGES_NEW_CONTAINER(version_number, put_version_number(out, "integer"))
CHANGES_NEW_CONTAINER(input_type_tail, put_input_type_tail(out))
CHANGES_NEW_CONTAINER(input_type_name, put_type_name(m, out))
CHANGES_NEW_CONTAINER(input_type_binary,
                      message_bytes(out, NEW_INPUT_TYPE)[0] = (unsigned char)m->config.input_type)
CHANGES_NEW_CONTAINER(input_type_fixed, put_text(out, NEW_INPUT_TYPE, "3"))
CHANGES_NEW_CONTAINER(no_version_frame, message_truncate(out, NEW_RPC_VERSION))
CHANGES_NEW_CONTAINER(wide_version_frame, put_version_frame(out, 8, 3))
CHANGES_NEW_CONTAINER(wrong_version_frame, put_version_frame(out, 4, 2))
CHANGES_NEW_CONTAINER(version_frame_always, put_version_frame(out, 4, 3))

/* The version gets a suffix, as of a build. */
static void suffix_version(mutant *m) {
    static char text[128];
    if (m->config.model_version == NULL)
        return;
    snprintf(text, sizeof text, "%.100s-rc1", m->config.model_version);
    m->config.model_version = text;
}

static const bug bugs[] = {
    {"fields-swapped", "the model version comes before the model name", "REG-4 REG-5 REG-6",
     .sending = fields_swapped},
    {"no-input-type", "the new container message has no input type", "REG-4 REG-8 FRM-8",
     .sending = no_input_type},
    {"name-with-nul", "the model name is sent with the NUL at its end", "REG-5", .sending = name_nul},
    {"name-cut", "the model name is cut to 255 bytes", "REG-5", .sending = name_cut},
    {"name-ascii", "bytes of the model name that are not ASCII become question marks", "REG-5",
     .sending = name_ascii},
    {"name-fixed", "the model name is always \"model\"", "REG-5 DEP-1", .sending = name_fixed},
    {"version-with-nul", "the model version is sent with the NUL at its end", "REG-6",
     .sending = version_nul},
    {"version-cut", "only the first digit of the model version is sent", "REG-6 DEP-1",
     .sending = version_cut},
    {"version-binary", "the model version is sent as a u32, not as text", "REG-6 REG-7",
     .sending = version_binary},
    {"version-as-float", "the model version is sent as a number with a fraction: \"1.0\"", "REG-6 REG-7",
     .sending = version_float},
    {"version-as-number", "a model version that is no number is sent as \"0\"", "REG-6",
     .sending = version_number},
    {"version-with-suffix", "the model version is sent with \"-rc1\" behind it: no integer",
     "REG-6 REG-7 DEP-1", .configure = suffix_version},
    {"input-type-tail", "the input type has the length of the model version (released C++ and R)", "REG-8",
     .sending = input_type_tail},
    {"input-type-name", "the input type is sent by name: \"doubles\"", "REG-8", .sending = input_type_name},
    {"input-type-binary", "the input type is sent as a number, not as a digit", "REG-8",
     .sending = input_type_binary},
    {"input-type-fixed", "the input type is always \"3\"", "REG-8", .sending = input_type_fixed},
    {"no-version-frame",
     "no RPC version on the release wire: released Clipper never registers it (the document)", "REG-9",
     .sending = no_version_frame},
    {"wide-version-frame", "the RPC version has 8 bytes (released JVM)", "REG-9 REG-10",
     .sending = wide_version_frame},
    {"wrong-version-frame", "the RPC version says 2", "REG-9", .sending = wrong_version_frame},
    {"version-frame-always", "the RPC version is sent on the document wire, too (released)", "REG-10",
     .sending = version_frame_always},
};

const bug_group field_bugs = {bugs, COUNT(bugs)};
