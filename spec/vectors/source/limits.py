"""Limits: what is just within them, and what is beyond."""
from .build import *
from .build import limits as L

V = Vectors()
good, bad = V.good, V.bad


def asks(metadata, items=()):
    return [EMPTY, TAG, CONTENT, u32(1), PREDICTION, u64(len(metadata)), metadata, *items]


def answers(metadata, items=()):
    return [EMPTY, CONTENT, u32(1), u64(len(metadata)), metadata, *items]


def registers(name, version, type):
    return [EMPTY, NEW_CONTAINER, name, version, type, u32(3)]


def gives_back(*frames):
    return [EMPTY, TAG, CONTENT, u32(1), FEEDBACK, *frames]


# ---- Texts

good("limit-text-just", "Name and model version as long as the limit.", OUT, registers(b"abcd", b"1234", b"0"), "LIM-5",
     "release", new_container(b"abcd", b"1234", "bytes", 3), limits=L(text_bytes=4))
bad("limit-text-name", "A name one byte longer than the limit.", OUT, registers(b"abcde", b"1", b"0"), "LIM-5",
    "text_too_long", 2, "name", expected=4, actual=5, limits=L(text_bytes=4))
bad("limit-text-version", "A model version longer than the limit.", OUT, registers(b"abcd", b"12345", b"0"), "LIM-5",
    "text_too_long", 3, "model_version", expected=4, actual=5, limits=L(text_bytes=4))
bad("limit-text-input-type", "An input type with a tail longer than the limit.", OUT,
    registers(b"abcd", b"1", b"0\0\0\0\0"), "LIM-5 REG-13", "text_too_long", 4, "input_type", expected=4, actual=5,
    limits=L(text_bytes=4))
bad("limit-text-zero", "No text at all is allowed, and a name of one byte comes.", OUT, registers(b"a", b"1", b"0"),
    "LIM-5", "text_too_long", 2, "name", expected=0, actual=1, limits=L(text_bytes=0))

# ---- Items

good("limit-items-just", "As many items as the limit.", IN, asks(words(0, 2, 1, 1), [b"a", b"b"]), "LIM-2", "any",
     request(1, "bytes", [b"a", b"b"]), limits=L(items=2))
bad("limit-items-request", "One item more than the limit.", IN, asks(words(0, 3, 1, 1, 1), [b"a", b"b", b"c"]),
    "LIM-2 MAL-18", "too_many_items", 6, "item_count", offset=8, expected=2, actual=3, limits=L(items=2))
bad("limit-items-before-sizes", "Too many items, and too large: the count comes first.", IN,
    asks(words(0, 3, 2**40, 1, 1), [b"a", b"b", b"c"]), "LIM-2 COD-1", "too_many_items", 6, "item_count", offset=8,
    expected=2, actual=3, limits=L(items=2))
bad("limit-items-zero", "No item is allowed, and one comes.", IN, asks(words(0, 1, 0), [b""]), "LIM-2",
    "too_many_items", 6, "item_count", offset=8, expected=0, actual=1, limits=L(items=0))
good("limit-items-zero-none", "No item is allowed, and none comes.", IN, asks(words(3, 0)), "LIM-2", "any",
     request(1, "doubles", []), limits=L(items=0, item_bytes=0, total_bytes=0, text_bytes=0))
bad("limit-items-release", "One output more than the limit, in the release's layout.", OUT,
    answers(words(3, 1, 1, 1), [b"a", b"b", b"c"]), "LIM-2 MAL-17", "too_many_items", 4, "item_count", expected=2,
    actual=3, limits=L(items=2))
bad("limit-items-document", "One output more than the limit, in the document's layout.", OUT,
    answers(words(0, 3, 1, 1, 1), [b"a", b"b", b"c"]), "LIM-2 MAL-17", "too_many_items", 4, "item_count", offset=8,
    expected=2, actual=3, limits=L(items=2))
good("limit-items-ambiguous", "Metadata {3, 2, 8, 8} under a limit of two items: only the document's layout is left.",
     OUT, answers(words(3, 2, 8, 8), [doubles(1), doubles(2)]), "LIM-2 COD-6", "document",
     response(1, "doubles", [doubles(1), doubles(2)]), limits=L(items=2))
bad("limit-items-ambiguous-both", "Metadata {3, 2, 8, 8} under a limit of one item: too many for either; told as the "
    "release's.", OUT, answers(words(3, 2, 8, 8), [doubles(1), doubles(2)]), "LIM-2 COD-6", "too_many_items", 4,
    "item_count", expected=1, actual=3, limits=L(items=1))

# ---- The bytes of an item

good("limit-item-bytes-just", "An item as large as the limit.", IN, asks(words(0, 1, 4), [b"abcd"]), "LIM-3", "any",
     request(1, "bytes", [b"abcd"]), limits=L(item_bytes=4))
bad("limit-item-bytes-request", "The second item is one byte larger than the limit.", IN,
    asks(words(0, 2, 1, 5), [b"a", b"abcde"]), "LIM-3 MAL-18", "item_too_large", 6, "item_size", offset=24, expected=4,
    actual=5, item=1, limits=L(item_bytes=4))
