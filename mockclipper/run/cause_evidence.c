/* What rules ask of a case. */
#include "run/cause_rules.h"

#include "base/heap.h"
#include "base/trace.h"

#include <stdlib.h>
#include <string.h>

bool cause_is_fault(const ledger_case *one) {
    return one->outcome != NULL &&
           (one->outcome->verdict == VERDICT_FAIL || one->outcome->verdict == VERDICT_WARN);
}

bool cause_breaches(const ledger_case *one, const char *ids) {
    const finding *worst = one->outcome != NULL ? outcome_worst(one->outcome) : NULL;
    const char *id = worst != NULL && worst->requirement != NULL ? worst->requirement->id : NULL;
    size_t len = id != NULL ? strlen(id) : 0;
    for (const char *at = ids; id != NULL && (at = strstr(at, id)) != NULL; at += len) {
        if ((at == ids || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
            return true;
    }
    return false;
}

bool cause_is_of(const ledger_case *one, const char *scenario_id) {
    return strcmp(one->scenario->id, scenario_id) == 0;
}

char *cause_trace(const ledger_case *one) {
    const outcome *o = one->outcome;
    char *message = NULL, *text = NULL;
    const char *language =
        o != NULL && o->output_len[1] != 0 ? trace_find(o->output[1], o->output_len[1], &message) : NULL;
    if (language != NULL)
        text = heap_format("%s: %s", language, message);
    free(message);
    return text;
}

const journal_entry *cause_first_message(const ledger_case *one) {
    const journal *log = one->outcome != NULL ? one->outcome->journal : NULL;
    for (size_t i = 0; log != NULL && i < journal_size(log); i++) {
        if (journal_at(log, i)->what == JOURNAL_RECEIVED)
            return journal_at(log, i);
    }
    return NULL;
}

cause *cause_add(const ledger *book, cause_list *found, bool (*picks)(const ledger_case *one), const char *id,
                 char *text, char *hint) {
    cause *added = NULL;
    for (size_t i = 0; i < book->count; i++) {
        if (!picks(&book->cases[i]))
            continue;
        if (added == NULL)
            added = cause_list_add(found, id, text, hint);
        cause_show(added, i);
    }
    if (added == NULL) {
        free(text);
        free(hint);
    }
    return added;
}
