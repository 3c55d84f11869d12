#!/usr/bin/python3
"""Proof of --accelerate: the Python container of tests/peers, unmodified and with the protocol's own timers (5 s and
30 s), is checked ten times faster and in real time. The verdicts are the same.

    test_accelerate.py               both, one after the other
    test_accelerate.py --real FILE   real time only, into FILE: that is a minute of waiting, which may run beside others
    test_accelerate.py --with FILE   ten times faster only, compared with FILE, which must be newer than the kit

TAP on stdout. CASES: globs of the scenarios to play (default: all but the heavy ones, whose work cannot be accelerated).
"""
import argparse
import json
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(ROOT, os.environ.get("B", "build"))
KIT = os.path.abspath(os.environ.get("MOCKCLIPPER", os.path.join(BUILD, "mockclipper")))
CONTAINER = os.path.join(BUILD, "peers", "python")
CASES = os.environ.get("CASES", "").split()
FACTOR = 10
PATIENCE = 300
WITHOUT = ("timeout/wall-clock-forward", "timeout/wall-clock-back")  # libfaketime is needed for these, too: skipped


class Skip(Exception):
    """Why this cannot be tested here."""


def needs():
    """What is missing, if anything; and the container is made."""
    if not os.path.exists(KIT):
        raise Skip("build/mockclipper is not there")
    if "--accelerate" not in subprocess.run([KIT, "check", "--help"], stdout=subprocess.PIPE, check=False,
                                            timeout=30).stdout.decode():
        raise Skip("this mockclipper has no --accelerate")
    made = subprocess.run(["sh", os.path.join(ROOT, "tests", "peers", "setup.sh"), "python"], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, timeout=PATIENCE)
    if made.returncode != 0:
        raise AssertionError(made.stdout.decode(errors="replace"))
    missing = os.path.join(CONTAINER, "missing")
    if os.path.exists(missing):
        with open(missing, encoding="utf-8") as file:
            raise Skip("missing: " + file.read().strip())
    for name in ("/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/faketime", "/usr/lib/aarch64-linux-gnu/faketime"):
        if os.path.isdir(name):
            return
    raise Skip("missing: libfaketime (Debian: faketime)")


def check(*options, cases=()):
    """The cases by id, and how long it took."""
    command = [KIT, "check", "--model", "probe", "--input-type", "doubles", "--report", "json", *options]
    for glob in cases or CASES:
        command += ["--scenario", glob]
    if not cases and not CASES:
        command += ["--skip", "load/*", "--skip", "prediction/item-of-*"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CLIPPER_")}
    began = time.monotonic()
    done = subprocess.run([*command, "--", os.path.join(CONTAINER, "container")], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=environment, timeout=PATIENCE, check=False)
    if done.returncode not in (0, 1, 4, 5):
        raise AssertionError(f"the kit's status is {done.returncode}: {done.stderr.decode(errors='replace')}")
    return {case["id"]: case for case in json.loads(done.stdout)["cases"]}, time.monotonic() - began


def check_decided(*options):
    """The same; cases that were inconclusive are played again, alone."""
    cases, took = check(*options)
    doubtful = [name for name, case in cases.items() if case["verdict"] == "inconclusive"]
    if doubtful:
        cases.update(check(*options, "--jobs", "1", cases=doubtful)[0])
    return cases, took


def text(case):
    return case["verdict"] + "".join(f" ({one['requirement']}: expected {one['expected']}, got {one['actual']})"
                                     for one in case["findings"] if one["verdict"] == case["verdict"])


def result(number, name, problems):
    print(f"{'not ' if problems else ''}ok {number} - {name}")
    for problem in problems:
        print("# " + problem.replace("\n", " "))
    sys.stdout.flush()
    return bool(problems)


def real_time():
    cases, took = check_decided("--poll-timeout", "5000", "--activity-timeout", "30000")
    return {name: case for name, case in cases.items() if name not in WITHOUT}, took


def read_real_time(path):
    """What an earlier run with --real wrote."""
    if os.path.getmtime(path) < os.path.getmtime(KIT):
        raise AssertionError(f"{path} is older than {KIT}")
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def write_real_time(path):
    if os.path.exists(path):
        os.remove(path)
    real, took = real_time()
    with open(path, "w", encoding="utf-8") as file:
        json.dump((real, took), file)
    failed = result(1, "verdicts in real time", [f"{name}: {text(case)}" for name, case in real.items()
                                                 if case["verdict"] in ("inconclusive", "error")])
    print(f"1..1\n# {len(real)} cases: {took:.0f} s")
    return 1 if failed or not real else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--real", metavar="FILE")
    parser.add_argument("--with", metavar="FILE", dest="given")
    options = parser.parse_args()
    try:
        needs()
    except Skip as why:
        print(f"ok 1 - a container ten times faster # SKIP {why}\n1..1")
        return 0
    if options.real:
        return write_real_time(options.real)
    fast, fast_took = check_decided("--accelerate", str(FACTOR))
    fast = {name: case for name, case in fast.items() if name not in WITHOUT}
    real, real_took = read_real_time(options.given) if options.given else real_time()
    failed = result(1, f"the same {len(real)} cases", sorted(fast.keys() ^ real.keys()))
    failed |= result(2, "the same verdicts", [f"{name}: {text(fast[name])}; in real time {text(real[name])}" for name in real
                                              if name in fast and fast[name]["verdict"] != real[name]["verdict"]])
    failed |= result(3, "every verdict is a verdict", [f"{name}: {text(case)}" for name, case in {**real, **fast}.items()
                                                       if case["verdict"] in ("inconclusive", "error")])
    failed |= result(4, "the accelerated run is the faster one",
                     [] if fast_took < real_took / 2 else [f"{fast_took:.0f} s, and {real_took:.0f} s in real time"])
    print(f"1..4\n# {len(real)} cases: {fast_took:.0f} s accelerated, {real_took:.0f} s in real time")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
