#include "serve/serve_options.h"

#include "base/heap.h"
#include "base/port.h"
#include "cli/feed_options.h"
#include "cli/image_options.h"
#include "cli/options.h"
#include "engine/describe.h"

#include <stdlib.h>

#define NAME "serve"

static bool parse_fault(void *member, const char *text) {
    fault_list *list = member;
    fault wanted;
    if (!fault_parse(&wanted, text))
        return false;
    list->faults = heap_grow(list->faults, list->count + 1, sizeof *list->faults);
    list->faults[list->count++] = wanted;
    return true;
}

static const cli_option options[] = {
    {.help = "Where"},
    {"bind", CLI_ENDPOINT, "HOST:PORT", offsetof(serve_options, bind),
     .shown = "127.0.0.1:7000; with COMMAND 127.0.0.1:0",
     .help =
         "an address, localhost, or * for all; and a port, 0 for one that the system picks; or a port alone"},
    {"handover", CLI_FLAG, NULL, offsetof(serve_options, handover),
     .help = "a container with the routing identity of another takes its place; without, it is ignored, as "
             "by released "
             "Clipper"},
    {"port-file", CLI_TEXT, "FILE", offsetof(serve_options, port_file),
     .help = "write the port to FILE when it is open"},
    IMAGE_OPTIONS(serve_options, "that of --bind"),
    {"grace", CLI_MILLISECONDS, "MS", offsetof(serve_options, grace), .standard = "2000",
     .help = "how long a container may take to end, from SIGTERM to SIGKILL"},

    {.help = "What is sent (without --items, --count or --rate: no predictions)"},
    FEED_OPTIONS(serve_options, feed, "10"),
    {"csv", CLI_TEXT, "FILE", offsetof(serve_options, feed.items), .help = "the same as --items"},
    {"label", CLI_PARSED, "COLUMN", offsetof(serve_options, feed.form.label), .parse = feed_parse_column,
     .not_parsed = "is no column, such as 65 or age",
     .help = "what the model should answer (1 is 1.0); how often it does is reported, and where it does not"},
    {"count", CLI_NUMBER, "N", offsetof(serve_options, count), .least = 1, .most = UINT32_MAX,
     .help = "N requests (with --items: all of them N times)"},
    {"input-type", CLI_CHOICE, "TYPE", offsetof(serve_options, type), .words = data_type_names,
     .shown = "doubles", .help = "of the items; other containers are sent nothing"},
    {"batch", CLI_SIZE, "N", offsetof(serve_options, batch), .least = 1, .most = 1000000, .standard = "1",
     .help = "items in a request"},
    {"in-flight", CLI_SIZE, "N", offsetof(serve_options, in_flight), .least = 1, .most = 10000,
     .standard = "1", .shown = "1, as released Clipper", .help = "requests at a time for each container"},
    {"rate", CLI_DECIMAL, "N", offsetof(serve_options, rate), .low = 1e-6, .high = 1e6,
     .shown = "as fast as they are answered", .help = "requests a second, in all"},
    {"seed", CLI_NUMBER, "N", offsetof(serve_options, seed), .most = UINT64_MAX, .standard = "1",
     .help = "for items that are made up"},

    {.help = "What goes wrong"},
    {"fault", CLI_PARSED, "FAULT", offsetof(serve_options, faults), .parse = parse_fault, .repeatable = true,
     .not_parsed = "is no fault, such as drop@heartbeat#1 or delay=200@request",
     .help = "something happens to a message\n"
             "FAULT is ACTION[=VALUE]@[SESSION/]KIND[#ORDINAL], such as drop@heartbeat#1, delay=200@request "
             "or restart@2/response#10\n"
             "ACTION: drop, delay=MS, duplicate, reorder, truncate=FRAMES, extend=FRAMES, corrupt=FRAME, "
             "version=N, widen=FRAME, shorten=FRAME, stale-id=N; silence, restart, ask (what Clipper does "
             "once the message has passed)\n"
             "KIND: heartbeat, request, any: to the container. From it, for drop, silence, restart and ask: "
             "container-heartbeat, new-container, response, anything\n"
             "Without ORDINAL every such message, without SESSION in every session"},

    {.help = "What is made of the answers"},
    {"verify", CLI_CHOICE, "MODEL", offsetof(serve_options, verify), .words = oracle_names,
     .standard = "none", .help = "every output must be what this model gives"},
    {"min-accuracy", CLI_DECIMAL, "N", offsetof(serve_options, least_accuracy), .low = 1e-6, .high = 100,
     .help = "at least N percent of the outputs must be the label"},
    {"timeout", CLI_MILLISECONDS, "MS", offsetof(serve_options, patience), .standard = "10000",
     .help = "for the first container, and for a response"},
    {"prune", CLI_MILLISECONDS, "MS", offsetof(serve_options, prune), .standard = "30000",
     .shown = "30000, as released Clipper", .help = "forget a container that was silent for so long"},
    {"stay", CLI_FLAG, NULL, offsetof(serve_options, stay), .help = "go on when all has been sent"},

    {.help = "Output"},
    {"output", CLI_TEXT, "FILE", offsetof(serve_options, output),
     .help = "write the answers to FILE as they come: CSV, or JSON lines if it ends in .jsonl; `-` is "
             "stdout, and all "
             "else goes to stderr then"},
    {"verbose", CLI_FLAG, NULL, offsetof(serve_options, verbose), .help = "every message, decoded"},
    {"json", CLI_FLAG, NULL, offsetof(serve_options, json), .help = "JSON lines"},
    {"help", CLI_HELP, .letter = 'h', .help = "this help"},
};

