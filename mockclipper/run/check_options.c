#include "run/check_options.h"

#include "cli/feed_options.h"
#include "cli/image_options.h"
#include "cli/options.h"
#include "engine/describe.h"

#include <unistd.h>

#define NAME "check"

static const char *const formats[] = {[CHECK_REPORT_TAP] = "tap",
                                      [CHECK_REPORT_TAP13] = "tap13",
                                      [CHECK_REPORT_JSON] = "json",
                                      [CHECK_REPORT_JUNIT] = "junit",
                                      [CHECK_REPORT_HTML] = "html",
                                      [CHECK_REPORT_MARKDOWN] = "markdown",
                                      NULL};

static const cli_option options[] = {
    {.help = "What is run"},
    {"scenario", CLI_TEXTS, "GLOB", offsetof(check_options, scenarios),
     .help = "only scenarios of which the id matches (see `mockclipper list`); `ID:TYPE` names one input "
             "type of a scenario that is run for each"},
    {"skip", CLI_TEXTS, "GLOB", offsetof(check_options, skips), .help = "not these"},
    {"input-type", CLI_CHOICES, "TYPE", offsetof(check_options, types), .words = data_type_names,
     .shown = "all five", .help = "of the container"},
    {"repeat", CLI_SIZE, "N", offsetof(check_options, rounds), .least = 1, .most = 10000, .standard = "1",
     .help = "each N times"},
    IMAGE_OPTIONS(check_options, "127.0.0.1"),
    {"attach", CLI_ENDPOINT, "HOST:PORT", offsetof(check_options, attach),
     .help = "listen there, and check the container that somebody else has started; scenarios that need to "
             "start or end one are skipped"},

    {.help = "What the container is fed"},
    FEED_OPTIONS(check_options, feed, "as each scenario has them"),
    {"any-shape", CLI_FLAG, NULL, offsetof(check_options, feed.any_shape), .for_repeat = true,
     .help = "with items of its own: run the scenarios about sizes and special values, too"},
    {"slow-items", CLI_TEXT, "FILE", offsetof(check_options, feed.slow_items), .for_repeat = true,
     .help =
         "the first item of FILE takes the model long: for the scenarios that need a slow model, in place of "
         "CLIPPER_MODEL_DELAY_MS"},
    {"slow-item", CLI_TEXT, "ROW", offsetof(check_options, feed.slow_item), .for_repeat = true,
     .help = "the same, as a row of a CSV file"},

    {.help = "What is expected"},
    {"profile", CLI_CHOICE, "PROFILE", offsetof(check_options, profile), .words = profile_names,
     .standard = "interop", .for_repeat = true,
     .help = "what counts\n"
             "interop: what the v3 document or released Clipper has; document: the document alone; release: "
             "released Clipper alone"},
    {"model", CLI_CHOICE, "MODEL", offsetof(check_options, model), .words = oracle_names, .standard = "none",
     .for_repeat = true,
     .help = "what the container computes, so that its answers are checked and not only their form"},
    {"poll-timeout", CLI_MILLISECONDS, "MS", offsetof(check_options, timing.poll), .standard = "5000",
     .for_repeat = true, .help = "the D that the container runs with"},
    {"activity-timeout", CLI_MILLISECONDS, "MS", offsetof(check_options, timing.activity),
     .standard = "30000", .for_repeat = true, .help = "the TO that it runs with"},
    {"start-timeout", CLI_MILLISECONDS, "MS", offsetof(check_options, timing.start), .standard = "20000",
     .for_repeat = true, .help = "how long it may take from its start to its first message"},
    {"answer-timeout", CLI_MILLISECONDS, "MS", offsetof(check_options, timing.answers.at_most),
     .for_repeat = true,
     .shown = "measured: the first answer of a process may take four times what it took in a trial, a "
              "later one 20 times the median seen, and never less than 3 s",
     .help = "how long an answer to a prediction request may take"},
    {"accelerate", CLI_DECIMAL, "N", offsetof(check_options, acceleration), .low = 1, .high = 1000,
     .standard = "1", .for_repeat = true,
     .help = "run an unmodified container N times faster (through libfaketime): its D and TO then are "
             "--poll-timeout and --activity-timeout by its own clock. Times are judged only where that is "
             "seen to take effect"},
    {"strict", CLI_FLAG, NULL, offsetof(check_options, strict), .for_repeat = true,
     .help = "a warning fails, too"},
    {"baseline", CLI_TEXT, "FILE", offsetof(check_options, baseline),
     .help = "known failures, a line each: ID, a colon, a blank, the beginning of the message that the "
             "reports give. These do not fail; one that has gone or changed does"},

    {.help = "How"},
    {"jobs", CLI_SIZE, "N", offsetof(check_options, jobs), .least = 1, .most = 256,
     .shown = "32, as they mostly wait; with a D of less than a second four for each processor",
     .help = "scenarios at a time"},
    {"grace", CLI_MILLISECONDS, "MS", offsetof(check_options, grace), .standard = "2000",
     .help = "how long a container may take to end, from SIGTERM to SIGKILL"},
    {"seed", CLI_NUMBER, "N", offsetof(check_options, seed), .most = UINT64_MAX, .standard = "1",
     .for_repeat = true, .help = "for the random contents of requests"},

    {.help = "Output"},
    {"report", CLI_REPORTS, "FORMAT[=FILE]", offsetof(check_options, reports), .words = formats,
     .shown = "a live display on a terminal, TAP 14 on stdout elsewhere",
     .help = "to FILE or stdout, in a format of"},
    {"verbose", CLI_FLAG, NULL, offsetof(check_options, verbose),
     .help = "the conversation of every scenario, not only of those that failed"},
    {"color", CLI_CHOICE, "WHEN", offsetof(check_options, color), .words = cli_color_words,
     .standard = "auto", .help = "colors"},
    {"help", CLI_HELP, .letter = 'h', .help = "this help"},
};

