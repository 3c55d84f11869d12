/* A message in words, for people: one line that says what it is. */
#ifndef MOCKCLIPPER_ENGINE_DESCRIBE_H
#define MOCKCLIPPER_ENGINE_DESCRIBE_H

#include <clipper/codec.h>

#include <stdbool.h>

/* The name of a data type: "doubles". */
const char *data_type_name(clipper_data_type type);

/* "bytes", "ints", "floats", "doubles", "strings", NULL. */
extern const char *const data_type_names[];

/* The data type of that name. False, and *TYPE untouched, when there is none. */
bool data_type_parse(const char *name, clipper_data_type *type);

/* "document wire", "release wire", "either wire". */
const char *wire_name(clipper_wire wire);

/* What the COUNT frames say that went in DIRECTION, such as
 *     new container "sum" version "1", input type doubles (release wire)
 * or, where they say nothing, what is wrong with them. CONTENT and DIAGNOSIS are what the codec made of them.
 * The text is the caller's to free. */
char *describe_message(const clipper_message *content, const clipper_diagnosis *diagnosis, size_t count);

/* Bytes as quoted text, with \xNN for what is not printable ASCII, cut to at most MAX bytes of them. The
 * caller's to free. */
char *describe_text(clipper_frame text, size_t max);

/* Bytes as hex digits, "-" for none, cut after MAX bytes ("0102... (70 bytes)").
 * The caller's to free. */
char *describe_hex(clipper_frame bytes, size_t max);

#endif
