"""Prediction requests."""
from .build import *

V = Vectors()
good, bad = V.good, V.bad
CODES = {"bytes": 0, "ints": 1, "floats": 2, "doubles": 3, "strings": 4}


def frames(id, metadata, items=(), length=None, request_type=PREDICTION):
    length = u64(len(metadata)) if length is None else length
    return [EMPTY, TAG, CONTENT, id if isinstance(id, bytes) else u32(id), request_type, length, metadata, *items]


def whole(name, description, id, type, items, requirements, **more):
    metadata = words(CODES[type], len(items), *(len(i) for i in items))
    good(name, description, IN, frames(id, metadata, items), requirements, "any", request(id, type, items), **more)


# ---- Each type

whole("request-bytes-one", "One item of bytes.", 0, "bytes", [bytes.fromhex("0a0b0c0d0e")], "PRED-1 PRED-2 PRED-18")
whole("request-ints-one", "One item of two ints.", 1, "ints", [ints(10, -11)], "PRED-1 PRED-2 PRED-19")
whole("request-floats-one", "One item of two floats.", 2, "floats", [floats(0.5, -2.25)],
      "PRED-1 PRED-2 PRED-20")
whole("request-doubles-one", "One item of two doubles.", 3, "doubles", [doubles(0.1, -1e300)],
      "PRED-1 PRED-2 PRED-20")
whole("request-strings-one", "One string: no NUL at its end.", 4, "strings", [b"hello"], "PRED-1 PRED-2 PRED-21")
whole("request-bytes-ragged", "Three items of bytes, of different lengths.", 5, "bytes", [b"a", b"bcdefgh", b"ij"],
      "PRED-4 PRED-25")
whole("request-ints-ragged", "Three items of 1, 3 and 2 ints.", 6, "ints", [ints(1), ints(2, 3, 4), ints(5, 6)],
      "PRED-4 PRED-19 PRED-25")
whole("request-floats-ragged", "Three items of 2, 0 and 1 floats.", 7, "floats", [floats(1, 2), b"", floats(3)],
      "PRED-4 PRED-20 PRED-22 PRED-25")
whole("request-doubles-ragged", "Three items of 1, 3 and 2 doubles.", 8, "doubles",
      [doubles(1), doubles(2, 3, 4), doubles(5, 6)], "PRED-4 PRED-20 PRED-25")
whole("request-strings-ragged", "Three strings of different lengths.", 9, "strings", [b"one", b"", b"three"],
      "PRED-4 PRED-21 PRED-22 PRED-25")

# ---- Edge values

whole("request-all-bytes", "Every octet from 00 to ff.", 10, "bytes", [bytes(range(256))], "PRED-18")
whole("request-high-bytes", "Octets from 80 to ff are not negative.", 11, "bytes", [b"\x80\xfe\xff"], "PRED-18")
whole("request-int-extremes", "INT32_MIN, -1, 0, 1, INT32_MAX.", 12, "ints", [ints(-2**31, -1, 0, 1, 2**31 - 1)],
      "PRED-19")
whole("request-float-nan-payloads", "Floats: a quiet and a signalling NaN with payloads, and a negative one.", 13,
      "floats", [u32(0x7FC00001) + u32(0x7F800001) + u32(0xFFC12345)], "PRED-20")
whole("request-float-specials", "Floats: both infinities, -0.0, the smallest subnormal, the largest.", 14, "floats",
      [u32(0x7F800000) + u32(0xFF800000) + u32(0x80000000) + u32(1) + u32(0x7F7FFFFF)], "PRED-20")
whole("request-double-nan-payloads", "Doubles: a quiet and a signalling NaN with payloads, and a negative one.", 15,
      "doubles", [words(0x7FF8000000000001, 0x7FF0000000000001, 0xFFF8DEADBEEF0123)], "PRED-20")
whole("request-double-specials", "Doubles: both infinities, -0.0, the smallest subnormal, the largest.", 16,
      "doubles", [words(0x7FF0000000000000, 0xFFF0000000000000, 2**63, 1, 0x7FEFFFFFFFFFFFFF)], "PRED-20")
whole("request-string-nul", "A string with a NUL inside, and one that is a NUL.", 17, "strings",
      [b"a\0b", b"\0"], "PRED-21")
