/* What all pages share: making nodes, figures as text, light and dark. Text only ever becomes text: nothing here, or
 * anywhere in the scripts, parses markup. */

const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("data").textContent);
const report = data.report;

/* An element: make("p", {class: "hint"}, "text", node, ...). Attributes that are functions are listeners. */
function make(name, attributes, ...children) {
    return filled(document.createElement(name), attributes, children);
}

function filled(node, attributes, children) {
    for (const [key, value] of Object.entries(attributes || {})) {
        if (typeof value === "function")
            node.addEventListener(key, value);
        else if (value !== null && value !== undefined && value !== false)
            node.setAttribute(key, value === true ? "" : value);
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return node;
}

/* A time in microseconds, in three digits. */
function duration(us) {
    const [number, unit] = us < 1 ? [us * 1000, " ns"] : us < 1000 ? [us, " \u00b5s"]
                         : us < 1000000 ? [us / 1000, " ms"] : [us / 1000000, " s"];
    return String(Number(number.toPrecision(number < 1000 ? 3 : 4))) + unit;
}

function plural(count, word) {
    return count + " " + word + (count === 1 ? "" : "s");
}

function drawTheme() {
    const button = byId("theme"), dark = matchMedia("(prefers-color-scheme: dark)"), root = document.documentElement;
    const other = () => (root.dataset.theme || (dark.matches ? "dark" : "light")) === "dark" ? "light" : "dark";
    const show = () => {
        button.textContent = other() === "dark" ? "Dark" : "Light";
        button.setAttribute("aria-label", "Switch to " + other() + " colours");
    };
    button.addEventListener("click", () => {
        root.dataset.theme = other();
        show();
    });
    dark.addEventListener("change", show);
    show();
}
