#include "bench/options.h"

#include "cli/feed_options.h"
#include "cli/image_options.h"
#include "cli/options.h"
#include "engine/describe.h"

#define NAME "bench"

/* With --rate: far more than are under way with a container that keeps up. */
#define OPEN_IN_FLIGHT 10000

/* Of all items of a request: as much as the codec's limits let pass. */
#define MOST_REQUEST_BYTES ((size_t)1 << 30)

static const char *const formats[] = {
    [BENCH_FORMAT_TEXT] = "text", [BENCH_FORMAT_JSON] = "json", [BENCH_FORMAT_HTML] = "html", NULL};

static const cli_option options[] = {
    {.help = "What is sent"},
    {"input-type", CLI_CHOICE, "TYPE", offsetof(bench_options, type), .words = data_type_names,
     .shown = "doubles", .help = "of the items"},
    {"batch", CLI_SIZE, "N", offsetof(bench_options, batch), .least = 1, .most = 1000000, .standard = "1",
     .help = "items in a request"},
    {"item-size", CLI_SIZE, "BYTES", offsetof(bench_options, item_bytes), .most = 1 << 28, .standard = "8",
     .help = "of each item that is made up"},
    FEED_OPTIONS(bench_options, feed, "by --item-size"),
    {"model", CLI_CHOICE, "MODEL", offsetof(bench_options, model), .words = oracle_names, .standard = "none",
     .help = "what the container computes, so that outputs are verified and not only counted"},
    {"seed", CLI_NUMBER, "N", offsetof(bench_options, seed), .most = UINT64_MAX, .standard = "1",
     .help = "for the contents"},

    {.help = "How"},
    {"in-flight", CLI_SIZE, "N", offsetof(bench_options, plan.in_flight), .least = 1, .most = 100000,
     .shown = "64; with --rate 10000",
     .help =
         "closed loop: N requests under way, a new one for each that is answered. With --rate: at most N"},
    {"rate", CLI_DECIMAL, "R", offsetof(bench_options, plan.rate), .low = 0.01, .high = 1e7,
     .help = "open loop: R requests a second, whether or not earlier ones were answered. Latency counts from "
             "when a request was due, not from when it could be sent: a stall shows in every request that it "
             "held up"},
    IMAGE_OPTIONS(bench_options, "127.0.0.1"),
    {"attach", CLI_ENDPOINT, "HOST:PORT", offsetof(bench_options, attach),
     .help = "listen there, and measure the container that somebody else has started"},

    {.help = "For how long"},
    {"warm-up", CLI_SECONDS, "SECONDS", offsetof(bench_options, plan.warm_up), .high = 86400, .standard = "1",
     .help = "before anything counts"},
    {"duration", CLI_SECONDS, "SECONDS", offsetof(bench_options, plan.most), .low = 0.01, .high = 86400,
     .standard = "30", .help = "measure for at most so long"},
    {"stable", CLI_DECIMAL, "PERCENT", offsetof(bench_options, plan.spread), .high = 100, .standard = "5",
     .help = "end sooner, when throughput and median latency of the last five windows lie within PERCENT of "
             "each other; 0: measure for the whole duration"},
    {"window", CLI_MILLISECONDS, "MS", offsetof(bench_options, plan.window), .standard = "500",
     .help = "length of a window, which goes on until it has 50 answers"},
    {"timeout", CLI_MILLISECONDS, "MS", offsetof(bench_options, plan.patience), .standard = "10000",
     .help = "when an unanswered request is given up"},
    {"start-timeout", CLI_MILLISECONDS, "MS", offsetof(bench_options, start_timeout), .standard = "20000",
     .help = "how long it may take from start to registration"},
    {"grace", CLI_MILLISECONDS, "MS", offsetof(bench_options, grace), .standard = "2000",
     .help = "how long a container may take to end, from SIGTERM to SIGKILL"},

    {.help = "Output"},
    {"report", CLI_REPORTS, "FORMAT[=FILE]", offsetof(bench_options, reports), .words = formats,
     .shown = "text", .help = "to FILE or stdout, in a format of"},
    {"json", CLI_FLAG, NULL, offsetof(bench_options, json), .help = "the same as --report json"},
    {"strict", CLI_FLAG, NULL, offsetof(bench_options, strict),
     .help = "a measurement that is not stable ends with status 4"},
    {"color", CLI_CHOICE, "WHEN", offsetof(bench_options, color), .words = cli_color_words,
     .standard = "auto", .help = "colors"},
    {"help", CLI_HELP, .letter = 'h', .help = "this help"},
};

