"""Messages to ask mockclipper about, put together byte by byte: no code is shared with what is tested."""

import struct

from kit import equal

HEARTBEAT = {"direction": "to_clipper", "frames": ["", "02000000"]}
DECODED_HEARTBEAT = {"ok": True, "wire": "any", "leniencies": [], "message": {"kind": "heartbeat"}}


def u32(number):
    return struct.pack("<I", number).hex()


def u64s(*numbers):
    return struct.pack(f"<{len(numbers)}Q", *numbers).hex()


def request(items, data_type=0, number=7):
    metadata = u64s(data_type, len(items), *(len(i) for i in items))
    frames = ["", u32(3), u32(1), u32(number), u32(0), u64s(len(metadata) // 2), metadata]
    return {"direction": "to_container", "frames": frames + [i.hex() for i in items]}


def new_container(name=b"m", version=b"1", input_type=b"3", rpc_version=u32(3)):
    frames = ["", u32(0), name.hex(), version.hex(), input_type.hex()]
    return {"direction": "to_clipper", "frames": frames + ([rpc_version] if rpc_version else [])}


def encoding(kind, direction="to_container", wire=None, **fields):
    line = {"direction": direction, "message": {"kind": kind, **fields}}
    return {**line, "wire": wire} if wire else line


def bad_input(text):
    return {"ok": False, "error": "bad_input", "text": text}


def flat(frames, more_after=False):
    """ZMTP 3 framing, written down once more."""
    out = b""
    for index, frame in enumerate(bytes.fromhex(f) for f in frames):
        more = 1 if more_after or index + 1 < len(frames) else 0
        out += struct.pack(">BB", more, len(frame)) if len(frame) < 256 else struct.pack(">BQ", more | 2, len(frame))
        out += frame
    return out.hex()


def failure(answer):
    """What an answer that is no good says, but for the text, which must be there."""
    equal(answer["ok"], False)
    assert answer["text"].strip() and "\n" not in answer["text"], answer
    return tuple(answer[key] for key in ("error", "frame", "field", "offset", "expected", "actual"))
