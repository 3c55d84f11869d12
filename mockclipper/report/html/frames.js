/* What the frames of a message say, one by one, as far as they keep to the protocol. A frame comes as
 * {bytes: its whole length, hex: the digits of its first bytes}. */

const TYPES = ["bytes", "ints", "floats", "doubles", "strings"];
const TO_CLIPPER = {0: "new container", 1: "prediction response", 2: "heartbeat"};
const TO_CONTAINER = {1: "prediction or feedback request", 2: "heartbeat"};
const HEARTBEATS = {0: "keep-alive", 1: "send your metadata"};
const REQUESTS = {0: "prediction", 1: "feedback"};

function bytesOf(frame) {
    return Uint8Array.from(frame.hex.match(/../g) || [], (digits) => parseInt(digits, 16));
}

function viewOf(frame) {
    return new DataView(bytesOf(frame).buffer);
}

function u32(frame) {
    return frame && frame.bytes === 4 ? viewOf(frame).getUint32(0, true) : null;
}

function showNumber(frame, width, names) {
    if (frame.bytes !== width)
        return plural(frame.bytes, "byte") + " instead of " + width;
    const number = width === 4 ? viewOf(frame).getUint32(0, true) : viewOf(frame).getBigUint64(0, true);
    return names ? number + ": " + (names[number] || "not defined") : String(number);
}

function showText(frame) {
    const text = new TextDecoder().decode(bytesOf(frame));
    return JSON.stringify(text) + (frame.hex.length < 2 * frame.bytes ? " \u2026" : "");
}

function showElements(frame, width, get) {
    const view = viewOf(frame), shown = [];
    for (let at = 0; at + width <= view.byteLength && shown.length < 16; at += width)
        shown.push(String(view[get](at, true)));
    if (frame.bytes % width !== 0)
        return plural(frame.bytes, "byte") + ": not a multiple of " + width;
    return shown.join(", ") + (shown.length * width < frame.bytes ? ", \u2026" : "");
}

function showItem(frame, type) {
    const readers = [[1, "getUint8"], [4, "getInt32"], [4, "getFloat32"], [8, "getFloat64"]];
    if (frame.bytes === 0)
        return "empty";
    return type < 4 ? showElements(frame, ...readers[type]) : showText(frame);
}

function wordsOf(frame) {
    const view = viewOf(frame), words = [];
    for (let at = 0; at + 8 <= view.byteLength; at += 8)
        words.push(view.getBigUint64(at, true));
    return words;
}

/* The metadata of a batch. A response has its data type on the document's wire only: the number of items shows
 * which wire it is. Returns {text, type}. */
function readMetadata(frame, hasType) {
    if (frame.bytes % 8 !== 0 || frame.bytes === 0)
        return {text: plural(frame.bytes, "byte") + ": not a multiple of 8", type: 4};
    const words = wordsOf(frame), type = hasType ? words.shift() : null, count = words.shift();
    const sizes = words.slice(0, 12).join(", ") + (words.length > 12 ? ", \u2026" : "");
    const text = (hasType ? "data type " + type + " (" + (TYPES[type] || "not defined") + "), " : "") +
                 "n = " + count + (sizes ? ", sizes " + sizes : "");
    return {text, type: hasType ? Number(type) : 4};
}

function responseHasType(frames) {
    return frames[4] !== undefined && frames[4].bytes / 8 === frames.count - 5 + 2;
}

function readBatch(frames, first, hasType) {
    const metadata = frames[first + 1] ? readMetadata(frames[first + 1], hasType) : null;
    return (frame, index) => index === first     ? ["metadata length", showNumber(frame, 8)]
                           : index === first + 1 ? ["metadata", metadata.text]
                                                 : ["item " + (index - first - 2), showItem(frame, metadata.type)];
}

function readNewContainer(frame, index) {
    const digit = frame.hex.slice(0, 2), type = digit === "" ? NaN : parseInt(digit, 16) - 0x30;
    return [null, null, ["model name", showText(frame)], ["model version", showText(frame)],
            ["input type", showText(frame) + ": " + (TYPES[type] || "not defined")],
            ["RPC version", showNumber(frame, 4)]][index] || ["extra frame", ""];
}

function readToClipper(frames) {
    const type = u32(frames[1]);
    const rest = type === 0   ? readNewContainer
                 : type === 1 ? readBatch(frames, 3, responseHasType(frames))
                              : () => ["extra frame", ""];
    return (frame, index) => index === 1                 ? ["message type", showNumber(frame, 4, TO_CLIPPER)]
                           : index === 2 && type === 1   ? ["message id", showNumber(frame, 4)]
                                                         : rest(frame, index);
}

function readToContainer(frames) {
    const type = u32(frames[2]), feedback = u32(frames[4]) === 1;
    const rest = type === 1 && !feedback ? readBatch(frames, 5, true)
                                         : () => [feedback ? "feedback" : "extra frame", ""];
    return (frame, index) => index === 1               ? ["version tag", showNumber(frame, 4)]
                           : index === 2               ? ["message type", showNumber(frame, 4, TO_CONTAINER)]
                           : index === 3 && type === 2 ? ["heartbeat type", showNumber(frame, 4, HEARTBEATS)]
                           : index === 3 && type === 1 ? ["message id", showNumber(frame, 4)]
                           : index === 4 && type === 1 ? ["request type", showNumber(frame, 4, REQUESTS)]
                                                       : rest(frame, index);
}

/* [{name, value}] for the frames of ENTRY, an entry of a conversation. */
function readFrames(entry) {
    const frames = Object.assign([...entry.frames], {count: entry.frame_count});
    const read = entry.what === "to_clipper" ? readToClipper(frames) : readToContainer(frames);
    return entry.frames.map((frame, index) => {
        const [name, value] = index === 0 ? ["delimiter", frame.bytes === 0 ? "empty" : "not empty"]
                                          : read(frame, index);
        return {name, value};
    });
}
