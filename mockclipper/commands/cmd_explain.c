/* mockclipper explain: one scenario or requirement in full. */
#include "base/heap.h"
#include "cli/cli.h"
#include "commands/commands.h"
#include "talk/scenario.h"

#include <stdlib.h>
#include <string.h>

static const char help[] = "Usage: mockclipper explain ID\n"
                           "\n"
                           "Explains a scenario (such as timeout/silent-clipper) or a requirement (such as "
                           "TMO-4): its text, where it\n"
                           "comes from, what passes and what fails, and how the two belong together.\n"
                           "\n"
                           "  -h, --help  this help\n";

/* Writes TEXT in lines of at most 100 characters, each after INDENT. */
static void print_wrapped(const char *indent, const char *text) {
    size_t width = 100 - strlen(indent);
    while (*text != '\0') {
        size_t len = strlen(text);
        if (len > width) {
            for (len = width; len > 0 && text[len] != ' '; len--)
                ;
            len = len != 0 ? len : width;
        }
        printf("%s%.*s\n", indent, (int)len, text);
        text += len;
        text += strspn(text, " ");
    }
}

static void print_requirement_head(const char *indent, const requirement *r) {
    printf("%s%s %s, source: %s (%s)%s\n", indent, r->id, requirement_level_name(r->level), r->source_kind,
           r->source,
           r->profile == PROFILE_DOCUMENT  ? ", the document's alone"
           : r->profile == PROFILE_RELEASE ? ", released Clipper's alone"
                                           : "");
}

static void explain_scenario(const scenario *s) {
    printf("%s: %s\n\nPasses\n", s->id, s->title);
    print_wrapped("  ", s->passes);
    puts("\nFails");
    print_wrapped("  ", s->fails);
    puts("\nRequirements");
    for (size_t i = 0; i < requirement_count; i++) {
        if (scenario_checks(s, requirements[i].id)) {
            print_requirement_head("  ", &requirements[i]);
            print_wrapped("    ", requirements[i].text);
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
    print_wrapped("  ", r->text);
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

int cmd_explain(int argc, char **argv) {
    static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    const scenario *s;
    const requirement *r;
    int option = cli_option("explain", argc, argv, "h", options);
    if (option == 'h')
        return cli_print_help(help);
    if (option == '?')
        return CLI_USAGE;
    if (argc - optind != 1)
        return cli_usage_error("explain", "one id is needed, of a scenario or a requirement");
    s = scenario_find(argv[optind]);
    r = requirement_find(argv[optind]);
    if (s == NULL && r == NULL)
        return unknown(argv[optind]);
    if (s != NULL)
        explain_scenario(s);
    else
        explain_requirement(r);
    return cli_finish_output("explain", CLI_OK);
}
