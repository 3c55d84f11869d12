"""The flat form: the message framing of ZMTP 3. One message each."""
import struct

from .build import *
from .build import limits as L

V = Vectors()
good, bad = V.good, V.bad
MORE, LONG, COMMAND = 1, 2, 4
GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
assert len(GREETING) == 64


def frame(body, flags):
    length = struct.pack(">Q", len(body)) if flags & LONG else struct.pack("B", len(body))
    return bytes([flags]) + length + body


def flat(*frames):
    """As a writer puts it: the short length up to 255 bytes."""
    flags = [MORE] * (len(frames) - 1) + [0]
    return b"".join(frame(f, g | (LONG if len(f) > 255 else 0)) for f, g in zip(frames, flags))


KEEP_ALIVE = [EMPTY, TAG, HEARTBEAT, u32(0)]
ASK = [EMPTY, TAG, CONTENT, u32(1), PREDICTION, u64(32), words(4, 2, 3, 0), b"abc", b""]

# ---- Whole ones

good("flat-outbound-heartbeat", "A container's heartbeat.", OUT, flat(EMPTY, HEARTBEAT), "FLAT-1", "any",
     heartbeat_out())
good("flat-keep-alive", "A keep-alive.", IN, flat(*KEEP_ALIVE), "FLAT-1", "any", heartbeat_in("keep_alive"))
good("flat-new-container", "The release's new container.", OUT,
     flat(EMPTY, NEW_CONTAINER, b"model", b"1", b"3", u32(3)), "FLAT-1", "release",
     new_container(b"model", b"1", "doubles", 3))
good("flat-request", "A prediction request that ends in an empty frame.", IN, flat(*ASK), "FLAT-1", "any",
     request(1, "strings", [b"abc", b""]))
good("flat-response", "The document's response.", OUT,
     flat(EMPTY, CONTENT, u32(1), u64(24), words(1, 1, 4), ints(-1)), "FLAT-1", "document",
     response(1, "ints", [ints(-1)]))
good("flat-feedback", "A feedback request.", IN, flat(EMPTY, TAG, CONTENT, u32(1), FEEDBACK, b"x"), "FLAT-1", "any",
     feedback(1, [b"x"]))
for size in (255, 256):
    item = bytes(i % 251 for i in range(size))
    good("flat-item-%d" % size, "An item of %d bytes: the %s length." % (size, "short" if size < 256 else "long"), IN,
         flat(EMPTY, TAG, CONTENT, u32(1), PREDICTION, u64(24), words(0, 1, size), item), "FLAT-2", "any",
         request(1, "bytes", [item]))
good("flat-long-for-short", "Every length in 8 octets, though 1 would do.", IN,
     frame(EMPTY, MORE | LONG) + frame(TAG, MORE | LONG) + frame(HEARTBEAT, MORE | LONG) + frame(u32(1), LONG),
     "FLAT-2", "any", heartbeat_in("send_metadata"))
good("flat-greeting", "A greeting before the message.", IN, GREETING + flat(*KEEP_ALIVE), "FLAT-5", "any",
     heartbeat_in("keep_alive"))
good("flat-greeting-minor-1", "A greeting of ZMTP 3.1: the minor version is not looked at.", IN,
     GREETING[:11] + b"\1" + GREETING[12:] + flat(*KEEP_ALIVE), "FLAT-5", "any", heartbeat_in("keep_alive"))
good("flat-command", "A command before the message.", IN,
     frame(b"\5READY\x0bSocket-Type\0\0\0\6ROUTER", COMMAND) + flat(*KEEP_ALIVE), "FLAT-4", "any",
     heartbeat_in("keep_alive"))
good("flat-command-long", "A command with the long length.", IN,
     frame(b"\4PING\0\0", COMMAND | LONG) + flat(*KEEP_ALIVE), "FLAT-4", "any", heartbeat_in("keep_alive"))
good("flat-command-between", "A command between two frames of a message.", IN,
     frame(EMPTY, MORE) + frame(TAG, MORE) + frame(b"\4PING\0\0", COMMAND) + frame(HEARTBEAT, MORE) + frame(u32(0), 0),
     "FLAT-4", "any", heartbeat_in("keep_alive"))
