'use strict';
/**
 * The messages of Clipper's container RPC, from bytes and back: what container.js speaks. No socket, no clock.
 *
 * Written from the specification, spec/clipper-rpc.md, sections 3 to 6 and 10; what is in brackets, such as [MAL-7],
 * is the requirement that a line is there for. To be held against the test vectors (spec/vectors/README.md), a line
 * of JSON in, a line out:
 *
 *     node messages.js --decode      {"frames": [hex, ...]}  ->  {"message": {...}}, or {"error": ..., "frame": ...}
 *     node messages.js --encode      {"wire": ..., "message": {...}}  ->  {"frames": [hex, ...]}
 */

const VERSION = 3;
const MessageType = {NEW_CONTAINER: 0, CONTENT: 1, HEARTBEAT: 2}; // [FRM-5]
const RequestType = {PREDICT: 0, FEEDBACK: 1};
const HeartbeatType = {KEEP_ALIVE: 0, SEND_METADATA: 1}; // [HB-3]
const TYPE_NAMES = ['bytes', 'ints', 'floats', 'doubles', 'strings'];
const WIDTHS = [1, 4, 4, 8, 1]; // the size of an item is a multiple of this
const STRINGS = 4;
const U64_MAX = 2n ** 64n - 1n;

/** What is taken from a peer [LIM-1]: the number of items, the bytes of one, and of all in a message. */
const LIMITS = {items: 2 ** 20, item_bytes: 2 ** 30, total_bytes: 2 ** 30};

/** A message that is none of the specification's; section 10 has the names of the errors. */
class Malformed extends Error {
    constructor(error, frame, field, expected, actual) {
        super(`${error} at frame ${frame} (${field}): expected ${expected}, got ${actual}`);
        Object.assign(this, {error, frame, field, expected, actual});
    }
}

/** The peer speaks another version: nothing after the tag can be trusted [VER-2, VER-7]. */
class VersionMismatch extends Malformed {}

/** The message from Clipper in a whole list of frames [FRM-9]. The first thing that is wrong is thrown. */
function decode(frames, limits = LIMITS) {
    const frame = (index, field) => {
        if (index >= frames.length) throw new Malformed('truncated', index, field, index + 1, frames.length);
        return frames[index];
    };
    const fixed = (index, field, width) => {
        const data = frame(index, field);
        if (data.length !== width) throw new Malformed('wrong_width', index, field, width, data.length); // [MAL-13]
        return data;
    };
    const u32 = (index, field) => fixed(index, field, 4).readUInt32LE(); // [FRM-4]
    const endsAt = (count) => {
        if (frames.length > count) throw new Malformed('extra_frame', count, 'none', count, count + 1); // [FRM-8]
    };

    if (frames.length === 0) throw new Malformed('empty_message', 0, 'none', 0, 0);
    if (frames[0].length > 0) throw new Malformed('no_delimiter', 0, 'delimiter', 0, frames[0].length); // [FRM-1]
    const version = u32(1, 'version'); // a tag of another width is malformed, no mismatch [VER-6]
    if (version !== VERSION) throw new VersionMismatch('version_mismatch', 1, 'version', VERSION, version);

    const messageType = u32(2, 'message_type');
    switch (messageType) {
        case MessageType.HEARTBEAT: {
            const type = u32(3, 'heartbeat_type');
            if (type > 1) throw new Malformed('unknown_heartbeat_type', 3, 'heartbeat_type', 1, type); // [HB-10]
            endsAt(4);
            return {kind: 'heartbeat', type};
        }
        case MessageType.CONTENT:
            break;
        case MessageType.NEW_CONTAINER: // [MAL-15]
            throw new Malformed('illegal_new_container', 2, 'message_type', 0, 0);
        default: // [MAL-11]
            throw new Malformed('unknown_message_type', 2, 'message_type', 2, messageType);
    }

    const id = u32(3, 'id');
    const requestType = u32(4, 'request_type');
    if (requestType === RequestType.FEEDBACK) {
        checkFeedback(frames, limits); // what follows is not defined [FBK-1], but held against the limits
        return {kind: 'feedback_request', id, frames: frames.slice(5)};
    }
    if (requestType !== RequestType.PREDICT) { // [MAL-12]
        throw new Malformed('unknown_request_type', 4, 'request_type', 1, requestType);
    }
    const length = fixed(5, 'metadata_length', 8).readBigUInt64LE();
    const {type, sizes} = readMetadata(length, frame(6, 'metadata'), limits);
    sizes.forEach((size, i) => {
        if (7 + i >= frames.length) { // [PRED-4, MAL-2]
            throw new Malformed('truncated', 7 + i, 'item', 7 + sizes.length, frames.length);
        }
        const actual = frames[7 + i].length;
        if (BigInt(actual) !== size) throw new Malformed('item_size', 7 + i, 'item', size, actual); // [MAL-7]
    });
    endsAt(7 + sizes.length);
    return {kind: 'prediction_request', id, type, items: frames.slice(7)};
}

/**
 * The data type and the sizes of the items, of which every word is held against what is there [MAL-18]. Words stay
 * BigInt: a Number would round those above 2^53.
 */
