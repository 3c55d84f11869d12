#!/usr/bin/python3 -B
"""mockclipper decode and encode: one answer for each line, and what they say about lines that are not right."""

import json

from messages import DECODED_HEARTBEAT, HEARTBEAT, bad_input, encoding, u32
from kit import ask_one, run
from tap import equal, main, test


@test
def every_line_has_its_answer_in_order():
    good = json.dumps(HEARTBEAT)
    other = json.dumps({"direction": "to_container", "frames": ["", u32(3), u32(2), u32(0)]})
    source = "\n".join([good, "", other, "{", "  \t ", good, '"', "[]", "7", good + good, other]) + "\n"
    status, out, _ = run("decode", stdin=source)
    answers = [json.loads(line) for line in out.decode().splitlines()]
    equal(status, 1)
    kinds = [a["message"].get("heartbeat_type", "-") if a["ok"] else a["error"] for a in answers]
    bad = "bad_input"
    equal(kinds, ["-", "keep_alive", bad, "-", bad, bad, bad, bad, "keep_alive"])  # blank lines have none
    equal(answers[5], bad_input("the line must be a JSON object"))
    equal(answers[6], bad_input("the line must be a JSON object"))


@test
def line_ends_do_not_matter():
    good = json.dumps(HEARTBEAT)
    for source, count in (("", 0), ("\n \t\r\n", 0), (good, 1), (good + "\n", 1), (good + "\r\n" + good + "\r\n", 2),
                          ("\ufeff" + good + "\n", 1), ("\ufeff\n" + good, 1), ("\ufeff", 0)):
        status, out, err = run("decode", stdin=source)
        equal((status, err), (0, ""))
        equal([json.loads(line) for line in out.splitlines()], [DECODED_HEARTBEAT] * count)
    status, out, _ = run("decode", stdin=good + "\n\ufeff" + good)  # such a mark has no place elsewhere
    equal((status, json.loads(out.splitlines()[1])["error"]), (1, "bad_input"))


@test
def a_line_has_a_limit():
    good = json.dumps(HEARTBEAT).encode()
    for limit, answers in ((len(good), [DECODED_HEARTBEAT] * 2), (len(good) - 1, ["bad_input"] * 2)):
        status, out, _ = run("decode", "--max-line", str(limit), stdin=good + b"\n" + good)
        got = [json.loads(line) for line in out.splitlines()]
        equal([answer if answer["ok"] else answer["error"] for answer in got], answers)
        equal(status, 0 if got[0]["ok"] else 1)
    equal(got[1], bad_input("the line is longer than %d bytes (--max-line)" % limit))
    _, out, _ = run("encode", "--max-line", "10", stdin=b" " * 11 + b"\n{}\n" + b"\0" * 50000000)
    texts = [json.loads(line)["text"] for line in out.splitlines()]
    longer = "the line is longer than 10 bytes (--max-line)"
    equal((texts[0], len(texts), texts[2]), (longer, 3, longer))


@test
def a_duplicate_key_is_named():
    line = '{"direction":"to_clipper","direction":"to_clipper","frames":["","02000000"]}'
    equal(json.loads(run("decode", stdin=line)[1]), bad_input("at byte 37: duplicate object key near '\"direction\"'"))


@test
def what_may_have_been_meant_is_a_hint():
    identity = "frame 0 looks like the routing identity that a ROUTER socket puts before a message: leave it out"
    without = "without frame 0, which looks like a routing identity, it is a message "
    for direction, frames, hint in (
            ("to_clipper", ["0080000029", "", "02000000"], identity),
            ("to_container", ["0080000029", "", "02000000"], without + "to_clipper"),
            ("to_clipper", ["41", "", u32(3), u32(2), u32(0)], without + "to_container"),
            ("to_container", ["", "02000000"], "it is a message to_clipper"),
            ("to_clipper", ["", u32(3), u32(2), u32(0)], "it is a message to_container"),
            ("to_clipper", ["41", "", "09000000"], None), ("to_clipper", [], None), ("to_clipper", ["", ""], None)):
        answer = ask_one("decode", {"direction": direction, "frames": frames})
        equal((answer["ok"], answer.get("hint")), (False, hint), frames)


