"""Prediction responses: the document's metadata {type, n, sizes}, the release's {n, sizes}."""
from .build import *

V = Vectors()
good, bad = V.good, V.bad
CODES = {"bytes": 0, "ints": 1, "floats": 2, "doubles": 3, "strings": 4}


def frames(id, metadata, items=(), length=None):
    length = u64(len(metadata)) if length is None else length
    return [EMPTY, CONTENT, id if isinstance(id, bytes) else u32(id), length, metadata, *items]


def document(name, description, id, type, items, requirements="PRED-5 PRED-8 PRED-10 COD-4", **more):
    metadata = words(CODES[type], len(items), *(len(i) for i in items))
    good(name, description, OUT, frames(id, metadata, items), requirements, "document", response(id, type, items),
         **more)


def release(name, description, id, items, requirements="PRED-5 PRED-9 PRED-10 COD-4", **more):
    metadata = words(len(items), *(len(i) for i in items))
    good(name, description, OUT, frames(id, metadata, items), requirements, "release", response(id, None, items),
         **more)


# ---- The release's layout

release("response-release-one", "One output.", 0, [b"hello"])
release("response-release-three", "Three outputs of different lengths.", 1, [b"a", b"bcdefgh", b"ij"])
release("response-release-utf8", "Outputs in UTF-8.", 2, ["Grüße".encode(), "🧮".encode()], "PRED-9 PRED-16")
release("response-release-not-utf8", "An output that is not UTF-8: the codec takes it as it is.", 3, [b"\xff\x80"],
        "PRED-9 COD-10")
release("response-release-nul", "An output with NULs inside and at its end.", 4, [b"a\0b\0"], "PRED-9 PRED-21")
release("response-release-none", "No outputs: the metadata is the one word 0.", 5, [], "PRED-9 PRED-23")
release("response-release-one-empty", "One output, which is empty: metadata {1, 0}, and one item frame.", 6, [b""],
        "PRED-9 PRED-10 PRED-22 COD-6")
release("response-release-all-empty", "Three outputs, all empty.", 7, [b"", b"", b""], "PRED-9 PRED-22")
release("response-release-100", "A hundred outputs.", 8, [b"%d" % i for i in range(100)], "PRED-9 PRED-24")
release("response-release-127", "127 outputs of one byte.", 9, [bytes([i]) for i in range(127)], "PRED-9 PRED-24")
release("response-release-1000", "A thousand outputs of no or one byte.", 10,
        [b"" if i % 3 else b"7" for i in range(1000)], "PRED-9 PRED-24")
for name, id in (("0", 0), ("int32-max", 0x7FFFFFFF), ("all-ones", 0xFFFFFFFF)):
    release("response-release-id-" + name, "The message id %d." % id, id, [b"x"], "PRED-6 PRED-7")
release("response-release-strict", "There is no leniency in a response: strict accepts it.", 11, [b"x"], "COD-5",
        strict=True)

# ---- The document's layout

document("response-document-bytes", "One output of bytes.", 0, "bytes", [b"\x80\xff\0"], "PRED-8 PRED-17 PRED-18")
document("response-document-ints", "Two outputs of ints.", 1, "ints", [ints(-1, 2), ints(-2**31)],
         "PRED-8 PRED-17 PRED-19")
document("response-document-floats", "Two outputs of floats, one with a NaN.", 2, "floats",
         [floats(1.5), u32(0x7FC00042) + floats(-0.0)], "PRED-8 PRED-17 PRED-20")
document("response-document-doubles", "Two outputs of doubles, one with a NaN.", 3, "doubles",
         [doubles(1.5), words(0x7FF8000000000042, 2**63)], "PRED-8 PRED-17 PRED-20")
document("response-document-strings", "Three strings, one of them empty.", 4, "strings", [b"one", b"", b"three"],
         "PRED-8 PRED-17 PRED-21")
document("response-document-not-utf8", "A string that is not UTF-8.", 5, "strings", [b"\xff\x80"],
         "PRED-8 PRED-21 COD-10")
document("response-document-none", "No outputs: metadata {0, 0}.", 6, "bytes", [], "PRED-8 PRED-23")
document("response-document-none-strings", "No strings: metadata {4, 0}.", 7, "strings", [], "PRED-8 PRED-23")
document("response-document-one-empty", "One output, which is empty.", 8, "doubles", [b""], "PRED-8 PRED-22")
document("response-document-all-empty", "Three outputs, all empty.", 9, "strings", [b"", b"", b""],
         "PRED-8 PRED-22")
document("response-document-100", "A hundred outputs of one int.", 10, "ints", [ints(i) for i in range(100)],
         "PRED-8 PRED-24")
document("response-document-1000", "A thousand outputs of no or one byte.", 11, "bytes",
         [b"" if i % 3 else b"7" for i in range(1000)], "PRED-8 PRED-24")
