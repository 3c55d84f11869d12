/* mockclipper bench: puts a container under load. */
#include "base/host.h"
#include "base/signals.h"
#include "bench/reports.h"
#include "bench/run.h"
#include "cli/options.h"
#include "commands/commands.h"
#include "process/warden.h"

#include <string.h>
#include <unistd.h>

/* Plays and writes the reports. Returns the exit status. */
static int play(bench_run *run, bench_reports *out) {
    char *problem;
    int signals = signals_open(&problem), signal = 0, status;
    if (signals < 0 || !warden_start(&problem))
        return cli_host_problem("bench", problem);
    status = bench_run_play(run, signals, bench_reports_progress(out), &signal);
    warden_stop();
    close(signals);
    if (status < 0)
        status = bench_reports_finish(out, bench_run_result(run)) ? bench_result_status(bench_run_result(run))
                                                                  : CLI_HOST;
    status = cli_finish_output("bench", status);
    if (signal != 0) {
        cli_note("bench", "interrupted by signal %d (%s)", signal, strsignal(signal));
        signals_die_by(signal);
    }
    return status;
}

int cmd_bench(char **argv) {
    bench_options options;
    bench_reports *out = NULL;
    int status;
    if (bench_options_read(&options, argv, &status)) {
        status = CLI_HOST;
        out = bench_reports_open(&options);
    }
    if (out != NULL) {
        bench_run *run = bench_run_new(&options);
        host_raise_descriptor_limit();
        status = play(run, out);
        bench_run_destroy(&run);
        bench_reports_destroy(&out);
    }
    bench_options_free(&options);
    return status;
}
