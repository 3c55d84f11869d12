#!/usr/bin/env python3
"""The seed corpora of the fuzz targets.

    make_corpus.py seeds DIR             write what the test vectors give: DIR/TARGET/ID
    make_corpus.py unpack TARGET DIR     write the committed corpus of TARGET and its regressions to DIR
    make_corpus.py minimise BIN [DIR...] make the committed corpora anew: of the vectors, the committed inputs, and
                                         those in DIR/TARGET, what libFuzzer's -merge=1 keeps (BIN has the programs)

A committed corpus is one text file, fuzz/corpus/TARGET/seeds.hex: an input a line, in hex, short ones first. The
forms of the inputs are told in fuzz/input.h and at the top of each fuzz/fuzz_TARGET.c.
"""
import glob
import hashlib
import json
import os
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(HERE)
LONGEST = 600  # bytes in a seed: longer ones slow the fuzzer down and show it nothing new

TO_CLIPPER, STRICT, LIMITS, REPAIR = 1, 2, 4, 8 + 16 + 32
FRAME_LONG, FRAMES_END = 251, 253
TYPES = {"bytes": 0, "ints": 1, "floats": 2, "doubles": 3, "strings": 4, None: 5}
KINDS = ["", "heartbeat", "new_container", "prediction_request", "prediction_response", "feedback_request"]


# ---- The forms of fuzz/input.h ---------------------------------------------------------------------------

def number(n):
    if n < 248:
        return bytes([n])
    edges = [1 << 31, 1 << 32, 1 << 63, (1 << 64) - 8, (1 << 64) - 1]
    if n in edges:
        return bytes([251 + edges.index(n)])
    for code, form in (248, "<H"), (249, "<I"), (250, "<Q"):
        if n < 1 << 8 * struct.calcsize(form):
            return bytes([code]) + struct.pack(form, n)
    raise ValueError(n)


def pack_frames(frames):
    out = b""
    for frame in frames:
        head = bytes([len(frame)]) if len(frame) < FRAME_LONG else bytes([FRAME_LONG]) + struct.pack("<H", len(frame))
        out += head + frame
    return out


def pack_limits(limits):
    return b"".join(number(limits[key]) for key in ("items", "item_bytes", "total_bytes", "text_bytes"))


def options(vector, more=0):
    flags = more | (TO_CLIPPER if vector["direction"] == "to_clipper" else 0)
    flags |= (STRICT if vector.get("strict") else 0) | (LIMITS if "limits" in vector else 0)
    return bytes([flags]) + (pack_limits(vector["limits"]) if "limits" in vector else b"")


# ---- What the vectors give each target -------------------------------------------------------------------

def frames_of(vector):
    return [bytes.fromhex(frame) for frame in vector["frames"]]


def text_of(value):
    return value.encode() if isinstance(value, str) else bytes.fromhex(value["hex"])


def built(direction, wire, message):
    """A message for round_trip to build."""
    kind = KINDS.index(message["kind"])
    choice = kind + 7 * {"any": 0, "document": 1, "release": 2}[wire] + 21 * (direction == "to_clipper")
    out = bytes([1, choice]) + number(message.get("version") or message.get("rpc_version") or 0)
    if kind == 1:
        return out + number({"keep_alive": 0, "send_metadata": 1}[message.get("heartbeat_type", "keep_alive")])
    if kind == 2:
        texts = [text_of(message["name"]), text_of(message["model_version"])]
        return out + number(TYPES[message["input_type"]]) + pack_frames(texts)
    if kind != 5:
        out += number(TYPES[message["input_type"] if kind == 3 else message.get("data_type")])
    frames = message["frames" if kind == 5 else "items"]
    return out + number(message["id"]) + pack_frames([bytes.fromhex(frame) for frame in frames])


def flat(frames):
    out = b""
    for i, frame in enumerate(frames):
        more = int(i + 1 < len(frames))
        out += bytes([more, len(frame)]) if len(frame) < 256 else bytes([more | 2]) + struct.pack(">Q", len(frame))
        out += frame
    return out