for name, id in (("0", 0), ("int32-max", 0x7FFFFFFF), ("all-ones", 0xFFFFFFFF)):
    document("response-document-id-" + name, "The message id %d." % id, id, "strings", [b"x"], "PRED-6 PRED-7")

# ---- Metadata that fits both layouts: the number of item frames decides

BOTH = "PRED-10 COD-6"
good("ambiguous-1-0-no-items", "Metadata {1, 0} and no items: the document's, no ints.", OUT,
     frames(1, words(1, 0)), BOTH, "document", response(1, "ints", []))
good("ambiguous-1-0-one-item", "Metadata {1, 0} and one empty item: the release's.", OUT,
     frames(1, words(1, 0), [b""]), BOTH, "release", response(1, None, [b""]))
good("ambiguous-2-1-one-item", "Metadata {2, 1, 8} and one item: the document's, two floats.", OUT,
     frames(1, words(2, 1, 8), [floats(1, 2)]), BOTH, "document", response(1, "floats", [floats(1, 2)]))
good("ambiguous-2-1-two-items", "Metadata {2, 1, 8} and two items: the release's.", OUT,
     frames(1, words(2, 1, 8), [b"a", b"bcdefghi"]), BOTH, "release", response(1, None, [b"a", b"bcdefghi"]))
good("ambiguous-2-1-1-two-items", "Metadata {2, 1, 1}: one byte is no float, so only the release's is left.", OUT,
     frames(1, words(2, 1, 1), [b"a", b"b"]), BOTH, "release", response(1, None, [b"a", b"b"]))
good("ambiguous-3-2-two-items", "Metadata {3, 2, 8, 0} and two items: the document's, doubles.", OUT,
     frames(1, words(3, 2, 8, 0), [doubles(1), b""]), BOTH, "document", response(1, "doubles", [doubles(1), b""]))
good("ambiguous-3-2-three-items", "Metadata {3, 2, 8, 0} and three items: the release's.", OUT,
     frames(1, words(3, 2, 8, 0), [b"ab", b"cdefghij", b""]), BOTH, "release",
     response(1, None, [b"ab", b"cdefghij", b""]))
good("ambiguous-4-3-three-items", "Metadata {4, 3, 1, 2, 0} and three items: the document's, strings.", OUT,
     frames(1, words(4, 3, 1, 2, 0), [b"a", b"bc", b""]), BOTH, "document",
     response(1, "strings", [b"a", b"bc", b""]))
good("ambiguous-4-3-four-items", "Metadata {4, 3, 1, 2, 0} and four items: the release's.", OUT,
     frames(1, words(4, 3, 1, 2, 0), [b"abc", b"d", b"ef", b""]), BOTH, "release",
     response(1, None, [b"abc", b"d", b"ef", b""]))
good("ambiguous-4-3-equal-sizes", "Metadata {4, 3, 3, 3, 3} and three items: all sizes agree with both, the number "
     "does not.", OUT, frames(1, words(4, 3, 3, 3, 3), [b"abc", b"def", b"ghi"]), BOTH, "document",
     response(1, "strings", [b"abc", b"def", b"ghi"]))
good("ambiguous-4-3-equal-sizes-four", "The same metadata and four items: the release's. Without the last it would be "
     "the document's.", OUT, frames(1, words(4, 3, 3, 3, 3), [b"abc", b"def", b"ghi", b"jkl"]), BOTH + " COD-7",
     "release", response(1, None, [b"abc", b"def", b"ghi", b"jkl"]))
good("unambiguous-5-4", "Metadata {5, 4, 1, 1, 1, 1}: 5 is no type, so it is the release's.", OUT,
     frames(1, words(5, 4, 1, 1, 1, 1), [b"abcd", b"e", b"f", b"g", b"h"]), BOTH, "release",
     response(1, None, [b"abcd", b"e", b"f", b"g", b"h"]))

bad("ambiguous-1-0-wrong-item", "Metadata {1, 0} and one item of three bytes: the release's says it is empty.", OUT,
    frames(1, words(1, 0), [b"abc"]), BOTH, "item_size", 5, "item", expected=0, actual=3, item=0)
bad("ambiguous-1-0-two-items", "Metadata {1, 0} and two empty items: one too many.", OUT,
    frames(1, words(1, 0), [b"", b""]), BOTH, "extra_frame", 6, "none", expected=6, actual=7)
bad("ambiguous-2-1-no-items", "Metadata {2, 1, 8} and no items: too few for either; told as the release's.", OUT,
    frames(1, words(2, 1, 8)), BOTH + " COD-7", "truncated", 5, "item", expected=7, actual=5, item=0)
