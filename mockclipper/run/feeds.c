#include "run/feeds.h"

#include "cli/cli.h"

#include <stdlib.h>

/* Reads the samples as elements of every type that there is. */
static void open_all(run_parameters *parameters, const feed_choice *choice) {
    for (int type = 0; type < RUN_TYPES; type++)
        parameters->feeds[type] = feed_new(choice, (clipper_data_type)type, &parameters->feed_problems[type]);
}

bool feeds_open(ledger *book, feed_choice *choice) {
    const run_parameters *p = &book->parameters;
    const char *problem = NULL;
    char *unread;
    bool any = book->count == 0;
    if (!feed_choice_read(choice, &unread)) {
        cli_usage_error("check", "%s", unread);
        free(unread);
        return false;
    }
    open_all(&book->parameters, choice);
    book->parameters.first_answers = first_answers_new();
    for (size_t i = 0; i < book->count; i++) {
        clipper_data_type type = book->cases[i].type;
        any = any || p->feeds[type] != NULL;
        if (p->feeds[type] == NULL && (problem == NULL || type == CLIPPER_TYPE_DOUBLES))
            problem = p->feed_problems[type];
    }
    if (problem == NULL || (any && !book->types_asked_for))
        return true;
    cli_usage_error("check", "%s", problem);
    return false;
}
