#include "talk/first_answers.h"

#include "base/heap.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define TYPES (CLIPPER_TYPE_STRINGS + 1)

struct first_answers {
    pthread_mutex_t lock; /* over all that follows */
    bool come[TYPES];
    bool failed[TYPES];
    char *said; /* the id of the case that says it; NULL when none has to */
};

first_answers *first_answers_new(void) {
    first_answers *self = heap_new(sizeof *self);
    pthread_mutex_init(&self->lock, NULL);
    return self;
}

void first_answers_destroy(first_answers **self_p) {
    first_answers *self = *self_p;
    if (self == NULL)
        return;
    pthread_mutex_destroy(&self->lock);
    free(self->said);
    free(self);
    *self_p = NULL;
}

void first_answers_come(first_answers *self, clipper_data_type type) {
    if (self == NULL)
        return;
    pthread_mutex_lock(&self->lock);
    self->come[type] = true;
    self->failed[type] = false;
    pthread_mutex_unlock(&self->lock);
}

bool first_answers_have_come(first_answers *self, clipper_data_type type) {
    bool result;
    if (self == NULL)
        return true;
    pthread_mutex_lock(&self->lock);
    result = self->come[type];
    pthread_mutex_unlock(&self->lock);
    return result;
}

/* A copy of the id of the case that says it; NULL when that is ID. Called with the lock held. */
static char *said_elsewhere(const first_answers *self, const char *id) {
    return strcmp(self->said, id) != 0 ? heap_text(self->said) : NULL;
}

char *first_answers_fail(first_answers *self, clipper_data_type type, const char *id) {
    char *result;
    pthread_mutex_lock(&self->lock);
    self->failed[type] = true;
    if (self->said == NULL)
        self->said = heap_text(id);
    result = said_elsewhere(self, id);
    pthread_mutex_unlock(&self->lock);
    return result;
}

char *first_answers_failed(first_answers *self, clipper_data_type type, const char *id) {
    char *result;
    if (self == NULL)
        return NULL;
    pthread_mutex_lock(&self->lock);
    result = self->failed[type] ? said_elsewhere(self, id) : NULL;
    pthread_mutex_unlock(&self->lock);
    return result;
}
