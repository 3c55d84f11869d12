#include "serve/serve_options.h"

#include "base/heap.h"
#include "cli/cli.h"
#include "cli/endpoint.h"
#include "cli/option_values.h"
#include "engine/describe.h"

#include <stdlib.h>
#include <string.h>

#define NAME "serve"

static const char help[] =
    "Usage: mockclipper serve [OPTION...] [-- COMMAND [ARG...]]\n"
    "\n"
    "A stand-in Clipper that stays up: registers any number of containers, answers their heartbeats, and "
    "sends\n"
    "them predictions. With COMMAND it starts a container itself, connected to it. Ends on SIGINT and "
    "SIGTERM,\n"
    "and when everything it was told to send has been answered.\n"
    "\n"
    "Where\n"
    "  --bind HOST:PORT    an IPv4 address, and a port: 0 for one that the system picks (default\n"
    "                      127.0.0.1:7000, with COMMAND 127.0.0.1:0)\n"
    "  --port-file FILE    write the port to FILE when it is open\n"
    "\n"
    "What is sent (without --csv, --count or --rate: no predictions)\n"
    "  --csv FILE          the rows of FILE, one item a row: fields divided by commas, no header\n"
    "  --rows RANGES       only these rows, such as 1-100,200- (counted from 1)\n"
    "  --columns RANGES    only these columns (default: all but the label)\n"
    "  --label COLUMN      what the model should answer; how often it does is reported\n"
    "  --count N           N requests (with --csv: the file N times)\n"
    "  --input-type TYPE   of the rows: bytes, ints, floats, doubles (default), strings; other containers "
    "are\n"
    "                      sent nothing\n"
    "  --elements N        elements of each item that is made up, without --csv (default 10)\n"
    "  --batch N           items in a request (default 1)\n"
    "  --in-flight N       requests at a time for each container (default 1, as released Clipper)\n"
    "  --rate N            requests a second, in all (default: as fast as they are answered)\n"
    "  --seed N            for items that are made up (default 1)\n"
    "\n"
    "What goes wrong\n"
    "  --fault FAULT       something happens to a message; repeatable. "
    "ACTION[=VALUE]@[SESSION/]KIND[#ORDINAL],\n"
    "                      such as drop@heartbeat#1, delay=200@request or restart@2/response#10\n"
    "                      ACTION: drop, delay=MS, duplicate, reorder, truncate=FRAMES, extend=FRAMES,\n"
    "                        corrupt=FRAME, version=N, widen=FRAME, shorten=FRAME, stale-id=N; silence, "
    "restart,\n"
    "                        ask (what Clipper does once the message has passed)\n"
    "                      KIND: heartbeat, request, any: to the container. From it, for drop, silence, "
    "restart\n"
    "                        and ask: container-heartbeat, new-container, response, anything\n"
    "                      Without ORDINAL every such message, without SESSION in every session\n"
    "\n"
    "What is made of the answers\n"
    "  --verify MODEL      every output must be what sum, probe or echo gives\n"
    "  --min-accuracy N    at least N percent of the outputs must be the label\n"
    "  --timeout MS        for the first container, and for a response (default 10000)\n"
    "  --prune MS          forget a container that was silent for so long (default 30000, as released "
    "Clipper)\n"
    "  --stay              go on when all has been sent\n"
    "\n"
    "Output\n"
    "  --verbose           every message, decoded\n"
    "  --json              JSON lines\n"
    "  -h, --help          this help\n"
    "\n"
    "Exit status\n"
    "  0  everything was answered, and as it should be\n"
    "  1  an answer was wrong or missing, or the accuracy too low\n"
    "  2  the command line is wrong\n"
    "  3  the kit or the host failed: could not bind, could not start COMMAND, ...\n";

enum {
    OPTION_BIND = 256,
    OPTION_PORT_FILE,
    OPTION_CSV,
    OPTION_ROWS,
    OPTION_COLUMNS,
    OPTION_LABEL,
    OPTION_COUNT,
    OPTION_INPUT_TYPE,
    OPTION_ELEMENTS,
    OPTION_BATCH,
    OPTION_IN_FLIGHT,
    OPTION_RATE,
    OPTION_SEED,
    OPTION_FAULT,
    OPTION_VERIFY,
    OPTION_MIN_ACCURACY,
    OPTION_TIMEOUT,
    OPTION_PRUNE,
    OPTION_STAY,
    OPTION_VERBOSE,
    OPTION_JSON
};

static const struct option long_options[] = {
    {"bind", required_argument, NULL, OPTION_BIND},
    {"port-file", required_argument, NULL, OPTION_PORT_FILE},
    {"csv", required_argument, NULL, OPTION_CSV},
    {"rows", required_argument, NULL, OPTION_ROWS},
    {"columns", required_argument, NULL, OPTION_COLUMNS},
    {"label", required_argument, NULL, OPTION_LABEL},
    {"count", required_argument, NULL, OPTION_COUNT},
    {"input-type", required_argument, NULL, OPTION_INPUT_TYPE},
    {"elements", required_argument, NULL, OPTION_ELEMENTS},
    {"batch", required_argument, NULL, OPTION_BATCH},
    {"in-flight", required_argument, NULL, OPTION_IN_FLIGHT},
    {"rate", required_argument, NULL, OPTION_RATE},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"fault", required_argument, NULL, OPTION_FAULT},
    {"verify", required_argument, NULL, OPTION_VERIFY},
    {"min-accuracy", required_argument, NULL, OPTION_MIN_ACCURACY},
    {"timeout", required_argument, NULL, OPTION_TIMEOUT},
    {"prune", required_argument, NULL, OPTION_PRUNE},
    {"stay", no_argument, NULL, OPTION_STAY},
    {"verbose", no_argument, NULL, OPTION_VERBOSE},
    {"json", no_argument, NULL, OPTION_JSON},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

