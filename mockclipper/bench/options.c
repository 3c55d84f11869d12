#include "bench/options.h"

#include "base/heap.h"
#include "cli/endpoint.h"
#include "cli/option_values.h"
#include "engine/describe.h"

#include <stdlib.h>

#define NAME "bench"

/* With --rate: far more than are under way with a container that keeps up. */
#define OPEN_IN_FLIGHT 10000

/* Of all items of a request: as much as the codec's limits let pass. */
#define MOST_REQUEST_BYTES ((size_t)1 << 30)

static const char help[] =
    "Usage: mockclipper bench [OPTION...] -- COMMAND [ARG...]\n"
    "       mockclipper bench [OPTION...] --attach HOST:PORT\n"
    "\n"
    "Puts a container under load, and says how fast it is: requests a second, latency percentiles, "
    "processor\n"
    "time and memory. COMMAND starts the container, with the environment that released containers read. "
    "Every\n"
    "response must carry the id of a request that is under way, once, and as many outputs as that has "
    "items;\n"
    "with --model the outputs are verified, too.\n"
    "\n"
    "What is sent\n"
    "  --input-type TYPE    bytes, ints, floats, doubles (default) or strings\n"
    "  --batch N            items in a request (default 1)\n"
    "  --item-size BYTES    of each item (default 8)\n"
    "  --model MODEL        what the container computes: sum, probe, echo, noop, none (default: outputs are\n"
    "                       counted, not verified)\n"
    "  --seed N             for the contents (default 1)\n"
    "\n"
    "How\n"
    "  --in-flight N        closed loop: N requests under way, a new one for each that is answered (default\n"
    "                       64). With --rate: at most so many (default 10000)\n"
    "  --rate R             open loop: R requests a second, whether or not earlier ones were answered.\n"
    "                       Latency counts from when a request was due, not from when it could be sent:\n"
    "                       a stall shows in every request that it held up\n"
    "  --attach HOST:PORT   listen there, and measure the container that somebody else has started\n"
    "\n"
    "For how long\n"
    "  --warm-up SECONDS    before anything counts (default 1)\n"
    "  --duration SECONDS   measure for so long at most (default 30)\n"
    "  --stable PERCENT     end sooner, when throughput and median latency of the last five windows lie\n"
    "                       within so much of each other (default 5; 0: measure for the whole duration)\n"
    "  --window MS          length of a window (default 500); it goes on until it has 50 answers\n"
    "  --timeout MS         give up a request after so long (default 10000)\n"
    "  --start-timeout MS   how long it may take from start to registration (default 20000)\n"
    "\n"
    "Output\n"
    "  --report FORMAT[=FILE]\n"
    "                       text, json or html, to FILE or stdout; repeatable (default: text)\n"
    "  --json               the same as --report json\n"
    "  --strict             a measurement that is not stable ends with status 4\n"
    "  --color WHEN         auto (default), always, never\n"
    "  -h, --help           this help\n"
    "\n"
    "Exit status\n"
    "  0  every request was answered, and as it should be\n"
    "  1  an answer was wrong or missing, or the container ended\n"
    "  2  the command line is wrong\n"
    "  3  the kit or the host failed: could not start COMMAND, no container registered, ...\n"
    "  4  not stable (with --strict)\n"
    "  5  nothing was measured\n";

enum {
    OPTION_INPUT_TYPE = 256,
    OPTION_BATCH,
    OPTION_ITEM_SIZE,
    OPTION_MODEL,
    OPTION_SEED,
    OPTION_IN_FLIGHT,
    OPTION_RATE,
    OPTION_ATTACH,
    OPTION_WARM_UP,
    OPTION_DURATION,
    OPTION_STABLE,
    OPTION_WINDOW,
    OPTION_TIMEOUT,
    OPTION_START_TIMEOUT,
    OPTION_REPORT,
    OPTION_JSON,
    OPTION_STRICT,
    OPTION_COLOR
};

static const struct option long_options[] = {
    {"input-type", required_argument, NULL, OPTION_INPUT_TYPE},
    {"batch", required_argument, NULL, OPTION_BATCH},
    {"item-size", required_argument, NULL, OPTION_ITEM_SIZE},
    {"model", required_argument, NULL, OPTION_MODEL},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"in-flight", required_argument, NULL, OPTION_IN_FLIGHT},
    {"rate", required_argument, NULL, OPTION_RATE},
    {"attach", required_argument, NULL, OPTION_ATTACH},
    {"warm-up", required_argument, NULL, OPTION_WARM_UP},
    {"duration", required_argument, NULL, OPTION_DURATION},
    {"stable", required_argument, NULL, OPTION_STABLE},
    {"window", required_argument, NULL, OPTION_WINDOW},
    {"timeout", required_argument, NULL, OPTION_TIMEOUT},
    {"start-timeout", required_argument, NULL, OPTION_START_TIMEOUT},
    {"report", required_argument, NULL, OPTION_REPORT},
    {"json", no_argument, NULL, OPTION_JSON},
    {"strict", no_argument, NULL, OPTION_STRICT},
    {"color", required_argument, NULL, OPTION_COLOR},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