whole("request-string-not-utf8", "Strings that are not UTF-8.", 18, "strings", [b"\xff\xfe", b"caf\xe9", b"\xc3"],
      "PRED-21 COD-10")
whole("request-string-utf8", "Strings in UTF-8 of two, three and four bytes a letter.", 19, "strings",
      ["Grüße".encode(), "模型".encode(), "🧮".encode()], "PRED-21 COD-10")
whole("request-empty-item", "One item, which is empty.", 20, "doubles", [b""], "PRED-22 PRED-23")
whole("request-empty-items", "Three items, all empty.", 21, "ints", [b"", b"", b""], "PRED-22 PRED-23")
whole("request-no-items", "A batch of no items.", 22, "bytes", [], "PRED-23")
whole("request-no-items-strings", "A batch of no strings.", 23, "strings", [], "PRED-23")
whole("request-last-repeated", "The last input comes twice, as adaptive batching makes it.", 24, "ints",
      [ints(1), ints(2), ints(2)], "PRED-27")
whole("request-items-like-messages", "Items that look like header frames are only bytes.", 25, "bytes",
      [TAG, HEARTBEAT, b"\1\0\0\0"], "PRED-4")

# ---- Ids

for name, id in (("0", 0), ("int32-max", 0x7FFFFFFF), ("int32-min", 0x80000000), ("all-ones", 0xFFFFFFFF)):
    whole("request-id-" + name, "The message id %d." % id, id, "bytes", [b"x"], "PRED-7")

# ---- Batches

whole("request-2-items", "Two items.", 30, "doubles", [doubles(1), doubles(2)], "PRED-24")
whole("request-100-items", "A hundred items of one double.", 31, "doubles", [doubles(i / 4) for i in range(100)],
      "PRED-24")
whole("request-126-items", "126 items: 1,024 bytes of metadata, the size of a buffer in released containers.", 32,
      "bytes", [bytes([i]) for i in range(126)], "PRED-24")
whole("request-127-items", "127 items: 8 bytes more than that.", 33, "bytes", [bytes([i]) for i in range(127)],
      "PRED-24")
whole("request-1000-items", "A thousand items of no or one byte.", 34, "bytes",
      [b"" if i % 3 else b"\x2a" for i in range(1000)], "PRED-24 PRED-22")
whole("request-item-256-bytes", "An item of 256 bytes.", 35, "bytes", [bytes(range(255, -1, -1))], "PRED-4")
whole("request-strict", "There is no leniency in a request: strict accepts it.", 36, "strings", [b"x"], "COD-5",
      strict=True)

# ---- Cut short, and going on

GOOD = frames(7, words(0, 2, 3, 1), [b"abc", b"d"])
bad("request-cut-at-id", "The message ends after the message type.", IN, GOOD[:3], "PRED-1 MAL-2", "truncated", 3,
    "id", expected=4, actual=3)
bad("request-cut-at-request-type", "The message ends after the id.", IN, GOOD[:4], "PRED-1 MAL-2", "truncated", 4,
    "request_type", expected=5, actual=4)
bad("request-cut-at-metadata-length", "The message ends after the request type.", IN, GOOD[:5], "PRED-1 MAL-2",
    "truncated", 5, "metadata_length", expected=6, actual=5)
bad("request-cut-at-metadata", "The message ends after the metadata length.", IN, GOOD[:6], "PRED-1 MAL-2",
    "truncated", 6, "metadata", expected=7, actual=6)
bad("request-cut-at-item-0", "The message ends after the metadata; two items are missing.", IN, GOOD[:7],
    "PRED-4 MAL-2", "truncated", 7, "item", expected=9, actual=7, item=0)
bad("request-cut-at-item-1", "The message ends after the first of two items.", IN, GOOD[:8], "PRED-4 MAL-2",
    "truncated", 8, "item", expected=9, actual=8, item=1)
bad("request-cut-at-empty-item", "The missing item would have been empty: it is missing all the same.", IN,
    frames(7, words(0, 1, 0)), "PRED-4 PRED-22 MAL-2", "truncated", 7, "item", expected=8, actual=7, item=0)
