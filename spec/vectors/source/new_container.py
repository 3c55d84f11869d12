"""New containers, on both wires, with both leniencies."""
from .build import *

V = Vectors()
good, bad = V.good, V.bad
TYPES = ("bytes", "ints", "floats", "doubles", "strings")
RPC = u32(3)


def frames(name=b"model", version=b"1", type=b"3", *more):
    return [EMPTY, NEW_CONTAINER, name, version, type, *more]


# ---- Whole ones

for digit, type in enumerate(TYPES):
    good("new-container-document-" + type, "The document's new container, input type %s." % type, OUT,
         frames(b"model", b"1", b"%d" % digit), "REG-4 REG-8 REG-10 REG-11 COD-4", "document",
         new_container(b"model", b"1", type, None))
    good("new-container-release-" + type, "The release's new container, input type %s." % type, OUT,
         frames(b"model", b"1", b"%d" % digit, RPC), "REG-4 REG-8 REG-9 REG-11 COD-4", "release",
         new_container(b"model", b"1", type, 3))

for name, version, what in (
        ("10", b"10", "A model version of two letters."), ("100", b"100", "A model version of three letters."),
        ("text", b"v1-beta", "A model version that is no number: released Clipper takes it."),
        ("empty", b"", "An empty model version."), ("not-utf8", b"1\xff", "A model version that is not UTF-8."),
        ("ends-in-nul", b"1\0", "A model version that ends in a NUL: it is part of it.")):
    good("new-container-version-" + name, what, OUT, frames(b"model", version, b"3", RPC), "REG-6 COD-10", "release",
         new_container(b"model", version, "doubles", 3))

for name, raw, what in (
        ("empty", b"", "An empty model name."),
        ("utf8", "Zürich-模型-🧮".encode(), "A model name in UTF-8 of two, three and four bytes a letter."),
        ("not-utf8", b"mod\xffel", "A model name with a byte that no UTF-8 has."),
        ("overlong", b"\xc0\x80", "A model name of an overlong UTF-8 sequence, which is not UTF-8."),
        ("surrogate", b"\xed\xa0\x80", "A model name of a surrogate in three bytes, which is not UTF-8."),
        ("utf8-cut", b"\xe6\xa8", "A model name that ends inside a UTF-8 sequence."),
        ("nul-inside", b"mod\0el", "A model name with a NUL inside."),
        ("quotes", b"a \"b\" \\c\n", "A model name with characters that JSON escapes."),
        ("long", b"n" * 300, "A model name of 300 bytes.")):
    good("new-container-name-" + name, what, OUT, frames(raw, b"1", b"0", RPC), "REG-5 COD-10", "release",
         new_container(raw, b"1", "bytes", 3))

# ---- Leniencies

good("new-container-wide-version", "The JVM container's version frame: 8 bytes.", OUT,
     frames(b"model", b"1", b"3", u64(3)), "REG-12 COD-5", "release",
     new_container(b"model", b"1", "doubles", 3), ["wide_version"])
good("new-container-tail-2", "The C++ container's input type for a model version of two letters: 33 00.", OUT,
     frames(b"model", b"10", b"3\0", RPC), "REG-13 COD-5", "release",
     new_container(b"model", b"10", "doubles", 3), ["input_type_tail"])
good("new-container-tail-3", "The C++ container's input type for a model version of three letters: 33 00 1a.",
     OUT, frames(b"model", b"100", b"3\0\x1a", RPC), "REG-13 COD-5", "release",
     new_container(b"model", b"100", "doubles", 3), ["input_type_tail"])
good("new-container-tail-nul-digit", "A tail may hold digits, but not at once after the first: 30 00 37.", OUT,
     frames(b"model", b"100", b"0\x007", RPC), "REG-13", "release",
     new_container(b"model", b"100", "bytes", 3), ["input_type_tail"])
good("new-container-tail-text", "Anything but a digit may follow: \"4 strings\".", OUT,
     frames(b"model", b"1", b"4 strings", RPC), "REG-13", "release",
     new_container(b"model", b"1", "strings", 3), ["input_type_tail"])
good("new-container-tail-document", "The tail is known on the document's wire as well.", OUT,
     frames(b"model", b"1", b"1\0"), "REG-13 COD-4", "document", new_container(b"model", b"1", "ints", None),
     ["input_type_tail"])
good("new-container-tail-high-byte", "A tail of a byte that is no ASCII.", OUT,
     frames(b"model", b"10", b"2\xb2", RPC), "REG-13", "release", new_container(b"model", b"10", "floats", 3),
     ["input_type_tail"])
good("new-container-both-leniencies", "A tail and a wide version.", OUT,
     frames(b"model", b"10", b"0\0", u64(3)), "REG-12 REG-13 COD-5", "release",
     new_container(b"model", b"10", "bytes", 3), ["wide_version", "input_type_tail"])
good("new-container-strict", "Strict accepts what needs no leniency.", OUT,
     frames(b"model", b"1", b"0", RPC), "COD-5", "release", new_container(b"model", b"1", "bytes", 3),
     strict=True)
