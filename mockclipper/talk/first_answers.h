/* Whether a run's predictions are answered at all. A real model may take no input that the kit makes up: when the very
 * first prediction is not answered, that is said once, and nothing else is judged by it. Shared by the conversations of
 * a run, which may be in several threads. */
#ifndef MOCKCLIPPER_TALK_FIRST_ANSWERS_H
#define MOCKCLIPPER_TALK_FIRST_ANSWERS_H

#include "engine/batch.h"

#include <stdbool.h>

typedef struct first_answers first_answers;

first_answers *first_answers_new(void);
void first_answers_destroy(first_answers **self_p);

/* A prediction of TYPE was answered. */
void first_answers_come(first_answers *self, clipper_data_type type);

/* Whether one has been. True without SELF. */
bool first_answers_have_come(first_answers *self, clipper_data_type type);

/* The first prediction of TYPE, in the case of ID, was not answered. NULL when it is for that case to say so; otherwise
 * the id of the one that says it for all, the caller's to free. */
char *first_answers_fail(first_answers *self, clipper_data_type type, const char *id);

/* The id of the case that says that predictions of TYPE are not answered, the caller's to free. NULL when they are, or
 * it is not known, or when that case is ID itself: it may be played again. */
char *first_answers_failed(first_answers *self, clipper_data_type type, const char *id);

#endif
