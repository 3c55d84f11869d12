"""Messages of the eras before version 3, right and wrong: what is the same in several of them is written once."""
from .build import *

WIDTHS = {"bytes": 1, "ints": 4, "floats": 4, "doubles": 8, "strings": 1}
TYPES = list(WIDTHS)


def header(type, *rest):
    """An input header: the type, the count, the ends."""
    return b"".join(u32(w) for w in (TYPES.index(type) if type in WIDTHS else type, *rest))


class Era:
    """The frames of one era, and where in a message they are."""

    def __init__(self, letter):
        self.letter = letter
        self.V = Vectors(letter)
        self.typed = letter in "EF"
        self.lengths = letter in "DEF"
        self.first = 1 if self.typed else 0  # frames that a message type takes
        self.header = 3 + self.first + (1 if self.lengths else 0)
        self.content = self.header + (2 if self.lengths else 1)

    def request(self, head, content, id=7, head_bytes=None, content_bytes=None):
        frames = [EMPTY, CONTENT, u32(id), PREDICTION] if self.typed else [EMPTY, u32(id), PREDICTION]
        if not self.lengths:
            return frames + [head, content]
        return frames + [u64(len(head) if head_bytes is None else head_bytes), head,
                         u64(len(content) if content_bytes is None else content_bytes), content]

    def response(self, content, id=u32(7)):
        return [EMPTY, CONTENT, id, content] if self.typed else [EMPTY, id, content]

    def register(self, name, version, type):
        return [EMPTY, NEW_CONTAINER, name, version, type] if self.typed else [EMPTY, name, version, type]

    # The forms of a vector, with the era in the name.

    def good(self, id, description, *rest, **more):
        direction, frames, requirements, message = rest
        self.V.good("era-%s-%s" % (self.letter.lower(), id), description, direction, frames, requirements, "any",
                    message,
                    **more)

    def bad(self, id, description, *rest, **more):
        self.V.bad("era-%s-%s" % (self.letter.lower(), id), description, *rest, **more)

    def encodes(self, id, description, direction, message, requirements, frames):
        self.V.encodes("era-%s-encode-%s" % (self.letter.lower(), id), description, direction, None, message,
                       requirements, frames)

    def refuses(self, id, description, direction, message, requirements, error):
        self.V.refuses("era-%s-encode-%s" % (self.letter.lower(), id), description, direction, None, message,
                       requirements, error)


def old_request(type, items, id=7):
    return {"kind": "prediction_request", "id": id, "input_type": type, "items": hexes(items)}


