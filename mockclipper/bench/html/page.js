/* The page: what was measured and how it went, the figures, errors, and the windows. */

function count(number) {
    return number < 99.995 ? String(Number(number.toFixed(2))) : Math.round(number).toLocaleString("en");
}

function nanoseconds(ns) {
    return ns === null ? "\u2013" : duration(ns / 1000);
}

function terms(pairs) {
    return make("dl", null, pairs.map(([term, text]) => [make("dt", null, term), make("dd", null, text)]).flat());
}

function drawRun() {
    document.title = "mockclipper: " + report.result;
    byId("run").append(make("p", {class: "result"}, make("span", {class: "badge " + data.badge}, report.result),
                            report.interrupted ? " interrupted before its end" : ""), terms(Object.entries(data.facts)));
    byId("foot").append(report.program + ". Percentiles are at most 0.8 % too large; latency counts from when a request " +
                        "was due. The JSON report is in this page, in the element \"data\".");
}

function drawFigures() {
    const latency = report.latency;
    const figures = [
        [count(report.requests_per_second), "requests/s"], [count(report.items_per_second), "items/s"],
        [count(report.bytes_per_second / 1e6), "MB/s"], ...PERCENTILES.map(([name, ns]) => [nanoseconds(ns), name]),
        [nanoseconds(latency.max_ns), "max"], [nanoseconds(latency.min_ns), "min"], [nanoseconds(latency.mean_ns), "mean"],
    ];
    byId("figures").append(...figures.map(([value, what]) => make("div", null, make("b", null, value),
                                                                 make("span", null, what))));
}

function drawErrors() {
    const found = Object.entries(data.error_words).filter(([name]) => report.errors[name].count > 0);
    byId("errors").append(terms(found.map(([name, words]) => [count(report.errors[name].count) + " " + words,
                                                              report.errors[name].first || ""])));
    byId("errors").hidden = found.length === 0;
    byId("stderr").append(make("pre", {tabindex: "0", "aria-label": "stderr"}, report.stderr));
    byId("stderr").hidden = report.stderr === "";
}

function windowTable() {
    const heads = ["from", "length", "answered", "median latency"];
    return make("details", null, make("summary", null, "The windows as a table"), make("table", null,
        make("thead", null, make("tr", null, heads.map((text) => make("th", {scope: "col"}, text)))),
        make("tbody", null, report.windows.map((w) => make("tr", null, [duration(w.at_us), duration(w.took_us),
            count(w.answered), nanoseconds(w.p50_ns)].map((text) => make("td", null, text)))))));
}

function drawPlots() {
    const bars = report.latency.histogram, any = report.windows.some((w) => w.answered > 0);
    byId("latencies").hidden = bars.length === 0;
    byId("windows").hidden = !any;
    if (bars.length > 0)
        histogram(bars);
    if (any) {
        rates(report.windows);
        byId("windows").append(windowTable());
    }
}

drawTheme();
drawRun();
drawFigures();
drawErrors();
drawPlots();
