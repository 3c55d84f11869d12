#!/usr/bin/python3
"""Proof of --accelerate: the Python container of tests/peers, unmodified and with the protocol's own timers (5 s and
30 s), is checked ten times faster and in real time. The verdicts are the same.

    test_accelerate.py               both, one after the other
    test_accelerate.py --real FILE   real time only, into FILE: that is a minute of waiting, which may run beside others
    test_accelerate.py --with FILE   ten times faster only, compared with FILE, which must be newer than the kit

CASES: globs of the scenarios to play (default: all but the heavy ones, whose work cannot be accelerated).
"""
import argparse
import functools
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tools"))
from tap import BUILD, ROOT, Skip, add_test, empty, equal, main, output_of, run, write  # noqa: E402

KIT = os.path.abspath(os.environ.get("MOCKCLIPPER", os.path.join(BUILD, "mockclipper")))
CONTAINER = os.path.join(BUILD, "peers", "python")
CASES = os.environ.get("CASES", "").split()
FACTOR = 10
PATIENCE = 300
ATTEMPTS = 3  # at what was inconclusive
WITHOUT = ("timeout/wall-clock-forward", "timeout/wall-clock-back")  # libfaketime is needed for these, too: skipped
LIBRARIES = ("/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/faketime", "/usr/lib/aarch64-linux-gnu/faketime")
OPTIONS = None


def make_container():
    output_of(["sh", os.path.join(ROOT, "tests", "peers", "setup.sh"), "python"])
    missing = os.path.join(CONTAINER, "missing")
    if os.path.exists(missing):
        with open(missing, encoding="utf-8") as file:
            raise Skip("missing: " + file.read().strip())
    if not any(map(os.path.isdir, LIBRARIES)):
        raise Skip("missing: libfaketime (Debian: faketime)")


def check(*options, cases=()):
    """The cases by id."""
    command = [KIT, "check", "--model", "probe", "--input-type", "doubles", "--report", "json", *options]
    command += [word for glob in cases or CASES for word in ("--scenario", glob)]
    if not cases and not CASES:
        command += ["--skip", "load/*", "--skip", "prediction/item-of-*"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CLIPPER_")}
    command += ["--", os.path.join(CONTAINER, "container")]
    status, report, problems = run(command, env=environment, timeout=PATIENCE)
    assert status in (0, 1, 4, 5), f"the kit's status is {status}: {problems}"
    return {case["id"]: case for case in json.loads(report)["cases"] if case["id"] not in WITHOUT}


def check_decided(*options):
    """The same; cases that were inconclusive are played again, alone."""
    make_container()
    cases = check(*options)
    for _ in range(ATTEMPTS):
        doubtful = undecided(cases)
        if doubtful:
            cases.update(check(*options, "--jobs", "1", cases=doubtful))
    return cases


def undecided(cases):
    return [name for name, case in cases.items() if case["verdict"] == "inconclusive"]


@functools.cache
def accelerated():
    return check_decided("--accelerate", str(FACTOR))


@functools.cache
def in_real_time():
    """Now, or what an earlier run with --real wrote."""
    if not OPTIONS.given:
        return check_decided("--poll-timeout", "5000", "--activity-timeout", "30000")
    make_container()
    assert os.path.getmtime(OPTIONS.given) > os.path.getmtime(KIT), f"{OPTIONS.given} is older than {KIT}"
    with open(OPTIONS.given, encoding="utf-8") as file:
        return json.load(file)


def text(case):
    return case["verdict"] + "".join(f" ({one['requirement']}: expected {one['expected']}, got {one['actual']})"
                                     for one in case["findings"] if one["verdict"] == case["verdict"])


def check_verdicts(cases):
    empty([f"{name}: {text(case)}" for name, case in cases.items() if case["verdict"] == "error"], "no verdict")
    if undecided(cases):
        raise Skip("this machine was too slow to tell: " + ", ".join(undecided(cases)))


def verdicts_in_real_time():
    if os.path.exists(OPTIONS.real):
        os.remove(OPTIONS.real)
    cases = in_real_time()
    write(OPTIONS.real, json.dumps(cases))
    assert cases, "nothing was played"
    check_verdicts(cases)


def the_same_cases():
    equal(sorted(accelerated()), sorted(in_real_time()))


def the_same_verdicts():
    fast, real = accelerated(), in_real_time()
    open_cases = {*undecided(fast), *undecided(real)}
    empty([f"{name}: {text(fast[name])}; in real time {text(real[name])}" for name in real
           if name not in open_cases and fast[name]["verdict"] != real[name]["verdict"]], "not the same")


def every_verdict_is_a_verdict():
    check_verdicts(accelerated())
    check_verdicts(in_real_time())


def the_accelerated_run_is_the_faster_one():
    """By the longest case, which waits most of its time: how busy this machine is matters little to it."""
    fast, real = (max(case["took_us"] for case in cases.values()) / 1e6 for cases in (accelerated(), in_real_time()))
    assert fast < real / 2, f"{fast:.0f} s, and {real:.0f} s in real time"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--real", metavar="FILE")
    parser.add_argument("--with", metavar="FILE", dest="given")
    OPTIONS = parser.parse_args()
    del sys.argv[1:]
    for one in [verdicts_in_real_time] if OPTIONS.real else [
            the_same_cases, the_same_verdicts, every_verdict_is_a_verdict, the_accelerated_run_is_the_faster_one]:
        add_test(one.__name__.replace("_", " "), one)
    main()
