/* The plots: SVG of 900 by 290 units. */

const LEFT = 70, RIGHT = 880, TOP = 50, BOTTOM = 250;
const PERCENTILES = Object.entries({p50: "p50_ns", p90: "p90_ns", p99: "p99_ns", "p99.9": "p99_9_ns"})
    .map(([name, key]) => [name, report.latency[key]]);

function draw(name, attributes, ...children) {
    return filled(document.createElementNS(byId("histogram").namespaceURI, name), attributes, children);
}

function line(kind, x1, y1, x2, y2) {
    return draw("line", {class: kind, x1, y1, x2, y2});
}

function label(anchor, x, y, text) {
    return draw("text", {"text-anchor": anchor, x, y}, text);
}

/* A bar from X1 to X2, HEIGHT (0 to 1) high. A line of the background parts it from the next where it is wide enough. */
function bar(x1, x2, height, title) {
    const width = x2 - x1 > 3 ? x2 - x1 - 1 : x2 - x1;
    return draw("rect", {class: "bar", x: x1, y: BOTTOM - height * (BOTTOM - TOP), width, height: height * (BOTTOM - TOP)},
                draw("title", null, title));
}

/* A horizontal line, HEIGHT (0 to 1) high, with its TEXT on the left. */
function level(height, text) {
    const y = BOTTOM - height * (BOTTOM - TOP);
    return [line("grid", LEFT, y, RIGHT, y), label("end", LEFT - 8, y + 4, text)];
}

/* Round times from FROM to TO in ns: 1, 2 and 5 times each power of ten; only the powers where the range is wide. */
function roundTimes(from, to) {
    const steps = to / from > 2000 ? [1] : [1, 2, 5], times = [];
    for (let power = 1; power <= to; power *= 10)
        times.push(...steps.map((step) => step * power).filter((ns) => ns >= from && ns <= to));
    return times;
}

/* Both axes are logarithmic, so that the few slow requests are seen beside the many quick ones. */
function histogram(bars) {
    const longest = Math.max(...bars.map((each) => each.count));
    const from = Math.max(bars[0].from_ns, 1), to = bars[bars.length - 1].to_ns;
    const place = (ns) => LEFT + Math.log(Math.max(ns, 1) / from) / Math.log(to / from) * (RIGHT - LEFT);
    /* The longest bar is 1 high; that of a single request can be seen. */
    const height = (number) => (Math.log(number) + 0.5) / (Math.log(longest) + 0.5);
    const counts = [];
    for (let power = 1; power <= longest; power *= 10)
        counts.push(power);
    const ends = [0, 0]; /* of the labels in the two rows of percentiles */
    const marks = PERCENTILES.filter(([, ns]) => ns !== null).map(([name, ns]) => {
        const x = place(ns), row = x - 4 < ends[0] && ends[1] < ends[0] ? 1 : 0;
        ends[row] = x + 44;
        return [line("mark", x, TOP - 8 - 16 * row, x, BOTTOM), label("middle", x, TOP - 12 - 16 * row, name)];
    });
    byId("histogram").append(
        ...counts.map((each) => level(height(each), count(each))).flat(), label("start", 4, TOP - 18, "requests"),
        ...bars.filter((each) => each.count > 0).map((each) => bar(place(each.from_ns), place(each.to_ns),
            height(each.count), nanoseconds(each.from_ns) + " to " + nanoseconds(each.to_ns) + ": " + count(each.count) +
            " requests")),
        ...marks.flat(),
        ...roundTimes(from, to).map((ns) => [line("tick", place(ns), BOTTOM, place(ns), BOTTOM + 5),
                                             label("middle", place(ns), BOTTOM + 20, nanoseconds(ns))]).flat(),
        line("axis", LEFT, BOTTOM, RIGHT, BOTTOM), label("middle", (LEFT + RIGHT) / 2, BOTTOM + 37, "latency"));
}

function rates(windows) {
    const rate = (w) => w.took_us > 0 ? w.answered * 1e6 / w.took_us : 0;
    const most = Math.max(...windows.map(rate));
    const place = (us) => LEFT + us / report.measured_us * (RIGHT - LEFT);
    byId("rates").append(
        label("start", 4, TOP - 18, "requests/s"),
        ...[0, 0.5, 1].map((part) => level(part, count(Math.floor(most * part)))).flat(),
        ...windows.filter((w) => w.answered > 0).map((w) => bar(place(w.at_us), place(w.at_us + w.took_us),
            rate(w) / most, count(rate(w)) + " requests/s, median latency " + nanoseconds(w.p50_ns))),
        line("axis", LEFT, BOTTOM, RIGHT, BOTTOM), label("start", LEFT, BOTTOM + 20, "0 s"),
        label("end", RIGHT, BOTTOM + 20, duration(report.measured_us)),
        label("middle", (LEFT + RIGHT) / 2, BOTTOM + 37, "time measured"));
}