def add_requests(e):
    good, bad = e.good, e.bad
    for type, items, ends in (
            ("bytes", [b"\x01", b"\x80\x7f\x20\x0a\x0d", b"\x00\xff"], (1, 6)),
            ("ints", [ints(-1), b"", ints(1, 2)], (1, 1)),
            ("floats", [floats(0.5), floats(1, 2, 3)], (1,)),
            ("doubles", [b"", doubles(-2.2, 0)], (0,)),
            ("bytes", [b"abc"], ())):
        name = "%s-%d" % (type, len(items))
        content = b"".join(items)
        message = old_request(type, items)
        frames = e.request(header(type, len(items), *ends), content)
        good("request-" + name, "%d items of type %s: the ends count elements." % (len(items), type), IN, frames,
             "ERA-1 ERA-4 ERA-5", message)
        e.encodes("request-" + name, "The same, written.", IN, message, "ERA-4 ERA-5", frames)
    for name, strings in (("one", [b"hello world"]), ("three", ["a".encode(), "\u00e9\u6f22".encode(), b"c"]),
                          ("empty", [b""]), ("empties", [b"", b"x", b""])):
        content = b"".join(s + b"\0" for s in strings)
        frames = e.request(header("strings", len(strings), *range(1, len(strings))), content)
        message = old_request("strings", strings)
        good("request-strings-" + name, "Strings end in NUL, which is no part of them; each counts as one element.", IN,
             frames, "ERA-4 ERA-6", message)
        e.encodes("request-strings-" + name, "The same, written.", IN, message, "ERA-6", frames)
    for id in (0, 0x7FFFFFFF, 0xFFFFFFFF):
        good("request-id-%d" % id, "An ordinary id.", IN, e.request(header("bytes", 1), b"x", id), "ERA-4 ERA-10",
             old_request("bytes", [b"x"], id))
    odd_ends = e.request(header("strings", 3, 2, 4), b"a\0b\0c\0")
    good("request-string-ends", "Ends of strings that are byte offsets: nobody reads them.", IN, odd_ends, "ERA-6",
         old_request("strings", [b"a", b"b", b"c"]), leniencies=["string_ends"])
    bad("request-string-ends-strict", "The same, where leniencies are errors.", IN, odd_ends, "ERA-6", "string_end",
        e.header,
        "item_size", expected=1, actual=2, offset=8, item=0, strict=True)
    bad("request-string-ends-second", "The second end is not 2, where leniencies are errors.", IN,
        e.request(header("strings", 3, 1, 0), b"a\0b\0c\0"), "ERA-6", "string_end", e.header, "item_size", expected=2,
        actual=0, offset=12, item=1, strict=True)
    # The frames before the input header.
    whole = e.request(header("floats", 2, 1), floats(1, 2))
    fields = (["message_type"] if e.typed else []) + ["id", "request_type"]
    fields += ["metadata_length", "metadata", "content_length", "content"] if e.lengths else ["metadata", "content"]
    for i, field in enumerate(fields, 1):
        bad("request-cut-%d" % i, "The message ends before its %s." % field.replace("_", " "), IN, whole[:i],
            "ERA-2 ERA-4",
            "truncated", i, field, expected=i + 1, actual=i)
    bad("request-extra", "A frame after the content.", IN, whole + [b"x"], "ERA-4", "extra_frame", len(whole), "none",
        expected=len(whole), actual=len(whole) + 1)
    bad("request-no-delimiter", "The first frame is not empty.", IN, [b"x"] + whole[1:], "ERA-1", "no_delimiter", 0,
        "delimiter", actual=1)
    bad("empty", "No frames at all.", IN, [], "ERA-1", "empty_message", 0, "none")
    for i, field in enumerate(fields[:e.first + 2], 1):
        for raw in (b"", b"\1\0\0", u64(1)):
            bad("request-%s-%d-bytes" % (field.replace("_", "-"), len(raw)), "The %s has another width."
                % field.replace("_", " "), IN, whole[:i] + [raw] + whole[i + 1:], "ERA-4 ERA-10", "wrong_width", i,
                field,
                expected=4, actual=len(raw))
    at = 2 + e.first
    bad("request-type-2", "No request type is 2.", IN, whole[:at] + [u32(2)] + whole[at + 1:], "ERA-4",
        "unknown_request_type", at, "request_type", expected=1, actual=2)
    if e.typed:
        bad("message-type-3", "No message type is 3: version 3 begins so.", IN, [EMPTY, u32(3)] + whole[2:], "ERA-1",
            "unknown_message_type", 1, "message_type", expected=2, actual=3)
        bad("new-container-inbound", "No container is sent a new container.", IN, [EMPTY, NEW_CONTAINER] + whole[2:],
            "ERA-2", "illegal_new_container", 1, "message_type")
    if e.lengths:
        for i, field in ((3 + e.first, "metadata_length"), (5 + e.first, "content_length")):
            bad("request-%s-u32" % field.replace("_", "-"), "A length of 4 bytes, as a guide has it: it has 8.", IN,
                whole[:i] + [u32(8)] + whole[i + 1:], "ERA-4", "wrong_width", i, field, expected=8, actual=4)
        for declared in (0, 8, UINT64_MAX):
            bad("request-header-declared-%d" % declared, "The input header has 12 bytes.", IN,
                e.request(whole[e.header], whole[e.content], head_bytes=declared), "ERA-4", "metadata_length", e.header,
                "metadata", expected=declared, actual=12)
            bad("request-content-declared-%d" % declared, "The content has 4 bytes.", IN,
                e.request(header("floats", 1), floats(1), content_bytes=declared), "ERA-4", "metadata_length",
                e.content,
                "content", expected=declared, actual=4)
    # The input header.
    for raw in (b"", u32(2), u32(2) + u32(1) + b"\0\0"):
        bad("request-header-%d-bytes" % len(raw), "No whole number of words, or fewer than two.", IN, e.request(raw,
                                                                                                                b"x"),
            "ERA-4", "metadata_size", e.header, "metadata", expected=4, actual=len(raw))
    bad("request-data-type-5", "No data type is 5.", IN, e.request(header(5, 1), b"x"), "ERA-4", "unknown_data_type",
        e.header, "data_type", expected=4, actual=5)
    bad("request-none", "No items.", IN, e.request(header("bytes", 0), b""), "ERA-9", "no_items", e.header,
        "item_count",
        offset=4)
    for count in (1, 3, 0x80000000):
        bad("request-count-%d" % count, "The input header has one end, and so two items.", IN,
            e.request(header("bytes", count, 1), b"ab"), "ERA-4 ERA-5", "item_count", e.header, "item_count",
            expected=2,
            actual=count, offset=4)
    bad("request-ends-descend", "The second end is less than the first.", IN,
        e.request(header("bytes", 3, 2, 1), b"abc"), "ERA-5", "end_descends", e.header, "item_size", expected=2,
        actual=1,
        offset=12, item=1)
    # The content.
    for type, count, size, width in (("ints", 1, 7, 4), ("doubles", 2, 12, 8), ("floats", 1, 1, 4)):
        bad("request-%s-width" % type, "The content is no whole number of elements.", IN,
            e.request(header(type, count, *range(1, count)), b"x" * size), "ERA-5", "item_width", e.content, "content",
            expected=width, actual=size)
    bad("request-no-bytes", "Items of no bytes at all: the servers cannot send them.", IN,
        e.request(header("ints", 2, 0), b""), "ERA-9", "no_items", e.content, "content")
    for name, end, most in (("ends-in-bytes", 8, 32), ("end-huge", 0xFFFFFFFF, 4 * 0xFFFFFFFF)):
        bad("request-" + name, "The first item would end beyond the content.", IN,
            e.request(header("ints", 2, end), ints(1, 2, 3)), "ERA-5", "content_short", e.content, "item",
            expected=most,
            actual=12, offset=12, item=0)
    bad("request-second-short", "The second of three items would end beyond the content.", IN,
        e.request(header("bytes", 3, 1, 4), b"abc"), "ERA-5", "content_short", e.content, "item", expected=4, actual=3,
        offset=3, item=1)
    for name, count, content, found, end in (("fewer", 3, b"a\0b\0", 2, 4), ("none", 1, b"", 0, 0),
                                            ("more", 1, b"a\0b\0", 2, 2), ("many", 1, b"\0\0\0c", 3, 1)):
        bad("request-strings-" + name, "%d strings are announced." % count, IN,
            e.request(header("strings", count, *range(1, count)), content), "ERA-6", "string_count", e.content,
            "content",
            expected=count, actual=found, offset=end)
    for count, content in ((1, b"a"), (2, b"a\0b")):
        bad("request-strings-no-nul-%d" % count, "The last string does not end.", IN,
            e.request(header("strings", count, *range(1, count)), content), "ERA-6", "no_nul", e.content, "item",
            offset=len(content), item=count - 1)
    bad("request-strings-left-over", "Bytes after the last NUL.", IN, e.request(header("strings", 1), b"a\0bc"),
        "ERA-6",
        "bytes_left", e.content, "content", expected=2, actual=4, offset=2)
    # Limits.
    for name, limit, type, ends, content, error, frame, field, more in (
            ("items", {"items": 1}, "bytes", (1,), b"ab", "too_many_items", e.header, "item_count",
             {"expected": 1, "actual": 2, "offset": 4}),
            ("item", {"item_bytes": 2}, "bytes", (1,), b"abcd", "item_too_large", e.content, "item",
             {"expected": 2, "actual": 3, "offset": 1, "item": 1}),
            ("string", {"item_bytes": 2}, "strings", (), b"abc\0", "item_too_large", e.content, "item",
             {"expected": 2, "actual": 3, "item": 0}),
            ("total", {"total_bytes": 3}, "bytes", (1,), b"abcd", "message_too_large", e.content, "content",
             {"expected": 3, "actual": 4})):
        bad("request-limit-" + name, "One beyond the receiver's limit.", IN,
            e.request(header(type, len(ends) + 1, *ends), content), "ERA-9", error, frame, field,
            limits=limits(**limit), **more)
    good("request-limits", "Just within the receiver's limits.", IN, e.request(header("bytes", 2, 1), b"abc"), "ERA-9",
         old_request("bytes", [b"a", b"bc"]), limits=limits(items=2, item_bytes=2, total_bytes=3))
    # Feedback: named by the guides, its content never defined, never sent.
    for raw in ([], [b"good", b""]):
        frames = whole[:at] + [FEEDBACK] + raw
        message = {"kind": "feedback_request", "id": 7, "frames": hexes(raw)}
        good("feedback-%d" % len(raw), "Feedback with %d frames, passed on as they are." % len(raw), IN, frames,
             "ERA-12",
             message)
        e.encodes("feedback-%d" % len(raw), "The same, written.", IN, message, "ERA-12", frames)
    for name, limit, error, more in (
            ("items", {"items": 1}, "too_many_items", {"frame": at + 2, "expected": 1, "actual": 2, "item": 1}),
            ("item", {"item_bytes": 2}, "item_too_large", {"frame": at + 1, "expected": 2, "actual": 3, "item": 0}),
            ("total", {"total_bytes": 4}, "message_too_large", {"frame": at + 2, "expected": 4, "actual": 5,
                                                                "item": 1})):
        bad("feedback-limit-" + name, "One beyond the receiver's limit.", IN, whole[:at] + [FEEDBACK, b"abc", b"de"],
            "ERA-12", error, field="feedback", limits=limits(**limit), **more)
    # What cannot be written.
    for name, message, error in (
            ("none", old_request("bytes", []), "no_items"),
            ("no-bytes", old_request("doubles", [b"", b""]), "no_items"),
            ("nul", old_request("strings", [b"ok", b"a\0b"]), "nul_in_string"),
            ("width", old_request("ints", [b"12345"]), "item_width"),
            ("version", dict(old_request("bytes", [b"x"]), version=3), "version_mismatch")):
        e.refuses("request-" + name, "What the era cannot say.", IN, message, "ERA-9", error)
    e.refuses("request-outbound", "A request does not go to Clipper.", OUT, old_request("bytes", [b"x"]), "ERA-4",
              "bad_message")


