/* The page: the run, the matrix, the filters, the list of cases. */

const ONCE = "once";

const cases = report.cases.map((one) => ({
    one,
    family: one.scenario.split("/")[0],
    type: data.scenarios[one.scenario] && data.scenarios[one.scenario].each_type ? one.input_type : ONCE,
    words: [one.id, one.title, one.message, one.reason, ...one.requirements].join(" ").toLowerCase(),
    node: null,
}));
const families = [...new Set(cases.map((c) => c.family))];
const types = [ONCE, ...TYPES].filter((type) => cases.some((c) => c.type === type));
const verdicts = Object.keys(VERDICTS).filter((verdict) => cases.some((c) => verdictOf(c.one) === verdict));

function isBad(one) {
    return !one.known && (["fail", "error", "inconclusive", "none"].includes(verdictOf(one)) ||
                          (report.strict && one.verdict === "warn"));
}

/* ---- The run ---------------------------------------------------------------------------------------- */

function causeItem(cause) {
    const first = cause.findings[0];
    return make("li", null, make("b", null, cause.text), make("p", null, cause.hint),
                make("p", {class: "hint"}, "explains " + plural(cause.explains, "case") + ", such as ",
                     make("a", {href: "#" + encodeURIComponent(first)}, first)));
}

function drawCauses() {
    return report.causes.length
        ? make("section", {class: "causes", "aria-labelledby": "causes-title"},
               make("h2", {id: "causes-title"}, report.causes.length > 1 ? "Likely causes" : "Likely cause"),
               make("ol", null, ...report.causes.map(causeItem)))
        : "";
}

function drawRun() {
    const facts = {
        "profile": report.profile + (report.strict ? ", strict" : ""), "model": report.model,
        "D": duration(report.poll_timeout_us), "TO": duration(report.activity_timeout_us),
        "took": duration(report.took_us), "seed": String(report.seed),
    };
    const verdict = {0: "pass", 1: "fail", 4: "inconclusive"}[report.status] || "error";
    document.title = "mockclipper: " + report.headline;
    byId("run").append(
        make("p", {class: "result"}, badge(verdict, report.headline), " ",
             make("span", {class: "hint"}, "exit status " + report.status)),
        ...report.meaning.map((text) => make("p", {class: "meaning"}, text)), drawCauses(),
        make("pre", {class: "command", tabindex: "0", "aria-label": "Command under test"},
             report.command.join(" ") || "(attached: somebody else started it)"),
        make("dl", {class: "facts"}, Object.entries(facts).map(([name, value]) => make("div", null,
            make("dt", null, name), make("dd", null, value)))));
    for (const stale of report.stale_baseline || [])
        byId("run").append(make("p", null, badge("fail", "baseline, line " + stale.line), " ",
                                make("code", null, stale.id), ": " + stale.reason));
    byId("foot").append(report.program + ". The JSON report is in this page, in the element \"data\".");
}

/* ---- Filters ---------------------------------------------------------------------------------------- */

function option(value, text) {
    return make("option", {value}, text);
}

function verdictButton(v) {
    return make("button", {type: "button", class: "badge " + v, "data-verdict": v, title: VERDICTS[v][1],
        "aria-pressed": "false", click: () => filterBy({verdict: byId("verdict").value === v ? "" : v})},
        make("span", {class: "sign", "aria-hidden": "true"}, VERDICTS[v][0]),
        make("b", null, String(cases.filter((c) => verdictOf(c.one) === v).length)), " " + v);
}

function drawFilters() {
    byId("verdict").append(option("", "all"), option("bad", "not as required"), ...verdicts.map((v) => option(v, v)));
    byId("family").append(option("", "all"), ...families.map((f) => option(f, f)));
    byId("type").append(option("", "all"), ...types.map((t) => option(t, t === ONCE ? "of no matter" : t)));
    byId("verdicts").append(...verdicts.map(verdictButton));
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    byId("filters").addEventListener("input", showFiltered);
    byId("filters").addEventListener("reset", () => setTimeout(showFiltered));
}

/* Sets the filters that CHANGES names. */
function filterBy(changes) {
    for (const [id, value] of Object.entries(changes))
        byId(id).value = value;
    showFiltered();
}

function passesFilters(c) {
    const verdict = byId("verdict").value, family = byId("family").value, type = byId("type").value;
    return (!verdict || verdict === verdictOf(c.one) || (verdict === "bad" && isBad(c.one))) &&
           (!family || family === c.family) && (!type || type === c.type) &&
           byId("text").value.toLowerCase().split(/\s+/).every((word) => c.words.includes(word));
}

