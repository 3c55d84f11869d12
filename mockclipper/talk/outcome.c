#include "talk/outcome.h"

#include "base/heap.h"

#include <stdlib.h>

outcome *outcome_new(void) {
    outcome *self = heap_new(sizeof *self);
    self->began = clock_now();
    return self;
}

outcome *outcome_skipped(const char *reason) {
    outcome *self = outcome_new();
    self->verdict = VERDICT_SKIP;
    self->reason = heap_text(reason);
    return self;
}

void outcome_destroy(outcome **self_p) {
    outcome *self = *self_p;
    if (self == NULL)
        return;
    for (size_t i = 0; i < self->finding_count; i++) {
        free(self->findings[i].expected);
        free(self->findings[i].actual);
    }
    for (size_t i = 0; i < self->measurement_count; i++) {
        free(self->measurements[i].what);
        free(self->measurements[i].formula);
    }
    free(self->findings);
    free(self->measurements);
    free(self->reason);
    free(self->process_end);
    free(self->output[0]);
    free(self->output[1]);
    journal_destroy(&self->journal);
    free(self);
    *self_p = NULL;
}

void outcome_find(outcome *self, verdict v, const requirement *r, char *expected, char *actual) {
    self->findings = heap_grow(self->findings, self->finding_count + 1, sizeof *self->findings);
    self->findings[self->finding_count++] = (finding){v, r, expected, actual};
    if (v > self->verdict)
        self->verdict = v;
}

void outcome_measure(outcome *self, const char *what, duration measured, duration at_least, duration at_most,
                     const char *formula) {
    self->measurements =
        heap_grow(self->measurements, self->measurement_count + 1, sizeof *self->measurements);
    self->measurements[self->measurement_count++] =
        (measurement){heap_text(what), measured, at_least, at_most, heap_text(formula)};
}

const finding *outcome_worst(const outcome *self) {
    const finding *worst = NULL;
    for (size_t i = 0; i < self->finding_count; i++) {
        if (worst == NULL || self->findings[i].verdict > worst->verdict)
            worst = &self->findings[i];
    }
    return worst;
}
