/* The requirements of spec/requirements.json, built in: requirements_to_c.py makes a table of it. */
#ifndef MOCKCLIPPER_RULES_REQUIREMENTS_H
#define MOCKCLIPPER_RULES_REQUIREMENTS_H

#include <stdbool.h>
#include <stddef.h>

typedef enum requirement_level {
    LEVEL_MUST,
    LEVEL_SHOULD,
    LEVEL_MAY
} requirement_level;

/* Whose reading of the protocol is checked, or has a requirement: the v3 document's, released Clipper's, or
 * whatever either of them allows. */
typedef enum profile {
    PROFILE_INTEROP, /* of a requirement: both have it */
    PROFILE_DOCUMENT,
    PROFILE_RELEASE
} profile;

/* Bits: who is bound. */
enum {
    BINDS_CONTAINER = 1,
    BINDS_CLIPPER = 2,
    BINDS_CODEC = 4
};

typedef struct requirement {
    const char *id; /* "REG-1" */
    requirement_level level;
    profile profile;
    unsigned binds;
    const char *source_kind; /* "document", "release", "robustness", "ours" */
    const char *source;      /* where it says so */
    const char *text;
    const char *unchecked; /* why no scenario checks it; NULL where one does */
    bool unsent;           /* it is about messages that no Clipper sends */
    bool released_breach;  /* all released containers breach it */
} requirement;

extern const requirement requirements[];
extern const size_t requirement_count;

/* NULL when there is none of that id. */
const requirement *requirement_find(const char *id);

/* "MUST", "SHOULD", "MAY". */
const char *requirement_level_name(requirement_level level);

/* "interop", "document", "release". */
const char *profile_name(profile p);
extern const char *const profile_names[]; /* ended with NULL */

#endif
