#!/usr/bin/env python3
"""Prints the test vectors as a C source file for tests/codec/vector.h: to_c.py [RECORDING...] > vectors.c

A RECORDING is a file of recorded messages of the eras before version 3 (tests/data/README.md). They become vectors,
too.
"""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
TYPES = {"bytes": "BYTES", "ints": "INTS", "floats": "FLOATS", "doubles": "DOUBLES", "strings": "STRINGS",
         None: "UNSTATED"}
LIMITS = ("items", "item_bytes", "total_bytes", "text_bytes")
DEFAULT_LIMITS = {"items": 1 << 20, "item_bytes": 1 << 30, "total_bytes": 1 << 30, "text_bytes": 1 << 16}


class Bytes:
    """All the bytes of one vector, in one array; views are made into it."""

    def __init__(self, name):
        self.name = name
        self.data = bytearray()

    def view(self, raw):
        """A clipper_frame initialiser for a copy of RAW."""
        if not raw:
            return "{NULL, 0}"
        at = len(self.data)
        self.data += raw
        return "{%s + %d, %d}" % (self.name, at, len(raw))

    def definition(self):
        if not self.data:
            return []
        rows = [self.data[i:i + 24] for i in range(0, len(self.data), 24)]
        return ["static const uint8_t %s[] = {" % self.name,
                *("    %s," % ", ".join(map(str, row)) for row in rows), "};"]


def array(name, views):
    """The definition of an array of frames, and how to refer to it."""
    if not views:
        return [], "NULL"
    return ["static const clipper_frame %s[] = {" % name, *("    %s," % v for v in views), "};"], name


def raw(text):
    return bytes.fromhex(text["hex"]) if isinstance(text, dict) else text.encode("utf-8")


def u64(value):
    return "UINT64_C(%d)" % value


def content(message, data, items):
    """The union member of MESSAGE. ITEMS is the name of the array of its items."""
    kind = message["kind"]
    if kind == "heartbeat":
        sends = message.get("heartbeat_type") == "send_metadata"
        return "heartbeat = {.type = %s}" % ("CLIPPER_SEND_METADATA" if sends else "CLIPPER_KEEP_ALIVE")
    if kind == "new_container":
        return ("new_container = {.name = %s, .model_version = %s, .input_type = CLIPPER_TYPE_%s}"
                % (data.view(raw(message["name"])), data.view(raw(message["model_version"])),
                   TYPES[message["input_type"]]))
    if kind == "feedback_request":
        return "feedback = {.id = %s, .frames = %s, .frame_count = %d}" % (
            u64(message["id"]), items, len(message["frames"]))
    member, key = ("request", "input_type") if kind == "prediction_request" else ("response", "data_type")
    return "%s = {.id = %s, .data_type = CLIPPER_TYPE_%s, .items = %s, .item_count = %d}" % (
        member, u64(message["id"]), TYPES[message[key]], items, len(message["items"]))


def definitions(vector, number):
    """The arrays of VECTOR, and its entry in the table."""
    encode, expect = vector.get("encode"), vector["expect"]
    message = (encode or expect).get("message") or {}
    direction = (encode or vector)["direction"]
    data = Bytes("bytes_%d" % number)
    frames = expect.get("frames", []) if encode else vector.get("frames", [])
    frame_lines, frames_name = array("frames_%d" % number, [data.view(bytes.fromhex(f)) for f in frames])
    item_lines, items_name = array("items_%d" % number, [
        data.view(bytes.fromhex(i)) for i in message.get("items") or message.get("frames") or []])
    limits = vector.get("limits", DEFAULT_LIMITS)
    form = "ENCODE" if encode else "FLAT" if "flat" in vector else "FRAMES"
    strict = 1 if vector.get("strict") else 0
    entry = [
        "    {.id = \"%s\"," % vector["id"],
        "     .form = VECTOR_%s," % form,
        "     .direction = CLIPPER_%s," % direction.upper(),
        "     .frames = %s," % frames_name,
        "     .frame_count = %d," % len(frames),
        "     .strict = %d," % strict,
        "     .has_limits = %d," % ("limits" in vector),
        "     .options = {.era = CLIPPER_ERA_%s, .strict = %d, .limits = {%s}}," % (
            vector.get("era", "V3"), strict, ", ".join(u64(limits[k]) for k in LIMITS)),
    ]
    if form == "FLAT":
        entry.append("     .flat = %s," % data.view(bytes.fromhex(vector["flat"])))
    if "wire" in (encode or ()):
        entry.append("     .encode_wire = CLIPPER_WIRE_%s," % encode["wire"].upper())
    if "error" in expect:
        entry.append("     .expected = {.error = CLIPPER_%s%s}," % (expect["error"].upper(), "" if encode else (
            ", .field = CLIPPER_FIELD_%s, .frame = %d, .item = %d, .offset = %d, .expected = %s, .actual = %s" % (
                expect["field"].upper(), expect["frame"], expect.get("item", 0), expect["offset"],
                u64(expect["expected"]), u64(expect["actual"])))))
    if "kind" in message:
        leniencies = " | ".join("CLIPPER_LENIENCY_" + name.upper() for name in expect.get("leniencies", ())) or "0"
        version = message.get("version", message.get("rpc_version")) or 0
        entry.append("     .message = {.kind = CLIPPER_%s, .direction = CLIPPER_%s, .wire = CLIPPER_WIRE_%s," % (
            message["kind"].upper(), direction.upper(), expect.get("wire", "any").upper()))
        entry.append("                 .leniencies = %s, .rpc_version = %d," % (leniencies, version))
        entry.append("                 .as = {.%s}}," % content(message, data, items_name))
    entry[-1] = entry[-1].rstrip(",") + "},"
    return data.definition() + frame_lines + item_lines, entry


def recorded(path):
    """Recorded messages as vectors. Where a line states no truth, the message has no kind: only its bytes count."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        row = json.loads(line)
        message, truth = {}, row.get("truth")
        if truth:
            answers = row["direction"] == "to_clipper"
            message = {"kind": "prediction_response" if answers else "prediction_request", "id": truth["id"],
                       "items": truth["items"]}
            message["data_type" if answers else "input_type"] = (
                truth["input_type"] if not answers else "strings" if row["era"] == "F" else "floats")
        wide = bool(truth) and row["direction"] == "to_clipper" and len(row["frames"][-2]) == 16
        yield {"id": "%s:%d" % (path.name, number), "era": row["era"], "direction": row["direction"],
               "frames": row["frames"], "expect": {"wire": "any", "leniencies": ["wide_id"] if wide else [],
                                                   "message": message}}


def print_table(name, vectors, first):
    """The vectors as table NAME, their arrays numbered from FIRST on."""
    arrays, table = [], []
    for number, vector in enumerate(vectors, first):
        lines, entry = definitions(vector, number)
        arrays += lines
        table += entry
    print("\n".join(arrays))
    print("\nconst struct vector %ss[] = {" % name)
    print("\n".join(table))
    print("};\n\nconst size_t %s_count = sizeof %ss / sizeof %ss[0];" % (name, name, name))


def read_all(paths):
    return [vector for path in sorted(paths) for vector in json.loads(path.read_text(encoding="utf-8"))]


def main(recordings):
    vectors, era_vectors = read_all(HERE.glob("*.json")), read_all(HERE.glob("eras/*.json"))
    for path in map(pathlib.Path, recordings):
        era_vectors += recorded(path)
    print("/* Made by spec/vectors/to_c.py. */")
    print("#include \"vector.h\"\n")
    print_table("vector", vectors, 0)
    print_table("era_vector", era_vectors, len(vectors))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
