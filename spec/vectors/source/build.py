"""What the vectors are made of: integers as bytes, and the three forms of a vector.

Nothing here knows the rules of the protocol. The bytes are put together and the expected results are stated
by hand, vector by vector, in the modules beside this one.
"""
import struct

IN, OUT = "to_container", "to_clipper"
UINT64_MAX = 2**64 - 1


def u32(value):
    return struct.pack("<I", value)


def u64(value):
    return struct.pack("<Q", value)


def words(*values):
    return b"".join(u64(v) for v in values)


def ints(*values):
    return struct.pack("<%di" % len(values), *values)


def floats(*values):
    return struct.pack("<%df" % len(values), *values)


def doubles(*values):
    return struct.pack("<%dd" % len(values), *values)


# The first frames of every message.
EMPTY = b""
TAG = u32(3)
NEW_CONTAINER, CONTENT, HEARTBEAT = u32(0), u32(1), u32(2)
PREDICTION, FEEDBACK = u32(0), u32(1)


def text(raw):
    """A text field in JSON: a string, or its bytes in hex where they are not UTF-8."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return {"hex": raw.hex()}


def hexes(frames):
    return [f.hex() for f in frames]


def limits(items=1000, item_bytes=1000, total_bytes=1000, text_bytes=1000):
    return {"items": items, "item_bytes": item_bytes, "total_bytes": total_bytes, "text_bytes": text_bytes}


class Vectors:
    """The vectors of one file. Bytes are given as bytes and kept as hex. ERA is one before version 3."""

    def __init__(self, era=None):
        self.all = []
        self.era = era

    def _add(self, id, description, requirements, input, strict, limits, expect):
        vector = {"id": id, "description": description}
        if self.era:
            vector["era"] = self.era
        vector.update(input)
        if strict:
            vector["strict"] = True
        if limits:
            vector["limits"] = limits
        vector["requirements"] = requirements.split()
        vector["expect"] = expect
        self.all.append(vector)

    @staticmethod
    def _input(direction, data):
        if isinstance(data, bytes):
            return {"direction": direction, "flat": data.hex()}
        return {"direction": direction, "frames": hexes(data)}

    @staticmethod
    def _encode(direction, wire, message):
        where = {"wire": wire} if wire else {}
        return {"encode": {"direction": direction, **where, "message": message}}

    def good(self, id, description, direction, data, requirements, wire, message, leniencies=(), strict=False,
             limits=None):
        """DATA (frames, or bytes in the flat form) is MESSAGE."""
        expect = {"wire": wire, "leniencies": list(leniencies), "message": message}
        self._add(id, description, requirements, self._input(direction, data), strict, limits, expect)

    def bad(self, id, description, direction, data, requirements, error, frame, field, expected=0, actual=0,
            offset=0, item=None, strict=False, limits=None):
        """DATA is none; ERROR is found at index FRAME."""
        expect = {"error": error, "frame": frame, "field": field, "offset": offset, "expected": expected,
                  "actual": actual}
        if item is not None:
            expect["item"] = item
        self._add(id, description, requirements, self._input(direction, data), strict, limits, expect)

    def encodes(self, id, description, direction, wire, message, requirements, frames):
        """MESSAGE, written on WIRE, is FRAMES."""
        self._add(id, description, requirements, self._encode(direction, wire, message), False, None,
                  {"frames": hexes(frames)})

    def refuses(self, id, description, direction, wire, message, requirements, error):
        """MESSAGE cannot be written on WIRE."""
        self._add(id, description, requirements, self._encode(direction, wire, message), False, None, {"error": error})


# Messages as `mockclipper decode` prints them.

def heartbeat_in(type):
    return {"kind": "heartbeat", "version": 3, "heartbeat_type": type}


def heartbeat_out():
    return {"kind": "heartbeat"}


def new_container(name, model_version, input_type, rpc_version):
    return {"kind": "new_container", "name": text(name), "model_version": text(model_version),
            "input_type": input_type, "rpc_version": rpc_version}


def request(id, input_type, items):
    return {"kind": "prediction_request", "version": 3, "id": id, "input_type": input_type,
            "items": hexes(items)}


def response(id, data_type, items):
    return {"kind": "prediction_response", "id": id, "data_type": data_type, "items": hexes(items)}


def feedback(id, frames):
    return {"kind": "feedback_request", "version": 3, "id": id, "frames": hexes(frames)}
