#include "run/causes.h"

#include "run/cause_rules.h"

#include <string.h>

static cause_rule *const rules[] = {
    cause_of_contact,    cause_of_first_message, cause_of_first_answer,   cause_of_first_prediction,
    cause_of_input_type, cause_of_address,       cause_of_mixed_answers,  cause_of_timers,
    cause_of_slow_model, cause_of_partial_reads, cause_of_left_processes, cause_of_repeated_trace,
};

/* Whether a case was skipped over the one of that id: its reason ends so. */
static bool is_skipped_over(const ledger_case *one, const char *id) {
    const char *reason = one->outcome != NULL ? one->outcome->reason : NULL;
    const char *see = reason != NULL ? strstr(reason, "see ") : NULL;
    return see != NULL && strcmp(see + strlen("see "), id) == 0;
}

static void count_skipped(const ledger *book, cause *one) {
    for (size_t i = 0; i < one->count; i++) {
        for (size_t k = 0; k < book->count; k++)
            one->explains += is_skipped_over(&book->cases[k], book->cases[one->cases[i]].id);
    }
}

void causes_find(ledger *book) {
    cause_list_clear(&book->causes);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        rules[i](book, &book->causes);
    for (size_t i = 0; i < book->causes.count; i++)
        count_skipped(book, &book->causes.all[i]);
}