const cli_command serve_command = {
    .name = NAME,
    .summary = "a stand-in Clipper that stays up",
    .usage = (const char *const[]){"[OPTION...] [-- COMMAND [ARG...]]",
                                   "[OPTION...] --image IMAGE [-- ARG...]", NULL},
    .about = "A stand-in Clipper that stays up: registers any number of containers, answers their "
             "heartbeats, and sends them predictions. With COMMAND it starts a container itself, connected "
             "to it. Ends on SIGINT and SIGTERM, and when everything it was told to send has been answered.",
    .takes_arguments = true,
    .options = options,
    .statuses =
        (const char *const[]){
            "everything was answered, and as it should be",
            "an answer was wrong or missing, the accuracy too low, or the container ended by itself",
            "the command line is wrong",
            "the kit or the host failed: could not bind, COMMAND never registered, a fault did not fire, ...",
            NULL},
    .examples =
        (const cli_part[]){{"Send predictions to a container that computes sums, and check every one:",
                            "mockclipper serve --count 1000 --verify sum \\\n"
                            "    -- clipper-container --model sum",
                            NULL},
                           {"Wait for containers, show every message, and lose the first heartbeat:",
                            "mockclipper serve --verbose --fault drop@heartbeat#1", NULL},
                           {0}},
};

static bool is_consistent(const serve_options *self) {
    if (self->least_accuracy >= 0 && self->feed.form.label.count == 0)
        cli_usage_error(NAME, "--min-accuracy needs --label");
    else if (self->feed.items == NULL && self->feed.form.label.count != 0)
        cli_usage_error(NAME, "--label needs --items");
    else if (self->output != NULL && !feed_has_samples(&self->feed) && self->count == 0 && self->rate <= 0)
        cli_usage_error(NAME, "--output needs --items, --count or --rate");
    else if (feed_choice_problem(&self->feed) != NULL)
        cli_usage_error(NAME, "%s", feed_choice_problem(&self->feed));
    else
        return true;
    return false;
}

static char *listening_address(const serve_options *self) {
    char address[16];
    port_listening_address(self->advertised, address);
    return heap_text(address);
}

bool serve_options_read(serve_options *self, char **argv, int *status) {
    *self = (serve_options){.type = CLIPPER_TYPE_UNSTATED, .least_accuracy = -1};
    if (!cli_options_read(&serve_command, argv, self, &self->command, status))
        return false;
    *status = CLI_USAGE;
    if (!is_consistent(self))
        return false;
    if (*self->command == NULL && self->image == NULL)
        self->command = NULL;
    self->has_type = self->type != CLIPPER_TYPE_UNSTATED;
    if (!self->has_type)
        self->type = CLIPPER_TYPE_DOUBLES;
    if (feed_has_samples(&self->feed) && self->count == 0)
        self->count = 1;
    if (self->bind.address == NULL)
        self->bind = (endpoint){listening_address(self), self->command != NULL ? 0 : 7000};
    return true;
}

void serve_options_free(serve_options *self) {
    cli_options_free(&serve_command, self);
    free(self->faults.faults);
    feed_choice_free(&self->feed);
}