good("flat-connection", "The beginning of a real connection: greeting, READY, a heartbeat.", OUT,
     GREETING + frame(b"\5READY\x0bSocket-Type\0\0\0\6DEALER\x08Identity\0\0\0\0", COMMAND) + flat(EMPTY, HEARTBEAT),
     "FLAT-4 FLAT-5", "any", heartbeat_out())

# ---- Flags

for bit in (3, 4, 5, 6, 7):
    bad("flat-flags-bit-%d" % bit, "A reserved bit in the first flags octet.", IN, bytes([1 << bit]) + b"\0",
        "FLAT-3", "flat_flags", 0, "flags", actual=1 << bit)
bad("flat-flags-third", "A reserved bit in the flags octet of the third frame.", IN,
    frame(EMPTY, MORE) + frame(TAG, MORE) + b"\x09\4" + HEARTBEAT + frame(u32(0), 0), "FLAT-3", "flat_flags", 2,
    "flags", actual=9)
bad("flat-flags-command-more", "A command with another frame to follow.", IN, frame(b"\4PING", COMMAND | MORE),
    "FLAT-3", "flat_flags", 0, "flags", actual=5)
bad("flat-flags-command-more-long", "A command with another frame to follow, and the long length.", IN,
    frame(b"\4PING", COMMAND | MORE | LONG), "FLAT-3", "flat_flags", 0, "flags", actual=7)
bad("flat-flags-ff-later", "ff is a greeting only at the very beginning.", IN, frame(EMPTY, MORE) + GREETING, "FLAT-3 "
    "FLAT-5", "flat_flags", 1, "flags", actual=0xFF)
bad("flat-second-greeting", "A second greeting after the first.", IN, GREETING + GREETING, "FLAT-3 FLAT-5",
    "flat_flags", 0, "flags", actual=0xFF)

# ---- The greeting

bad("flat-greeting-signature", "A signature that does not end in 7f.", IN, b"\xff" + bytes(9) + GREETING[10:], "FLAT-5",
    "flat_greeting", 0, "greeting", offset=9, expected=0x7F, actual=0)
for major in (0, 1, 2, 4):
    bad("flat-greeting-major-%d" % major, "A greeting whose major version is %d." % major, IN,
        GREETING[:10] + bytes([major]) + GREETING[11:] + flat(*KEEP_ALIVE), "FLAT-5", "flat_greeting", 0, "greeting",
        offset=10, expected=3, actual=major)
bad("flat-greeting-signature-first", "Neither the signature nor the version is right: octets are judged in order.", IN,
    b"\xff" + bytes(8) + b"\x7e\2" + GREETING[11:], "FLAT-5 COD-1", "flat_greeting", 0, "greeting", offset=9,
    expected=0x7F, actual=0x7E)

# ---- Cut short

bad("flat-nothing", "No bytes at all.", IN, b"", "FLAT-6", "flat_truncated", 0, "none")
bad("flat-cut-after-flags", "The bytes end after a flags octet.", IN, b"\1", "FLAT-6", "flat_truncated", 0, "none")
bad("flat-cut-in-long-length", "The bytes end within a length of 8 octets.", IN, b"\3\0\0\0\0\0\0\0", "FLAT-6",
    "flat_truncated", 0, "none")
bad("flat-cut-in-body", "The bytes end within the last body.", IN, flat(*KEEP_ALIVE)[:-1], "FLAT-6",
    "flat_truncated", 3, "none")
bad("flat-cut-before-body", "The bytes end before the last body begins.", IN, flat(*KEEP_ALIVE)[:-4], "FLAT-6",
    "flat_truncated", 3, "none")
bad("flat-cut-between-frames", "The bytes end after a frame that says that another follows.", IN,
    flat(*KEEP_ALIVE)[:-6], "FLAT-6", "flat_truncated", 3, "none")
bad("flat-cut-in-greeting", "The bytes end within the greeting.", IN, GREETING[:63], "FLAT-6", "flat_truncated", 0,
    "none")
bad("flat-cut-after-greeting", "The bytes end after the greeting.", IN, GREETING, "FLAT-6", "flat_truncated", 0, "none")
bad("flat-cut-after-command", "The bytes end after a command: the message has not begun.", IN,
    frame(b"\4PING\0\0", COMMAND), "FLAT-6", "flat_truncated", 0, "none")
