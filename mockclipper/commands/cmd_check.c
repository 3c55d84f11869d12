/* mockclipper check: plays the scenarios against a container. */
#include "base/heap.h"
#include "base/host.h"
#include "base/signals.h"
#include "cli/options.h"
#include "commands/commands.h"
#include "process/faketime.h"
#include "process/image.h"
#include "process/lag.h"
#include "process/start_places.h"
#include "process/warden.h"
#include "report/reports.h"
#include "run/cases.h"
#include "run/causes.h"
#include "run/check_options.h"
#include "run/feeds.h"
#include "run/measures.h"
#include "run/prerequisites.h"
#include "run/trials.h"

#include <czmq.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void set_up_zeromq(void) {
    /* The signals are ours. */
    zsys_handler_set(NULL);
    zsys_init();
    zsys_set_max_sockets(0);
    /* So that the large messages of one scenario do not hold up the small ones of another. */
    zsys_set_io_threads(4);
}

static duration accelerated(duration told, double acceleration) {
    return (duration)((double)told / acceleration);
}

/* When and where the run is. */
static void note_where(ledger *book) {
    time_t now = time(NULL);
    struct tm utc;
    book->host = host_describe();
    if (gmtime_r(&now, &utc) != NULL)
        strftime(book->wall_clock, sizeof book->wall_clock, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

/* Fills in all but the cases. False, and reported, when that cannot be done. */
static bool fill_ledger(ledger *book, const check_options *options) {
    const timing *told = &options->timing;
    char *problem = NULL;
    book->parameters = (run_parameters){.command = options->command,
                                        .advertised = options->advertised,
                                        .model = options->model,
                                        .profile = options->profile,
                                        .seed = options->seed,
                                        .grace = options->grace,
                                        .acceleration = options->acceleration,
                                        .attach_address = options->attach.address,
                                        .attach_port = options->attach.port};
    book->parameters.timing = *told;
    book->parameters.timing.poll = accelerated(told->poll, options->acceleration);
    book->parameters.timing.activity = accelerated(told->activity, options->acceleration);
    /* An attached container comes back when its session has ended. */
    if (options->attach.address != NULL)
        book->parameters.timing.start += told->activity + told->poll;
    note_where(book);
    book->strict = options->strict;
    book->types_asked_for = options->types != 0;
    book->options = cli_options_to_repeat(&check_command, options);
    if (options->acceleration > 1 && (book->parameters.faketime_library = faketime_library()) == NULL) {
        cli_host_error("check", "--accelerate needs libfaketime (Debian: apt install faketime)");
        return false;
    }
    if (options->baseline != NULL && (book->baseline = baseline_read(options->baseline, &problem)) == NULL) {
        cli_host_error("check", "%s: %s", options->baseline, problem);
        free(problem);
        return false;
    }
    return true;
}

/* Says what the kit could not do; once is enough. */
static void report_errors(const ledger *book) {
    for (size_t i = 0; i < book->count; i++) {
        const outcome *o = book->cases[i].outcome;
        if (o != NULL && o->verdict == VERDICT_ERROR) {
            cli_host_error("check", "%s: %s", book->cases[i].id, outcome_worst(o)->actual);
            return;
        }
    }
}

static void report_left_behind(const ledger *book) {
    unsigned count = 0;
    for (size_t i = 0; i < book->count; i++)
        count += book->cases[i].outcome != NULL ? book->cases[i].outcome->left_behind : 0;
    if (count != 0)
        cli_note("check", "%u processes that the container left behind were killed", count);
}

/* Plays the cases of BOOK and writes the reports. Returns the exit status. */
static int play(ledger *book, const check_options *options, reports *out) {
    run_observer observer = reports_observer(out);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    char *problem;
    int signals = signals_open(&problem), signal_number, status;
    if (signals < 0 || !warden_start(&problem) || !lag_start(&problem))
        return cli_host_problem("check", problem);
    if (options->image != NULL && !image_find(&book->parameters.image, options->image, &problem))
        return cli_host_problem("check", problem);
    start_places_open(processors > 0 ? 2 * (unsigned)processors : 2);
    if (options->acceleration > 1)
        trials_prove_acceleration(book, signals);
    if (options->attach.address != NULL)
        trials_meet_attached(book, signals);
    measures_take(book, signals);
    prerequisites_try(book, signals);
    signal_number = runner_run(book, (unsigned)options->jobs, signals, &observer);
    lag_stop();
    close(signals);
    warden_stop();
    if (signal_number < 0)
        return cli_host_error("check", "cannot start a thread");
    report_left_behind(book);
    ledger_compare(book);
    causes_find(book);
    report_errors(book);
    status = reports_finish(out, book) ? ledger_status(book) : STATUS_KIT_FAILED;
    status = cli_finish_output("check", status);
    if (signal_number > 0) {
        cli_note("check", "interrupted by signal %d (%s)", signal_number, strsignal(signal_number));
        signals_die_by(signal_number);
    }
    return status;
}

int cmd_check(char **argv) {
    check_options options;
    ledger book = {0};
    reports *out = NULL;
    int status;
    if (!check_options_read(&options, argv, &status)) {
        check_options_free(&options);
        return status;
    }
    host_raise_descriptor_limit();
    set_up_zeromq();
    status = STATUS_KIT_FAILED;
    book.arguments = argv;
    if (fill_ledger(&book, &options)) {
        if (!cases_choose(&book, &options) || !feeds_open(&book, &options.feed))
            status = STATUS_USAGE;
        else if ((out = reports_open(&options)) != NULL)
            status = play(&book, &options, out);
        reports_destroy(&out);
    }
    ledger_clear(&book);
    check_options_free(&options);
    return status;
}