def add_float_responses(e):
    good, bad = e.good, e.bad
    for name, outputs in (("1", [floats(1.5)]), ("3", [floats(-0.0), floats(float("inf")), bytes.fromhex("0100c07f")])):
        message = response(7, "floats", outputs)
        frames = e.response(b"".join(outputs))
        good("response-" + name, "Each output is one float, bit by bit.", OUT, frames, "ERA-7", message)
        e.encodes("response-" + name, "The same, written.", OUT, message, "ERA-7", frames)
    last = 2 + e.first
    bad("response-ack", "What a container once answered to feedback: no float.", OUT, e.response(b"ACK"), "ERA-7",
        "item_width", last, "content", expected=4, actual=3)
    bad("response-none", "No outputs.", OUT, e.response(b""), "ERA-7 ERA-9", "no_items", last, "item_count")
    for name, limit, error, field, more in (
            ("items", {"items": 1}, "too_many_items", "item_count", {"expected": 1, "actual": 2}),
            ("item", {"item_bytes": 3}, "item_too_large", "item", {"expected": 3, "actual": 4, "item": 0}),
            ("total", {"total_bytes": 7}, "message_too_large", "content", {"expected": 7, "actual": 8})):
        bad("response-limit-" + name, "One beyond the receiver's limit.", OUT, e.response(floats(1, 2)), "ERA-7",
            error, last, field, limits=limits(**limit), **more)
    for name, message, error in (
            ("none", response(7, "floats", []), "no_items"), ("size", response(7, "floats", [floats(1, 2)]),
                                                              "item_size"),
            ("empty", response(7, "floats", [b""]), "item_size"),
            ("type", response(7, "doubles", [doubles(1)]), "unknown_data_type"),
            ("untyped", response(7, None, [floats(1)]), "unknown_data_type")):
        e.refuses("response-" + name, "What the era cannot say.", OUT, message, "ERA-7 ERA-9", error)


