#include "run/ledger.h"

#include "base/command.h"
#include "base/heap.h"
#include "base/port.h"
#include "engine/describe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ledger_clear(ledger *self) {
    for (size_t i = 0; i < self->count; i++) {
        free(self->cases[i].id);
        outcome_destroy(&self->cases[i].outcome);
        outcome_destroy(&self->cases[i].first_try);
    }
    free(self->cases);
    free(self->options);
    baseline_destroy(&self->baseline);
    cause_list_clear(&self->causes);
    free(self->parameters.faketime_library);
    first_answers_destroy(&self->parameters.first_answers);
    for (int type = 0; type < RUN_TYPES; type++) {
        feed_destroy(&self->parameters.feeds[type]);
        free(self->parameters.feed_problems[type]);
    }
    free(self->parameters.own_timers);
    free(self->parameters.attached_name);
    free(self->parameters.attached_version);
    memset(self, 0, sizeof *self);
}

static char *case_id(const scenario *s, clipper_data_type type, unsigned round) {
    const char *suffix = s->types == EACH_TYPE ? data_type_name(type) : "";
    const char *colon = s->types == EACH_TYPE ? ":" : "";
    if (round > 1)
        return heap_format("%s%s%s#%u", s->id, colon, suffix, round);
    return heap_format("%s%s%s", s->id, colon, suffix);
}

void ledger_add(ledger *self, const scenario *s, clipper_data_type type, unsigned round) {
    ledger_case one = {.id = case_id(s, type, round), .scenario = s, .type = type, .round = round};
    self->cases = heap_grow(self->cases, self->count + 1, sizeof *self->cases);
    self->cases[self->count++] = one;
}

size_t ledger_tally(const ledger *self, verdict v) {
    size_t count = 0;
    for (size_t i = 0; i < self->count; i++)
        count += self->cases[i].outcome != NULL && self->cases[i].outcome->verdict == v;
    return count;
}

bool ledger_next_family(const ledger *self, ledger_family *family) {
    size_t at = family->cases != NULL ? (size_t)(family->cases - self->cases) + family->count : 0;
    const ledger_case *one, *end;
    size_t len;
    if (at == self->count)
        return false;
    one = self->cases + at;
    end = self->cases + self->count;
    len = scenario_family_length(one->scenario);
    *family = (ledger_family){.cases = one};
    snprintf(family->name, sizeof family->name, "%.*s", (int)len, one->scenario->id);
    for (; one < end && strncmp(one->scenario->id, family->cases->scenario->id, len + 1) == 0; one++) {
        family->count++;
        if (one->outcome != NULL)
            family->tally[one->outcome->verdict]++;
    }
    return true;
}

/* Whether its verdict is bad, known or not. */
static bool has_failed(const ledger *self, const ledger_case *one) {
    return one->outcome == NULL || verdict_is_bad(one->outcome->verdict, self->strict);
}

bool ledger_case_is_bad(const ledger *self, const ledger_case *one) {
    return !one->known && has_failed(self, one);
}

char *ledger_case_message(const ledger_case *one) {
    const finding *worst = one->outcome != NULL ? outcome_worst(one->outcome) : NULL;
    if (one->outcome == NULL)
        return heap_text("not played");
    if (one->outcome->reason != NULL)
        return heap_text(one->outcome->reason);
    if (worst == NULL)
        return heap_text("");
    return heap_format("%s%sexpected %s; %s", worst->requirement != NULL ? worst->requirement->id : "",
                       worst->requirement != NULL ? ": " : "", worst->expected, worst->actual);
}

/* ---- The baseline ----------------------------------------------------------------------------------- */

bool ledger_case_is_known(const ledger *self, const ledger_case *one) {
    const baseline_entry *entry = self->baseline != NULL ? baseline_find(self->baseline, one->id) : NULL;
    char *text = entry != NULL ? ledger_case_message(one) : NULL;
    bool known = entry != NULL && has_failed(self, one) && one->outcome->verdict != VERDICT_ERROR &&
                 strncmp(text, entry->message, strlen(entry->message)) == 0;
    free(text);
    return known;
}