bad("request-extra-item", "One item more than the metadata says.", IN, GOOD + [b"e"], "PRED-4 MAL-3",
    "extra_frame", 9, "none", expected=9, actual=10)
bad("request-extra-empty", "An empty frame after the last item.", IN, GOOD + [EMPTY], "PRED-4 MAL-3",
    "extra_frame", 9, "none", expected=9, actual=10)
bad("request-no-items-extra", "An item, though the metadata says none.", IN, frames(7, words(0, 0), [b"x"]),
    "PRED-4 MAL-3", "extra_frame", 7, "none", expected=7, actual=8)
bad("request-glued", "Two requests glued together.", IN, GOOD + GOOD, "PRED-4 MAL-3", "extra_frame", 9, "none",
    expected=9, actual=10)

# ---- Fixed widths

for name, raw in (("empty", b""), ("three-bytes", b"\7\0\0"), ("five-bytes", b"\7\0\0\0\0"),
                  ("eight-bytes", u64(7))):
    bad("request-id-" + name, "A message id %d bytes wide." % len(raw), IN, frames(raw, words(0, 1, 1), [b"x"]),
        "PRED-1 FRM-4 MAL-13", "wrong_width", 3, "id", expected=4, actual=len(raw))
for name, raw in (("empty", b""), ("three-bytes", b"\0\0\0"), ("five-bytes", b"\0" * 5), ("eight-bytes", u64(0))):
    bad("request-type-" + name, "A request type %d bytes wide." % len(raw), IN,
        frames(7, words(0, 1, 1), [b"x"], request_type=raw), "PRED-1 FRM-4 MAL-13", "wrong_width", 4,
        "request_type", expected=4, actual=len(raw))
for name, value in (("2", 2), ("all-ones", 0xFFFFFFFF), ("byte-swapped", 0x01000000)):
    bad("request-type-" + name, "An unknown request type.", IN,
        frames(7, words(0, 1, 1), [b"x"], request_type=u32(value)), "PRED-1 MAL-12", "unknown_request_type", 4,
        "request_type", expected=1, actual=value)
for name, raw in (("empty", b""), ("four-bytes", u32(24)), ("seven-bytes", b"\x18" + b"\0" * 6),
                  ("nine-bytes", b"\x18" + b"\0" * 8)):
    bad("request-metadata-length-" + name, "A metadata length field %d bytes wide." % len(raw), IN,
        frames(7, words(0, 1, 1), [b"x"], length=raw), "PRED-3 FRM-4 MAL-13", "wrong_width", 5,
        "metadata_length", expected=8, actual=len(raw))

# ---- The metadata

for name, declared in (("short", 23), ("long", 25), ("zero", 0), ("items-not-bytes", 3), ("huge", 2**63),
                       ("all-ones", UINT64_MAX)):
    bad("request-metadata-declared-" + name, "The metadata length field says %d; the metadata has 24 bytes."
        % declared, IN, frames(7, words(0, 1, 1), [b"x"], length=u64(declared)), "PRED-3 MAL-4",
        "metadata_length", 6, "metadata", expected=declared, actual=24)
bad("request-metadata-missing", "The metadata is left out: the first item stands in its place.", IN,
    [EMPTY, TAG, CONTENT, u32(7), PREDICTION, u64(24), b"x"], "PRED-3 MAL-4", "metadata_length", 6, "metadata",
    expected=24, actual=1)
for name, raw in (("empty", b""), ("one-byte", b"\0"), ("one-word", words(0)), ("two-words-less-one", words(0, 0)[:15]),
                  ("two-words-and-one", words(0, 0) + b"\0"), ("u32-words", u32(0) + u32(1) + u32(1)),
                  ("three-words-less-four", words(0, 1, 1)[:20])):
    bad("request-metadata-" + name, "Metadata of %d bytes, declared so." % len(raw), IN, frames(7, raw, [b"x"]),
        "PRED-2 MAL-5", "metadata_size", 6, "metadata", expected=8, actual=len(raw))
for name, value in (("5", 5), ("all-ones", UINT64_MAX), ("high-half", 2**32)):
    bad("request-data-type-" + name, "The data type %d." % value, IN, frames(7, words(value, 1, 1), [b"x"]),
        "PRED-2 MAL-9", "unknown_data_type", 6, "data_type", expected=4, actual=value)
