#include "run/cases.h"

#include "base/heap.h"
#include "engine/describe.h"

#include <fnmatch.h>
#include <stdlib.h>

#define ALL_TYPES 0x1fu

/* Whether GLOB matches the scenario, or its case for TYPE. */
static bool matches(const char *glob, const scenario *s, clipper_data_type type) {
    bool result = fnmatch(glob, s->id, 0) == 0;
    if (!result && s->types == EACH_TYPE) {
        char *with_type = heap_format("%s:%s", s->id, data_type_name(type));
        result = fnmatch(glob, with_type, 0) == 0;
        free(with_type);
    }
    return result;
}

static bool any_matches(const text_list *globs, const scenario *s, clipper_data_type type) {
    for (size_t i = 0; i < globs->count; i++) {
        if (matches(globs->texts[i], s, type))
            return true;
    }
    return false;
}

static bool is_wanted(const check_options *options, const scenario *s, clipper_data_type type) {
    return (options->scenarios.count == 0 || any_matches(&options->scenarios, s, type)) &&
           !any_matches(&options->skips, s, type);
}

/* Whether GLOB matches anything that there is. */
static bool matches_something(const char *glob) {
    for (size_t i = 0; i < scenario_count(); i++) {
        for (int type = CLIPPER_TYPE_BYTES; type <= CLIPPER_TYPE_STRINGS; type++) {
            if (matches(glob, scenario_at(i), (clipper_data_type)type))
                return true;
        }
    }
    return false;
}

static bool check_globs(const char *option, const text_list *globs) {
    for (size_t i = 0; i < globs->count; i++) {
        if (!matches_something(globs->texts[i])) {
            cli_usage_error("check", "--%s: no scenario matches '%s'; `mockclipper list` has them all",
                            option, globs->texts[i]);
            return false;
        }
    }
    return true;
}

/* Types in the order in which one is chosen where any will do: doubles, as released containers' default. */
static const clipper_data_type preference[] = {CLIPPER_TYPE_DOUBLES, CLIPPER_TYPE_FLOATS, CLIPPER_TYPE_INTS,
                                               CLIPPER_TYPE_BYTES, CLIPPER_TYPE_STRINGS};

static void choose_one_type(ledger *book, const check_options *options, const scenario *s, unsigned types,
                            unsigned round) {
    for (size_t i = 0; i < sizeof preference / sizeof *preference; i++) {
        clipper_data_type type = preference[i];
        if ((types >> type & 1) != 0 && scenario_takes(s, type)) {
            if (is_wanted(options, s, type))
                ledger_add(book, s, type, round);
            return;
        }
    }
}

static void choose_each_type(ledger *book, const check_options *options, const scenario *s, unsigned types,
                             unsigned round) {
    for (int i = CLIPPER_TYPE_BYTES; i <= CLIPPER_TYPE_STRINGS; i++) {
        clipper_data_type type = (clipper_data_type)i;
        if ((types >> type & 1) != 0 && scenario_takes(s, type) && is_wanted(options, s, type))
            ledger_add(book, s, type, round);
    }
}

bool cases_choose(ledger *book, const check_options *options) {
    unsigned types = options->types != 0 ? options->types : ALL_TYPES;
    if (!check_globs("scenario", &options->scenarios) || !check_globs("skip", &options->skips))
        return false;
    for (size_t i = 0; i < scenario_count(); i++) {
        const scenario *s = scenario_at(i);
        for (unsigned round = 1; round <= options->rounds; round++) {
            if (s->types == EACH_TYPE)
                choose_each_type(book, options, s, types, round);
            else
                choose_one_type(book, options, s, types, round);
        }
    }
    return true;
}
