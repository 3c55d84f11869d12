"""A second reading of spec/clipper-rpc.md: a decoder in Python, written from the specification alone.

It is slow, and made to be compared with: the test vectors state their results by hand, this decoder finds them by
rule, and the C codec does so by rules of its own. Where two of the three differ, one of them is wrong.
"""
import struct

TYPES = ("bytes", "ints", "floats", "doubles", "strings")
WIDTHS = (1, 4, 4, 8, 1)
UINT64_MAX = 2**64 - 1
DEFAULT_LIMITS = {"items": 1 << 20, "item_bytes": 1 << 30, "total_bytes": 1 << 30, "text_bytes": 1 << 16}


class Wrong(Exception):
    """A diagnosis: what is wrong with a message, and where."""

    def __init__(self, error, frame, field, expected=0, actual=0, offset=0, item=None):
        super().__init__(error)
        self.diagnosis = {"error": error, "frame": frame, "field": field, "offset": offset, "expected": expected,
                          "actual": actual}
        if item is not None:
            self.diagnosis["item"] = item


def words_of(frame):
    return struct.unpack("<%dQ" % (len(frame) // 8), frame)


def text_of(raw):
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return {"hex": raw.hex()}


class Cursor:
    """The frames of a message, taken one by one."""

    def __init__(self, frames):
        self.frames = frames
        self.index = -1  # of the frame taken last

    def more(self):
        return self.index + 1 < len(self.frames)

    def take(self, field):
        if not self.more():
            raise Wrong("truncated", len(self.frames), field, len(self.frames) + 1, len(self.frames))
        self.index += 1
        return self.frames[self.index]

    def integer(self, field, width=4):
        frame = self.take(field)
        if len(frame) != width:
            raise Wrong("wrong_width", self.index, field, width, len(frame))
        return int.from_bytes(frame, "little")

    def up_to(self, field, most, error):
        value = self.integer(field)
        if value > most:
            raise Wrong(error, self.index, field, most, value)
        return value

    def end(self):
        if self.more():
            raise Wrong("extra_frame", self.index + 1, "none", self.index + 1, self.index + 2)


def decode(direction, frames, strict=False, limits=None):
    """Returns what a vector expects of a valid message, or raises Wrong."""
    limits = limits or DEFAULT_LIMITS
    inbound = direction == "to_container"
    if not frames:
        raise Wrong("empty_message", 0, "none")
    c = Cursor(frames)
    if c.take("delimiter"):
        raise Wrong("no_delimiter", 0, "delimiter", 0, len(frames[0]))
    if inbound:
        version = c.integer("version")
        if version != 3:
            raise Wrong("version_mismatch", 1, "version", 3, version)
    kind = c.up_to("message_type", 2, "unknown_message_type")
    if kind == 2:
        return result(heartbeat(c, inbound))
    if kind == 1:
        id = c.integer("id")
        return request(c, id, limits) if inbound else response(c, id, limits)
    if inbound:
        raise Wrong("illegal_new_container", c.index, "message_type")
    return new_container(c, strict, limits)


def result(message, wire="any", leniencies=()):
    return {"wire": wire, "leniencies": list(leniencies), "message": message}


def heartbeat(c, inbound):
    message = {"kind": "heartbeat"}
    if inbound:
        type = c.up_to("heartbeat_type", 1, "unknown_heartbeat_type")
        message.update(version=3, heartbeat_type=("keep_alive", "send_metadata")[type])
    c.end()
    return message


def new_container(c, strict, limits):
    def text(field):
        raw = c.take(field)
        if len(raw) > limits["text_bytes"]:
            raise Wrong("text_too_long", c.index, field, limits["text_bytes"], len(raw))
        return raw

    leniencies = []
    name, version, type = text("name"), text("model_version"), text("input_type")
    if type[:1] not in (b"0", b"1", b"2", b"3", b"4"):
        raise Wrong("bad_input_type", c.index, "input_type")
    if len(type) > 1:
        if strict or type[1:2].isdigit():
            raise Wrong("bad_input_type", c.index, "input_type", offset=1)
        leniencies = ["input_type_tail"]
    message = {"kind": "new_container", "name": text_of(name), "model_version": text_of(version),
               "input_type": TYPES[int(type[:1])], "rpc_version": None}
    if not c.more():
        return result(message, "document", leniencies)
    rpc = c.take("rpc_version")
    if len(rpc) != 4 and (strict or len(rpc) != 8):
        raise Wrong("wrong_width", c.index, "rpc_version", 4, len(rpc))
    if int.from_bytes(rpc, "little") != 3:
        raise Wrong("version_mismatch", c.index, "rpc_version", 3, int.from_bytes(rpc, "little"))
    if len(rpc) == 8:
        leniencies = ["wide_version"] + leniencies
    c.end()
    return result(dict(message, rpc_version=3), "release", leniencies)


# ---- Predictions


class Reading:
    """The metadata taken as {type, n, sizes} (typed) or as {n, sizes}."""

    def __init__(self, typed, words):
        self.typed = typed
        self.type = words[0] if typed else None
        self.head = 2 if typed else 1
        self.sizes = words[self.head:]

    def check(self, frame, limits):
        count = len(self.sizes)
        if count > limits["items"]:
            raise Wrong("too_many_items", frame, "item_count", limits["items"], count, 8 * (self.head - 1))
        width = WIDTHS[self.type] if self.typed else 1
        total = 0
        for i, size in enumerate(self.sizes):
            def wrong(error, expected, actual):
                return Wrong(error, frame, "item_size", expected, actual, 8 * (self.head + i), i)
            total += size
            if size > limits["item_bytes"]:
                raise wrong("item_too_large", limits["item_bytes"], size)
            if size % width:
                raise wrong("item_width", width, size)
            if total > limits["total_bytes"]:
                raise wrong("message_too_large", limits["total_bytes"], min(total, UINT64_MAX))

    def length_fits(self, taken, frame):
        return len(frame) == self.sizes[taken - 1]

    def number_fits(self, taken, more):
        return (taken < len(self.sizes)) == more


def metadata(c, least):
    declared = c.integer("metadata_length", 8)
    frame = c.take("metadata")
    if len(frame) != declared:
        raise Wrong("metadata_length", c.index, "metadata", declared, len(frame))
    if len(frame) % 8 or len(frame) < 8 * least:
        raise Wrong("metadata_size", c.index, "metadata", 8, len(frame))
    return words_of(frame)


def items_of(c, readings):
    """Takes the items. Returns the one reading that they fit."""
    head = c.index + 1
    taken, frame = 0, None
    while True:
        more = c.more()
        by_length = [r for r in readings if frame is None or r.length_fits(taken, frame)]
        left = [r for r in by_length if r.number_fits(taken, more)]
        if not left:
            raise closest(c, readings, by_length, head, taken, frame, more)
        if not more:
            return left[0]
        readings = left
        frame = c.take("item")
        taken += 1


def closest(c, readings, by_length, head, taken, frame, more):
    """Why no reading is left: as told by the one that came closest."""
    by_number = [r for r in readings if r.number_fits(taken, more)]
    candidates = by_length if len(by_length) == 1 else by_number if len(by_number) == 1 else readings
    r = candidates[-1]  # the untyped one comes last
    total = head + len(r.sizes)
    if frame is not None and not r.length_fits(taken, frame):
        return Wrong("item_size", c.index, "item", r.sizes[taken - 1], len(frame), item=taken - 1)
    if more:
        return Wrong("extra_frame", c.index + 1, "none", total, c.index + 2)
    return Wrong("truncated", c.index + 1, "item", total, c.index + 1, item=taken)


def request(c, id, limits):
    if c.up_to("request_type", 1, "unknown_request_type") == 1:
        return feedback(c, id, limits)
    words = metadata(c, 2)
    if words[0] > 4:
        raise Wrong("unknown_data_type", c.index, "data_type", 4, words[0])
    if words[1] != len(words) - 2:
        raise Wrong("item_count", c.index, "item_count", len(words) - 2, words[1], 8)
    reading = Reading(True, words)
    reading.check(c.index, limits)
    first = c.index + 1
    items_of(c, [reading])
    return result({"kind": "prediction_request", "version": 3, "id": id, "input_type": TYPES[reading.type],
                   "items": [f.hex() for f in c.frames[first:]]})


def response(c, id, limits):
    words = metadata(c, 1)
    counted = len(words) >= 2 and words[1] == len(words) - 2
    readings = []
    if counted and words[0] <= 4:
        readings.append(Reading(True, words))
    if words[0] == len(words) - 1:
        readings.append(Reading(False, words))
    if not readings and counted:
        raise Wrong("unknown_data_type", c.index, "data_type", 4, words[0])
    if not readings:
        raise Wrong("item_count", c.index, "item_count", len(words) - 1, words[0])
    sound, last = [], None
    for r in readings:
        try:
            r.check(c.index, limits)
            sound.append(r)
        except Wrong as wrong:
            last = wrong
    if not sound:
        raise last
    first = c.index + 1
    reading = items_of(c, sound)
    message = {"kind": "prediction_response", "id": id, "data_type": TYPES[reading.type] if reading.typed else None,
               "items": [f.hex() for f in c.frames[first:]]}
    return result(message, "document" if reading.typed else "release")


def feedback(c, id, limits):
    frames, total = [], 0
    while c.more():
        frame = c.take("feedback")
        total += len(frame)
        for error, limit, actual in (("too_many_items", "items", len(frames) + 1),
                                     ("item_too_large", "item_bytes", len(frame)),
                                     ("message_too_large", "total_bytes", total)):
            if actual > limits[limit]:
                raise Wrong(error, c.index, "feedback", limits[limit], actual, item=len(frames))
        frames.append(frame.hex())
    return result({"kind": "feedback_request", "version": 3, "id": id, "frames": frames})


# ---- The flat form


def split(data, limits=None):
    """The frames of the one message in DATA."""
    limits = limits or DEFAULT_LIMITS
    metadata_bytes = 8 * (limits["items"] + 2)
    most_frame = min(max(limits["item_bytes"], limits["text_bytes"], metadata_bytes), UINT64_MAX)
    most_frames = limits["items"] + 7
    most_message = min(limits["total_bytes"] + metadata_bytes + 3 * limits["text_bytes"] + 64, UINT64_MAX)
    frames, at, total = [], 0, 0
    if data[:1] == b"\xff":
        for offset, wanted in ((9, 0x7F), (10, 3)):
            if len(data) > offset and data[offset] != wanted:
                raise Wrong("flat_greeting", 0, "greeting", wanted, data[offset], offset)
        at = 64
    while True:
        index = len(frames)
        if at >= len(data):
            raise Wrong("flat_truncated", index, "none")
        flags = data[at]
        if flags & 0xF8 or flags & 5 == 5:
            raise Wrong("flat_flags", index, "flags", 0, flags)
        width = 8 if flags & 2 else 1
        length = int.from_bytes(data[at + 1:at + 1 + width], "big")
        at += 1 + width
        if at > len(data):
            raise Wrong("flat_truncated", index, "none")
        if length > most_frame:
            raise Wrong("frame_too_large", index, "none", most_frame, length)
        if not flags & 4:
            total += length
            if index >= most_frames:
                raise Wrong("too_many_frames", index, "none", most_frames, index + 1)
            if total > most_message:
                raise Wrong("message_too_large", index, "none", most_message, min(total, UINT64_MAX))
        at += length
        if at > len(data):
            raise Wrong("flat_truncated", index, "none")
        if not flags & 4:
            frames.append(data[at - length:at])
            if not flags & 1:
                return frames