bad("request-data-type-before-count", "Neither data type nor count is right: the data type comes first.", IN,
    frames(7, words(9, 9, 1), [b"x"]), "COD-1", "unknown_data_type", 6, "data_type", expected=4, actual=9)
for name, count in (("less", 1), ("more", 3), ("zero", 0), ("2-61", 2**61), ("2-61-and-2", 2**61 + 2),
                    ("all-ones", UINT64_MAX), ("minus-two", UINT64_MAX - 1)):
    bad("request-count-" + name, "The metadata says %d items, and has two sizes." % count, IN,
        frames(7, words(0, count, 3, 1), [b"abc", b"d"]), "PRED-2 MAL-6", "item_count", 6, "item_count", offset=8,
        expected=2, actual=count)
bad("request-metadata-of-response", "Metadata in the release's layout for responses: the count is taken for the "
    "data type.", IN, frames(7, words(1, 8), [doubles(1)]), "PRED-2 MAL-6", "item_count", 6, "item_count", offset=8,
    expected=0, actual=8)
for name, type, item, width in (("ints-7", 1, b"1234567", 4), ("ints-1", 1, b"1", 4), ("floats-6", 2, b"123456", 4),
                                ("doubles-4", 3, b"1234", 8), ("doubles-7", 3, b"1234567", 8),
                                ("doubles-9", 3, b"123456789", 8)):
    bad("request-width-" + name, "An item of %d bytes, of a type %d bytes wide." % (len(item), width), IN,
        frames(7, words(type, 1, len(item)), [item]), "MAL-8", "item_width", 6, "item_size", offset=16,
        expected=width, actual=len(item), item=0)
bad("request-width-third", "The third of three items is not a whole number of doubles.", IN,
    frames(7, words(3, 3, 8, 0, 12), [doubles(1), b"", b"123456789012"]), "MAL-8", "item_width", 6, "item_size",
    offset=32, expected=8, actual=12, item=2)
for name, sizes, item, expected, actual in (
        ("short", (3, 1), 0, 3, 2), ("long", (3, 1), 0, 3, 4), ("empty", (3, 1), 0, 3, 0)):
    bad("request-item-" + name, "The first item has %d bytes; the metadata says 3." % actual, IN,
        frames(7, words(0, 2, *sizes), [b"x" * actual, b"d"]), "PRED-4 MAL-7", "item_size", 7, "item",
        expected=expected, actual=actual, item=item)
bad("request-item-second-short", "The second item is empty; the metadata says 1.", IN,
    frames(7, words(0, 2, 3, 1), [b"abc", b""]), "PRED-4 MAL-7", "item_size", 8, "item", expected=1, actual=0,
    item=1)
bad("request-item-swapped", "The items come in another order than their sizes.", IN,
    frames(7, words(0, 2, 3, 1), [b"d", b"abc"]), "PRED-4 MAL-7", "item_size", 7, "item", expected=3, actual=1,
    item=0)
bad("request-item-not-empty", "An item of one byte; the metadata says 0.", IN, frames(7, words(0, 1, 0), [b"x"]),
    "PRED-4 PRED-22 MAL-7", "item_size", 7, "item", expected=0, actual=1, item=0)
bad("request-item-short-and-last", "A wrong item and a missing one: frames are judged in order.", IN,
    frames(7, words(0, 2, 3, 1), [b"ab"]), "MAL-7 COD-1", "item_size", 7, "item", expected=3, actual=2, item=0)
bad("request-size-huge", "A size word of 2^63, with a small item.", IN, frames(7, words(0, 1, 2**63), [b"x"]),
    "MAL-7 MAL-18 LIM-3", "item_too_large", 6, "item_size", offset=16, expected=2**30, actual=2**63, item=0)
bad("request-size-wraps", "Two sizes that add up to 4 when 64 bits overflow.", IN,
    frames(7, words(0, 2, UINT64_MAX, 5), [b"x", b"y"]), "MAL-7 MAL-18 LIM-3", "item_too_large", 6, "item_size",
    offset=16, expected=2**30, actual=UINT64_MAX, item=0)
