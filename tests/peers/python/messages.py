#!/usr/bin/env python3
"""The messages of Clipper's container RPC, from bytes and back: what container.py speaks. No socket, no clock.

Written from the specification, spec/clipper-rpc.md, sections 3 to 6 and 10; what is in brackets, such as [MAL-7], is
the requirement that a line is there for. To be held against the test vectors (spec/vectors/README.md), a line of
JSON in, a line out:

    ./messages.py --decode      {"frames": [hex, ...]}  ->  {"message": {...}}, or {"error": ..., "frame": ..., ...}
    ./messages.py --encode      {"wire": ..., "message": {...}}  ->  {"frames": [hex, ...]}
"""
import collections
import json
import struct
import sys

VERSION = 3
NEW_CONTAINER, CONTENT, HEARTBEAT = 0, 1, 2  # message types [FRM-5]
PREDICT, FEEDBACK = 0, 1  # request types
KEEP_ALIVE, SEND_METADATA = 0, 1  # heartbeat types [HB-3]
BYTES, INTS, FLOATS, DOUBLES, STRINGS = range(5)
TYPE_NAMES = ("bytes", "ints", "floats", "doubles", "strings")
WIDTHS = (1, 4, 4, 8, 1)  # the size of an item is a multiple of this

# What is taken from a peer [LIM-1]: the number of items, the bytes of one, and of all in a message.
LIMITS = {"items": 1 << 20, "item_bytes": 1 << 30, "total_bytes": 1 << 30}

Heartbeat = collections.namedtuple("Heartbeat", "type")
Request = collections.namedtuple("Request", "id type items")
Feedback = collections.namedtuple("Feedback", "id frames")


class Malformed(Exception):
    """A message that is none of the specification's; section 10 has the names of the errors."""

    def __init__(self, error, frame, field, expected, actual):
        super().__init__(f"{error} at frame {frame} ({field}): expected {expected}, got {actual}")
        self.error, self.frame, self.field = error, frame, field
        self.expected, self.actual = expected, actual


class VersionMismatch(Malformed):
    """The peer speaks another version: nothing after the tag can be trusted [VER-2, VER-7]."""


def decode(frames, limits=LIMITS):
    """The message from Clipper in a whole list of frames [FRM-9]. The first thing that is wrong is raised."""

    def frame(index, field):
        if index >= len(frames):
            raise Malformed("truncated", index, field, index + 1, len(frames))
        return frames[index]

    def integer(index, field, width):
        data = frame(index, field)
        if len(data) != width:  # [FRM-4, MAL-13]
            raise Malformed("wrong_width", index, field, width, len(data))
        return int.from_bytes(data, "little")

    def ends_at(count):
        if len(frames) > count:  # [FRM-8, MAL-3]
            raise Malformed("extra_frame", count, "none", count, count + 1)

    if not frames:
        raise Malformed("empty_message", 0, "none", 0, 0)
    if frames[0]:  # [FRM-1, MAL-14]
        raise Malformed("no_delimiter", 0, "delimiter", 0, len(frames[0]))
    version = integer(1, "version", 4)  # a tag of another width is malformed, no mismatch [VER-6]
    if version != VERSION:
        raise VersionMismatch("version_mismatch", 1, "version", VERSION, version)

    message_type = integer(2, "message_type", 4)
    if message_type == HEARTBEAT:
        heartbeat_type = integer(3, "heartbeat_type", 4)
        if heartbeat_type > SEND_METADATA:  # [HB-10]
            raise Malformed("unknown_heartbeat_type", 3, "heartbeat_type", 1, heartbeat_type)
        ends_at(4)
        return Heartbeat(heartbeat_type)
    if message_type == NEW_CONTAINER:  # [MAL-15]
        raise Malformed("illegal_new_container", 2, "message_type", 0, 0)
    if message_type != CONTENT:  # [MAL-11]
        raise Malformed("unknown_message_type", 2, "message_type", 2, message_type)

    message_id = integer(3, "id", 4)
    request_type = integer(4, "request_type", 4)
    if request_type == FEEDBACK:  # the rest is not defined [FBK-1], but held against the limits
        return Feedback(message_id, feedback_frames(frames, limits))
    if request_type != PREDICT:  # [MAL-12]
        raise Malformed("unknown_request_type", 4, "request_type", 1, request_type)

    length = integer(5, "metadata_length", 8)
    metadata = frame(6, "metadata")
    data_type, sizes = read_metadata(length, metadata, limits)
    for i, size in enumerate(sizes):
        if 7 + i >= len(frames):  # [PRED-4, MAL-2]
            raise Malformed("truncated", 7 + i, "item", 7 + len(sizes), len(frames))
        if len(frames[7 + i]) != size:  # [MAL-7]
            raise Malformed("item_size", 7 + i, "item", size, len(frames[7 + i]))
    ends_at(7 + len(sizes))
    return Request(message_id, data_type, frames[7:])