/* ---- Values ----------------------------------------------------------------------------------------- */

static bool read_ranges(const char *option, const char *text, range_list *list) {
    if (range_list_parse(list, text))
        return true;
    cli_usage_error(NAME, "--%s: '%s' is no list of ranges such as 1-64 or 1,3-", option, text);
    return false;
}

static bool read_type(serve_options *self, const char *text) {
    self->has_type = type_option(NAME, text, &self->type);
    return self->has_type;
}

static bool read_fault(serve_options *self, const char *text) {
    fault wanted;
    if (!fault_parse(&wanted, text)) {
        cli_usage_error(NAME, "--fault: '%s' is no fault, such as drop@heartbeat#1 or delay=200@request",
                        text);
        return false;
    }
    self->faults = heap_grow(self->faults, self->fault_count + 1, sizeof *self->faults);
    self->faults[self->fault_count++] = wanted;
    return true;
}

/* ---- Options ---------------------------------------------------------------------------------------- */

static bool take_what_is_sent(serve_options *self, int option) {
    switch (option) {
    case OPTION_CSV:
        self->csv = optarg;
        return true;
    case OPTION_ROWS:
        return read_ranges("rows", optarg, &self->rows);
    case OPTION_COLUMNS:
        return read_ranges("columns", optarg, &self->columns);
    case OPTION_LABEL:
        return size_option(NAME, "label", optarg, 1, 1000000, &self->label);
    case OPTION_COUNT:
        return cli_number_option(NAME, "count", optarg, 1, UINT32_MAX, &self->count);
    case OPTION_INPUT_TYPE:
        return read_type(self, optarg);
    case OPTION_ELEMENTS:
        return size_option(NAME, "elements", optarg, 1, 100000000, &self->elements);
    case OPTION_BATCH:
        return size_option(NAME, "batch", optarg, 1, 1000000, &self->batch);
    case OPTION_IN_FLIGHT:
        return size_option(NAME, "in-flight", optarg, 1, 10000, &self->in_flight);
    case OPTION_RATE:
        return decimal_option(NAME, "rate", optarg, 1e-6, 1e6, &self->rate);
    default:
        return cli_number_option(NAME, "seed", optarg, 0, UINT64_MAX, &self->seed);
    }
}

static bool take_option(serve_options *self, int option) {
    switch (option) {
    case OPTION_BIND:
        return endpoint_option(NAME, "bind", optarg, &self->address, &self->port);
    case OPTION_PORT_FILE:
        self->port_file = optarg;
        return true;
    case OPTION_FAULT:
        return read_fault(self, optarg);
    case OPTION_VERIFY:
        return model_option(NAME, "verify", optarg, &self->verify);
    case OPTION_MIN_ACCURACY:
        return decimal_option(NAME, "min-accuracy", optarg, 1e-6, 100, &self->least_accuracy);
    case OPTION_TIMEOUT:
        return milliseconds_option(NAME, "timeout", optarg, &self->patience);
    case OPTION_PRUNE:
        return milliseconds_option(NAME, "prune", optarg, &self->prune);
    case OPTION_STAY:
        self->stay = true;
        return true;
    case OPTION_VERBOSE:
        self->verbose = true;
        return true;
    case OPTION_JSON:
        self->json = true;
        return true;
    default:
        return take_what_is_sent(self, option);
    }
}

/* What the options mean together. */
static int complete(serve_options *self) {
    if (self->least_accuracy >= 0 && self->label == 0)
        return cli_usage_error(NAME, "--min-accuracy needs --label");
    if (self->csv == NULL && (self->label != 0 || self->rows.count != 0 || self->columns.count != 0))
        return cli_usage_error(NAME, "--rows, --columns and --label need --csv");
    if (self->csv != NULL && self->count == 0)
        self->count = 1;
    if (self->address == NULL) {
        self->address = heap_text("127.0.0.1");
        self->port = self->command != NULL ? 0 : 7000;
    }
    return -1;
}

int serve_options_read(serve_options *self, int argc, char **argv) {
    int option;
    *self = (serve_options){.type = CLIPPER_TYPE_DOUBLES,
                            .batch = 1,
                            .elements = 10,
                            .in_flight = 1,
                            .seed = 1,
                            .least_accuracy = -1,
                            .patience = 10 * SECOND,
                            .prune = 30 * SECOND};
    while ((option = cli_option(NAME, argc, argv, "h", long_options)) != -1) {
        if (option == 'h')
            return cli_print_help(help);
        if (option == '?' || !take_option(self, option))
            return CLI_USAGE;
    }
    if (optind < argc)
        self->command = argv + optind;
    return complete(self);
}

void serve_options_free(serve_options *self) {
    free(self->address);
    free(self->faults);
    range_list_free(&self->rows);
    range_list_free(&self->columns);
}