bad("ambiguous-2-1-first-only", "Metadata {2, 1, 8} and one item of one byte: the first of the release's two.", OUT,
    frames(1, words(2, 1, 8), [b"a"]), BOTH + " COD-7", "truncated", 6, "item", expected=7, actual=6, item=1)
bad("ambiguous-2-1-one-wrong", "Metadata {2, 1, 8} and one item of three bytes: it fits neither size, and the "
    "number of items is the document's.", OUT, frames(1, words(2, 1, 8), [b"abc"]), BOTH, "item_size", 5, "item",
    expected=8, actual=3, item=0)
bad("ambiguous-2-1-two-wrong", "Metadata {2, 1, 8} and two items, the first of three bytes: it fits neither size, "
    "and the number of items is the release's.", OUT, frames(1, words(2, 1, 8), [b"abc", b"abcdefgh"]), BOTH,
    "item_size", 5, "item", expected=1, actual=3, item=0)
bad("ambiguous-2-1-second-wrong", "Metadata {2, 1, 8} and two items, the second of seven bytes.", OUT,
    frames(1, words(2, 1, 8), [b"a", b"bcdefgh"]), BOTH, "item_size", 6, "item", expected=8, actual=7, item=1)
bad("ambiguous-3-2-first-of-document", "Metadata {3, 2, 8, 16} and one item of eight bytes: the first of the "
    "document's two.", OUT, frames(1, words(3, 2, 8, 16), [doubles(1)]), BOTH + " COD-7", "truncated", 6, "item",
    expected=7, actual=6, item=1)
bad("ambiguous-3-2-extra", "Metadata {3, 2, 8, 0} and four items, the first three the release's.", OUT,
    frames(1, words(3, 2, 8, 0), [b"ab", b"cdefghij", b"", b""]), BOTH, "extra_frame", 8, "none", expected=8,
    actual=9)
bad("ambiguous-2-1-1-one-item", "Metadata {2, 1, 1} and one item of one byte: the document's would need whole "
    "floats, so it is a release's, cut short.", OUT, frames(1, words(2, 1, 1), [b"a"]), BOTH, "truncated", 6, "item",
    expected=7, actual=6, item=1)
bad("ambiguous-3-2-both-wrong", "Metadata {3, 2, 8, 2^40}: too large for either; told as the release's, where it is "
    "item 2.", OUT, frames(1, words(3, 2, 8, 2**40), [doubles(1), b""]), BOTH + " LIM-3", "item_too_large", 4,
    "item_size", offset=24, expected=2**30, actual=2**40, item=2)

# ---- Cut short, and going on

for wire, metadata, total in (("release", words(2, 3, 1), 7), ("document", words(0, 2, 3, 1), 7)):
    whole = frames(7, metadata, [b"abc", b"d"])
    if wire == "release":
        bad("response-cut-at-id", "The message ends after the message type.", OUT, whole[:2], "PRED-5 MAL-17",
            "truncated", 2, "id", expected=3, actual=2)
        bad("response-cut-at-metadata-length", "The message ends after the id.", OUT, whole[:3], "PRED-5 MAL-17",
            "truncated", 3, "metadata_length", expected=4, actual=3)
        bad("response-cut-at-metadata", "The message ends after the metadata length.", OUT, whole[:4],
            "PRED-5 MAL-17", "truncated", 4, "metadata", expected=5, actual=4)
    bad("response-%s-cut-at-item-0" % wire, "The message ends after the metadata; two items are missing.", OUT,
        whole[:5], "PRED-4 MAL-17", "truncated", 5, "item", expected=total, actual=5, item=0)
    bad("response-%s-cut-at-item-1" % wire, "The message ends after the first of two items.", OUT, whole[:6],
        "PRED-4 MAL-17", "truncated", 6, "item", expected=total, actual=6, item=1)
    bad("response-%s-extra-item" % wire, "One item more than the metadata says.", OUT, whole + [b"e"],
        "PRED-4 MAL-17", "extra_frame", 7, "none", expected=total, actual=8)
bad("response-glued", "No outputs, and then a heartbeat glued on, as from a reply that was left open.", OUT,
    frames(7, words(0)) + [EMPTY, HEARTBEAT], "FRM-8 MAL-17", "extra_frame", 5, "none", expected=5, actual=6)

# ---- Fixed widths

for name, raw in (("empty", b""), ("three-bytes", b"\7\0\0"), ("five-bytes", b"\7\0\0\0\0"),
                  ("eight-bytes", u64(7))):
    bad("response-id-" + name, "A message id %d bytes wide." % len(raw), OUT, frames(raw, words(1, 1), [b"x"]),
        "PRED-5 PRED-6 FRM-4", "wrong_width", 2, "id", expected=4, actual=len(raw))