def add_text_responses(e):
    good, bad = e.good, e.bad
    for name, outputs in (("1", [b"hello"]), ("3", [b"", "\u00e9\u6f22".encode(), b"a\0b"]), ("empty", [b""])):
        message = response(7, "strings", outputs)
        frames = e.response(b"".join(u32(w) for w in (len(outputs), *map(len, outputs))) + b"".join(outputs))
        good("response-" + name,
             "The count, the lengths and the outputs are one frame; a NUL is a byte like any other.", OUT,
             frames, "ERA-8", message)
        e.encodes("response-" + name, "The same, written.", OUT, message, "ERA-8", frames)
        e.encodes("response-unstated-" + name, "An output that has no type is a text.", OUT, dict(message,
                                                                                                  data_type=None),
                  "ERA-8", frames)
    for name, raw, field, expected, more in (
            ("no-count", b"\1\0\0", "item_count", 4, {}), ("no-length", u32(2) + u32(0), "item_size", 12, {"item": 0}),
            ("count-huge", u32(1000) + u32(1), "item_size", 4004, {"item": 0}),
            ("second", u32(2) + u32(1) + u32(3) + b"abc", "item", 16, {"item": 1}),
            ("length-huge", u32(1) + u32(0xFFFFFFFF) + b"abc", "item", 8 + 0xFFFFFFFF, {"item": 0})):
        bad("response-short-" + name, "The content ends too early.", OUT, e.response(raw), "ERA-8", "content_short", 3,
            field,
            expected=expected, actual=len(raw), offset=len(raw), **more)
    bad("response-left-over", "Two bytes after the last output.", OUT, e.response(u32(1) + u32(1) + b"abc"), "ERA-8",
        "bytes_left", 3, "content", expected=9, actual=11, offset=9)
    bad("response-none", "No outputs.", OUT, e.response(u32(0)), "ERA-8 ERA-9", "no_items", 3, "item_count")
    two = e.response(u32(2) + u32(1) + u32(3) + b"abcd")
    for name, limit, error, field, more in (
            ("items", {"items": 1}, "too_many_items", "item_count", {"expected": 1, "actual": 2}),
            ("item", {"item_bytes": 2}, "item_too_large", "item", {"expected": 2, "actual": 3, "item": 1,
                                                                   "offset": 13}),
            ("total", {"total_bytes": 15}, "message_too_large", "content", {"expected": 15, "actual": 16})):
        bad("response-limit-" + name, "One beyond the receiver's limit.", OUT, two, "ERA-8", error, 3, field,
            limits=limits(**limit), **more)
    for name, message, error in (
            ("none", response(7, "strings", []), "no_items"),
            ("type", response(7, "doubles", [doubles(1)]), "unknown_data_type")):
        e.refuses("response-" + name, "What the era cannot say.", OUT, message, "ERA-8 ERA-9", error)


