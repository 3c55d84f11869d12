/* mockclipper explain: a scenario or requirement in full, or which ones there are. */
#include "base/heap.h"
#include "cli/help.h"
#include "cli/options.h"
#include "commands/commands.h"
#include "engine/describe.h"
#include "talk/scenario.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const cli_option options[] = {
    {"help", CLI_HELP, .letter = 'h', .help = "this help"},
};

const cli_command explain_command = {
    .name = "explain",
    .summary = "a scenario or requirement in full",
    .usage = (const char *const[]){"ID", NULL},
    .about = "Explains a scenario (such as timeout/silent-clipper) or a requirement (such as TMO-4): its "
             "text, where it comes from, what passes and what fails, and how the two belong together. Of a "
             "family (timeout, TMO) or a glob that more than one id matches, it says what there is. Case "
             "does not matter.",
    .takes_arguments = true,
    .options = options,
    .statuses = (const char *const[]){"explained", "", "the command line is wrong, or there is no such id",
                                      "it could not be written", NULL},
    .examples = (const cli_part[]){{"What a requirement is about, and which scenarios check it:",
                                    "mockclipper explain TMO-4", NULL},
                                   {"What there is about batches:", "mockclipper explain '*batch*'", NULL},
                                   {0}},
};

static void print_requirement_head(const char *indent, const requirement *r) {
    printf("%s%s %s, source: %s (%s)%s\n", indent, r->id, requirement_level_name(r->level), r->source_kind,
           r->source,
           r->profile == PROFILE_DOCUMENT  ? ", the document's alone"
           : r->profile == PROFILE_RELEASE ? ", released Clipper's alone"
                                           : "");
}

/* "At worst: warn", or the verdict under each profile where these differ. */
static void print_worst(const scenario *s) {
    verdict interop = scenario_worst(s, PROFILE_INTEROP);
    printf("\nAt worst\n  %s", verdict_name(interop));
    for (int p = PROFILE_DOCUMENT; p <= PROFILE_RELEASE; p++) {
        verdict v = scenario_worst(s, (profile)p);
        if (v != interop)
            printf("; %s with --profile %s", verdict_name(v), profile_name((profile)p));
    }
    puts("");
    if (scenario_is_unsent(s))
        cli_wrap(
            stdout, 2, 0,
            "No Clipper sends such messages: what they lead to is judged by the requirements below alone, "
            "but for a wrong answer to a legal request, which fails as ever.");
}

static void explain_scenario(const scenario *s) {
    printf("%s: %s\n\nPasses\n", s->id, s->title);
    cli_wrap(stdout, 2, 0, s->passes);
    puts("\nFails");
    cli_wrap(stdout, 2, 0, s->fails);
    print_worst(s);
    puts("\nRequirements");
    for (size_t i = 0; i < requirement_count; i++) {
        if (scenario_checks(s, requirements[i].id)) {
            print_requirement_head("  ", &requirements[i]);
            cli_wrap(stdout, 4, 0, requirements[i].text);
        }
    }
    printf("\nRun it\n  mockclipper check --scenario %s -- COMMAND\n", s->id);
}

static void print_binds(unsigned binds) {
    printf("Binds%s%s%s\n", (binds & BINDS_CONTAINER) != 0 ? " containers" : "",
           (binds & BINDS_CLIPPER) != 0 ? " Clipper" : "", (binds & BINDS_CODEC) != 0 ? " codecs" : "");
}

static void explain_requirement(const requirement *r) {
    bool any = false;
    print_requirement_head("", r);
    print_binds(r->binds);
    putchar('\n');
    cli_wrap(stdout, 2, 0, r->text);
    puts("\nScenarios");
    for (size_t i = 0; i < scenario_count(); i++) {
        if (scenario_checks(scenario_at(i), r->id)) {
            printf("  %-40s %s\n", scenario_at(i)->id, scenario_at(i)->title);
            any = true;
        }
    }
    if (!any)
        printf("  none: %s\n",
               (r->binds & BINDS_CONTAINER) == 0 ? "it does not bind containers" : r->unchecked);
}

/* ---- Which are asked for ------------------------------------------------------------------------------ */

/* Whether ID is one of the family ASKED: that, a slash or a hyphen, and more. */
static bool is_of_family(const char *asked, const char *id) {
    size_t len = strcspn(asked, "/");
    return asked[len + (asked[len] == '/')] == '\0' && strncasecmp(asked, id, len) == 0 &&
           (id[len] == '/' || (id[len] == '-' && isupper((unsigned char)id[0])));
}

static bool is_asked(const char *asked, const char *id) {
    return is_of_family(asked, id) || fnmatch(asked, id, FNM_CASEFOLD) == 0;
}

/* How many ids match; *S or *R is the last of them. */
static size_t find_all(const char *asked, const scenario **s, const requirement **r) {
    size_t count = 0;
    for (size_t i = 0; i < scenario_count(); i++) {
        if (is_asked(asked, scenario_at(i)->id)) {
            *s = scenario_at(i);
            count++;
        }
    }
    for (size_t i = 0; i < requirement_count; i++) {
        if (is_asked(asked, requirements[i].id)) {
            *r = &requirements[i];
            count++;
        }
    }
    return count;
}

/* A line for each. */
static void name_all(const char *asked) {
    for (size_t i = 0; i < scenario_count(); i++) {
        if (is_asked(asked, scenario_at(i)->id))
            printf("%-40s %s\n", scenario_at(i)->id, scenario_at(i)->title);
    }
    for (size_t i = 0; i < requirement_count; i++) {
        const requirement *r = &requirements[i];
        if (is_asked(asked, r->id)) {
            printf("%s %s\n", r->id, requirement_level_name(r->level));
            cli_wrap(stdout, 4, 0, r->text);
        }
    }
}

static int unknown(const char *id) {
    size_t count = 0, most = scenario_count() + requirement_count;
    const char **ids = heap_array(most, sizeof *ids), *nearest;
    int status;
    for (size_t i = 0; i < scenario_count(); i++)
        ids[count++] = scenario_at(i)->id;
    for (size_t i = 0; i < requirement_count; i++)
        ids[count++] = requirements[i].id;
    nearest = cli_nearest(id, ids, count);
    if (nearest != NULL)
        status = cli_usage_error("explain", "there is no scenario or requirement '%s'; is '%s' meant?", id,
                                 nearest);
    else
        status = cli_usage_error(
            "explain", "there is no scenario or requirement '%s'; `mockclipper list` has the scenarios", id);
    free(ids);
    return status;
}

/* The id without the input type that a case's has after a colon. The caller's to free. */
static char *without_type(const char *id) {
    const char *colon = strrchr(id, ':');
    clipper_data_type type;
    return colon != NULL && data_type_parse(colon + 1, &type) ? heap_copy(id, (size_t)(colon - id))
                                                              : heap_text(id);
}

int cmd_explain(char **argv) {
    const scenario *s = NULL;
    const requirement *r = NULL;
    char **ids, *asked;
    int status;
    size_t count;
    if (!cli_options_read(&explain_command, argv, NULL, &ids, &status))
        return status;
    if (ids[0] == NULL || ids[1] != NULL)
        return cli_usage_error("explain", "one id is needed, of a scenario or a requirement");
    asked = without_type(ids[0]);
    count = find_all(asked, &s, &r);
    if (count > 1)
        name_all(asked);
    else if (s != NULL)
        explain_scenario(s);
    else if (r != NULL)
        explain_requirement(r);
    status = count != 0 ? cli_finish_output("explain", CLI_OK) : unknown(ids[0]);
    free(asked);
    return status;
}
