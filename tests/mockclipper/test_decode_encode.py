#!/usr/bin/python3 -B
# suite: long
"""mockclipper decode and encode: what they make of messages."""

import json
import os
import struct

from messages import (DECODED_HEARTBEAT, HEARTBEAT, encoding, failure, flat, new_container, request, u32, u64s)
from kit import ask, ask_one, run
from tap import ROOT, equal, main, test

CAPTURES = os.path.join(ROOT, "tests", "data", "captures", "released-python.jsonl")


# ---- Real traffic --------------------------------------------------------------------------------------------


@test
def captured_messages_decode_and_encode_to_the_same_bytes():
    with open(CAPTURES, encoding="utf-8") as file:
        captured = [json.loads(line) for line in file]
    equal(len(captured), 75)
    status, answers = ask("decode", captured)
    equal(status, 0)
    kinds = {}
    for line, answer in zip(captured, answers):
        equal((answer["ok"], answer["leniencies"]), (True, []))
        kind = answer["message"]["kind"]
        kinds[kind] = kinds.get(kind, 0) + 1
        # the note was written by whoever recorded it: the kind, then details
        assert line["note"].startswith(kind), (line["note"], answer)
    equal(sorted(kinds), ["heartbeat", "new_container", "prediction_request", "prediction_response"])
    again = [{"direction": l["direction"], "wire": a["wire"], "message": a["message"]} for l, a in zip(captured, answers)]
    status, encoded = ask("encode", again)
    equal(status, 0)
    equal(encoded, [{"frames": line["frames"]} for line in captured])
    status, encoded = ask("encode", again, "--flat")
    equal(encoded, [{"flat": flat(line["frames"])} for line in captured])
    status, flat_answers = ask("decode", [{**e, "direction": l["direction"]} for e, l in zip(encoded, captured)], "--flat")
    equal(flat_answers, answers)


# ---- Numbers and text ----------------------------------------------------------------------------------------


@test
def numbers_are_exact_to_the_last_bit():
    line = request([b"a"])
    for number in (2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1):
        line["frames"][5] = u64s(number)
        status, out, _ = run("decode", stdin=json.dumps(line))
        assert f'"expected":{number},"actual":24,'.encode() in out, out
        assert f"(expected {number}, got 24)".encode() in out, out
        line["frames"][5] = u64s(24)
        line["frames"][6] = u64s(number, 1, 1)
        status, out, _ = run("decode", stdin=json.dumps(line))
        assert f'"actual":{number},'.encode() in out, out
        line["frames"][6] = u64s(0, 1, 1)
    for number in (0, 1, 2**31 - 1, 2**31, 2**32 - 1):
        answer = ask_one("decode", request([b"a"], number=number))
        equal(answer["message"]["id"], number)
        for form in (number, float(number)):
            line = encoding("prediction_request", id=form, version=3.0, input_type="bytes", items=["61"])
            equal(ask_one("encode", line), {"frames": request([b"a"], number=number)["frames"]})


@test
def text_is_a_string_where_it_is_utf_8_and_hex_where_not():
    for raw, form in [
        (b"", ""), (b"plain", "plain"), (b"a\0b\0", "a\0b\0"), ("größe 数 😀".encode(), "größe 数 😀"),
        (b'"\\/\b\f\n\r\t\x7f\x1b', '"\\/\b\f\n\r\t\x7f\x1b'), ("\u2028\u0085\ufffd\uffff".encode(), "\u2028\u0085\ufffd\uffff"),
        (b"\xff", {"hex": "ff"}), (b"caf\xe9", {"hex": "636166e9"}), (b"\xc0\x80", {"hex": "c080"}),
        (b"\xed\xa0\x80", {"hex": "eda080"}), (b"\xf4\x90\x80\x80", {"hex": "f4908080"}), (b"ok\xe2\x82", {"hex": "6f6be282"}),
    ]:
        line = new_container(name=raw, version=raw[::-1] if isinstance(form, dict) else raw)
        status, out, _ = run("decode", stdin=json.dumps(line))
        equal((status, len(out.decode().splitlines())), (0, 1))
        message = json.loads(out)["message"]
        equal(message["name"], form)
        encoded = ask_one("encode", {"direction": "to_clipper", "wire": "release", "message": message})
        equal(encoded, {"frames": line["frames"]})


@test
def both_forms_of_text_are_the_same():
    for form in ("é\0", {"hex": "c3a900"}, {"hex": "C3A900"}):
        line = encoding("new_container", "to_clipper", "document", name=form, model_version=form, input_type="bytes")
        equal(ask_one("encode", line), {"frames": ["", u32(0), "c3a900", "c3a900", "30"]})


