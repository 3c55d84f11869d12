/* A conversation as a sequence diagram: Clipper (the kit) on the left, the container on the right, time downwards.
 * A message is a button that shows its frames. */

function frameTable(entry) {
    const fields = readFrames(entry);
    const rows = entry.frames.map((frame, index) => make("tr", null,
        make("td", {class: "number"}, String(index)),
        make("th", {scope: "row"}, fields[index].name),
        make("td", {class: "value"}, fields[index].value),
        make("td", {class: "hex"}, frame.bytes === 0 ? "(empty)" : (frame.hex.match(/../g) || []).join(" ") +
             (frame.hex.length < 2 * frame.bytes ? " \u2026 (" + frame.bytes + " bytes)" : ""))));
    const left = entry.frame_count - entry.frames.length;
    if (left > 0)
        rows.push(make("tr", null, make("td", {colspan: "4"}, plural(left, "more frame"))));
    return make("div", {class: "scroll"}, make("table", {class: "frames"},
        make("caption", {class: "hidden"}, "Frames of the message"),
        make("thead", null, make("tr", null, ["frame", "field", "value", "bytes in hex"].map(
            (text) => make("th", {scope: "col"}, text)))),
        make("tbody", null, rows)));
}

/* What kind of message it is, for its colour: by its words. */
function kindOf(entry) {
    const kinds = [["malformed", /^malformed/], ["heartbeat", /^heartbeat/], ["registration", /^new container/],
                   ["prediction", /^prediction/]];
    return (kinds.find(([, words]) => words.test(entry.text)) || ["other"])[0];
}

function timeOf(entry, before) {
    const since = before ? Math.max(0, entry.at_us - before.at_us) : 0; /* a note may be stamped late */
    return make("span", {class: "time"}, make("b", null, (entry.at_us / 1000).toFixed(1)),
                make("i", null, before ? "+" + (since / 1000).toFixed(1) : "ms"));
}

function noteRow(entry, before) {
    return make("li", {class: "step"}, make("div", {class: "row"}, timeOf(entry, before),
        make("span", {class: "lane"}, make("span", {class: "note"},
            entry.session ? make("span", {class: "session"}, "#" + entry.session) : null, entry.text))));
}

function messageRow(entry, before) {
    const toClipper = entry.what === "to_clipper";
    const frames = make("div", {class: "opened", hidden: true});
    const button = make("button", {type: "button", class: "row message", "aria-expanded": "false",
        click: () => {
            if (!frames.firstChild)
                frames.append(frameTable(entry));
            frames.hidden = !frames.hidden;
            button.setAttribute("aria-expanded", String(!frames.hidden));
        }},
        timeOf(entry, before),
        make("span", {class: "lane"}, make("span", {class: "arrow " + (toClipper ? "left" : "right")},
            make("span", {class: "label"},
                entry.session ? make("span", {class: "session"}, "#" + entry.session) : null,
                make("span", {class: "hidden"}, toClipper ? "to Clipper: " : "to the container: "),
                entry.text),
            make("span", {class: "line"}))));
    return make("li", {class: "step " + kindOf(entry)}, button, frames);
}

function diagram(conversation) {
    const steps = make("ol", {class: "steps"});
    conversation.forEach((entry, index) => {
        const before = conversation[index - 1];
        if (entry.left_out_before)
            steps.append(make("li", {class: "step"}, make("div", {class: "row"}, make("span", {class: "time"}),
                make("span", {class: "lane"}, make("span", {class: "note"},
                                                   plural(entry.left_out_before, "entry") + " left out here")))));
        steps.append(entry.what === "note" ? noteRow(entry, before) : messageRow(entry, before));
    });
    moveByArrows(steps, "button.message");
    return make("div", {class: "diagram"},
        make("div", {class: "ends", "aria-hidden": "true"}, make("span", {class: "time"}),
            make("span", {class: "lane"}, make("span", null, "Clipper (kit)"), make("span", null, "container"))),
        steps);
}