def read_metadata(length, metadata, limits):
    """The data type and the sizes of the items, of which every word is held against what is there [MAL-18]."""
    if len(metadata) != length:  # [PRED-3, MAL-4]
        raise Malformed("metadata_length", 6, "metadata", length, len(metadata))
    if len(metadata) % 8 != 0 or len(metadata) < 16:  # [MAL-5]
        raise Malformed("metadata_size", 6, "metadata", 8, len(metadata))
    data_type, count, *sizes = struct.unpack(f"<{len(metadata) // 8}Q", metadata)
    if data_type > STRINGS:  # [MAL-9]
        raise Malformed("unknown_data_type", 6, "data_type", STRINGS, data_type)
    if count != len(sizes):  # [MAL-6]
        raise Malformed("item_count", 6, "item_count", len(sizes), count)
    if count > limits["items"]:
        raise Malformed("too_many_items", 6, "item_count", limits["items"], count)
    total = 0
    for size in sizes:
        if size > limits["item_bytes"]:
            raise Malformed("item_too_large", 6, "item_size", limits["item_bytes"], size)
        if size % WIDTHS[data_type] != 0:  # [MAL-8]
            raise Malformed("item_width", 6, "item_size", WIDTHS[data_type], size)
        total = min(total + size, 2**64 - 1)
        if total > limits["total_bytes"]:
            raise Malformed("message_too_large", 6, "item_size", limits["total_bytes"], total)
    return data_type, sizes


def feedback_frames(frames, limits):
    total = 0
    for i, frame in enumerate(frames[5:]):
        total += len(frame)
        for error, limit, actual in (("too_many_items", "items", i + 1), ("item_too_large", "item_bytes", len(frame)),
                                     ("message_too_large", "total_bytes", total)):
            if actual > limits[limit]:
                raise Malformed(error, 5 + i, "feedback", limits[limit], actual)
    return frames[5:]


def u32(value):
    return struct.pack("<I", value)


def encode_heartbeat():
    return [b"", u32(HEARTBEAT)]  # [HB-1, FRM-6]


def encode_new_container(wire, name, version, input_type):
    """[REG-4 to REG-6, REG-8]; the version frame is the release wire's alone [REG-9, REG-10]."""
    frames = [b"", u32(NEW_CONTAINER), name, version, str(input_type).encode()]
    return frames + [u32(VERSION)] if wire == "release" else frames


def encode_response(wire, message_id, outputs, data_type=STRINGS):
    """[PRED-5]; the document's metadata has a data type [PRED-8, PRED-17], the release's has none [PRED-9]."""
    words = [len(outputs), *map(len, outputs)]
    if wire == "document":
        words.insert(0, data_type)
    metadata = struct.pack(f"<{len(words)}Q", *words)
    return [b"", u32(CONTENT), u32(message_id), struct.pack("<Q", len(metadata)), metadata, *outputs]


# ---- Test vectors ------------------------------------------------------------------------------------------


def decode_line(line):
    """What `decode` makes of a test vector, in the words of spec/vectors/README.md."""
    try:
        message = decode([bytes.fromhex(frame) for frame in line["frames"]], line.get("limits", LIMITS))
    except Malformed as malformed:
        return {key: getattr(malformed, key) for key in ("error", "frame", "field", "expected", "actual")}
    if isinstance(message, Heartbeat):
        fields = {"kind": "heartbeat", "heartbeat_type": ("keep_alive", "send_metadata")[message.type]}
    elif isinstance(message, Feedback):
        fields = {"kind": "feedback_request", "id": message.id, "frames": [frame.hex() for frame in message.frames]}
    else:
        fields = {"kind": "prediction_request", "id": message.id, "input_type": TYPE_NAMES[message.type],
                  "items": [item.hex() for item in message.items]}
    return {"message": {**fields, "version": VERSION}}


def encode_line(line):
    wire, message = line["wire"], line["message"]

    def text(field):
        value = message[field]
        return value.encode() if isinstance(value, str) else bytes.fromhex(value["hex"])

    if message["kind"] == "heartbeat":
        frames = encode_heartbeat()
    elif message["kind"] == "new_container":
        frames = encode_new_container(wire, text("name"), text("model_version"),
                                      TYPE_NAMES.index(message["input_type"]))
    else:
        data_type = TYPE_NAMES.index(message["data_type"]) if message["data_type"] else STRINGS
        frames = encode_response(wire, message["id"], [bytes.fromhex(item) for item in message["items"]], data_type)
    return {"frames": [frame.hex() for frame in frames]}


if __name__ == "__main__":
    if sys.argv[1:] not in (["--decode"], ["--encode"]):
        sys.exit("usage: messages.py --decode|--encode")
    convert = decode_line if sys.argv[1] == "--decode" else encode_line
    for json_line in sys.stdin:
        print(json.dumps(convert(json.loads(json_line))))
