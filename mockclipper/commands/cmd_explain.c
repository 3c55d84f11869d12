/* mockclipper explain: one scenario or requirement in full. */
#include "base/heap.h"
#include "cli/help.h"
#include "cli/options.h"
#include "commands/commands.h"
#include "talk/scenario.h"

#include <stdlib.h>
#include <string.h>

static const cli_option options[] = {
    {"help", CLI_HELP, .letter = 'h', .help = "this help"},
};

const cli_command explain_command = {
    .name = "explain",
    .summary = "one scenario or requirement in full",
    .usage = (const char *const[]){"ID", NULL},
    .about = "Explains a scenario (such as timeout/silent-clipper) or a requirement (such as TMO-4): its "
             "text, where it comes from, what passes and what fails, and how the two belong together.",
    .takes_arguments = true,
    .options = options,
    .statuses = (const char *const[]){"explained", "", "the command line is wrong, or there is no such id",
                                      "it could not be written", NULL},
    .examples = (const cli_part[]){{"What a requirement is about, and which scenarios check it:",
                                    "mockclipper explain TMO-4", NULL},
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

int cmd_explain(char **argv) {
    const scenario *s;
    const requirement *r;
    char **ids;
    int status;
    if (!cli_options_read(&explain_command, argv, NULL, &ids, &status))
        return status;
    if (ids[0] == NULL || ids[1] != NULL)
        return cli_usage_error("explain", "one id is needed, of a scenario or a requirement");
    s = scenario_find(ids[0]);
    r = requirement_find(ids[0]);
    if (s == NULL && r == NULL)
        return unknown(ids[0]);
    if (s != NULL)
        explain_scenario(s);
    else
        explain_requirement(r);
    return cli_finish_output("explain", CLI_OK);
}
