/* The contracts of diagnosis.c. */
#include "wire.acsl.h"

//@ assigns \nothing;
const char *clipper_version(void);

//@ assigns \nothing;
const char *clipper_error_name(clipper_error error);

//@ assigns \nothing;
const char *clipper_error_sentence(clipper_error error);

//@ assigns \nothing;
const char *clipper_field_name(clipper_field field);

/*@ requires \valid(l) && \valid(l->buffer + (0 .. l->capacity - 1)) && l->length < SIZE_MAX;
    requires \separated(l, l->buffer + (0 .. l->capacity - 1));
    assigns l->length, l->buffer[0 .. l->capacity - 1];
    ensures l->length == \old(l->length) + 1; */
static void put_char(line *l, char c);
