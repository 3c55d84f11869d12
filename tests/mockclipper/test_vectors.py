#!/usr/bin/python3 -B
"""Every test vector of spec/vectors, through mockclipper decode and encode as a user would send it."""

import glob
import json
import os

from kit import ask
from tap import ROOT, add_test, equal, main

VECTORS = os.path.join(ROOT, "spec", "vectors")
LIMIT_OPTIONS = {"items": "--max-items", "item_bytes": "--max-item-bytes", "total_bytes": "--max-total-bytes", "text_bytes": "--max-text-bytes"}


def load():
    vectors = []
    for path in sorted(glob.glob(os.path.join(VECTORS, "**", "*.json"), recursive=True)):
        with open(path, encoding="utf-8") as file:
            vectors += json.load(file)
    return vectors


def options_of(vector):
    """How mockclipper is to be called for VECTOR: (command, options...)."""
    era = ("--era", vector["era"]) if "era" in vector else ()
    if "encode" in vector:
        return ("encode", *era)
    options = ["decode", *era]
    options += ["--flat"] if "flat" in vector else []
    options += ["--strict"] if vector.get("strict") else []
    for key, number in vector.get("limits", {}).items():
        options += [LIMIT_OPTIONS[key], str(number)]
    return tuple(options)


def check(vector, answer):
    """The answer must have what the vector expects, no more and no less; only the text and a hint are free."""
    expected = dict(vector["expect"])
    if "error" in expected:
        expected["ok"] = False
        assert answer.get("text"), answer
        if "encode" in vector:
            answer = {key: answer.get(key) for key in expected}
        answer = {key: value for key, value in answer.items() if key not in ("text", "hint")}
    elif "encode" not in vector:
        expected["ok"] = True
        if "era" in vector:
            expected["era"] = vector["era"]
    equal(answer, expected)


def add_group(command, vectors):
    """Asks all VECTORS of one command line in one run; each is a test of its own."""
    name = " ".join(command)
    questions = [v.get("encode", v) for v in vectors]
    results = {}

    def run_all():
        status, answers = ask(command[0], questions, *command[1:])
        results.update((v["id"], a) for v, a in zip(vectors, answers))
        equal(status, 1 if any("error" in v["expect"] for v in vectors) else 0, "exit status")

    add_test(f"{name}: {len(vectors)} vectors are answered", run_all)
    for vector in vectors:
        add_test(vector["id"], lambda v=vector: check(v, results[v["id"]]))


def add_round_trip(vectors):
    valid = [v for v in vectors if "frames" in v and "message" in v["expect"] and not v["expect"]["leniencies"]]

    def round_trip():
        lines = [{"direction": v["direction"], "era": v.get("era", "3"), **v["expect"]} for v in valid]
        status, answers = ask("encode", lines)
        for vector, answer in zip(valid, answers):
            equal(answer, {"frames": vector["frames"]}, vector["id"])
        equal(status, 0)

    add_test(f"{len(valid)} valid vectors are encoded to their own bytes", round_trip)


def add_all():
    vectors = load()
    groups = {}
    for vector in vectors:
        groups.setdefault(options_of(vector), []).append(vector)
    add_test("there are vectors, each with its own id", lambda: equal(
        (len(vectors) >= 120, len({v["id"] for v in vectors})), (True, len(vectors))))
    for command, members in sorted(groups.items()):
        add_group(command, members)
    add_round_trip(vectors)


add_all()
main()