function showFiltered() {
    const isFiltered = byId("family").value !== "" || byId("type").value !== "";
    for (const c of cases)
        c.node.hidden = !passesFilters(c);
    for (const group of byId("list").querySelectorAll(".group"))
        group.hidden = !group.querySelector("article:not([hidden])");
    for (const button of byId("verdicts").children)
        button.setAttribute("aria-pressed", String(button.dataset.verdict === byId("verdict").value));
    for (const cell of byId("matrix").querySelectorAll("td[data-family]"))
        cell.setAttribute("aria-selected", String(isFiltered && cell.dataset.family === byId("family").value &&
                                                  cell.dataset.type === byId("type").value));
    byId("shown").textContent = cases.filter((c) => !c.node.hidden).length + " of " + plural(cases.length, "case");
}

/* ---- The matrix ------------------------------------------------------------------------------------- */

function cellFor(family, type) {
    const inside = cases.filter((c) => (!family || c.family === family) && (!type || c.type === type))
                        .map((c) => c.one);
    if (!inside.length)
        return make("td", {role: "gridcell", tabindex: "-1", class: "nothing", "aria-label": "no scenarios"},
                    "\u00b7");
    const worst = worstOf(inside), count = inside.filter((one) => verdictOf(one) === worst).length;
    const text = worst + " " + (count === inside.length ? count : count + "/" + inside.length);
    return make("td", {role: "gridcell", tabindex: "-1", "data-family": family, "data-type": type,
        "aria-selected": "false", click: () => {
            filterBy({family, type, verdict: "", text: ""});
            byId("cases").scrollIntoView();
        }}, badge(worst, text));
}

function drawMatrix() {
    const heads = ["family", ...types.map((t) => t === ONCE ? "any type" : t), "all"];
    const row = (family) => make("tr", {role: "row"}, make("th", {scope: "row", role: "rowheader"}, family || "all"),
        ...types.map((type) => cellFor(family, type)), cellFor(family, ""));
    byId("matrix").append(
        make("thead", null, make("tr", {role: "row"},
                                 heads.map((t) => make("th", {scope: "col", role: "columnheader"}, t)))),
        make("tbody", null, families.map(row), families.length > 1 ? row("") : null));
    byId("matrix").addEventListener("keydown", moveInMatrix);
    const first = byId("matrix").querySelector("td");
    if (first)
        first.tabIndex = 0;
}

/* One cell can be reached with Tab; from there arrow keys go to the others. */
function moveInMatrix(event) {
    const cell = event.target.closest("td");
    if (!cell)
        return;
    if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        cell.click();
        byId("cases-title").focus({preventScroll: true});
        return;
    }
    const rows = [...byId("matrix").tBodies[0].rows].map((row) => [...row.querySelectorAll("td")]);
    const y = rows.findIndex((row) => row.includes(cell)), x = rows[y].indexOf(cell);
    const next = {ArrowRight: rows[y][x + 1], ArrowLeft: rows[y][x - 1], ArrowDown: rows[y + 1] && rows[y + 1][x],
                  ArrowUp: rows[y - 1] && rows[y - 1][x], Home: rows[y][0], End: rows[y][rows[y].length - 1]}[event.key];
    if (!next)
        return;
    event.preventDefault();
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
}

/* ---- Cases ------------------------------------------------------------------------------------------ */

function caseNode(c, index) {
    const one = c.one, opened = make("div", {class: "opened", id: "details-" + index, hidden: true});
    const button = make("button", {type: "button", class: "case", "aria-expanded": "false",
        "aria-controls": "details-" + index, click: () => openCase(c, opened.hidden)},
        badge(verdictOf(one)), make("code", null, one.id), make("span", {class: "title"}, one.title),
        make("span", {class: "took"}, one.took_us === undefined ? "" : duration(one.took_us)),
        one.message && verdictOf(one) !== "pass" ? make("span", {class: "summary"}, one.message) : null);
    c.button = button;
    c.opened = opened;
    c.node = make("article", {class: verdictOf(one)}, make("h4", null, button), opened);
    return c.node;
}

function openCase(c, open) {
    if (open && !c.opened.firstChild)
        c.opened.append(...caseDetails(data, c.one));
    c.opened.hidden = !open;
    c.button.setAttribute("aria-expanded", String(open));
}

function drawCases() {
    const group = (title, inside) => inside.length
        ? make("div", {class: "group"}, make("h3", null, title),
               ...inside.map((c) => caseNode(c, cases.indexOf(c)))) : "";
    byId("list").append(group("Not as required", cases.filter((c) => isBad(c.one))),
        ...families.map((family) => group(family, cases.filter((c) => c.family === family && !isBad(c.one)))));
    moveByArrows(byId("list"), "button.case");
}

/* "#family/name" in the address opens that case. */
function openAddressed() {
    const id = decodeURIComponent(location.hash.slice(1)), c = cases.find((each) => each.one.id === id);
    if (c) {
        openCase(c, true);
        c.node.scrollIntoView();
        c.button.focus();
    }
}

drawTheme();
drawRun();
drawFilters();
drawMatrix();
drawCases();
showFiltered();
openAddressed();
addEventListener("hashchange", openAddressed);
