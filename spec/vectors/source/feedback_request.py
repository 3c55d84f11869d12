"""Feedback requests: recognised, their content handed on."""
from .build import *

V = Vectors()
good, bad = V.good, V.bad
HEAD = [EMPTY, TAG, CONTENT]


def whole(name, description, id, frames, requirements="FBK-1 FBK-3", **more):
    good(name, description, IN, [*HEAD, u32(id), FEEDBACK, *frames], requirements, "any", feedback(id, frames), **more)


whole("feedback-empty", "Nothing after the request type.", 0, [])
whole("feedback-one", "One frame after the request type.", 1, [b"good"])
whole("feedback-three", "Three frames, one of them empty.", 2, [b"\0", b"", b"\xff\xfe"])
whole("feedback-like-prediction", "What follows looks like a prediction request's metadata and items: it is not looked "
      "into.", 3, [u64(24), words(0, 1, 1), b"x"])
whole("feedback-like-bad-prediction", "What follows would be wrong in a prediction request.", 4, [u64(99), b"short"])
whole("feedback-all-empty", "Four empty frames.", 5, [b"", b"", b"", b""])
whole("feedback-id-all-ones", "The message id 4294967295.", 0xFFFFFFFF, [b"x"], "FBK-1 PRED-7")
bad("feedback-cut-at-request-type", "The message ends after the id: whether it is feedback is not known.", IN,
    [*HEAD, u32(1)], "FBK-1 MAL-2", "truncated", 4, "request_type", expected=5, actual=4)
bad("feedback-type-wide", "A request type of 8 bytes that holds 1.", IN, [*HEAD, u32(1), u64(1), b"x"],
    "FBK-1 MAL-13", "wrong_width", 4, "request_type", expected=4, actual=8)
bad("feedback-outbound", "A feedback request sent by a container: its request type is no metadata length.", OUT,
    [EMPTY, CONTENT, u32(1), FEEDBACK, b"x"], "FBK-1 PRED-5", "wrong_width", 3, "metadata_length", expected=8,
    actual=4)
