#!/usr/bin/python3
"""Compares reports of `mockclipper check` with each other, for stress.sh.

    compare_runs.py FOLDER RUNS LOOPS

FOLDER has 0.json, of a quiet machine, and 1.json to RUNS.json. TAP: a test for each run. Reports in which nothing
differs are removed.
"""
import json
import os
import sys

ALLOWED = 0.01  # of all verdicts may be inconclusive


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return {case["id"]: case for case in json.load(file)["cases"]}
    except (OSError, ValueError):
        return {}


def describe(case):
    found = [f"{one['requirement']}: expected {one['expected']}, got {one['actual']}" for one in case["findings"]
             if one["verdict"] not in ("pass", "info", "lenient")]
    return f"{case['id']}: {case['verdict']}: " + "; ".join(found)


def main():
    folder, runs, loops = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    quiet = read(os.path.join(folder, "0.json"))
    total = inconclusive = wrong = retried = failed = 0
    for number in range(1, runs + 1):
        cases = read(os.path.join(folder, f"{number}.json"))
        doubtful = [case for case in cases.values() if case["verdict"] == "inconclusive"]
        different = [case for case in cases.values() if case not in doubtful
                     and case["verdict"] != quiet.get(case["id"], {}).get("verdict")]
        missing = not quiet or cases.keys() != quiet.keys()
        total += len(cases)
        inconclusive += len(doubtful)
        retried += sum("first_try" in case for case in cases.values())
        wrong += len(different)
        bad = bool(different) or missing
        failed += bad
        print(f"{'not ' if bad else ''}ok {number} - run {number}: {len(cases)} verdicts, {len(doubtful)} inconclusive")
        if missing:
            print("# the report is not complete: see its .log")
        for case in different + doubtful:
            print("# " + describe(case).replace("\n", " "))
        if not different and not doubtful and not missing:
            os.remove(os.path.join(folder, f"{number}.json"))
            os.remove(os.path.join(folder, f"{number}.log"))
    share = inconclusive / total if total else 1
    failed += share > ALLOWED
    print(f"{'not ' if share > ALLOWED else ''}ok {runs + 1} - at most {ALLOWED:.0%} of the verdicts are inconclusive")
    print(f"1..{runs + 1}")
    print(f"# {runs} runs against {loops} busy loops: {total} verdicts, {wrong} wrong, {inconclusive} inconclusive "
          f"({share:.2%}); {retried} played twice")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