@test
def garbage_is_bad_input_and_nothing_else():
    hostile = [
        b"\xff\xfe", b"\x00", b"{\x00}", b'{"a":"\xc3"}', b'{"direction":"\xed\xa0\x80"}', b"\xef\xbb\xbf{}",
        b"[" * 100000, b'{"a":' * 100000, b"nul", b"{'a':1}", b'{"a":1}x', b'{"a":1,}', b'{"a\\u0000":1}', b'{"a":"\\ud800"}',
        b'{"direction":"to_clipper","direction":"to_clipper","frames":["","02000000"]}', b'{"a":1e999}', b"9" * 1000,
    ]
    for line in hostile:
        status, out, err = run("decode", stdin=line + b"\n" + json.dumps(HEARTBEAT).encode() + b"\n")
        equal((status, err), (1, ""), line[:80])
        first, second = out.decode().split("\n")[:-1]
        answer = json.loads(first)
        equal((answer["ok"], answer["error"], list(answer)), (False, "bad_input", ["ok", "error", "text"]), line[:80])
        assert answer["text"].splitlines() == [answer["text"]] and len(answer["text"]) < 256, answer
        equal(json.loads(second), DECODED_HEARTBEAT)


@test
def unknown_keys_are_ignored_whatever_they_hold():
    extra = {"expected": 2**64 - 1, "huge": 10**30, "deep": [[{"x": None}]], "": 1.5, "wire": 7, "message": [], "ok": "?"}
    equal(ask_one("decode", {**HEARTBEAT, **extra}), DECODED_HEARTBEAT)
    line = encoding("feedback_request", version=3, id=2**32 - 1, frames=["aa"])
    line["message"]["more"] = line["more"] = 2**64 - 1
    equal(ask_one("encode", line), {"frames": ["", u32(3), u32(1), "ffffffff", u32(1), "aa"]})


@test
def decode_says_which_key_is_wrong():
    direction = '"to_container" or "to_clipper"'
    frames = ["", "02000000"]
    for line, text in [
        ({"frames": frames}, f"direction is missing: it must be {direction}"),
        ({"frames": frames, "direction": None}, f"direction is missing: it must be {direction}"),
        ({"frames": frames, "direction": "inbound"}, f"direction must be {direction}"),
        ({"frames": frames, "direction": "to_clipper\0"}, f"direction must be {direction}"),
        ({"frames": frames, "direction": 1}, f"direction must be {direction}"),
        ({"direction": "to_clipper"}, "frames is missing: it must be an array of strings of hex digits"),
        ({"direction": "to_clipper", "flat": ""}, "frames is missing; messages in the flat form need --flat"),
        ({"direction": "to_clipper", "frames": "02"}, "frames must be an array of strings of hex digits"),
        ({"direction": "to_clipper", "frames": ["", None]}, "frames[1] must be a string of hex digits"),
        ({"direction": "to_clipper", "frames": ["", "020"]}, "frames[1] must be hex digits, two for each byte: one is missing"),
        ({"direction": "to_clipper", "frames": ["", "0x02"]}, "frames[1] must be hex digits: character 1 is none"),
        ({"direction": "to_clipper", "frames": ["", "02", "é0"]}, "frames[2] must be hex digits: character 0 is none"),
        ({"direction": "to_clipper", "frames": ["", "02\x0002"]}, "frames[1] must be hex digits: character 2 is none"),
    ]:
        equal(ask_one("decode", line), bad_input(text))
    for line, text in [
        ({"direction": "to_clipper", "frames": []}, "flat is missing: it must be a string of hex digits"),
        ({"direction": "to_clipper", "flat": []}, "flat must be a string of hex digits"),
        ({"direction": "to_clipper", "flat": "0"}, "flat must be hex digits, two for each byte: one is missing"),
        ({"direction": "to_clipper", "flat": "00g0"}, "flat must be hex digits: character 2 is none"),
    ]:
        equal(ask_one("decode", line, "--flat"), bad_input(text))


