#include "run/check_options.h"

#include "base/heap.h"
#include "cli/endpoint.h"
#include "cli/option_values.h"
#include "engine/describe.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME "check"

static const char help[] =
    "Usage: mockclipper check [OPTION...] -- COMMAND [ARG...]\n"
    "       mockclipper check [OPTION...] --attach HOST:PORT\n"
    "\n"
    "Runs scenarios of Clipper's container RPC against a container, and says where it departs from the\n"
    "protocol. COMMAND starts the container. It is started afresh for each scenario, with the environment "
    "that\n"
    "released containers read (CLIPPER_MODEL_NAME, CLIPPER_MODEL_VERSION, CLIPPER_IP, CLIPPER_PORT,\n"
    "CLIPPER_INPUT_TYPE) and with CLIPPER_POLL_TIMEOUT_MS and CLIPPER_ACTIVITY_TIMEOUT_MS.\n"
    "\n"
    "What is run\n"
    "  --scenario GLOB          only scenarios of which the id matches (see `mockclipper list`); "
    "repeatable.\n"
    "                           `ID:TYPE` names one input type of a scenario that is run for each\n"
    "  --skip GLOB              not these; repeatable\n"
    "  --input-type TYPE        bytes, ints, floats, doubles or strings; repeatable. Default: all five\n"
    "  --repeat N               each N times\n"
    "  --attach HOST:PORT       listen there, and check the container that somebody else has started; "
    "scenarios that\n"
    "                           need to start or end one are skipped\n"
    "\n"
    "What is expected\n"
    "  --profile PROFILE        interop: what the v3 document or released Clipper has (default);\n"
    "                           document: the document alone; release: released Clipper alone\n"
    "  --model MODEL            what the container computes, so that its answers are checked too: sum, "
    "probe,\n"
    "                           echo, noop, none (default: only their form is checked)\n"
    "  --poll-timeout MS        the D that the container runs with (default 5000)\n"
    "  --activity-timeout MS    the TO that it runs with (default 30000)\n"
    "  --start-timeout MS       how long it may take from its start to its first message (default 20000)\n"
    "  --accelerate N           run an unmodified container N times faster (through libfaketime): its D and "
    "TO\n"
    "                           then are --poll-timeout and --activity-timeout by its own clock. Times are "
    "judged\n"
    "                           only where that is seen to take effect\n"
    "  --strict                 a warning fails, too\n"
    "  --baseline FILE          known failures, a line each: ID, a colon, a blank, the beginning of the "
    "message that\n"
    "                           the reports give. These do not fail; one that has gone or changed does\n"
    "\n"
    "How\n"
    "  --jobs N                 scenarios at a time (default 32, as they mostly wait; with a D of less than "
    "a\n"
    "                           second four for each processor)\n"
    "  --seed N                 for the random contents of requests (default 1)\n"
    "\n"
    "Output\n"
    "  --report FORMAT[=FILE]   tap, json, junit, html or markdown, to FILE or stdout; repeatable. Without "
    "any:\n"
    "                           a live display on a terminal, TAP 14 elsewhere\n"
    "  --verbose                the conversation of every scenario, not only of those that failed\n"
    "  --color WHEN             auto (default), always, never\n"
    "  -h, --help               this help\n"
    "\n"
    "Verdicts: pass; lenient (departs from the document or from released Clipper, but not from both); info "
    "(the\n"
    "sources say nothing); warn (a SHOULD is not met); fail; skip; inconclusive (this machine was too slow "
    "to\n"
    "judge a time, twice); error (the kit's own fault).\n"
    "\n"
    "Exit status\n"
    "  0  conformant\n"
    "  1  not conformant\n"
    "  2  the command line is wrong\n"
    "  3  the kit or the host failed: could not start COMMAND, could not write a report, ...\n"
    "  4  only inconclusive results stand in the way\n"
    "  5  nothing was verified\n";

