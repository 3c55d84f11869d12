"""What all messages share: the delimiter, the version tag, the message type."""
from .build import *

V = Vectors()
bad = V.bad

# ---- No message at all, and the delimiter

bad("inbound-no-frames", "A message of no frames.", IN, [], "FRM-1 MAL-14 COD-1", "empty_message", 0, "none")
bad("outbound-no-frames", "A message of no frames.", OUT, [], "FRM-1 MAL-17 COD-1", "empty_message", 0, "none")
bad("inbound-delimiter-only", "Nothing follows the delimiter.", IN, [EMPTY], "FRM-8 MAL-2 MAL-14",
    "truncated", 1, "version", expected=2, actual=1)
bad("outbound-delimiter-only", "Nothing follows the delimiter.", OUT, [EMPTY], "FRM-8 MAL-17",
    "truncated", 1, "message_type", expected=2, actual=1)
bad("inbound-without-delimiter", "A keep-alive that begins with its version tag.", IN,
    [TAG, HEARTBEAT, u32(0)], "FRM-1 MAL-14", "no_delimiter", 0, "delimiter", expected=0, actual=4)
bad("outbound-without-delimiter", "A heartbeat that begins with its message type.", OUT, [HEARTBEAT],
    "FRM-1 MAL-17", "no_delimiter", 0, "delimiter", expected=0, actual=4)
bad("inbound-one-byte-delimiter", "The delimiter holds one byte, a zero.", IN, [b"\0", TAG, HEARTBEAT, u32(0)],
    "FRM-1 MAL-14", "no_delimiter", 0, "delimiter", expected=0, actual=1)
bad("outbound-routing-identity-left-on",
    "The routing identity that a ROUTER socket puts in front was not taken off.", OUT,
    [bytes.fromhex("006b8b4567"), EMPTY, HEARTBEAT], "FRM-1 FRM-3", "no_delimiter", 0, "delimiter", expected=0,
    actual=5)
bad("inbound-two-delimiters", "A second delimiter stands where the version tag should be.", IN,
    [EMPTY, EMPTY, TAG, HEARTBEAT, u32(0)], "FRM-1 MAL-14 VER-6", "wrong_width", 1, "version", expected=4,
    actual=0)
bad("outbound-two-delimiters", "A second delimiter stands where the message type should be.", OUT,
    [EMPTY, EMPTY, HEARTBEAT], "FRM-1 MAL-17", "wrong_width", 1, "message_type", expected=4, actual=0)

# ---- The version tag

for name, wrong in (("one-byte", b"\3"), ("three-bytes", b"\3\0\0"), ("five-bytes", b"\3\0\0\0\0"),
                    ("eight-bytes", u64(3))):
    bad("version-of-" + name, "A keep-alive whose version tag is %d bytes wide." % len(wrong), IN,
        [EMPTY, wrong, HEARTBEAT, u32(0)], "FRM-4 VER-6 MAL-13", "wrong_width", 1, "version", expected=4,
        actual=len(wrong))

for name, version, what in (("2", 2, "the version before"), ("4", 4, "the version after"), ("0", 0, "zero"),
                            ("1", 1, "a version that no wire ever had"),
                            ("all-ones", 0xFFFFFFFF, "all bits set"),
                            ("byte-swapped", 0x03000000, "3 written with the most significant byte first")):
    bad("heartbeat-version-" + name, "A heartbeat of type 1 with another version tag: %s." % what, IN,
        [EMPTY, u32(version), HEARTBEAT, u32(1)], "VER-1 VER-2 VER-3", "version_mismatch", 1, "version",
        expected=3, actual=version)
    bad("request-version-" + name, "A prediction request with another version tag: %s." % what, IN,
        [EMPTY, u32(version), CONTENT, u32(5), PREDICTION, u64(24), words(0, 1, 1), b"x"],
        "VER-1 VER-2 VER-3", "version_mismatch", 1, "version", expected=3, actual=version)

bad("version-mismatch-alone", "Another version, and nothing after it: the mismatch is found first.", IN,
    [EMPTY, u32(2)], "VER-7", "version_mismatch", 1, "version", expected=3, actual=2)
bad("version-mismatch-before-garbage", "Another version before frames that make no sense.", IN,
    [EMPTY, u32(4), b"what", b"is this", b""], "VER-7", "version_mismatch", 1, "version", expected=3, actual=4)
bad("heartbeat-without-version", "A heartbeat laid out as the document's samples have it, without a tag: the "
    "message type 2 is taken for the version.", IN, [EMPTY, HEARTBEAT, u32(1)], "FRM-7 VER-7",
    "version_mismatch", 1, "version", expected=3, actual=2)
bad("request-without-version", "A prediction request without a tag: the message type 1 is taken for the "
    "version.", IN, [EMPTY, CONTENT, u32(5), PREDICTION, u64(24), words(0, 1, 1), b"x"], "FRM-7 VER-7",
    "version_mismatch", 1, "version", expected=3, actual=1)

# ---- The message type

bad("inbound-version-only", "The message ends after the version tag.", IN, [EMPTY, TAG], "FRM-8 MAL-2",
    "truncated", 2, "message_type", expected=3, actual=2)
for name, wrong in (("empty", b""), ("one-byte", b"\2"), ("three-bytes", b"\2\0\0"),
                    ("five-bytes", b"\2\0\0\0\0"), ("eight-bytes", u64(2))):
    bad("inbound-message-type-" + name, "A keep-alive whose message type is %d bytes wide." % len(wrong), IN,
        [EMPTY, TAG, wrong, u32(0)], "FRM-4 MAL-13", "wrong_width", 2, "message_type", expected=4,
        actual=len(wrong))
for name, wrong in (("one-byte", b"\2"), ("three-bytes", b"\2\0\0"), ("five-bytes", b"\2\0\0\0\0"),
                    ("eight-bytes", u64(2))):
    bad("outbound-message-type-" + name, "A heartbeat whose message type is %d bytes wide." % len(wrong), OUT,
        [EMPTY, wrong], "FRM-4 MAL-17", "wrong_width", 1, "message_type", expected=4, actual=len(wrong))
for name, value in (("3", 3), ("all-ones", 0xFFFFFFFF), ("byte-swapped", 0x02000000)):
    bad("inbound-message-type-" + name, "An unknown message type.", IN, [EMPTY, TAG, u32(value), u32(0)],
        "FRM-5 MAL-11", "unknown_message_type", 2, "message_type", expected=2, actual=value)
    bad("outbound-message-type-" + name, "An unknown message type.", OUT, [EMPTY, u32(value)],
        "FRM-5 MAL-17", "unknown_message_type", 1, "message_type", expected=2, actual=value)
bad("outbound-with-version", "A heartbeat with a version tag, which only inbound messages have: the tag is "
    "taken for the message type.", OUT, [EMPTY, TAG, HEARTBEAT], "FRM-6", "unknown_message_type", 1,
    "message_type", expected=2, actual=3)
bad("inbound-new-container", "A new container message, whole but for the direction.", IN,
    [EMPTY, TAG, NEW_CONTAINER, b"model", b"1", b"3", u32(3)], "MAL-15", "illegal_new_container", 2,
    "message_type")
bad("inbound-new-container-cut", "A new container message that ends after its message type: illegal comes "
    "before too short.", IN, [EMPTY, TAG, NEW_CONTAINER], "MAL-15 COD-1", "illegal_new_container", 2,
    "message_type")
bad("inbound-burst", "Forty frames of garbage after a proper delimiter.", IN,
    [EMPTY] + [b"garbage"] * 40, "MAL-16 VER-6", "wrong_width", 1, "version", expected=4, actual=7)