def add_ids(e, content, message):
    wide = e.response(content, u64(7))
    at = 1 + e.first
    if e.letter == "C":
        e.bad("response-id-wide", "An id of 8 bytes came with the Java containers of D.", OUT, wide, "ERA-10",
              "wrong_width",
              at, "id", expected=4, actual=8)
    else:
        e.good("response-id-wide", "The Java container's id has 8 bytes.", OUT, wide, "ERA-10", message,
               leniencies=["wide_id"])
        e.bad("response-id-wide-strict", "The same, where leniencies are errors.", OUT, wide, "ERA-10", "wrong_width",
              at,
              "id", expected=4, actual=8, strict=True)
        e.bad("response-id-high", "An id of 8 bytes whose high half is not zero.", OUT, e.response(content, u64(2**32)),
              "ERA-10", "id_too_large", at, "id", expected=2**32 - 1, actual=2**32)
    for raw in (b"", b"\1\0\0", b"\1\0\0\0\0"):
        e.bad("response-id-%d-bytes" % len(raw), "The id has another width.", OUT, e.response(content, raw), "ERA-10",
              "wrong_width", at, "id", expected=4, actual=len(raw))


def add_new_containers(e):
    good, bad = e.good, e.bad
    at = 3 + e.first
    for type in TYPES:
        message = new_container(b"model", b"10", type, None)
        frames = e.register(b"model", b"10", b"%d" % TYPES.index(type))
        good("new-container-" + type, "A container for %s." % type, OUT, frames, "ERA-2", message)
        e.encodes("new-container-" + type, "The same, written.", OUT, message, "ERA-2", frames)
    good("new-container-odd", "Any name and version.", OUT, e.register(b"", b"\xff", b"3"), "ERA-2",
         new_container(b"", b"\xff", "doubles", None))
    if e.typed:
        good("new-container-name-type", "A name of four bytes.", OUT, e.register(u32(1), u32(7), b"3"), "ERA-2",
             new_container(u32(1), u32(7), "doubles", None))
    else:
        good("new-container-like-response", "A name and a version as long as an id and a float.", OUT,
             e.register(b"name", b"1000", b"3"), "ERA-2", new_container(b"name", b"1000", "doubles", None))
        bad("response-nothing-right", "Neither an id nor floats: nearer to a new container that is cut.", OUT,
            [EMPTY, b"model", b"1"], "ERA-2", "truncated", 3, "input_type", expected=4, actual=3)
        bad("response-cut-nothing-right", "Neither an id nor an output.", OUT, [EMPTY, b"model", b""], "ERA-2",
            "truncated",
            3, "input_type", expected=4, actual=3)
    for raw, offset in ((b"", 0), (b"5", 0), (b"x", 0), (b"10", 1)):
        bad("new-container-type-%s" % (raw.decode() or "empty"), "No input type.", OUT, e.register(b"m", b"1", raw),
            "ERA-2",
            "bad_input_type", at, "input_type", offset=offset)
    tailed = e.register(b"m", b"10", b"3\0")
    if e.letter == "F":
        good("new-container-tail", "The input type with the length of the model version's text.", OUT, tailed, "ERA-11",
             new_container(b"m", b"10", "doubles", None), leniencies=["input_type_tail"])
        bad("new-container-tail-strict", "The same, where leniencies are errors.", OUT, tailed, "ERA-11",
            "bad_input_type",
            at, "input_type", offset=1, strict=True)
        bad("new-container-tail-digit", "A tail begins with anything but a digit.", OUT, e.register(b"m", b"10", b"39"),
            "ERA-11", "bad_input_type", at, "input_type", offset=1)
        for tail in (b"/", b":"):
            good("new-container-tail-%d" % tail[0], "A tail beside the digits.", OUT, e.register(b"m", b"10",
                                                                                                 b"3" + tail),
                 "ERA-11", new_container(b"m", b"10", "doubles", None), leniencies=["input_type_tail"])
    else:
        bad("new-container-tail", "The containers that send a tail came with F.", OUT, tailed, "ERA-11",
            "bad_input_type",
            at, "input_type", offset=1)
    whole = e.register(b"model", b"10", b"3")
    bad("new-container-extra", "A frame after the input type%s." % (", as the release's wire of version 3 has it"
        if e.typed else ""), OUT, whole + [u32(3)], "ERA-2", "extra_frame", len(whole), "none", expected=len(whole),
        actual=len(whole) + 1)
    fields = ["message_type", "name", "model_version", "input_type"] if e.typed else ["name", "model_version",
                                                                                      "input_type"]
    for i, field in enumerate(fields, 1):
        bad("new-container-cut-%d" % i, "The message ends before its %s." % field.replace("_", " "), OUT, whole[:i],
            "ERA-2",
            "truncated", i, field, expected=i + 1, actual=i)
    texts = e.register(b"12", b"345", b"4567")
    for i, field in enumerate(fields[e.first:], 1 + e.first):
        most = len(texts[i]) - 1
        bad("new-container-limit-%s" % field.replace("_", "-"), "One byte beyond the receiver's limit.", OUT, texts,
            "ERA-2", "text_too_long", i, field, expected=most, actual=most + 1, limits=limits(text_bytes=most))
    e.refuses("new-container-inbound", "A new container does not go to a container.", IN,
              new_container(b"m", b"1", "ints", None), "ERA-2", "bad_message")
    e.refuses("new-container-version", "No era before version 3 has a place for it.", OUT,
              new_container(b"m", b"1", "ints", 3), "ERA-2", "version_mismatch")


