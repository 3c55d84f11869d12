/* Verdicts: what a scenario says of a container. */
#ifndef MOCKCLIPPER_RULES_VERDICT_H
#define MOCKCLIPPER_RULES_VERDICT_H

#include "rules/requirements.h"

#include <stdbool.h>

/* From good to bad: of several findings the last in this order is the scenario's verdict. */
typedef enum verdict {
    VERDICT_PASS,         /* as required */
    VERDICT_SKIP,         /* not applicable, or not run */
    VERDICT_INFO,         /* the sources say nothing; what was seen is recorded */
    VERDICT_LENIENT,      /* departs from the document or from released Clipper, but not from both */
    VERDICT_WARN,         /* a SHOULD is not met */
    VERDICT_INCONCLUSIVE, /* this machine was too slow to judge a time */
    VERDICT_FAIL,         /* a MUST is broken */
    VERDICT_ERROR         /* the kit's own fault */
} verdict;
#define VERDICT_COUNT 8

/* "pass", ... */
const char *verdict_name(verdict v);

/* Whether V stands in the way of conformance; STRICT: a warning does, too. */
bool verdict_is_bad(verdict v, bool strict);

/* What it means under profile P that a container does not meet R. A requirement of the other profile alone is
 * none: VERDICT_PASS. What all released containers do is no failure under the release's. */
verdict verdict_of_breach(const requirement *r, profile p);

#endif