@test
def every_byte_of_text_survives():
    texts = [bytes([b]) for b in range(256)] + [bytes([a, b]) for a in (0xC3, 0x22, 0x5C) for b in range(256)]
    messages = [new_container(name=t, version=bytes(range(256)) + t) for t in texts]
    _, answers = ask("decode", messages)
    again = [{"direction": "to_clipper", "wire": a["wire"], "message": a["message"]} for a in answers]
    equal(ask("encode", again), (0, [{"frames": m["frames"]} for m in messages]))


# ---- Options -------------------------------------------------------------------------------------------------


@test
def leniencies_are_named_and_strict_makes_them_errors():
    wide, tail = "0300000000000000", b"3\x00\x1a"
    for line, names, error in [
        (new_container(rpc_version=wide), ["wide_version"], ("wrong_width", 5, "rpc_version", 0, 4, 8)),
        (new_container(input_type=tail), ["input_type_tail"], ("bad_input_type", 4, "input_type", 1, 0, 0)),
        (new_container(input_type=tail, rpc_version=wide), ["wide_version", "input_type_tail"],
         ("bad_input_type", 4, "input_type", 1, 0, 0)),
    ]:
        answer = ask_one("decode", line)
        equal((answer["wire"], answer["leniencies"], answer["message"]["rpc_version"]), ("release", names, 3))
        equal(failure(ask_one("decode", line, "--strict")), error)
    equal(ask_one("decode", new_container(), "--strict")["leniencies"], [])


@test
def limits_are_options():
    line = request([b"abc", b"de"])
    cases = [
        ("--max-items", 2, line, ("too_many_items", 6, "item_count", 8, 1, 2)),
        ("--max-item-bytes", 3, line, ("item_too_large", 6, "item_size", 16, 2, 3)),
        ("--max-total-bytes", 5, line, ("message_too_large", 6, "item_size", 24, 4, 5)),
        ("--max-text-bytes", 4, new_container(version=b"1234"), ("text_too_long", 3, "model_version", 0, 3, 4)),
    ]
    for option, enough, message, error in cases:
        equal(ask_one("decode", message, option, str(enough))["ok"], True)
        equal(ask_one("decode", message, f"{option}={2**64 - 1}")["ok"], True)
        equal(failure(ask_one("decode", message, option, str(enough - 1))), error)


@test
def flat_messages_are_read():
    line = request([b"", b"x" * 300])
    equal(ask_one("decode", {"direction": "to_container", "flat": flat(line["frames"])}, "--flat"), ask_one("decode", line))
    good = flat(HEARTBEAT["frames"])
    equal(ask_one("decode", {"direction": "to_clipper", "flat": good.upper()}, "--flat"), DECODED_HEARTBEAT)
    greeting = "ff00000000000000017f03" + "00" * 53
    equal(ask_one("decode", {"direction": "to_clipper", "flat": greeting + "0405" + "00" * 5 + good}, "--flat"), DECODED_HEARTBEAT)
    for text, error in [
        (good + "00", ("extra_frame", 2, "none", 0, 2, 3)),
        (good + good, ("extra_frame", 2, "none", 0, 2, 3)),
        (good[:-2], ("flat_truncated", 1, "none", 0, 0, 0)),
        (flat(HEARTBEAT["frames"], more_after=True), ("flat_truncated", 2, "none", 0, 0, 0)),
        ("", ("flat_truncated", 0, "none", 0, 0, 0)),
        ("0100" + "10", ("flat_flags", 1, "flags", 0, 0, 16)),
        ("0100" + "0001" + "00" + good, ("wrong_width", 1, "message_type", 0, 4, 1)),  # what is wrong first
    ]:
        equal(failure(ask_one("decode", {"direction": "to_clipper", "flat": text}, "--flat")), error, text)
    answer = ask_one("decode", {"direction": "to_clipper", "flat": good + good}, "--flat")
    equal(answer["text"], "another message begins at byte 8: a line has one message")
    big = {"direction": "to_clipper", "flat": "0100" + "02" + (2**64 - 1).to_bytes(8, "big").hex()}
    error = failure(ask_one("decode", big, "--flat", "--max-item-bytes", "100", "--max-items", "1", "--max-text-bytes", "1"))
    equal(error, ("frame_too_large", 1, "none", 0, 100, 2**64 - 1))