/* ---- Values ----------------------------------------------------------------------------------------- */

static bool read_seconds(const char *option, const char *text, double least, duration *value) {
    double number;
    if (!decimal_option(NAME, option, text, least, 86400, &number))
        return false;
    *value = (duration)(number * (double)SECOND);
    return true;
}

static bool read_type(bench_options *self, const char *text) {
    self->has_type = type_option(NAME, text, &self->type);
    return self->has_type;
}

static bool add_report(bench_options *self, const char *text) {
    self->reports = heap_grow(self->reports, self->report_count + 1, sizeof *self->reports);
    self->reports[self->report_count++] = text;
    return true;
}

/* ---- Options ---------------------------------------------------------------------------------------- */

static bool take_what_is_sent(bench_options *self, int option) {
    switch (option) {
    case OPTION_INPUT_TYPE:
        return read_type(self, optarg);
    case OPTION_BATCH:
        return size_option(NAME, "batch", optarg, 1, 1000000, &self->batch);
    case OPTION_ITEM_SIZE:
        return size_option(NAME, "item-size", optarg, 0, (size_t)1 << 28, &self->item_bytes);
    case OPTION_MODEL:
        return model_option(NAME, "model", optarg, &self->model);
    default:
        return cli_number_option(NAME, "seed", optarg, 0, UINT64_MAX, &self->seed);
    }
}

static bool take_how(bench_options *self, int option) {
    switch (option) {
    case OPTION_IN_FLIGHT:
        return size_option(NAME, "in-flight", optarg, 1, 100000, &self->plan.in_flight);
    case OPTION_RATE:
        return decimal_option(NAME, "rate", optarg, 0.01, 1e7, &self->plan.rate);
    case OPTION_ATTACH:
        return endpoint_option(NAME, "attach", optarg, &self->attach_address, &self->attach_port);
    case OPTION_WARM_UP:
        return read_seconds("warm-up", optarg, 0, &self->plan.warm_up);
    case OPTION_DURATION:
        return read_seconds("duration", optarg, 0.01, &self->plan.most);
    case OPTION_STABLE:
        return decimal_option(NAME, "stable", optarg, 0, 100, &self->plan.spread);
    case OPTION_WINDOW:
        return milliseconds_option(NAME, "window", optarg, &self->plan.window);
    case OPTION_TIMEOUT:
        return milliseconds_option(NAME, "timeout", optarg, &self->plan.patience);
    default:
        return milliseconds_option(NAME, "start-timeout", optarg, &self->start_timeout);
    }
}

static bool take_option(bench_options *self, int option) {
    switch (option) {
    case OPTION_REPORT:
        return add_report(self, optarg);
    case OPTION_JSON:
        return add_report(self, "json");
    case OPTION_STRICT:
        self->strict = true;
        return true;
    case OPTION_COLOR:
        return color_option(NAME, optarg, &self->color);
    default:
        return option <= OPTION_SEED ? take_what_is_sent(self, option) : take_how(self, option);
    }
}

/* What the options mean together. */
static int complete(bench_options *self) {
    bool has_command = *self->command != NULL, attached = self->attach_address != NULL;
    if (!has_command && !attached)
        return cli_usage_error(NAME, "the command that starts the container is missing: ... -- COMMAND");
    if (has_command && attached)
        return cli_usage_error(NAME, "--attach takes no command: somebody else starts the container");
    if (self->item_bytes > MOST_REQUEST_BYTES / self->batch)
        return cli_usage_error(NAME, "--batch and --item-size: a request may have 1 GiB at most");
    if (self->has_type && self->item_bytes % clipper_data_width(self->type) != 0)
        return cli_usage_error(NAME, "--item-size: %zu bytes are no whole number of %s", self->item_bytes,
                               data_type_name(self->type));
    if (attached)
        self->command = NULL;
    if (self->plan.in_flight == 0)
        self->plan.in_flight = self->plan.rate > 0 ? OPEN_IN_FLIGHT : 64;
    return -1;
}

int bench_options_read(bench_options *self, int argc, char **argv) {
    int option;
    *self = (bench_options){.start_timeout = 20 * SECOND,
                            .type = CLIPPER_TYPE_DOUBLES,
                            .batch = 1,
                            .item_bytes = 8,
                            .seed = 1,
                            .plan = {.warm_up = SECOND,
                                     .most = 30 * SECOND,
                                     .window = 500 * MILLISECOND,
                                     .spread = 5,
                                     .patience = 10 * SECOND}};
    while ((option = cli_option(NAME, argc, argv, "h", long_options)) != -1) {
        if (option == 'h')
            return cli_print_help(help);
        if (option == '?' || !take_option(self, option))
            return CLI_USAGE;
    }
    self->command = argv + optind;
    return complete(self);
}

void bench_options_free(bench_options *self) {
    free(self->attach_address);
    free(self->reports);
}