def line(value):
    return json.dumps(value, separators=(",", ":")).encode()


def session(events, wire=1, type_=3, d=50, to=200):
    return bytes([{1: 1, 2: 0}[wire] + 4 * type_, 0]) + number(d) + number(to) + b"\x01m\x011" + events


def seeds_of_frames(vector):
    frames, form = pack_frames(frames_of(vector)), options(vector)
    yield "decode_whole", form + frames
    yield "decode_whole", options(vector, REPAIR) + frames
    yield "decode_by_frame", form + frames + bytes([FRAMES_END]) + frames
    yield "round_trip", b"\0" + form + frames
    yield "json_decode", b"\x10" + form + frames
    yield "json_decode", b"\0" + line({"direction": vector["direction"], "frames": vector["frames"]})
    yield "flat", bytes([1 | 2 * ("limits" in vector), 7, 0, 0, 0]) + form[1:] + frames
    yield "engine", bytes([6, 0]) + frames + bytes([FRAMES_END, 8, 14, 0])
    if vector["direction"] == "to_container":
        yield "session", session(bytes([0, 0, 1, 9, 0]) + frames + bytes([FRAMES_END, 10, 1, 8]))
    message = vector["expect"].get("message")
    if message:
        for wire in ("document", "release"):
            yield "json_encode", b"\0" + line({"direction": vector["direction"], "wire": wire, "message": message})
            yield "round_trip", built(vector["direction"], wire, message)
        for item in message.get("items", [])[:2]:
            yield "elements", b"\0\xff" + bytes.fromhex(item)
            yield "elements", b"\1\1" + bytes.fromhex(item)


def seeds_of(vector):
    if "frames" in vector:
        yield from seeds_of_frames(vector)
    elif "flat" in vector:
        limits = vector.get("limits")
        head = bytes([2 * (limits is not None), 3, 0, 0, 0]) + (pack_limits(limits) if limits else b"")
        yield "flat", head + bytes.fromhex(vector["flat"])
        yield "json_decode", b"\4" + line({"direction": vector["direction"], "flat": vector["flat"]})
    else:
        encode = vector["encode"]
        yield "json_encode", b"\0" + line(encode)
        yield "json_encode", b"\4" + line(encode)
        if "direction" in encode and encode["message"].get("kind") in KINDS:
            try:
                yield "round_trip", built(encode["direction"], encode.get("wire", "any"), encode["message"])
            except (KeyError, ValueError):
                pass  # a message that no struct can hold


# Lives of a container: fuzz_session.c tells the events.
LIVES = {
    "registers-and-serves": bytes([0, 0, 10, 3, 9, 3, 11, 5, 3, 11, 1, 0, 9, 1, 6, 1]),
    "silent": bytes([0, 0, 8, 0, 0, 8]),
    "silent-after-registration": bytes([0, 0, 10, 1, 9, 1, 6, 0, 6, 1, 6, 1, 6, 1, 8, 0, 3, 10, 2]),
    "answer-just-before-the-end": bytes([0, 0, 10, 1, 6, 1, 6, 1, 6, 1, 9, 49, 8]),
    "other-version": bytes([0, 0, 12, 1, 2, 0, 0, 0, 9, 1, 0, 1, 10, 2]),
    "busy": bytes([0, 0, 10, 1, 3, 60, 3, 60, 3, 60, 3, 60, 4, 10, 2, 60]),
    "disconnect": bytes([0, 0, 10, 1, 5, 9, 1, 2, 60, 0, 1, 10, 1, 5, 5]),
    "clock-steps-back": bytes([0, 100, 7, 50, 2, 40, 7, 90, 10, 5, 2, 10, 2, 50]),
    "end-of-time": bytes([0, 254, 10, 0, 8, 2, 255, 6, 1, 0, 255, 8]),
}