bad("new-container-wide-version-strict", "A version frame of 8 bytes is an error under strict.", OUT,
    frames(b"model", b"1", b"3", u64(3)), "REG-12 COD-5", "wrong_width", 5, "rpc_version", expected=4, actual=8,
    strict=True)
bad("new-container-tail-strict", "An input type with a tail is an error under strict.", OUT,
    frames(b"model", b"10", b"3\0", RPC), "REG-13 COD-5", "bad_input_type", 4, "input_type", offset=1,
    strict=True)
bad("new-container-both-leniencies-strict", "Both leniencies under strict: the input type comes first.", OUT,
    frames(b"model", b"10", b"3\0", u64(3)), "REG-13 COD-5 COD-1", "bad_input_type", 4, "input_type", offset=1,
    strict=True)

# ---- Cut short, and going on

bad("new-container-cut-at-name", "The message ends after the message type.", OUT, frames()[:2], "REG-4 MAL-17",
    "truncated", 2, "name", expected=3, actual=2)
bad("new-container-cut-at-version", "The message ends after the name.", OUT, frames()[:3], "REG-4 MAL-17",
    "truncated", 3, "model_version", expected=4, actual=3)
bad("new-container-cut-at-input-type", "The message ends after the model version.", OUT, frames()[:4],
    "REG-4 MAL-17", "truncated", 4, "input_type", expected=5, actual=4)
bad("new-container-extra", "A frame follows the version frame.", OUT, frames(b"m", b"1", b"0", RPC, b"x"),
    "FRM-8 MAL-17", "extra_frame", 6, "none", expected=6, actual=7)
bad("new-container-extra-empty", "An empty frame follows the version frame.", OUT,
    frames(b"m", b"1", b"0", RPC, EMPTY), "FRM-8 MAL-17", "extra_frame", 6, "none", expected=6, actual=7)
bad("new-container-wide-version-extra", "A frame follows a version frame of 8 bytes.", OUT,
    frames(b"m", b"1", b"0", u64(3), b"x"), "FRM-8 REG-12", "extra_frame", 6, "none", expected=6, actual=7)

# ---- The input type

for name, raw, offset in (("empty", b"", 0), ("5", b"5", 0), ("9", b"9", 0), ("binary", b"\3", 0),
                          ("nul", b"\0", 0), ("name", b"doubles", 0), ("minus", b"-1", 0), ("space", b" 3", 0),
                          ("plus", b"+3", 0), ("below-zero", b"/", 0), ("10", b"10", 1), ("33", b"33", 1),
                          ("leading-zero", b"03", 1), ("400", b"400", 1), ("u32", u32(3), 0)):
    bad("input-type-" + name, "An input type that is no digit from 0 to 4 alone: the bytes %s."
        % (raw.hex(" ") or "(none)"), OUT, frames(b"model", b"1", raw), "REG-8 COD-2", "bad_input_type", 4,
        "input_type", offset=offset)
bad("input-type-5-release", "The input type 5, on the release's wire.", OUT, frames(b"model", b"1", b"5", RPC),
    "REG-8 COD-2", "bad_input_type", 4, "input_type")

# ---- The version frame

for name, raw in (("empty", b""), ("text", b"3"), ("two-bytes", b"\3\0"), ("three-bytes", b"\3\0\0"),
                  ("five-bytes", b"\3\0\0\0\0"), ("seven-bytes", b"\3" + b"\0" * 6),
                  ("nine-bytes", b"\3" + b"\0" * 8)):
    bad("rpc-version-" + name, "A version frame %d bytes wide." % len(raw), OUT,
        frames(b"model", b"1", b"3", raw), "REG-9 REG-12 FRM-4", "wrong_width", 5, "rpc_version", expected=4,
        actual=len(raw))
for name, value in (("2", 2), ("4", 4), ("0", 0), ("all-ones", 0xFFFFFFFF), ("byte-swapped", 0x03000000)):
    bad("rpc-version-" + name, "A version frame that does not hold 3.", OUT,
        frames(b"model", b"1", b"3", u32(value)), "REG-9 VER-8", "version_mismatch", 5, "rpc_version",
        expected=3, actual=value)
bad("rpc-version-wide-4", "A version frame of 8 bytes that holds 4.", OUT, frames(b"model", b"1", b"3", u64(4)),
    "REG-12 VER-8", "version_mismatch", 5, "rpc_version", expected=3, actual=4)
bad("rpc-version-wide-high", "A version frame of 8 bytes: 3 in the lower half, 1 in the upper.", OUT,
    frames(b"model", b"1", b"3", u64(2**32 + 3)), "REG-12 VER-8", "version_mismatch", 5, "rpc_version",
    expected=3, actual=2**32 + 3)
bad("rpc-version-2-and-extra", "Another version, and a frame after it: frames are judged in order.", OUT,
    frames(b"model", b"1", b"3", u32(2), b"x"), "COD-1", "version_mismatch", 5, "rpc_version", expected=3,
    actual=2)
