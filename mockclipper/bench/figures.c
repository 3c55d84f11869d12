#include "bench/figures.h"

#include "base/command.h"
#include "base/heap.h"
#include "base/port.h"
#include "engine/describe.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const bench_percentile bench_percentiles[] = {
    {"p50", "p50_ns", 0.5}, {"p90", "p90_ns", 0.9}, {"p99", "p99_ns", 0.99}, {"p99.9", "p99_9_ns", 0.999}};
const size_t bench_percentile_count = sizeof bench_percentiles / sizeof *bench_percentiles;

char *bench_time_text(double ns, char buffer[BENCH_TIME_TEXT]) {
    static const char *const units[] = {"ns", "us", "ms", "s"};
    size_t unit = 0;
    /* What would be rounded to 1000 is 1 of the next unit. */
    while (ns >= 999.5 && unit < 3) {
        ns /= 1000;
        unit++;
    }
    snprintf(buffer, BENCH_TIME_TEXT, "%.*f %s",
             unit == 0 || ns >= 99.95 ? 0
             : ns >= 9.995            ? 1
                                      : 2,
             ns, units[unit]);
    return buffer;
}

char *bench_percentile_text(const histogram *latencies, const bench_percentile *which,
                            char buffer[BENCH_TIME_TEXT]) {
    if (histogram_has_quantile(latencies, which->part))
        return bench_time_text((double)histogram_quantile(latencies, which->part), buffer);
    snprintf(buffer, BENCH_TIME_TEXT, "-");
    return buffer;
}

char *bench_number_text(double number, char buffer[BENCH_TIME_TEXT]) {
    char digits[BENCH_TIME_TEXT];
    size_t len, out = 0;
    if (number < 99.995) {
        snprintf(buffer, BENCH_TIME_TEXT, number == floor(number) ? "%.0f" : "%.2f", number);
        return buffer;
    }
    len = (size_t)snprintf(digits, sizeof digits, "%.0f", number < 1e18 ? number : 1e18);
    for (size_t i = 0; i < len; i++) {
        if (i != 0 && (len - i) % 3 == 0)
            buffer[out++] = ',';
        buffer[out++] = digits[i];
    }
    buffer[out] = '\0';
    return buffer;
}

/* ---- Sentences -------------------------------------------------------------------------------------- */

static char *attached_text(const endpoint *attach) {
    char *where = port_text(attach->address, attach->port);
    char *text = heap_format("attached at %s", where);
    free(where);
    return text;
}

char *bench_subject_text(const bench_result *result) {
    const bench_options *o = result->options;
    if (o->image != NULL)
        return heap_format("image %s", o->image);
    return o->command != NULL ? command_text(o->command) : attached_text(&o->attach);
}

char *bench_load_text(const bench_result *result) {
    const bench_options *o = result->options;
    char *how = o->plan.rate > 0 ? heap_format("%g requests/s (open loop)", o->plan.rate)
                                 : heap_format("%zu in flight (closed loop)", o->plan.in_flight);
    char *text = heap_format("%s, %zu item%s of %zu bytes a request, %s", how, o->batch,
                             o->batch == 1 ? "" : "s", result->item_bytes, data_type_name(result->type));
    free(how);
    return text;
}

char *bench_verified_text(const bench_result *result) {
    char count[BENCH_TIME_TEXT];
    if (result->options->model > ORACLE_NOOP)
        return heap_format("%s outputs (%s)", bench_number_text((double)result->verified, count),
                           oracle_name(result->options->model));
    return heap_format("%s outputs counted, none verified (--model tells what the container computes)",
                       bench_number_text((double)result->items, count));
}

/* Whether the kit itself was so late that the latencies say more of this machine than of the container. */
static bool is_the_kits_own(const bench_result *result) {
    return 5 * histogram_quantile(result->lateness, 0.99) > histogram_quantile(result->latencies, 0.99);
}

char *bench_schedule_text(const bench_result *result) {
    char late[BENCH_TIME_TEXT], most[BENCH_TIME_TEXT], behind[BENCH_TIME_TEXT];
    const histogram *h = result->lateness;
    if (result->options->plan.rate <= 0)
        return NULL;
    if (!result->rate_kept)
        return heap_format("NOT kept: %s requests were due and not sent, as %zu were under way",
                           bench_number_text((double)result->behind, behind),
                           result->options->plan.in_flight);
    return heap_format(
        "kept; requests were sent %s late (p99), %s at most%s",
        bench_time_text((double)histogram_quantile(h, 0.99), late), bench_time_text((double)h->most, most),
        is_the_kits_own(result) ? ": this machine was busy, and the latencies are partly that" : "");
}

char *bench_usage_text(const bench_result *result) {
    char each[BENCH_TIME_TEXT];
    double mib = 1 << 20;
    if (!result->has_usage || result->used_for == 0)
        return NULL;
    return heap_format(
        "%s of processor time a request (%.0f %% of a core); memory %.1f MiB, %+.1f MiB since the "
        "warm-up, at most %.1f MiB",
        bench_time_text((double)result->cpu / (double)result->used_for, each),
        100 * (double)result->cpu / (double)result->used_over, (double)result->rss / mib,
        ((double)result->rss - (double)result->rss_before) / mib, (double)result->peak / mib);
}

char *bench_stability_text(const bench_result *result) {
    const stability *s = result->stability;
    size_t judged = stability_judged(s);
    const char *judgement = s->allowed <= 0 ? "not asked for" : stability_is_reached(s) ? "yes" : "NO";
    if (judged < 2)
        return heap_format("cannot be told: %zu whole window%s of %jd ms (--duration, --window)", judged,
                           judged == 1 ? "" : "s", (intmax_t)(result->options->plan.window / MILLISECOND));
    if (s->allowed > 0 && judged < STABILITY_WINDOWS)
        judgement = "cannot be told, too few windows";
    return heap_format(
        "%s: in the last %zu windows throughput varied by %.1f %%, median latency by %.1f %%%s", judgement,
        judged, stability_rate_spread(s), stability_median_spread(s),
        s->allowed <= 0           ? ""
        : stability_is_reached(s) ? ""
                                  : " (more than --stable allows)");
}
