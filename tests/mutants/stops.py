#!/usr/bin/python3
"""The suite on a correct container while kit, container or both are stopped (SIGSTOP) and continued at random.

    stops.py [RUNS [SEED [SECONDS]]]        default: 100 runs; after SECONDS no further one begins

A machine that stands still says nothing of a container: no verdict may be fail, warn, error or a skip that a quiet run
does not have, and one in fifty may be inconclusive (of 20 runs or more: few say nothing of that). TAP on stdout, with
the counts last. B: the build folder.
"""
import collections
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 100
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
SECONDS = float(sys.argv[3]) if len(sys.argv) > 3 else float("inf")
ENOUGH = 20  # runs, to count what is inconclusive
B = os.environ.get("B", "build")
COMMAND = [f"{B}/mockclipper", "check", "--poll-timeout", "100", "--activity-timeout", "600", "--strict", "--model",
           "probe", "--report", "json", "--", f"{B}/clipper-container", "--model", "probe"]
ATTEMPTS = 5  # at a quiet run
SHORTEST, LONGEST = 0.05, 1.5  # seconds


def children(pid):
    """The processes that PID has started, but those that watch over it."""
    found = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
            found += [int(one) for one in file.read().split()]
    return [one for one in found if is_container(one)]


def is_container(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return b"clipper-container" in file.read().split(b"\0")[0]
    except OSError:
        return False


def send(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def disturb(kit, chance):
    """Stops one of the kit, a container and both for a while."""
    try:
        containers = children(kit.pid)
    except OSError:
        return
    victims = [chance.choice(containers)] if containers else []
    chosen = chance.choice([victims, [kit.pid], [kit.pid, *victims]])
    send(chosen, signal.SIGSTOP)
    time.sleep(chance.uniform(SHORTEST, LONGEST))
    send(reversed(chosen), signal.SIGCONT)


def run(chance=None):
    """The cases of one run, by id; CHANCE: what disturbs it."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out, \
            subprocess.Popen(COMMAND, stdout=out, stderr=subprocess.DEVNULL) as kit:
        while chance is not None and kit.poll() is None:
            time.sleep(chance.uniform(SHORTEST, LONGEST / 2))
            disturb(kit, chance)
        kit.wait()
        out.seek(0)
        return {case["id"]: case for case in json.load(out)["cases"]}


def said(case):
    return case["reason"] or "; ".join(f"expected {one['expected']}, got {one['actual']}" for one in case["findings"])


def quiet_run():
    """What a case says while nothing is stopped; what the machine was too busy for is asked again."""
    cases = run()
    for _ in range(ATTEMPTS):
        if all(case["verdict"] != "inconclusive" for case in cases.values()):
            break
        cases.update({name: case for name, case in run().items() if cases[name]["verdict"] == "inconclusive"})
    return cases


def main():
    counts, doubtful_cases, wrong = collections.Counter(), collections.Counter(), []
    began, played = time.monotonic(), 0
    quiet = quiet_run()
    print("TAP version 14\n1..2")
    for number in range(1, RUNS + 1):
        if played and time.monotonic() - began > SECONDS:
            break
        played += 1
        for name, case in run(random.Random(SEED * 1000 + number)).items():
            counts[case["verdict"]] += 1
            doubtful_cases[name] += case["verdict"] == "inconclusive"
            expected = quiet[name]["verdict"] if quiet[name]["verdict"] != "inconclusive" else "pass"
            if case["verdict"] not in (expected, "inconclusive"):
                wrong.append(f"run {number}: {name}: {case['verdict']}: {said(case)}")
    print(*(f"# {one}" for one in wrong), sep="\n")
    print("not ok" if wrong else "ok", "1 - no verdict is another than on a quiet machine, but inconclusive")
    too_many = counts["inconclusive"] * 50 > sum(counts.values())
    if played < ENOUGH:
        print(f"ok 2 - at most one in fifty is inconclusive # SKIP {played} runs are too few to count that")
    else:
        print("not ok" if too_many else "ok", "2 - at most one in fifty is inconclusive")
    print(*(f"# {count} times inconclusive: {name}" for name, count in doubtful_cases.most_common() if count), sep="\n")
    print(f"# {played} runs: {dict(counts)}")
    return bool(wrong) or (played >= ENOUGH and too_many)


sys.exit(main())
