/* mockclipper list: every scenario. */
#include "base/json_out.h"
#include "cli/options.h"
#include "commands/commands.h"
#include "engine/describe.h"
#include "talk/scenario.h"

#include <string.h>

typedef struct list_options {
    bool json;
} list_options;

static const cli_option options[] = {
    {"json", CLI_FLAG, NULL, offsetof(list_options, json),
     .help = "one JSON array, with requirement ids and input types"},
    {"help", CLI_HELP, .letter = 'h', .help = "this help"},
};

const cli_command list_command = {
    .name = "list",
    .summary = "every scenario, in one line each",
    .usage = (const char *const[]){"[--json]", NULL},
    .about = "Lists the scenarios that `mockclipper check` runs: id, the time each needs beside moments (D "
             "and TO as in --poll-timeout and --activity-timeout), and what a container does that passes. An "
             "asterisk says that the scenario is run for each input type.",
    .options = options,
    .statuses = (const char *const[]){"listed", "", "the command line is wrong",
                                      "the list could not be written", NULL},
    .examples =
        (const cli_part[]){{"The scenarios about timeouts:", "mockclipper list | grep ^timeout/", NULL}, {0}},
};

/* Adds "COUNT UNIT" to the text, or just "UNIT" for one; nothing for none. */
static void add_time(char *buffer, size_t size, double count, const char *unit) {
    size_t len = strlen(buffer);
    const char *plus = len != 0 ? " + " : "";
    if (count > 1 || (count > 0 && count < 1))
        snprintf(buffer + len, size - len, "%s%g %s", plus, count, unit);
    else if (count > 0)
        snprintf(buffer + len, size - len, "%s%s", plus, unit);
}

/* "TO + 2.5 D", or "-" for moments. */
static const char *time_text(const scenario *s, char *buffer, size_t size) {
    *buffer = '\0';
    add_time(buffer, size, s->waits.timeouts, "TO");
    add_time(buffer, size, s->waits.polls, "D");
    add_time(buffer, size, s->waits.seconds, "s");
    return *buffer != '\0' ? buffer : "-";
}

static void print_text(void) {
    char time[80];
    for (size_t i = 0; i < scenario_count(); i++) {
        const scenario *s = scenario_at(i);
        printf("%-40s %c  %-12s %s\n", s->id, s->types == EACH_TYPE ? '*' : ' ',
               time_text(s, time, sizeof time), s->title);
    }
}

/* The profiles under which it says something: those of its requirements. */
static const char *profile_of_scenario(const scenario *s) {
    bool document = false, release = false;
    for (size_t i = 0; i < requirement_count; i++) {
        if (scenario_checks(s, requirements[i].id)) {
            if (requirements[i].profile == PROFILE_INTEROP)
                return profile_name(PROFILE_INTEROP);
            document = document || requirements[i].profile == PROFILE_DOCUMENT;
            release = release || requirements[i].profile == PROFILE_RELEASE;
        }
    }
    return profile_name(document == release ? PROFILE_INTEROP
                        : document          ? PROFILE_DOCUMENT
                                            : PROFILE_RELEASE);
}

static void put_types(json_out *out, const scenario *s) {
    json_out_key_open(out, "input_types", '[');
    for (int type = CLIPPER_TYPE_BYTES; type <= CLIPPER_TYPE_STRINGS; type++) {
        if (scenario_takes(s, (clipper_data_type)type))
            json_out_text(out, data_type_name((clipper_data_type)type));
    }
    json_out_close(out, ']');
}

/* The worst that it says, under each profile. */
static void put_worst(json_out *out, const scenario *s) {
    json_out_key_open(out, "worst", '{');
    for (int p = PROFILE_INTEROP; p <= PROFILE_RELEASE; p++)
        json_out_key_text(out, profile_name((profile)p), verdict_name(scenario_worst(s, (profile)p)));
    json_out_close(out, '}');
}

static void put_scenario(json_out *out, const scenario *s) {
    char time[80];
    json_out_open(out, '{');
    json_out_key_text(out, "id", s->id);
    json_out_key_text(out, "title", s->title);
    json_out_key_words(out, "requirements", s->requirements);
    json_out_key_text(out, "profile", profile_of_scenario(s));
    put_worst(out, s);
    json_out_key_text(out, "time", time_text(s, time, sizeof time));
    json_out_key_bool(out, "each_type", s->types == EACH_TYPE);
    put_types(out, s);
    json_out_close(out, '}');
}

static void print_json(void) {
    json_out out = {0};
    json_out_open(&out, '[');
    for (size_t i = 0; i < scenario_count(); i++)
        put_scenario(&out, scenario_at(i));
    json_out_close(&out, ']');
    json_out_end_line(&out);
    json_out_write(&out, stdout);
}

int cmd_list(char **argv) {
    list_options asked = {0};
    char **arguments;
    int status;
    if (!cli_options_read(&list_command, argv, &asked, &arguments, &status))
        return status;
    if (asked.json)
        print_json();
    else
        print_text();
    return cli_finish_output("list", CLI_OK);
}