def claims():
    """Items whose sizes no memory holds: a release response and a request, a limit that is no limit at all."""
    huge = bytes([252, 254])  # 2^64 - 8 bytes
    half = bytes([252, 253])  # 2^63 bytes
    head = {"to_clipper": [b"", struct.pack("<I", 1), b"\5\0\0\0", bytes(8)],
            "to_container": [b"", struct.pack("<I", 3), struct.pack("<I", 1), b"\5\0\0\0", bytes(4), bytes(8)]}
    for direction, frames in head.items():
        for items in [half], [half, half], [huge, bytes([1, 0])], [huge, bytes([8]) + bytes(8)], [huge, huge, half]:
            metadata = bytes(8 * (len(items) + 1 + (direction == "to_container")))
            flags = LIMITS | REPAIR | (TO_CLIPPER if direction == "to_clipper" else 0)
            yield bytes([flags]) + 4 * b"\xff" + pack_frames(frames + [metadata]) + b"".join(items)
    feedback = [b"", struct.pack("<I", 3), struct.pack("<I", 1), bytes(4), struct.pack("<I", 1)]
    yield bytes([LIMITS]) + 4 * b"\xff" + pack_frames(feedback) + half + half
    yield bytes([LIMITS]) + 4 * b"\xff" + pack_frames(feedback) + huge + bytes([1, 0])


FAULTS = ("drop@heartbeat#1", "delay=200@request", "duplicate@any", "reorder@1/any#2", "truncate=2@heartbeat",
          "extend=3@request", "corrupt=1@heartbeat", "version=2@request#1", "widen=3@heartbeat", "shorten=2@any",
          "stale-id=1@request", "silence@response#2", "restart@2/response#10", "ask@new-container", "drop@anything",
          "drop@container-heartbeat")


def engine():
    """Events of fuzz_engine.c: 0 message, 1 register, 2 heartbeat, 3 request, 4 garbage, 5 fault; + 6 a peer."""
    heartbeat = pack_frames([b"", struct.pack("<I", 2)])
    yield bytes([1, 2, 8, 7, 8, 1, 2, 2])
    yield bytes([1, 3, 0]) + pack_frames([b"abc", b""]) + bytes([FRAMES_END, 9, 3]) + pack_frames([bytes(8)])
    yield bytes([1, 0, 0]) + 2 * heartbeat + bytes([FRAMES_END, 2])
    yield bytes([4, 13]) + b"GET / HTTP/1." + bytes([2, 8])
    yield bytes([4, 64]) + b"\xff" + bytes(8) + b"\x7f\3\0NULL" + bytes(48) + bytes([2])
    for fault in FAULTS:
        yield bytes([5, len(fault)]) + fault.encode() + heartbeat


# Texts for fuzz_csv.c.
TABLES = ("a,b\nc,d\n", "\ufeffname;age\r\n\"Lee, Ann\";7\r\n", "\"say \"\"x\"\"\"\t\"two\nlines\"\n", "a\rb\r\n\n\nc",
          "\"a,b;c|d e\tf\"\n", ",\n,,\n", "\"\"", "\"", "\"a\" ,b", "a\"b", "1\0,\0", "\xff\xfe1\0", "a,\0", " a , b \n",
          "\"\n\",\"\r\"\n\ufeffx|y")


def seeds_of_csv():
    for n, text in enumerate(TABLES):
        for delimiter in range(6):
            yield "csv", "table-%d-%d" % (n, delimiter), bytes([delimiter]) + text.encode("utf-8")


def seeds_of_eras():
    """fuzz_eras.c: the era, options, and frames of up to 255 bytes."""
    for path in sorted(glob.glob(os.path.join(TOP, "spec/vectors/eras/*.json"))):
        with open(path, encoding="utf-8") as file:
            for vector in json.load(file):
                frames = [bytes.fromhex(f) for f in vector.get("frames") or vector["expect"].get("frames", [])]
                known = vector if "frames" in vector else {"direction": vector["encode"]["direction"]}
                data = b"".join(bytes([len(f)]) + f for f in frames)
                yield "eras", vector["id"], bytes(["CDEF".index(vector["era"])]) + options(known) + data