for name, raw in (("empty", b""), ("four-bytes", u32(16)), ("seven-bytes", b"\x10" + b"\0" * 6),
                  ("nine-bytes", b"\x10" + b"\0" * 8)):
    bad("response-metadata-length-" + name, "A metadata length field %d bytes wide." % len(raw), OUT,
        frames(7, words(1, 1), [b"x"], length=raw), "PRED-3 FRM-4", "wrong_width", 3, "metadata_length", expected=8,
        actual=len(raw))
bad("response-with-request-type", "A request type after the id, as requests have: it is no metadata length.", OUT,
    [EMPTY, CONTENT, u32(7), PREDICTION, u64(16), words(1, 1), b"x"], "PRED-5", "wrong_width", 3,
    "metadata_length", expected=8, actual=4)

# ---- The metadata

for name, declared in (("short", 15), ("long", 17), ("zero", 0), ("all-ones", UINT64_MAX)):
    bad("response-metadata-declared-" + name, "The metadata length field says %d; the metadata has 16 bytes."
        % declared, OUT, frames(7, words(1, 1), [b"x"], length=u64(declared)), "PRED-3 MAL-17", "metadata_length", 4,
        "metadata", expected=declared, actual=16)
for name, raw in (("empty", b""), ("seven-bytes", b"\0" * 7), ("twelve-bytes", u32(1) + u64(1))):
    bad("response-metadata-" + name, "Metadata of %d bytes, declared so." % len(raw), OUT, frames(7, raw, [b"x"]),
        "PRED-8 PRED-9 MAL-17", "metadata_size", 4, "metadata", expected=8, actual=len(raw))
for name, metadata, expected, actual in (
        ("one-word", words(1), 0, 1), ("one-word-5", words(5), 0, 5), ("one-word-all-ones", words(UINT64_MAX), 0,
                                                                           UINT64_MAX),
        ("less", words(1, 3, 1), 2, 1), ("more", words(3, 2, 1), 2, 3), ("neither", words(2, 5, 5, 5), 3, 2),
        ("huge", words(2**61, 1, 1, 1), 3, 2**61), ("document-less", words(0, 1, 3, 1), 3, 0),
        ("document-more", words(0, 3, 3, 1), 3, 0)):
    bad("response-count-" + name, "Metadata that fits neither layout: as the release's it should count %d, and "
        "says %d." % (expected, actual), OUT, frames(7, metadata, [b"abc", b"d"]), "PRED-8 PRED-9 COD-6",
        "item_count", 4, "item_count", expected=expected, actual=actual)
for name, metadata, actual in (("5", words(5, 1, 1), 5), ("all-ones", words(UINT64_MAX, 1, 1), UINT64_MAX),
                               ("no-items", words(9, 0), 9)):
    bad("response-data-type-" + name, "The second word is the document's count, but %d is no type." % actual, OUT,
        frames(7, metadata, [b"x"]), "PRED-17 COD-6", "unknown_data_type", 4, "data_type", expected=4, actual=actual)
for name, type, size, width in (("ints-7", 1, 7, 4), ("doubles-12", 3, 12, 8)):
    bad("response-width-" + name, "An output of %d bytes, of a type %d bytes wide, in the document's layout."
        % (size, width), OUT, frames(7, words(type, 1, size), [b"x" * size]), "PRED-8 MAL-17", "item_width", 4,
        "item_size", offset=16, expected=width, actual=size, item=0)
bad("response-width-floats-third", "The third of three outputs is not a whole number of floats.", OUT,
    frames(7, words(2, 3, 4, 0, 6), [floats(1), b"", b"123456"]), "PRED-8 MAL-17", "item_width", 4, "item_size",
    offset=32, expected=4, actual=6, item=2)
for wire, metadata in (("release", words(2, 3, 1)), ("document", words(4, 2, 3, 1))):
    bad("response-%s-item-short" % wire, "The first item has 2 bytes; the metadata says 3.", OUT,
        frames(7, metadata, [b"ab", b"d"]), "PRED-4 MAL-17", "item_size", 5, "item", expected=3, actual=2, item=0)
    bad("response-%s-item-long" % wire, "The second item has 2 bytes; the metadata says 1.", OUT,
        frames(7, metadata, [b"abc", b"de"]), "PRED-4 MAL-17", "item_size", 6, "item", expected=1, actual=2, item=1)
bad("response-size-huge", "A size word of 2^63, with a small item.", OUT, frames(7, words(1, 2**63), [b"x"]),
    "MAL-17 LIM-3", "item_too_large", 4, "item_size", offset=8, expected=2**30, actual=2**63, item=0)
bad("response-era-f", "A response of the releases before version 3 (v0.1.0 to v0.2.0): count, lengths and "
    "outputs in one frame.", OUT, [EMPTY, CONTENT, u32(7), u32(1) + u32(5) + b"hello"], "COD-2", "wrong_width", 3,
    "metadata_length", expected=8, actual=13)
