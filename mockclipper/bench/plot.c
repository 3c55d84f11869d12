#include "bench/plot.h"

#include "base/json_out.h"
#include "bench/report.h"

#include <inttypes.h>
#include <math.h>

/* ---- Text ------------------------------------------------------------------------------------------- */

static const char *entity(unsigned char byte) {
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return byte < 0x20 && byte != '\n' && byte != '\t' ? "&#xfffd;" : NULL;
    }
}

void bench_html_text(const char *text, size_t len, FILE *out) {
    for (size_t i = 0; i < len;) {
        size_t character = utf8_character(text + i, len - i);
        const char *instead = character == 0 ? "&#xfffd;" : entity((unsigned char)text[i]);
        if (instead != NULL)
            fputs(instead, out);
        else
            fwrite(text + i, 1, character, out);
        i += character == 0 ? 1 : character;
    }
}

/* ---- A plot ----------------------------------------------------------------------------------------- */

/* The area of a plot in an SVG's own units. */
enum {
    LEFT = 70,
    RIGHT = 880,
    TOP = 50,
    BOTTOM = 250
};

/* LABEL is for those who do not see it. */
static void begin_plot(FILE *out, const char *label) {
    fprintf(out, "<svg viewBox=\"0 0 900 290\" role=\"img\" aria-label=\"%s\">\n", label);
}

static void put_line(FILE *out, const char *class, double x1, double y1, double x2, double y2) {
    fprintf(out, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", class, x1, y1, x2,
            y2);
}

static void put_label(FILE *out, const char *anchor, double x, double y, const char *text) {
    fprintf(out, "<text text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", anchor, x, y, text);
}

/* A bar from X1 to X2, HEIGHT (0 to 1) high, that tells of itself in TITLE. */
static void put_bar(FILE *out, double x1, double x2, double height, const char *title) {
    double top = BOTTOM - height * (BOTTOM - TOP), width = x2 - x1;
    /* Bars are parted by a line of the background where they are wide enough. */
    fprintf(
        out,
        "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>%s</title></rect>\n",
        x1, top, width > 3 ? width - 1 : width, BOTTOM - top, title);
}

/* ---- The histogram ---------------------------------------------------------------------------------- */

typedef struct scale {
    double from; /* logarithms */
    double to;
} scale;

static double place(const scale *s, double ns) {
    double at = log(ns < 1 ? 1 : ns);
    return LEFT + (at - s->from) / (s->to - s->from) * (RIGHT - LEFT);
}

/* A round time: "500 us". */
static void put_tick(FILE *out, double x, double ns) {
    static const char *const units[] = {"ns", "us", "ms", "s"};
    char text[BENCH_TIME_TEXT];
    size_t unit = 0;
    for (; ns >= 1000 && unit < 3; unit++)
        ns /= 1000;
    snprintf(text, sizeof text, "%g %s", ns, units[unit]);
    put_line(out, "tick", x, BOTTOM, x, BOTTOM + 5);
    put_label(out, "middle", x, BOTTOM + 20, text);
}

/* 1, 2 and 5 times each power of ten; only the powers where the range is wide. */
static void put_time_axis(FILE *out, const scale *s) {
    static const int steps[] = {1, 2, 5};
    bool wide = s->to - s->from > log(2000);
    for (double power = 1; power <= 1e13; power *= 10) {
        for (size_t i = 0; i < (wide ? 1 : 3); i++) {
            double ns = power * steps[i];
            if (log(ns) >= s->from && log(ns) <= s->to)
                put_tick(out, place(s, ns), ns);
        }
    }
    put_line(out, "axis", LEFT, BOTTOM, RIGHT, BOTTOM);
    put_label(out, "middle", (LEFT + RIGHT) / 2.0, BOTTOM + 37, "latency");
}

/* The height of a count: of the longest bar 1; a single request is to be seen. */
static double height_of(uint64_t count, uint64_t longest) {
    return count == 0 ? 0 : (log((double)count) + 0.5) / (log((double)longest) + 0.5);
}

static void put_count_axis(FILE *out, uint64_t longest) {
    for (uint64_t count = 1; count <= longest; count *= 10) {
        double y = BOTTOM - height_of(count, longest) * (BOTTOM - TOP);
        char text[BENCH_TIME_TEXT];
        put_line(out, "grid", LEFT, y, RIGHT, y);
        put_label(out, "end", LEFT - 8, y + 4, bench_number_text((double)count, text));
    }
    put_label(out, "end", LEFT - 8, TOP - 18, "requests");
}

