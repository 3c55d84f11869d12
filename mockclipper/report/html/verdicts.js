/* Verdicts as words, signs and colours, and moving among nodes with the keyboard. */

const VERDICTS = {
    fail: ["\u2717", "a MUST is broken"],
    error: ["E", "the kit's own fault, never the container's"],
    inconclusive: ["?", "this machine was too slow to judge a time"],
    warn: ["!", "a SHOULD is not met"],
    lenient: ["\u2248", "departs from the document or from released Clipper, but not from both"],
    info: ["i", "the sources say nothing; what was seen is recorded"],
    skip: ["\u2013", "not applicable here, or not run"],
    pass: ["\u2713", "as required"],
    none: ["\u2026", "not played: the run was interrupted"],
};
const FROM_WORST = ["error", "fail", "inconclusive", "none", "warn", "lenient", "info", "skip", "pass"];

function verdictOf(one) {
    return one.verdict || "none";
}

function worstOf(cases) {
    return FROM_WORST.find((verdict) => cases.some((one) => verdictOf(one) === verdict)) || "none";
}

/* A verdict as sign and word, on its colour. */
function badge(verdict, text) {
    return make("span", {class: "badge " + verdict}, make("span", {class: "sign", "aria-hidden": "true"},
                                                          VERDICTS[verdict][0]), text || verdict);
}

/* Up and down, Home and End move the focus among the nodes of ROOT that SELECTOR picks and that are shown. */
function moveByArrows(root, selector) {
    root.addEventListener("keydown", (event) => {
        const at = event.target.closest(selector);
        if (!at || event.ctrlKey || event.altKey || event.metaKey)
            return;
        const all = [...root.querySelectorAll(selector)].filter((node) => node.offsetParent !== null);
        const next = {ArrowDown: all[all.indexOf(at) + 1], ArrowUp: all[all.indexOf(at) - 1], Home: all[0],
                      End: all[all.length - 1]}[event.key];
        if (next) {
            event.preventDefault();
            event.stopPropagation();
            next.focus();
        }
    });
}