@test
def direction_may_be_an_option():
    without = {"frames": HEARTBEAT["frames"]}
    equal(ask_one("decode", without, "--direction", "to_clipper"), DECODED_HEARTBEAT)
    equal(ask_one("decode", HEARTBEAT, "--direction", "to_container"), DECODED_HEARTBEAT)
    # so that the two fit together
    line = encoding("feedback_request", version=3, id=5, frames=["", "ff"])
    encoded = ask_one("encode", line)
    decoded = ask_one("decode", encoded, "--direction", "to_container")
    equal(decoded["message"], line["message"])
    equal(ask_one("encode", decoded, "--direction", "to_container"), encoded)


# ---- Encoding ------------------------------------------------------------------------------------------------


@test
def a_wire_is_needed_only_where_it_matters():
    response = {"id": 1, "items": ["61"]}
    container = {"name": "m", "model_version": "1", "input_type": "ints"}
    for wire in (None, "any"):
        ask_one("encode", encoding("heartbeat", wire=wire, heartbeat_type="keep_alive"))["frames"]
        ask_one("encode", encoding("prediction_request", wire=wire, input_type="bytes", **response))["frames"]
        for kind, fields in (("prediction_response", response), ("new_container", container)):
            equal(ask_one("encode", encoding(kind, "to_clipper", wire, **fields))["error"], "bad_wire")


@test
def the_version_frame_follows_the_wire():
    fields = {"name": "m", "model_version": "1", "input_type": "doubles"}
    for given in ({}, {"rpc_version": None}, {"rpc_version": 3}):
        for wire, frame in (("document", []), ("release", [u32(3)])):
            line = encoding("new_container", "to_clipper", wire, **fields, **given)
            equal(ask_one("encode", line), {"frames": ["", u32(0), "6d", "31", "33"] + frame})
    for version in ({}, {"version": None}, {"version": 3}):
        line = encoding("heartbeat", heartbeat_type="send_metadata", **version)
        equal(ask_one("encode", line), {"frames": ["", u32(3), u32(2), u32(1)]})
    equal(ask_one("encode", encoding("heartbeat", heartbeat_type="keep_alive", version=4))["error"], "version_mismatch")


@test
def the_data_type_follows_the_wire():
    def answer(wire, **data_type):
        return ask_one("encode", encoding("prediction_response", "to_clipper", wire, id=1, items=["6162"], **data_type))

    release = {"frames": ["", u32(1), u32(1), u64s(16), u64s(1, 2), "6162"]}
    for data_type in ({}, {"data_type": None}, {"data_type": "strings"}):
        equal(answer("release", **data_type), release)
    equal(answer("release", data_type="bytes")["error"], "unknown_data_type")
    equal(answer("document")["error"], "unknown_data_type")
    for number, name in ((0, "bytes"), (4, "strings")):
        equal(answer("document", data_type=name), {"frames": ["", u32(1), u32(1), u64s(24), u64s(number, 1, 2), "6162"]})
    equal(failure(answer("document", data_type="ints")), ("item_width", 4, "item_size", 16, 4, 2))
    equal(answer("document", data_type="ints")["item"], 0)


@test
def a_message_has_its_direction():
    response = {"id": 1, "items": [], "input_type": "bytes", "data_type": "bytes", "frames": []}
    container = {"name": "m", "model_version": "1", "input_type": "ints"}
    for kind, fields, wrong in [
        ("prediction_response", response, "to_container"), ("new_container", container, "to_container"),
        ("prediction_request", response, "to_clipper"), ("feedback_request", response, "to_clipper"),
    ]:
        answer = ask_one("encode", encoding(kind, wrong, "document", **fields))
        equal((answer["ok"], answer["error"]), (False, "bad_message"))
        assert answer["text"]


# ---- Size ----------------------------------------------------------------------------------------------------


@test
def an_item_of_64_mib_goes_both_ways():
    item = os.urandom(1 << 16) * 1024
    line = request([item])
    status, out, err = run("decode", stdin=json.dumps(line))
    equal((status, err), (0, ""))
    message = json.loads(out)["message"]
    equal(message.pop("items") == [item.hex()], True, "the item")
    equal(message, {"kind": "prediction_request", "version": 3, "id": 7, "input_type": "bytes"})
    status, again, err = run("encode", "--direction", "to_container", stdin=out)
    equal((status, err), (0, ""))
    equal(json.loads(again) == {"frames": line["frames"]}, True, "the frames")


@test
def a_hundred_thousand_items_go_both_ways():
    items = [struct.pack("<I", i)[: i % 5] for i in range(100000)]
    line = request(items)
    decoded = ask_one("decode", line)
    equal(decoded["message"]["items"] == [i.hex() for i in items], True, "the items")
    equal(ask_one("encode", {**decoded, "direction": "to_container"}) == {"frames": line["frames"]}, True, "the frames")


main()