const cli_command check_command = {
    .name = NAME,
    .summary = "run the scenarios against a container started by a command",
    .usage = (const char *const[]){"[OPTION...] -- COMMAND [ARG...]", "[OPTION...] --image IMAGE [-- ARG...]",
                                   "[OPTION...] --attach HOST:PORT", NULL},
    .about =
        "Runs scenarios of Clipper's container RPC against a container, and says where it departs from the "
        "protocol. COMMAND starts the container. It is started afresh for each scenario, with the "
        "environment that released containers read (CLIPPER_MODEL_NAME, CLIPPER_MODEL_VERSION, CLIPPER_IP, "
        "CLIPPER_PORT, CLIPPER_INPUT_TYPE; CLIPPER_MODEL_PATH as it is here) and with "
        "CLIPPER_POLL_TIMEOUT_MS and "
        "CLIPPER_ACTIVITY_TIMEOUT_MS; in scenarios that need a slow model with CLIPPER_MODEL_DELAY_MS, by "
        "which each "
        "request is to take longer.",
    .takes_arguments = true,
    .options = options,
    .topics =
        (const cli_part[]){
            {"Verdicts",
             "pass; lenient (departs from the document or from released Clipper, but not from both); info "
             "(the sources say nothing); warn (a SHOULD is not met); fail; skip; inconclusive (this machine "
             "was too slow to judge a time, twice); error (the kit's own fault).",
             NULL},
            {0}},
    .statuses =
        (const char *const[]){
            "conformant", "not conformant", "the command line is wrong",
            "the kit or the host failed: could not start COMMAND, could not write a report, ...",
            "only inconclusive results stand in the way", "nothing was verified", NULL},
    .examples =
        (const cli_part[]){{"A container, with the protocol's own times (about a minute):",
                            "mockclipper check -- python3 container.py", NULL},
                           {"The same in seconds, for a container that reads CLIPPER_POLL_TIMEOUT_MS and "
                            "CLIPPER_ACTIVITY_TIMEOUT_MS, with a page to look at and results for CI:",
                            "mockclipper check --poll-timeout 100 --activity-timeout 600 \\\n"
                            "    --report html=report.html --report junit=report.xml \\\n"
                            "    -- python3 container.py",
                            NULL},
                           {0}},
};

/* Scenarios with long times mostly wait; with short ones they would get into each other's way. */
static size_t default_jobs(const check_options *self) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (self->attach.address != NULL)
        return 1;
    if (self->timing.poll >= SECOND)
        return 32;
    return processors > 0 ? 4 * (size_t)processors : 4;
}

static bool is_consistent(const check_options *self) {
    if (self->timing.activity <= self->timing.poll)
        cli_usage_error(NAME, "--activity-timeout must be longer than --poll-timeout");
    else if (self->attach.address != NULL && (self->acceleration > 1 || self->jobs > 1))
        cli_usage_error(NAME, "--attach goes with neither --accelerate nor --jobs");
    else if (report_files_shared_place(&self->reports) != NULL)
        cli_usage_error(NAME, "--report: two reports cannot both go to %s",
                        report_files_shared_place(&self->reports));
    else if (feed_choice_problem(&self->feed) != NULL)
        cli_usage_error(NAME, "%s", feed_choice_problem(&self->feed));
    else if (self->attach.address != NULL && self->advertised != NULL)
        cli_usage_error(
            NAME, "--advertise goes with a container that the kit starts: --attach says where to listen");
    else if (self->image != NULL && self->acceleration > 1)
        cli_usage_error(NAME, "--accelerate needs a command: libfaketime is not in the image");
    else
        return true;
    return false;
}

bool check_options_read(check_options *self, char **argv, int *status) {
    *self = (check_options){0};
    if (!cli_options_read(&check_command, argv, self, &self->command, status))
        return false;
    *status = CLI_USAGE;
    if (!cli_one_container(&check_command, &self->attach, self->image, &self->command) ||
        !is_consistent(self))
        return false;
    if (self->jobs == 0)
        self->jobs = default_jobs(self);
    return true;
}

void check_options_free(check_options *self) {
    cli_options_free(&check_command, self);
    feed_choice_free(&self->feed);
}