bad("limit-item-bytes-before-width", "An item both too large and no whole number of ints: too large comes first.", IN,
    asks(words(1, 1, 5), [b"abcde"]), "LIM-3 COD-1", "item_too_large", 6, "item_size", offset=16, expected=4, actual=5,
    item=0, limits=L(item_bytes=4))
bad("limit-item-bytes-release", "The second output is larger than the limit, in the release's layout.", OUT,
    answers(words(2, 3, 5), [b"abc", b"abcde"]), "LIM-3 MAL-17", "item_too_large", 4, "item_size", offset=16,
    expected=4, actual=5, item=1, limits=L(item_bytes=4))
bad("limit-item-bytes-document", "The second output is larger than the limit, in the document's layout.", OUT,
    answers(words(4, 2, 3, 5), [b"abc", b"abcde"]), "LIM-3 MAL-17", "item_too_large", 4, "item_size", offset=24,
    expected=4, actual=5, item=1, limits=L(item_bytes=4))
bad("limit-item-bytes-default", "A size one byte above the default limit of 1 GiB.", IN,
    asks(words(0, 1, 2**30 + 1), [b"a"]), "LIM-3 LIM-6", "item_too_large", 6, "item_size", offset=16, expected=2**30,
    actual=2**30 + 1, item=0)
bad("limit-item-bytes-default-just", "A size at the default limit of 1 GiB is allowed: the item is what is wrong.", IN,
    asks(words(0, 1, 2**30), [b"a"]), "LIM-3 LIM-6", "item_size", 7, "item", expected=2**30, actual=1, item=0)

# ---- The bytes of all items

good("limit-total-just", "Items that add up to the limit.", IN, asks(words(0, 3, 2, 0, 3), [b"ab", b"", b"cde"]),
     "LIM-4", "any", request(1, "bytes", [b"ab", b"", b"cde"]), limits=L(total_bytes=5))
bad("limit-total-request", "The third of four items takes the sum over the limit.", IN,
    asks(words(0, 4, 2, 3, 1, 9), [b"ab", b"cde", b"f", b"x" * 9]), "LIM-4 MAL-18", "message_too_large", 6,
    "item_size", offset=32, expected=5, actual=6, item=2, limits=L(total_bytes=5))
bad("limit-total-width-first", "An item that is no whole number of ints takes the sum over the limit: its width comes "
    "first.", IN, asks(words(1, 1, 6), [b"abcdef"]), "LIM-4 COD-1", "item_width", 6, "item_size", offset=16,
    expected=4, actual=6, item=0, limits=L(total_bytes=5))
bad("limit-total-release", "Outputs that add up to more than the limit, in the release's layout.", OUT,
    answers(words(2, 3, 3), [b"abc", b"def"]), "LIM-4 MAL-17", "message_too_large", 4, "item_size", offset=16,
    expected=5, actual=6, item=1, limits=L(total_bytes=5))
bad("limit-total-document", "Outputs that add up to more than the limit, in the document's layout.", OUT,
    answers(words(4, 2, 3, 3), [b"abc", b"def"]), "LIM-4 MAL-17", "message_too_large", 4, "item_size", offset=24,
    expected=5, actual=6, item=1, limits=L(total_bytes=5))
bad("limit-total-default", "Two items within 1 GiB each, but not together.", IN,
    asks(words(0, 2, 2**30, 1), [b"a", b"b"]), "LIM-4 LIM-6", "message_too_large", 6, "item_size", offset=24,
    expected=2**30, actual=2**30 + 1, item=1)
bad("limit-total-no-wrap", "With no limit on an item, sizes that overflow 64 bits when added: the sum is told as the "
    "largest number there is.", IN, asks(words(0, 2, 2**63, 2**63), [b"a", b"b"]), "LIM-4 MAL-7", "message_too_large",
    6, "item_size", offset=24, expected=2**63, actual=UINT64_MAX, item=1,
    limits=L(item_bytes=UINT64_MAX, total_bytes=2**63))
bad("limit-none", "Without limits, the largest size there is: the item is what is wrong.", IN,
    asks(words(0, 1, UINT64_MAX), [b"a"]), "LIM-4 MAL-7", "item_size", 7, "item", expected=UINT64_MAX, actual=1, item=0,
    limits=L(UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX))

# ---- Feedback

good("limit-feedback-just", "Feedback frames at every limit.", IN, gives_back(b"abcd", b"e"), "LIM-2 LIM-3 LIM-4",
     "any", feedback(1, [b"abcd", b"e"]), limits=L(items=2, item_bytes=4, total_bytes=5))
bad("limit-feedback-items", "One feedback frame more than the limit.", IN, gives_back(b"a", b"b", b"c"), "LIM-2",
    "too_many_items", 7, "feedback", expected=2, actual=3, item=2, limits=L(items=2))
bad("limit-feedback-item-bytes", "The second feedback frame is larger than the limit.", IN,
    gives_back(b"a", b"abcde"), "LIM-3", "item_too_large", 6, "feedback", expected=4, actual=5, item=1,
    limits=L(item_bytes=4))
bad("limit-feedback-total", "The third feedback frame takes the sum over the limit.", IN,
    gives_back(b"ab", b"cde", b"f", b"g"), "LIM-4", "message_too_large", 7, "feedback", expected=5, actual=6, item=2,
    limits=L(total_bytes=5))