static void put_percentiles(FILE *out, const histogram *h, const scale *s) {
    double last[2] = {0, 0}; /* where the labels of the two rows end */
    for (size_t i = 0; i < bench_percentile_count; i++) {
        const bench_percentile *p = &bench_percentiles[i];
        double x = place(s, (double)histogram_quantile(h, p->part));
        int row = x - 4 < last[0] && last[1] < last[0] ? 1 : 0;
        if (!histogram_tells(h, p->part))
            continue;
        put_line(out, "mark", x, TOP - 8 - 16 * row, x, BOTTOM);
        put_label(out, "middle", x, TOP - 12 - 16 * row, p->name);
        last[row] = x + 44;
    }
}

void bench_html_histogram(const bench_result *result, FILE *out) {
    histogram_bar bars[96];
    const histogram *h = result->latencies;
    size_t count = histogram_bars(h, bars, sizeof bars / sizeof *bars);
    uint64_t longest = 0;
    scale s;
    if (count == 0)
        return;
    for (size_t i = 0; i < count; i++)
        longest = bars[i].count > longest ? bars[i].count : longest;
    s = (scale){log((double)(bars[0].from > 1 ? bars[0].from : 1)), log((double)bars[count - 1].to)};
    begin_plot(out, "Histogram of latencies, both axes logarithmic; the table above has the figures");
    put_count_axis(out, longest);
    for (size_t i = 0; i < count; i++) {
        char from[BENCH_TIME_TEXT], to[BENCH_TIME_TEXT], number[BENCH_TIME_TEXT], title[4 * BENCH_TIME_TEXT];
        snprintf(title, sizeof title, "%s to %s: %s requests", bench_time_text((double)bars[i].from, from),
                 bench_time_text((double)bars[i].to, to), bench_number_text((double)bars[i].count, number));
        if (bars[i].count != 0)
            put_bar(out, place(&s, (double)bars[i].from), place(&s, (double)bars[i].to),
                    height_of(bars[i].count, longest), title);
    }
    put_percentiles(out, h, &s);
    put_time_axis(out, &s);
    fputs("</svg>\n", out);
}

/* ---- Windows ---------------------------------------------------------------------------------------- */

static double rate_of(const meter_window *window) {
    return window->took > 0 ? (double)window->answered * (double)SECOND / (double)window->took : 0;
}

static double when(const bench_result *r, instant at) {
    return LEFT + (double)(at - r->windows[0].begun) / (double)r->measured * (RIGHT - LEFT);
}

void bench_html_windows(const bench_result *result, FILE *out) {
    double most = 0;
    char text[BENCH_TIME_TEXT], median[BENCH_TIME_TEXT], title[4 * BENCH_TIME_TEXT];
    for (size_t i = 0; i < result->window_count; i++)
        most = fmax(most, rate_of(&result->windows[i]));
    if (most <= 0)
        return;
    begin_plot(out, "Requests answered a second, from window to window");
    put_label(out, "end", LEFT - 8, TOP - 18, "requests/s");
    for (int part = 0; part <= 2; part++) {
        double y = BOTTOM - part / 2.0 * (BOTTOM - TOP);
        put_line(out, "grid", LEFT, y, RIGHT, y);
        put_label(out, "end", LEFT - 8, y + 4, bench_number_text(floor(most * part / 2), text));
    }
    for (size_t i = 0; i < result->window_count; i++) {
        const meter_window *w = &result->windows[i];
        snprintf(title, sizeof title, "%s requests/s, median latency %s", bench_number_text(rate_of(w), text),
                 bench_time_text((double)w->median, median));
        put_bar(out, when(result, w->begun), when(result, w->begun + w->took), rate_of(w) / most, title);
    }
    put_line(out, "axis", LEFT, BOTTOM, RIGHT, BOTTOM);
    put_label(out, "start", LEFT, BOTTOM + 20, "0 s");
    put_label(out, "end", RIGHT, BOTTOM + 20, bench_time_text((double)result->measured, text));
    put_label(out, "middle", (LEFT + RIGHT) / 2.0, BOTTOM + 37, "time measured");
    fputs("</svg>\n", out);
}