function readMetadata(length, metadata, limits) {
    const wrong = (error, field, expected, actual) => {
        throw new Malformed(error, 6, field, expected, actual);
    };
    if (BigInt(metadata.length) !== length) wrong('metadata_length', 'metadata', length, metadata.length); // [MAL-4]
    if (metadata.length % 8 !== 0 || metadata.length < 16) wrong('metadata_size', 'metadata', 8, metadata.length);
    const words = [];
    for (let at = 0; at < metadata.length; at += 8) words.push(metadata.readBigUInt64LE(at));
    const [type, count, ...sizes] = words;
    if (type > STRINGS) wrong('unknown_data_type', 'data_type', STRINGS, type); // [MAL-9]
    if (count !== BigInt(sizes.length)) wrong('item_count', 'item_count', sizes.length, count); // [MAL-6]
    if (count > limits.items) wrong('too_many_items', 'item_count', limits.items, count);
    const width = WIDTHS[Number(type)];
    let total = 0n;
    for (const size of sizes) {
        if (size > limits.item_bytes) wrong('item_too_large', 'item_size', limits.item_bytes, size);
        if (size % BigInt(width) !== 0n) wrong('item_width', 'item_size', width, size); // [MAL-8]
        total = size > U64_MAX - total ? U64_MAX : total + size;
        if (total > limits.total_bytes) wrong('message_too_large', 'item_size', limits.total_bytes, total);
    }
    return {type: Number(type), sizes};
}

function checkFeedback(frames, limits) {
    let total = 0;
    frames.slice(5).forEach((frame, i) => {
        const wrong = (error, limit, actual) => {
            if (actual > limit) throw new Malformed(error, 5 + i, 'feedback', limit, actual);
        };
        total += frame.length;
        wrong('too_many_items', limits.items, i + 1);
        wrong('item_too_large', limits.item_bytes, frame.length);
        wrong('message_too_large', limits.total_bytes, total);
    });
}

function u32Frame(value) {
    const frame = Buffer.alloc(4);
    frame.writeUInt32LE(value);
    return frame;
}

function u64Frame(...words) {
    const frame = Buffer.alloc(8 * words.length);
    words.forEach((word, i) => frame.writeBigUInt64LE(BigInt(word), 8 * i));
    return frame;
}

const DELIMITER = Buffer.alloc(0);

/** [HB-1, FRM-6] */
const encodeHeartbeat = () => [DELIMITER, u32Frame(MessageType.HEARTBEAT)];

/** [REG-4 to REG-6]; the input type is one digit [REG-8]; the version frame is the release wire's [REG-9, REG-10]. */
function encodeNewContainer(wire, name, version, inputType) {
    const frames = [DELIMITER, u32Frame(MessageType.NEW_CONTAINER), name, version, Buffer.from(String(inputType))];
    return wire === 'release' ? [...frames, u32Frame(VERSION)] : frames;
}

/** [PRED-5]; the document's metadata has a data type [PRED-8, PRED-17], the release's has none [PRED-9]. */
function encodeResponse(wire, id, outputs, dataType = STRINGS) {
    const words = [outputs.length, ...outputs.map((output) => output.length)];
    const metadata = u64Frame(...(wire === 'document' ? [dataType, ...words] : words));
    return [DELIMITER, u32Frame(MessageType.CONTENT), u32Frame(id), u64Frame(metadata.length), metadata, ...outputs];
}

// ---- Test vectors -----------------------------------------------------------------------------------------

const fromHex = (hex) => Buffer.from(hex, 'hex');
const toHex = (bytes) => bytes.toString('hex');

/** What `decode` makes of a test vector, in the words of spec/vectors/README.md. */
function decodeLine({frames, limits = LIMITS}) {
    const exact = Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, BigInt(limit)]));
    try {
        const message = decode(frames.map(fromHex), exact);
        const {kind, id, type} = message;
        const version = VERSION;
        if (kind === 'heartbeat') {
            return {message: {kind, version, heartbeat_type: type === 1 ? 'send_metadata' : 'keep_alive'}};
        }
        if (kind === 'feedback_request') return {message: {kind, version, id, frames: message.frames.map(toHex)}};
        return {message: {kind, version, id, input_type: TYPE_NAMES[type], items: message.items.map(toHex)}};
    } catch (malformed) {
        if (!(malformed instanceof Malformed)) throw malformed;
        const {error, frame, field, expected, actual} = malformed;
        return {error, frame, field, expected: String(expected), actual: String(actual)}; // JSON's numbers end at 2^53
    }
}

function encodeLine({wire, message}) {
    const text = (value) => (typeof value === 'string' ? Buffer.from(value) : fromHex(value.hex));
    const number = (name) => TYPE_NAMES.indexOf(name);
    switch (message.kind) {
        case 'heartbeat':
            return {frames: encodeHeartbeat().map(toHex)};
        case 'new_container': {
            const {name, model_version: version, input_type: type} = message;
            return {frames: encodeNewContainer(wire, text(name), text(version), number(type)).map(toHex)};
        }
        default: {
            const dataType = message.data_type ? number(message.data_type) : STRINGS;
            return {frames: encodeResponse(wire, message.id, message.items.map(fromHex), dataType).map(toHex)};
        }
    }
}

if (require.main === module) {
    const convert = {'--decode': decodeLine, '--encode': encodeLine}[process.argv[2]];
    if (!convert) {
        console.error('usage: node messages.js --decode|--encode');
        process.exit(2);
    }
    require('readline').createInterface({input: process.stdin})
        .on('line', (line) => console.log(JSON.stringify(convert(JSON.parse(line)))));
}

module.exports = {
    VERSION, HeartbeatType, TYPE_NAMES, WIDTHS, STRINGS, LIMITS, Malformed, VersionMismatch,
    decode, encodeHeartbeat, encodeNewContainer, encodeResponse,
};
