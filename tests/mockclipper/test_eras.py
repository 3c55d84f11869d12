#!/usr/bin/python3 -B
# suite: long
"""mockclipper decode and encode in the protocols before version 3."""

import json
import os

from kit import ask, ask_one, run
from tap import ROOT, equal, main, test

HEARTBEAT_F = {"direction": "to_container", "frames": ["", "02000000", "01000000"]}
NEITHER = {"direction": "to_clipper", "frames": ["", "01000000", "07000000", "0100000000000000"]}


def recorded(era):
    with open(os.path.join(ROOT, "tests/data/captures/eras/era-%s.jsonl" % era), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


@test
def recorded_messages_decode_to_their_truth_and_encode_to_their_bytes():
    for era in "CDEF":
        rows = recorded(era)
        status, answers = ask("decode", rows, "--era", era)
        equal(status, 0)
        for row, answer in zip(rows, answers):
            equal(answer["era"], era)
            for key, value in row.get("truth", {}).items():
                equal(answer["message"][key], value, row["what"])
        status, encoded = ask("encode", [{**a, "direction": r["direction"]} for r, a in zip(rows, answers)])
        equal(encoded, [{"frames": row["frames"]} for row in rows])


@test
def any_finds_an_era_that_fits_every_recorded_message():
    for era in "CDEF":
        rows = recorded(era)
        status, answers = ask("decode", rows, "--era", "any")
        equal(status, 0)
        for row, answer in zip(rows, answers):
            assert era in answer["eras"], (row["what"], answer)
            assert answer["era"] in answer["eras"], answer


@test
def any_takes_the_latest_that_fits():
    equal({k: v for k, v in ask_one("decode", NEITHER, "--era", "any").items() if k in ("era", "eras")},
          {"era": "F", "eras": ["E", "F"]})
    answer = ask_one("decode", {"direction": "to_clipper", "frames": ["", "02000000"]}, "--era", "any")
    equal((answer["era"], answer["eras"]), ("3", ["3", "E", "F"]))


@test
def any_reports_the_era_that_comes_nearest():
    answer = ask_one("decode", {"direction": "to_container", "frames": ["", "01000000", "07000000", "00000000", "0900"]},
                     "--era", "any")
    equal((answer["error"], answer["frame"], answer["field"]), ("wrong_width", 4, "metadata_length"))
    equal(answer["hint"], "of all eras, F comes nearest")


@test
def an_error_of_version_3_names_the_era_that_explains_it():
    answer = ask_one("decode", HEARTBEAT_F)
    equal((answer["error"], answer["frame"]), ("version_mismatch", 1))
    equal(answer["hint"], "it is a heartbeat of Clipper 0.1 to 0.2, which have no version tag (--era F)")
    hints = set()
    for era in "CDEF":
        _, answers = ask("decode", recorded(era))
        hints |= {a["hint"] for a in answers if "hint" in a}
        for answer in answers:
            assert answer["ok"] or answer["hint"].startswith("it is a "), answer
    equal(len({hint.split(" of ")[0] for hint in hints}), 4, "kinds of message")
    equal({hint[-2] for hint in hints}, set("CDEF"))


@test
def version_3_told_is_version_3():
    answer = ask_one("decode", HEARTBEAT_F, "--era", "3")
    equal((answer["error"], "hint" in answer), ("version_mismatch", False))
    answer = ask_one("decode", {"direction": "to_clipper", "frames": ["", "02000000"]}, "--era", "3")
    equal((answer["ok"], answer["era"]), (True, "3"))


@test
def encode_takes_the_era_that_is_told_or_the_lines():
    line = {"direction": "to_container", "message": {"kind": "heartbeat", "heartbeat_type": "send_metadata"}}
    old = {"frames": HEARTBEAT_F["frames"]}
    equal(ask_one("encode", line, "--era", "F"), old)
    equal(ask_one("encode", {**line, "era": "E"}), old)
    equal(ask_one("encode", {**line, "era": "E"}, "--era", "3")["frames"][1], "03000000")
    equal(ask_one("encode", {**line, "era": "G"})["error"], "bad_input")
    answer = ask_one("encode", line, "--era", "C")
    equal((answer["error"], answer["field"]), ("bad_message", "message_type"))


@test
def leniencies_are_written_in_the_eras():
    line = {"era": "F", "direction": "to_clipper", "message": {"kind": "prediction_response", "id": 7, "items": ["61"]}}
    equal(ask_one("encode", {**line, "leniencies": ["wide_id"]})["frames"][2], "0700000000000000")
    equal(ask_one("encode", {**line, "leniencies": []})["frames"][2], "07000000")
    for wrong in ("wide_id", ["other"], [1]):
        equal(ask_one("encode", {**line, "leniencies": wrong})["error"], "bad_input")


@test
def the_flat_form_and_strictness_go_with_an_era():
    flat = ask_one("encode", {"direction": "to_clipper", "message": {"kind": "heartbeat"}}, "--era", "F", "--flat")
    answer = ask_one("decode", {"direction": "to_clipper", **flat}, "--era", "F", "--flat")
    equal(answer["message"], {"kind": "heartbeat"})
    wide = {"direction": "to_clipper", "frames": ["", "0700000000000000", "0000803f"]}
    equal(ask_one("decode", wide, "--era", "D")["leniencies"], ["wide_id"])
    equal(ask_one("decode", wide, "--era", "D", "--strict")["error"], "wrong_width")


@test
def another_era_is_a_wrong_command_line():
    for command, era in (("decode", "B"), ("encode", "any"), ("encode", "4")):
        status, out, err = run(command, "--era", era, stdin=b"")
        equal((status, out), (2, b""), command)


main()