def add_heartbeats(e):
    inbound = {"kind": "heartbeat", "heartbeat_type": "keep_alive"}
    if not e.typed:
        e.refuses("heartbeat", "The era has no heartbeats.", OUT, heartbeat_out(), "ERA-3", "bad_message")
        e.refuses("keep-alive", "The era has no heartbeats.", IN, inbound, "ERA-3", "bad_message")
        return
    e.good("heartbeat", "A container's heartbeat.", OUT, [EMPTY, HEARTBEAT], "ERA-3", heartbeat_out())
    e.encodes("heartbeat", "The same, written.", OUT, heartbeat_out(), "ERA-3", [EMPTY, HEARTBEAT])
    e.bad("heartbeat-extra", "A heartbeat to Clipper has no type.", OUT, [EMPTY, HEARTBEAT, u32(0)], "ERA-3",
          "extra_frame",
          2, "none", expected=2, actual=3)
    for number, type in enumerate(("keep_alive", "send_metadata")):
        name, message = type.replace("_", "-"), dict(inbound, heartbeat_type=type)
        frames = [EMPTY, HEARTBEAT, u32(number)]
        e.good(name, "Clipper's answer to a heartbeat, without a version tag.", IN, frames, "ERA-1 ERA-3", message)
        e.encodes(name, "The same, written.", IN, message, "ERA-3", frames)
    e.bad("heartbeat-type-2", "No heartbeat type is 2.", IN, [EMPTY, HEARTBEAT, u32(2)], "ERA-3",
          "unknown_heartbeat_type", 2,
          "heartbeat_type", expected=1, actual=2)
    e.bad("heartbeat-cut", "Clipper's heartbeat has a type.", IN, [EMPTY, HEARTBEAT], "ERA-3", "truncated", 2,
          "heartbeat_type", expected=3, actual=2)
    e.bad("heartbeat-type-width", "The type has 4 bytes.", IN, [EMPTY, HEARTBEAT, b"\0"], "ERA-3", "wrong_width", 2,
          "heartbeat_type", expected=4, actual=1)
    e.bad("heartbeat-v3", "A keep-alive of version 3.", IN, [EMPTY, TAG, HEARTBEAT, u32(0)], "ERA-1",
          "unknown_message_type",
          1, "message_type", expected=2, actual=3)
    e.bad("message-type-3-outbound", "No message type is 3.", OUT, [EMPTY, TAG], "ERA-1", "unknown_message_type", 1,
          "message_type", expected=2, actual=3)
    e.bad("response-cut-id", "A response that ends before its id.", OUT, [EMPTY, CONTENT], "ERA-2", "truncated", 2,
          "id",
          expected=3, actual=2)
    e.bad("response-cut-content", "A response that ends before its content.", OUT, [EMPTY, CONTENT, u32(7)], "ERA-2",
          "truncated", 3, "content", expected=4, actual=3)
    e.bad("response-extra", "A frame after the content.", OUT, [EMPTY, CONTENT, u32(7), u32(1) + u32(0), b""], "ERA-2",
          "extra_frame", 4, "none", expected=4, actual=5)


def vectors_of_era(letter):
    e = Era(letter)
    add_requests(e)
    if letter == "F":
        add_text_responses(e)
        add_ids(e, u32(1) + u32(2) + b"ab", response(7, "strings", [b"ab"]))
    else:
        add_float_responses(e)
        add_ids(e, floats(1.5), response(7, "floats", [floats(1.5)]))
    add_new_containers(e)
    add_heartbeats(e)
    return e.V.all
