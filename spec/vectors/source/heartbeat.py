"""Heartbeats, in both directions."""
from .build import *

V = Vectors()
good, bad = V.good, V.bad

good("outbound-heartbeat", "A container's heartbeat.", OUT, [EMPTY, HEARTBEAT], "HB-1 FRM-1 FRM-5 FRM-6", "any",
     heartbeat_out())
good("keep-alive", "Clipper's answer to a container that it knows.", IN, [EMPTY, TAG, HEARTBEAT, u32(0)],
     "HB-2 HB-3 VER-1 FRM-7", "any", heartbeat_in("keep_alive"))
good("send-metadata", "Clipper's answer to a container that it does not know.", IN,
     [EMPTY, TAG, HEARTBEAT, u32(1)], "HB-2 HB-3 VER-1 FRM-7", "any", heartbeat_in("send_metadata"))
good("keep-alive-strict", "There is no leniency in a keep-alive: strict accepts it.", IN,
     [EMPTY, TAG, HEARTBEAT, u32(0)], "HB-2 COD-5", "any", heartbeat_in("keep_alive"), strict=True)

bad("outbound-heartbeat-extra", "A container's heartbeat with a heartbeat type, which only Clipper's have.", OUT,
    [EMPTY, HEARTBEAT, u32(0)], "HB-1 FRM-8", "extra_frame", 2, "none", expected=2, actual=3)
bad("outbound-heartbeat-extra-empty", "A container's heartbeat and an empty frame.", OUT,
    [EMPTY, HEARTBEAT, EMPTY], "HB-1 FRM-8", "extra_frame", 2, "none", expected=2, actual=3)
bad("inbound-heartbeat-cut", "Clipper's heartbeat ends before the heartbeat type.", IN, [EMPTY, TAG, HEARTBEAT],
    "HB-2 MAL-2", "truncated", 3, "heartbeat_type", expected=4, actual=3)
bad("inbound-heartbeat-extra", "A frame follows the heartbeat type.", IN,
    [EMPTY, TAG, HEARTBEAT, u32(1), b"x"], "HB-2 MAL-3", "extra_frame", 4, "none", expected=4, actual=5)
bad("inbound-heartbeat-three-extra", "Three frames follow the heartbeat type: the first of them is the one "
    "reported.", IN, [EMPTY, TAG, HEARTBEAT, u32(0), EMPTY, TAG, HEARTBEAT], "HB-2 MAL-3 COD-1", "extra_frame",
    4, "none", expected=4, actual=5)
for name, value in (("2", 2), ("all-ones", 0xFFFFFFFF), ("byte-swapped", 0x01000000)):
    bad("heartbeat-type-" + name, "An unknown heartbeat type.", IN, [EMPTY, TAG, HEARTBEAT, u32(value)],
        "HB-3 HB-10", "unknown_heartbeat_type", 3, "heartbeat_type", expected=1, actual=value)
for name, wrong in (("empty", b""), ("one-byte", b"\1"), ("three-bytes", b"\1\0\0"),
                    ("five-bytes", b"\1\0\0\0\0"), ("eight-bytes", u64(1))):
    bad("heartbeat-type-" + name, "A heartbeat type %d bytes wide." % len(wrong), IN,
        [EMPTY, TAG, HEARTBEAT, wrong], "HB-2 FRM-4 MAL-13", "wrong_width", 3, "heartbeat_type", expected=4,
        actual=len(wrong))
bad("heartbeat-type-unknown-and-extra", "An unknown heartbeat type, and a frame after it: frames are judged in "
    "order.", IN, [EMPTY, TAG, HEARTBEAT, u32(9), b"x"], "COD-1", "unknown_heartbeat_type", 3,
    "heartbeat_type", expected=1, actual=9)