enum {
    OPTION_SCENARIO = 256,
    OPTION_SKIP,
    OPTION_INPUT_TYPE,
    OPTION_REPEAT,
    OPTION_ATTACH,
    OPTION_ACCELERATE,
    OPTION_BASELINE,
    OPTION_PROFILE,
    OPTION_MODEL,
    OPTION_POLL_TIMEOUT,
    OPTION_ACTIVITY_TIMEOUT,
    OPTION_START_TIMEOUT,
    OPTION_STRICT,
    OPTION_JOBS,
    OPTION_SEED,
    OPTION_REPORT,
    OPTION_VERBOSE,
    OPTION_COLOR
};

static const struct option long_options[] = {
    {"scenario", required_argument, NULL, OPTION_SCENARIO},
    {"skip", required_argument, NULL, OPTION_SKIP},
    {"input-type", required_argument, NULL, OPTION_INPUT_TYPE},
    {"repeat", required_argument, NULL, OPTION_REPEAT},
    {"attach", required_argument, NULL, OPTION_ATTACH},
    {"accelerate", required_argument, NULL, OPTION_ACCELERATE},
    {"baseline", required_argument, NULL, OPTION_BASELINE},
    {"profile", required_argument, NULL, OPTION_PROFILE},
    {"model", required_argument, NULL, OPTION_MODEL},
    {"poll-timeout", required_argument, NULL, OPTION_POLL_TIMEOUT},
    {"activity-timeout", required_argument, NULL, OPTION_ACTIVITY_TIMEOUT},
    {"start-timeout", required_argument, NULL, OPTION_START_TIMEOUT},
    {"strict", no_argument, NULL, OPTION_STRICT},
    {"jobs", required_argument, NULL, OPTION_JOBS},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"report", required_argument, NULL, OPTION_REPORT},
    {"verbose", no_argument, NULL, OPTION_VERBOSE},
    {"color", required_argument, NULL, OPTION_COLOR},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static void add_text(text_list *list, const char *text) {
    list->texts = heap_grow(list->texts, list->count + 1, sizeof *list->texts);
    list->texts[list->count++] = text;
}

static bool read_count(const char *option, const char *text, uint64_t max, unsigned *value) {
    uint64_t number;
    if (!cli_number_option(NAME, option, text, 1, max, &number))
        return false;
    *value = (unsigned)number;
    return true;
}

static bool read_type(check_options *self, const char *text) {
    clipper_data_type type;
    if (!type_option(NAME, text, &type))
        return false;
    self->types |= 1u << type;
    return true;
}

static bool read_profile(check_options *self, const char *text) {
    for (int i = PROFILE_INTEROP; i <= PROFILE_RELEASE; i++) {
        if (strcmp(text, profile_name((profile)i)) == 0) {
            self->profile = (profile)i;
            return true;
        }
    }
    cli_usage_error(NAME, "--profile: '%s' is none of interop, document, release", text);
    return false;
}

/* Takes one option. False when its value is wrong, which has been said. */
static bool take_option(check_options *self, int option) {
    switch (option) {
    case OPTION_SCENARIO:
        add_text(&self->scenarios, optarg);
        return true;
    case OPTION_SKIP:
        add_text(&self->skips, optarg);
        return true;
    case OPTION_INPUT_TYPE:
        return read_type(self, optarg);
    case OPTION_REPEAT:
        return read_count("repeat", optarg, 10000, &self->rounds);
    case OPTION_ATTACH:
        return endpoint_option(NAME, "attach", optarg, &self->attach_address, &self->attach_port);
    case OPTION_ACCELERATE:
        return decimal_option(NAME, "accelerate", optarg, 1, 1000, &self->acceleration);
    case OPTION_BASELINE:
        self->baseline = optarg;
        return true;
    case OPTION_PROFILE:
        return read_profile(self, optarg);
    case OPTION_MODEL:
        return model_option(NAME, "model", optarg, &self->model);
    case OPTION_POLL_TIMEOUT:
        return milliseconds_option(NAME, "poll-timeout", optarg, &self->timing.poll);
    case OPTION_ACTIVITY_TIMEOUT:
        return milliseconds_option(NAME, "activity-timeout", optarg, &self->timing.activity);
    case OPTION_START_TIMEOUT:
        return milliseconds_option(NAME, "start-timeout", optarg, &self->timing.start);
    case OPTION_STRICT:
        self->strict = true;
        return true;
    case OPTION_JOBS:
        return read_count("jobs", optarg, 256, &self->jobs);
    case OPTION_SEED:
        return cli_number_option(NAME, "seed", optarg, 0, UINT64_MAX, &self->seed);
    case OPTION_REPORT:
        add_text(&self->reports, optarg);
        return true;
    case OPTION_VERBOSE:
        self->verbose = true;
        return true;
    default:
        return color_option(NAME, optarg, &self->color);
    }
}