def all_seeds():
    yield from seeds_of_eras()
    yield from seeds_of_csv()
    for path in sorted(glob.glob(os.path.join(TOP, "spec/vectors/*.json"))):
        with open(path, encoding="utf-8") as file:
            for vector in json.load(file):
                for n, (target, seed) in enumerate(seeds_of(vector)):
                    yield target, "%s.%d" % (vector["id"], n), seed
    for name, events in LIVES.items():
        for wire in (1, 2):
            yield "session", "%s.%d" % (name, wire), session(events, wire)
    for n, seed in enumerate(engine()):
        yield "engine", "event-%d" % n, seed
    for n, seed in enumerate(claims()):
        yield "decode_whole", "claim-%d" % n, seed
        yield "decode_by_frame", "claim-%d" % n, seed
        yield "round_trip", "claim-%d" % n, b"\0" + seed
        for kind, count in ((3, 254), (4, 255), (5, 255), (5, 254), (5, 7)):
            choice = kind + 7 * 2 + 21 * (kind == 4)
            yield "round_trip", "count-%d-%d" % (kind, count), bytes([3, count, choice, 0, 5 * (kind == 4)])
        for kind in 3, 4, 5:
            choice = kind + 7 * 2 + 21 * (kind == 4)
            tail = b"" if kind == 5 else number(0 if kind == 3 else 5)
            yield "round_trip", "claim-%d-%d" % (kind, n), bytes([1, choice, 0]) + tail + b"\1" + seed[-(2 + n % 5):]
    for size in range(0, 40, 3):
        yield "elements", "size-%d" % size, bytes([size % 8, 3]) + bytes(range(1, size + 1))


# ---- Files -----------------------------------------------------------------------------------------------

def write(folder, name, data):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def packed_path(target):
    return os.path.join(HERE, "corpus", target, "seeds.hex")


def packed(target):
    """The committed inputs of TARGET."""
    if not os.path.exists(packed_path(target)):
        return []
    with open(packed_path(target), encoding="ascii") as file:
        return [bytes.fromhex(each.strip()) for each in file]


def write_seeds(folder):
    for target, name, seed in all_seeds():
        if len(seed) <= LONGEST:
            write(os.path.join(folder, target), name, seed)


def regressions(target):
    return sorted(glob.glob(os.path.join(HERE, "regressions", target, "*")))


def unpack(target, folder):
    os.makedirs(folder, exist_ok=True)
    for seed in packed(target) + [read(path) for path in regressions(target)]:
        write(folder, hashlib.sha1(seed).hexdigest(), seed)


def minimise_one(program, target, sources):
    with tempfile.TemporaryDirectory() as folder:
        kept = os.path.join(folder, "kept")
        committed = os.path.join(folder, "committed")
        os.makedirs(kept)
        unpack(target, committed)
        sources = [source for source in [committed] + sources if os.path.isdir(source)]
        subprocess.run([program, "-merge=1", "-max_len=%d" % LONGEST, "-artifact_prefix=" + folder + "/", kept]
                       + sources, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        inputs = sorted((read(path) for path in glob.glob(kept + "/*")), key=lambda seed: (len(seed), seed))
    os.makedirs(os.path.dirname(packed_path(target)), exist_ok=True)
    with open(packed_path(target), "w", encoding="ascii") as file:
        file.writelines(seed.hex() + "\n" for seed in inputs)
    print("%-16s %4d inputs, %6d bytes" % (target, len(inputs), sum(map(len, inputs))))


def minimise(programs, folders):
    with tempfile.TemporaryDirectory() as seeds:
        write_seeds(seeds)
        for program in sorted(glob.glob(os.path.join(programs, "fuzz_*"))):
            target = os.path.basename(program)[len("fuzz_"):]
            minimise_one(program, target, [os.path.join(folder, target) for folder in [seeds] + folders])


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "seeds":
        write_seeds(arguments[1])
    elif len(arguments) == 3 and arguments[0] == "unpack":
        unpack(arguments[1], arguments[2])
    elif len(arguments) >= 2 and arguments[0] == "minimise":
        minimise(arguments[1], arguments[2:])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