const cli_command bench_command = {
    .name = NAME,
    .summary = "load a container: throughput and latency",
    .usage = (const char *const[]){"[OPTION...] -- COMMAND [ARG...]", "[OPTION...] --image IMAGE [-- ARG...]",
                                   "[OPTION...] --attach HOST:PORT", NULL},
    .about = "Puts a container under load, and says how fast it is: requests a second, latency percentiles, "
             "processor time and memory. COMMAND starts the container, with the environment that released "
             "containers read. Every response must carry the id of a request that is under way, once, and as "
             "many outputs as that has items; with --model the outputs are verified, too.",
    .takes_arguments = true,
    .options = options,
    .statuses =
        (const char *const[]){
            "every request was answered, and as it should be",
            "an answer was wrong or missing, or the container ended", "the command line is wrong",
            "the kit or the host failed: could not start COMMAND, no container registered, ...",
            "not stable (with --strict)", "nothing was measured", NULL},
    .examples = (const cli_part[]){{"How much a container can do:",
                                    "mockclipper bench -- clipper-container --model noop", NULL},
                                   {"How long clients wait for one that gets 500 requests a second:",
                                    "mockclipper bench --rate 500 --model sum \\\n"
                                    "    -- clipper-container --model sum",
                                    NULL},
                                   {0}},
};

static bool is_consistent(const bench_options *self) {
    if (self->item_bytes > MOST_REQUEST_BYTES / self->batch)
        cli_usage_error(NAME, "--batch and --item-size: a request may have 1 GiB at most");
    else if (self->has_type && self->item_bytes % clipper_data_width(self->type) != 0)
        cli_usage_error(NAME, "--item-size: %zu bytes are no whole number of %s", self->item_bytes,
                        data_type_name(self->type));
    else if (report_files_shared_place(&self->reports) != NULL)
        cli_usage_error(NAME, "--report: two reports cannot both go to %s",
                        report_files_shared_place(&self->reports));
    else if (feed_choice_problem(&self->feed) != NULL)
        cli_usage_error(NAME, "%s", feed_choice_problem(&self->feed));
    else
        return true;
    return false;
}

const char *bench_options_container(const bench_options *self) {
    return self->image != NULL ? self->image : self->command[0];
}

bool bench_options_read(bench_options *self, char **argv, int *status) {
    *self = (bench_options){.type = CLIPPER_TYPE_UNSTATED};
    if (!cli_options_read(&bench_command, argv, self, &self->command, status))
        return false;
    *status = CLI_USAGE;
    self->has_type = self->type != CLIPPER_TYPE_UNSTATED;
    if (!cli_one_container(&bench_command, &self->attach, self->image, &self->command) ||
        !is_consistent(self))
        return false;
    if (!self->has_type)
        self->type = CLIPPER_TYPE_DOUBLES;
    if (self->json)
        report_files_add(&self->reports, BENCH_FORMAT_JSON, NULL);
    if (self->plan.in_flight == 0)
        self->plan.in_flight = self->plan.rate > 0 ? OPEN_IN_FLIGHT : 64;
    return true;
}

void bench_options_free(bench_options *self) {
    cli_options_free(&bench_command, self);
    feed_choice_free(&self->feed);
}