/* Scenarios with long times mostly wait; with short ones they would get into each other's way. */
static unsigned default_jobs(const timing *t) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return t->poll >= SECOND ? 32 : processors > 0 ? 4 * (unsigned)processors : 4;
}

static int check_whole(check_options *self) {
    bool has_command = *self->command != NULL, attached = self->attach_address != NULL;
    if (self->timing.activity <= self->timing.poll)
        return cli_usage_error(NAME, "--activity-timeout must be longer than --poll-timeout");
    if (!has_command && !attached)
        return cli_usage_error(NAME, "the command that starts the container is missing: ... -- COMMAND");
    if (has_command && attached)
        return cli_usage_error(NAME, "--attach takes no command: somebody else starts the container");
    if (attached && (self->acceleration > 1 || self->jobs > 1))
        return cli_usage_error(NAME, "--attach goes with neither --accelerate nor --jobs");
    if (attached)
        self->command = NULL;
    return -1;
}

/* Fills in what was not said. */
static void complete(check_options *self) {
    double faster = self->acceleration;
    timing seen = {(duration)((double)self->timing.poll / faster), self->timing.activity, 0};
    if (self->jobs == 0)
        self->jobs = self->attach_address != NULL ? 1 : default_jobs(&seen);
}

int check_options_read(check_options *self, int argc, char **argv) {
    int option;
    *self = (check_options){.rounds = 1, .seed = 1, .acceleration = 1};
    self->timing = (timing){5 * SECOND, 30 * SECOND, 20 * SECOND};
    while ((option = cli_option(NAME, argc, argv, "h", long_options)) != -1) {
        if (option == 'h')
            return cli_print_help(help);
        if (option == '?' || !take_option(self, option))
            return CLI_USAGE;
    }
    self->command = argv + optind;
    option = check_whole(self);
    complete(self);
    return option;
}

void check_options_free(check_options *self) {
    free(self->scenarios.texts);
    free(self->skips.texts);
    free(self->reports.texts);
    free(self->attach_address);
}

char *check_options_to_repeat(const check_options *self) {
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    if (out == NULL)
        return heap_text("");
    if (self->profile != PROFILE_INTEROP)
        fprintf(out, " --profile %s", profile_name(self->profile));
    if (self->model != ORACLE_NONE)
        fprintf(out, " --model %s", oracle_name(self->model));
    if (self->timing.poll != 5 * SECOND)
        fprintf(out, " --poll-timeout %jd", (intmax_t)(self->timing.poll / MILLISECOND));
    if (self->timing.activity != 30 * SECOND)
        fprintf(out, " --activity-timeout %jd", (intmax_t)(self->timing.activity / MILLISECOND));
    if (self->timing.start != 20 * SECOND)
        fprintf(out, " --start-timeout %jd", (intmax_t)(self->timing.start / MILLISECOND));
    if (self->acceleration > 1)
        fprintf(out, " --accelerate %g", self->acceleration);
    if (self->seed != 1)
        fprintf(out, " --seed %ju", (uintmax_t)self->seed);
    if (self->strict)
        fputs(" --strict", out);
    if (fclose(out) != 0 || text == NULL)
        return heap_text("");
    return text;
}