static void compare_case(const ledger *self, ledger_case *one, baseline_entry *entry) {
    char *text = ledger_case_message(one);
    if (!has_failed(self, one))
        entry->stale = heap_text("it does not fail any more");
    else if (strncmp(text, entry->message, strlen(entry->message)) != 0)
        entry->stale = heap_format("it fails otherwise: %s", text);
    else
        one->known = one->outcome != NULL && ledger_case_is_known(self, one);
    free(text);
}

/* Whether there is a case of that id, be it part of this run or not. */
static bool case_exists(const char *id) {
    const scenario *s = scenario_find(id);
    clipper_data_type type;
    const char *colon = strchr(id, ':');
    if (s == NULL || (colon != NULL) != (s->types == EACH_TYPE))
        return false;
    return colon == NULL || (data_type_parse(colon + 1, &type) && scenario_takes(s, type));
}

void ledger_compare(ledger *self) {
    for (size_t i = 0; self->baseline != NULL && i < self->baseline->count; i++) {
        if (!case_exists(self->baseline->entries[i].id))
            self->baseline->entries[i].stale = heap_text("there is no such case");
    }
    for (size_t i = 0; self->baseline != NULL && i < self->count; i++) {
        baseline_entry *entry = baseline_find(self->baseline, self->cases[i].id);
        if (entry != NULL)
            compare_case(self, &self->cases[i], entry);
    }
}

/* ---- The exit status -------------------------------------------------------------------------------- */

/* How many cases have that verdict and are not known to. */
static size_t tally_unknown(const ledger *self, verdict v) {
    size_t count = 0;
    for (size_t i = 0; i < self->count; i++) {
        const ledger_case *one = &self->cases[i];
        count += one->outcome != NULL && one->outcome->verdict == v && !one->known;
    }
    return count;
}

int ledger_status(const ledger *self) {
    size_t verified = ledger_tally(self, VERDICT_PASS) + ledger_tally(self, VERDICT_LENIENT) +
                      ledger_tally(self, VERDICT_WARN) + ledger_tally(self, VERDICT_FAIL);
    if (tally_unknown(self, VERDICT_ERROR) != 0)
        return STATUS_KIT_FAILED;
    if (tally_unknown(self, VERDICT_FAIL) != 0 || (self->strict && tally_unknown(self, VERDICT_WARN) != 0) ||
        (self->baseline != NULL && baseline_stale_count(self->baseline) != 0))
        return STATUS_NOT_CONFORMANT;
    if (self->interrupted)
        return STATUS_KIT_FAILED;
    if (tally_unknown(self, VERDICT_INCONCLUSIVE) != 0)
        return STATUS_INCONCLUSIVE;
    return verified != 0 ? STATUS_CONFORMANT : STATUS_NOTHING_VERIFIED;
}

const char *ledger_status_text(int status) {
    static const char *const texts[] = {"conformant",
                                        "not conformant",
                                        "wrong usage",
                                        "the kit could not do its part",
                                        "inconclusive: this machine was too slow to tell",
                                        "nothing was verified"};
    return texts[status];
}

char *ledger_repeat_command(const ledger *self, const ledger_case *one) {
    /* A scenario that was played for one type needs that one again, and one that was asked for is asked for again. One
     * that was skipped is not: the container may not offer it. */
    bool skipped = one->outcome != NULL && one->outcome->verdict == VERDICT_SKIP;
    bool typed = self->types_asked_for || (one->scenario->types == ONE_TYPE && !skipped);
    bool has_words = self->parameters.command != NULL && *self->parameters.command != NULL;
    char *container = self->parameters.command != NULL
                          ? command_text(self->parameters.command)
                          : port_text(self->parameters.attach_address, self->parameters.attach_port);
    char *text =
        heap_format("mockclipper check --scenario %.*s%s%s%s%s%s", (int)strcspn(one->id, "#"), one->id,
                    self->options, typed ? " --input-type " : "", typed ? data_type_name(one->type) : "",
                    has_words                          ? " -- "
                    : self->parameters.command != NULL ? ""
                                                       : " --attach ",
                    container);
    free(container);
    return text;
}
