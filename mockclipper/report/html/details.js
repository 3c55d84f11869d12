/* What a case opens to. */

function part(title, ...content) {
    return make("section", {class: "part"}, make("h4", null, title), ...content);
}

function requirementItem(texts, id) {
    const r = texts.requirements[id];
    if (!r)
        return make("li", null, make("b", null, id));
    return make("li", null, make("b", null, id), " ", make("span", {class: "level"}, r.level),
                r.profile === "interop" ? null : make("span", {class: "level"}, r.profile + " only"),
                " " + r.text + " ", make("cite", null, r.source_kind + ": " + r.source));
}

function findingBlock(texts, finding) {
    return make("div", {class: "finding " + finding.verdict},
        make("p", null, badge(finding.verdict), " ", finding.requirement ? make("b", null, finding.requirement) : null,
             finding.level ? make("span", {class: "level"}, finding.level) : null),
        finding.text ? make("p", null, finding.text) : null,
        make("dl", null, make("dt", null, "expected"), make("dd", null, finding.expected),
             make("dt", null, "actual"), make("dd", null, finding.actual)));
}

/* A time between its limits, as a bar. */
function limitBar(m) {
    const most = Math.max(m.at_most_us, m.measured_us, 1) * 1.1;
    const percent = (us) => (100 * us / most).toFixed(2) + "%";
    const allowed = make("span", {class: "allowed"}), mark = make("span", {class: "mark"});
    allowed.style.left = percent(m.at_least_us);
    allowed.style.width = percent(Math.max(m.at_most_us - m.at_least_us, 0));
    mark.style.left = percent(m.measured_us);
    return make("span", {class: "bar", "aria-hidden": "true"}, allowed, mark);
}

function measurementTable(measurements) {
    const heads = ["time", "at least", "measured", "at most", "limit", ""];
    return make("div", {class: "scroll"}, make("table", {class: "times"},
        make("thead", null, make("tr", null, heads.map((text) => make("th", {scope: "col"}, text)))),
        make("tbody", null, measurements.map((m) => make("tr", null, make("th", {scope: "row"}, m.what),
            make("td", {class: "number"}, m.at_least_us ? duration(m.at_least_us) : "\u2013"),
            make("td", {class: "number"}, make("b", null, duration(m.measured_us))),
            make("td", {class: "number"}, duration(m.at_most_us)), make("td", null, m.formula + " + 4 \u00d7 lag"),
            make("td", null, limitBar(m)))))));
}

function output(name, text, bytes) {
    if (!text)
        return null;
    const whole = bytes !== undefined && new TextEncoder().encode(text).length < bytes;
    return make("div", null, make("h5", null, name + (whole ? ", the end of " + plural(bytes, "byte") : "")),
                make("pre", {tabindex: "0", "aria-label": name}, text));
}

function processPart(one) {
    const outputs = [output("stdout", one.stdout, one.stdout_bytes), output("stderr", one.stderr, one.stderr_bytes)];
    if (!one.process_end && !outputs.some(Boolean))
        return null;
    const end = one.process_end ? make("p", null, "The container's process: " + one.process_end + ".") : null;
    return part("Container", end, ...outputs);
}

async function copyText(text, button) {
    const said = button.textContent;
    try {
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
    } catch (problem) {
        const range = document.createRange();
        range.selectNodeContents(button.previousSibling);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        button.textContent = document.execCommand("copy") ? "Copied" : "Selected: Ctrl+C";
    }
    setTimeout(() => { button.textContent = said; }, 1500);
}

function repeatPart(command) {
    const button = make("button", {type: "button", click: () => copyText(command, button)}, "Copy");
    return part("Repeat", make("div", {class: "repeat"}, make("code", null, command), button));
}

/* What one playing of a scenario came to. */
function judgement(texts, one) {
    return [
        one.reason ? part("Reason", make("p", null, one.reason)) : null,
        one.findings && one.findings.length ? part("Expected and actual",
            ...one.findings.map((finding) => findingBlock(texts, finding))) : null,
    ];
}

/* What was seen in it. */
function evidence(one) {
    return [
        one.measurements && one.measurements.length ? part("Times", measurementTable(one.measurements)) : null,
        processPart(one),
        one.conversation && one.conversation.length ? part("Conversation",
            make("p", {class: "hint"},
                 "Times in ms since the beginning and since the line before. A message opens to its frames."),
            diagram(one.conversation)) : null,
    ];
}

function scenarioPart(texts, one) {
    const words = texts.scenarios[one.scenario] || {};
    return part("Scenario", make("dl", null,
        words.passes ? [make("dt", null, "passes"), make("dd", null, words.passes)] : [],
        words.fails ? [make("dt", null, "fails"), make("dd", null, words.fails)] : []),
        make("ul", {class: "requirements"}, one.requirements.map((id) => requirementItem(texts, id))));
}

function caseDetails(texts, one) {
    const facts = [];
    if (one.took_us !== undefined)
        facts.push("took " + duration(one.took_us) + ", the kit's longest lag " + duration(one.lag_us));
    if (one.known)
        facts.push("a known failure of the baseline");
    return [
        facts.length ? make("p", {class: "hint"}, facts.join("; ")) : null,
        ...judgement(texts, one), repeatPart(one.repeat), scenarioPart(texts, one), ...evidence(one),
        one.first_try ? make("details", {class: "part"},
            make("summary", null, "The first try was ", badge(one.first_try.verdict)),
            ...[...judgement(texts, one.first_try), ...evidence(one.first_try)].filter(Boolean)) : null,
    ].filter(Boolean);
}
