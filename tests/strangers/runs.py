"""Runs of the kit on a container, for the tests of this folder."""
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tools"))
from tap import BUILD, Skip, run  # noqa: E402

KIT = os.path.abspath(os.environ.get("MOCKCLIPPER", os.path.join(BUILD, "mockclipper")))
PATIENCE = 900  # seconds for one run
ATTEMPTS = 3  # at what was inconclusive


def check(command, options, cases):
    """The cases of one run, by id. CASES: globs, or all."""
    words = [KIT, "check", "--report", "json", *options]
    words += [word for case in cases for word in ("--scenario", case)] + ["--", *command]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CLIPPER_")}
    status, report, problems = run(words, env=environment, timeout=PATIENCE)
    assert status in (0, 1, 4, 5), f"the kit's exit status is {status}: {problems}"
    return {case["id"]: case for case in json.loads(report)["cases"]}


def undecided(cases):
    return [name for name, case in cases.items() if case["verdict"] == "inconclusive"]


def check_decided(command, options, cases=()):
    """The same; cases that were inconclusive, as this machine was too slow, are asked again, alone."""
    found = check(command, options, cases)
    for _ in range(ATTEMPTS):
        doubtful = undecided(found)
        if doubtful:
            found.update(check(command, [*options, "--jobs", "1"], doubtful))
    assert found, "nothing was played"
    return found


def skip_undecided(cases):
    """Where it stays so, that is no failure."""
    if undecided(cases):
        raise Skip("this machine was too slow to tell: " + ", ".join(undecided(cases)))


def requirements(case):
    """Those that the verdict is about."""
    return sorted({one["requirement"] or "none" for one in case["findings"] if one["verdict"] == case["verdict"]})


def explained(case):
    """A case's verdict with what it found, in one line."""
    found = [f"{one['requirement']}: expected {one['expected']}, got {one['actual']}" for one in case["findings"]
             if one["verdict"] == case["verdict"]]
    return f"{case['id']}: {case['verdict']}: " + "; ".join(found or [str(case["reason"])])