bad("flat-cut-in-command", "The bytes end within a command.", IN, frame(b"\4PING\0\0", COMMAND)[:-1], "FLAT-6",
    "flat_truncated", 0, "none")

# ---- Limits: told from the length alone. Frame limit: the largest of an item, a text, and 8(items + 2).

SMALL = L(items=2, item_bytes=64, total_bytes=8, text_bytes=1)  # a frame 64, a message 8 + 32 + 3 + 64 = 107
bad("flat-frame-too-large", "A frame of 65 bytes announced; 64 is the largest that could be needed.", IN,
    frame(EMPTY, MORE) + b"\0\x41", "FLAT-7", "frame_too_large", 1, "none", expected=64, actual=65, limits=SMALL)
bad("flat-frame-too-large-metadata", "Where items and texts are small the metadata sets the largest frame: 8(2 + 2).",
    IN, b"\0\x21", "FLAT-7", "frame_too_large", 0, "none", expected=32, actual=33,
    limits=L(items=2, item_bytes=1, total_bytes=1, text_bytes=1))
bad("flat-frame-too-large-text", "Where a text may be larger than all else it sets the largest frame.", OUT, b"\0\x65",
    "FLAT-7", "frame_too_large", 0, "none", expected=100, actual=101,
    limits=L(items=2, item_bytes=1, total_bytes=1, text_bytes=100))
bad("flat-frame-too-large-default", "A frame of 2^63 bytes announced, under the default limits.", IN,
    b"\2\x80\0\0\0\0\0\0\0", "FLAT-7", "frame_too_large", 0, "none", expected=2**30, actual=2**63)
bad("flat-frame-too-large-all-ones", "A frame of 2^64 - 1 bytes announced, under the default limits.", IN,
    b"\2" + b"\xff" * 8, "FLAT-7", "frame_too_large", 0, "none", expected=2**30, actual=UINT64_MAX)
bad("flat-command-too-large", "A command of 65 bytes announced, before the message.", IN, b"\4\x41", "FLAT-7 FLAT-4",
    "frame_too_large", 0, "none", expected=64, actual=65, limits=SMALL)
bad("flat-command-too-large-between", "A command of 65 bytes announced, after the first frame: it counts as the next.",
    IN, frame(EMPTY, MORE) + b"\4\x41", "FLAT-7 FLAT-4", "frame_too_large", 1, "none", expected=64, actual=65,
    limits=SMALL)
bad("flat-too-many-frames", "Ten frames; under a limit of two items no message has more than nine.", IN,
    frame(EMPTY, MORE) * 9 + frame(EMPTY, 0), "FLAT-7", "too_many_frames", 9, "none", expected=9, actual=10,
    limits=SMALL)
bad("flat-message-too-large", "Two frames of 54 bytes; no message within the limits has more than 107.", IN,
    frame(b"x" * 54, MORE) + b"\0\x36", "FLAT-7", "message_too_large", 1, "none", expected=107, actual=108,
    limits=SMALL)
good("flat-limits-just", "A request at every limit passes.", IN, flat(EMPTY, TAG, CONTENT, u32(1), PREDICTION, u64(32),
     words(0, 2, 4, 4), b"abcd", b"efgh"), "FLAT-7", "any", request(1, "bytes", [b"abcd", b"efgh"]), limits=SMALL)

# ---- Split well, decoded badly

bad("flat-no-delimiter", "The flat form is right; the message is not.", OUT, flat(HEARTBEAT), "FLAT-1 FRM-1",
    "no_delimiter", 0, "delimiter", expected=0, actual=4)
bad("flat-item-short", "The flat form is right; an item is shorter than the metadata says.", IN,
    flat(EMPTY, TAG, CONTENT, u32(1), PREDICTION, u64(24), words(0, 1, 3), b"ab"), "FLAT-1 MAL-7", "item_size", 7,
    "item", expected=3, actual=2, item=0)
bad("flat-version-mismatch", "The flat form is right; the version is not.", IN, flat(EMPTY, u32(2), HEARTBEAT, u32(0)),
    "FLAT-1 VER-7", "version_mismatch", 1, "version", expected=3, actual=2)
