#!/usr/bin/python3
"""What the kit says of containers that are written as other people write them. verdicts.json has the expected verdict
of every case, and the requirements that it is about.

    test_verdicts.py [TEXT...]             the telling cases of each container: some seconds
    test_verdicts.py --full [TEXT...]      every case, in real time and four times faster
    test_verdicts.py --runs N [TEXT...]    the telling cases N times, with --full every case, in real time and four times
                                           faster: the same verdicts each time
    test_verdicts.py --update [TEXT...]    writes verdicts.json anew, as the kit now says. Whoever does it reads the
                                           difference: each line has to be right, not only what is said today

TEXT: only the tests that have one of the texts in their names.

verdicts.json has for each container:
    options      those that its author would give to the kit
    short        globs of the telling cases
    others       the verdict of the cases that are not named
    verdicts     {case: verdict and requirements}
    accelerated  the same for the accelerated run, where it differs
"""
import argparse
import collections
import concurrent.futures
import functools
import importlib.util
import json
import os
import sys

sys.dont_write_bytecode = True
from runs import check_decided, explained, requirements, skip_undecided
from tap import PYTHON, Skip, add_test, empty, equal, main, read, test, write

TABLE = "tests/strangers/verdicts.json"
STRANGER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "stranger.py")
MODES = {"in real time": [], "accelerated": ["--accelerate", "4", "--poll-timeout", "5000",
                                             "--activity-timeout", "30000"]}
OPTIONS = None


@functools.cache
def table():
    return json.loads(read(TABLE))


def text(case):
    """A verdict as verdicts.json has it; nothing when there is none."""
    if case["verdict"] == "inconclusive":
        return None
    return " ".join([case["verdict"], *([] if case["verdict"] == "pass" else requirements(case))])


def expected(row, mode, case):
    if mode == "accelerated" and case in row["accelerated"]:
        return row["accelerated"][case]
    return row["verdicts"].get(case, row["others"])


def play(name, mode):
    row = table()[name]
    return check_decided([PYTHON, STRANGER, name], [*row["options"], *MODES[mode]],
                         () if OPTIONS.full else row["short"])


def chosen():
    """[(name, mode)]"""
    both = OPTIONS.full or OPTIONS.runs > 1
    return [(name, mode) for name in table() for mode in MODES if (both or mode == "in real time")
            and (not OPTIONS.texts or any(part in f"{name} {mode}" for part in OPTIONS.texts))]


@functools.cache
def all_runs():
    """{(name, mode): what is to come of each run}. Some at a time: they mostly wait."""
    pool = concurrent.futures.ThreadPoolExecutor(2 if OPTIONS.full else 4)
    return {key: [pool.submit(play, *key) for _ in range(OPTIONS.runs)] for key in chosen()}


def need_zmq():
    if importlib.util.find_spec("zmq") is None:
        raise Skip("missing: pyzmq (Debian: python3-zmq)")


@test
def every_container_has_its_row():
    need_zmq()
    equal(list(table()), list(importlib.import_module("stranger").STRANGERS))


def differences(row, mode, found):
    return [f"{explained(case)}\n  expected {expected(row, mode, identity)}" for identity, case in found.items()
            if text(case) not in (None, expected(row, mode, identity))]


def test_stranger(name, mode):
    need_zmq()
    runs, row = [run.result() for run in all_runs()[name, mode]], table()[name]
    wrong = [differences(row, mode, found) for found in runs]
    empty([f"run {number}: {line}" for number, lines in enumerate(wrong, 1) for line in lines],
          f"another verdict in {sum(map(bool, wrong))} of {len(runs)} runs")
    for found in runs:
        if OPTIONS.full:
            empty(sorted({*row["verdicts"], *row["accelerated"]} - found.keys()), "not played")
        skip_undecided(found)


def update():
    """A case that stays inconclusive keeps what the table has of it."""
    for name in dict.fromkeys(name for name, _ in chosen()):
        row = table()[name]
        real, fast = ({identity: text(case) or expected(row, mode, identity)
                       for identity, case in all_runs()[name, mode][0].result().items()} for mode in MODES)
        counts = collections.Counter(verdict for verdict in real.values() if verdict in ("pass", "skip"))
        row["others"] = counts.most_common(1)[0][0]
        row["verdicts"] = {case: verdict for case, verdict in real.items() if verdict != row["others"]}
        row["accelerated"] = {case: verdict for case, verdict in fast.items() if verdict != real[case]}
    write(TABLE, json.dumps(table(), indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("texts", nargs="*", metavar="TEXT")
    parser.add_argument("--full", action="store_true", help="every case, in real time and accelerated")
    parser.add_argument("--runs", type=int, default=1, metavar="N", help="so often, in real time and accelerated")
    parser.add_argument("--update", action="store_true", help="writes verdicts.json anew")
    OPTIONS = parser.parse_args()
    if OPTIONS.update:
        OPTIONS.full, OPTIONS.runs = True, 1
        update()
        sys.exit()
    for each in chosen():
        add_test(" ".join(each), test_stranger, *each)
    sys.argv[1:] = OPTIONS.texts
    main()