@test
def encode_says_which_key_is_wrong():
    kinds = '"heartbeat", "new_container", "prediction_request", "prediction_response" or "feedback_request"'
    types = '"bytes", "ints", "floats", "doubles" or "strings"'
    u32_range = "a whole number from 0 to 4294967295"
    version_range = "a whole number from 1 to 4294967295"
    hexes = "an array of strings of hex digits"
    text = 'a string, or {"hex":"..."}'
    good = {
        "prediction_request": {"id": 1, "input_type": "bytes", "items": []},
        "prediction_response": {"id": 1, "data_type": None, "items": []},
        "feedback_request": {"id": 1, "frames": []},
        "new_container": {"name": "m", "model_version": "1", "input_type": "ints"},
        "heartbeat": {"heartbeat_type": "keep_alive"},
    }
    wrong = [("prediction_request", "input_type", value, types) for value in ("int", 1, "Bytes", "bytes\0", ["bytes"])]
    wrong += [("prediction_request", "id", value, u32_range) for value in (-1, 2**32, 2**63, 2**64, 1.5, -0.5, "1", True, 1e300, [])]
    wrong += [("prediction_request", "version", value, version_range) for value in (0, -3, 2**32, "3", 3.5)]
    wrong += [("new_container", "rpc_version", value, version_range) for value in (0, 2**64, "3")]
    wrong += [("new_container", key, value, text) for key in ("name", "model_version") for value in (1, ["m"], True)]
    wrong += [
        ("prediction_response", "data_type", 5, types),
        ("prediction_response", "items", "aa", hexes),
        ("feedback_request", "frames", {}, hexes),
        ("heartbeat", "heartbeat_type", 0, '"keep_alive" or "send_metadata"'),
    ]
    for kind, key, value, what in wrong:
        line = encoding(kind, wire="release", **{**good[kind], key: value})
        equal(ask_one("encode", line), bad_input(f"message.{key} must be {what}"), (kind, key, value))
    for kind, key, what in [
        ("prediction_request", "id", u32_range), ("prediction_request", "input_type", types), ("prediction_request", "items", hexes),
        ("prediction_response", "id", u32_range), ("prediction_response", "items", hexes), ("feedback_request", "frames", hexes),
        ("new_container", "name", text), ("new_container", "model_version", text), ("new_container", "input_type", types),
        ("heartbeat", "heartbeat_type", '"keep_alive" or "send_metadata"'),
    ]:
        line = encoding(kind, wire="release", **{k: v for k, v in good[kind].items() if k != key})
        equal(ask_one("encode", line), bad_input(f"message.{key} is missing: it must be {what}"), (kind, key))
    for line, said in [
        ({}, 'direction is missing: it must be "to_container" or "to_clipper"'),
        ({"direction": "to_clipper"}, "message is missing: it must be an object"),
        ({"direction": "to_clipper", "message": "heartbeat"}, "message must be an object"),
        ({"direction": "to_clipper", "message": {}}, f"message.kind is missing: it must be {kinds}"),
        (encoding("hello"), f"message.kind must be {kinds}"),
        (encoding("heartbeat", wire="wireless"), 'wire must be "any", "document" or "release"'),
        (encoding("heartbeat", "to_clipper", heartbeat_type="keep_alive"),
         "message.heartbeat_type must be left out: a heartbeat to Clipper has none"),
        (encoding("heartbeat", "to_clipper", version=3), "message.version must be left out: a heartbeat to Clipper has none"),
        (encoding("feedback_request", id=1, frames=["00", "0g"]), "message.frames[1] must be hex digits: character 1 is none"),
        (encoding("new_container", name={"hex": "f"}, model_version="", input_type="ints"),
         "message.name.hex must be hex digits, two for each byte: one is missing"),
        (encoding("new_container", name={}, model_version="", input_type="ints"),
         "message.name.hex is missing: it must be a string of hex digits"),
    ]:
        equal(ask_one("encode", line), bad_input(said))


main()
