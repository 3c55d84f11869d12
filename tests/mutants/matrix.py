#!/usr/bin/python3
"""The kit against containers of which it is known what is wrong with them: `mutant --bug NAME`, one run for each bug.

    matrix.py [TEXT...]           what expected.tsv says: each bug fails its scenarios, and the correct container passes
                                  all of them (a run has only the scenarios of its bug); its variants pass what they
                                  are about
    matrix.py --full [TEXT...]    every bug against every scenario; prints the whole matrix, and writes matrix.json

TAP on stdout; TEXT: only the tests that have one of the texts in their names. A failure is: a bug that no scenario of
its own finds, a scenario of its own that does not find it, a correct container that is found fault with, a scenario
that no bug fails, a table that does not fit the programs, a spec/matrix.md that is stale.

What was inconclusive, as this machine was too slow, is asked again, alone and with longer timers. Where it stays so,
that is no failure: the test is skipped, and says so.
"""
import argparse
import concurrent.futures
import functools
import json
import os
import sys
import time

sys.dont_write_bytecode = True
from tables import BUGS, CHECKED, KIT, MUTANT, REQUIREMENTS, RUNS, SCENARIOS, VARIANTS, breakers, lint, render, scenario_of
from tap import BUILD, Skip, add_test, empty, main, read, run, test

TIMERS = {"--poll-timeout": 100, "--activity-timeout": 600, "--start-timeout": 3000}  # ms
BAD = ("fail", "warn")  # as under --strict
# Scenarios that check no requirement above MAY: all that they can find is information.
PERMISSIONS = {name for name, scenario in SCENARIOS.items()
               if all(REQUIREMENTS[one]["level"] == "MAY" for one in scenario["requirements"])}
PATIENCE = 300  # seconds for one run of the kit
NO_FILE = os.path.join(BUILD, "no-readiness-file")  # not /model_is_ready.check, which any container may have left
ATTEMPTS = 3  # at what was inconclusive
# What each variant is about; its ways take longer than short timers allow for elsewhere.
ABOUT = {"lingering-sockets": ["timeout/clipper-away", "timeout/restarted-clipper"], "collected-heap": ["load/*"]}
COUNTS = {"bugs found": 0, "pairs of bug and scenario as expected": 0, "cases on the correct container": 0}
OPTIONS = None


@test
def expected_tsv_fits_the_bugs_and_the_scenarios_and_the_requirements():
    empty(lint(), "wrong")


@test
def every_scenario_has_a_bug_that_it_finds():
    empty(sorted(SCENARIOS.keys() - {one for bug in BUGS.values() for one in bug.scenarios()}), "no bug for")


@test
def every_requirement_that_a_scenario_checks_has_a_bug_that_breaks_it_unless_it_is_a_permission():
    empty([one for one in CHECKED if REQUIREMENTS[one]["level"] != "MAY" and not breakers(one)], "no bug breaks")


@test
def spec_matrix_md_is_up_to_date():
    assert read("spec/matrix.md") == render(), "it is stale: make matrix-render"


# ---- Runs -------------------------------------------------------------------------------------------------


def play(mode, bug=None, cases=(), jobs=8, slower=1, variant=None):
    """Runs the kit: the cases of its report, by id."""
    options, wire, model = RUNS[mode]
    timers = [word for name, ms in TIMERS.items() for word in (name, str(ms * slower))]
    command = [KIT, "check", *timers, "--strict", "--jobs", str(jobs), "--model", model, "--report", "json", *options]
    command += [word for case in cases for word in ("--scenario", case)]
    command += ["--", MUTANT, "--model", model] + (["--bug", bug.name] if bug else [])
    command += ["--variant", variant] if variant else []
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CLIPPER_")}
    environment.update({"CLIPPER_WIRE": wire, "MOCKCLIPPER_READINESS_FILE": NO_FILE})
    status, report, problems = run(command, env=environment, timeout=PATIENCE)
    assert status in (0, 1, 4, 5), f"the kit's exit status is {status}: {problems}"
    return {case["id"]: case for case in json.loads(report)["cases"]}


def verdict(found, case):
    return found[case]["verdict"] if case in found else "nothing"


def is_bad(found, case):
    """Whether CASE has found something."""
    return verdict(found, case) in BAD or (verdict(found, case) == "info" and scenario_of(case) in PERMISSIONS)


def decide(found, cases, mode, bug=None, variant=None):
    """Plays again which of CASES are inconclusive in FOUND, while nothing else runs, with twice as long timers each time.
    Returns those that stay so."""
    for attempt in range(ATTEMPTS):
        doubtful = [case for case in cases if verdict(found, case) == "inconclusive"]
        if doubtful:
            found.update(play(mode, bug, doubtful, jobs=1, slower=2 ** (attempt + 1), variant=variant))
    return [case for case in cases if verdict(found, case) == "inconclusive"]


def skip_undecided(undecided):
    if undecided:
        raise Skip("this machine was too slow to tell: " + ", ".join(undecided))


def findings(case):
    """What a case found, in one line."""
    return f"{case['id']}: {case['verdict']}: " + "; ".join(
        f"{one['requirement']}: expected {one['expected']}, got {one['actual']}" for one in case["findings"]
        if one["verdict"] not in ("pass", "info", "lenient"))


def test_correct(mode, variant=None):
    """No other run at the same time: its times are judged, too."""
    found = play(mode, cases=ABOUT[variant] if variant else (), jobs=12, variant=variant)
    undecided = decide(found, list(found), mode, variant=variant)
    assert "pass" in {case["verdict"] for case in found.values()}, "nothing was passed"
    empty([findings(case) for case in found.values() if case["verdict"] in BAD + ("error",)], "found fault with")
    COUNTS["cases on the correct container"] += len(found)
    skip_undecided(undecided)


def first_run(bug):
    if not OPTIONS.full:
        return play(bug.run, bug, bug.cases)
    found = play(bug.run, bug, jobs=12)
    # What was skipped, as another scenario had failed before, is played by itself.
    skipped = [case for case in bug.cases if verdict(found, case) == "skip"]
    return {**found, **(play(bug.run, bug, skipped, jobs=1) if skipped else {})}


@functools.cache
def first_runs():
    """All bugs, several at a time. They begin when the correct container is done."""
    with concurrent.futures.ThreadPoolExecutor(OPTIONS.jobs) as pool:
        return {bug.name: pool.submit(first_run, bug) for bug in BUGS.values() if is_chosen(bug)}


def name_of(bug):
    return f"{bug.name}: {', '.join(bug.cases)}"


def is_chosen(bug):
    return bug.cases and (not OPTIONS.texts or any(text in name_of(bug) for text in OPTIONS.texts))


def exceeds(bug, found):
    """The cases of BUG that say more than their scenarios may."""
    profile = bug.run if bug.run in ("document", "release") else "interop"
    grades = ("pass", "skip", "info", "lenient", "warn", "inconclusive", "fail")
    return [f"{case} says {verdict(found, case)}" for case in bug.cases if case in found and
            grades.index(verdict(found, case)) > grades.index(SCENARIOS[scenario_of(case)]["worst"][profile])
            and verdict(found, case) != "inconclusive"]


def test_bug(bug):
    found = first_runs()[bug.name].result()
    undecided = decide(found, bug.cases, bug.run, bug)
    missed = [case for case in bug.cases if not is_bad(found, case)]
    COUNTS["bugs found"] += len(missed) < len(bug.cases)
    COUNTS["pairs of bug and scenario as expected"] += len(bug.cases) - len(missed)
    empty([f"{case} says {verdict(found, case)}" for case in missed if case not in undecided], "missed")
    empty(exceeds(bug, found), "more than the scenario's requirements allow")
    skip_undecided(undecided)


# ---- All bugs and all scenarios ---------------------------------------------------------------------------


def print_matrix():
    """A row a bug, a column a scenario: x failed, w warned, ? inconclusive, . not, blank not played."""
    marks = {"fail": "x", "warn": "w", "inconclusive": "?", "error": "!", "skip": " "}
    cells = {name: {case["id"]: [case["verdict"], sorted({str(one["requirement"]) for one in case["findings"]
                                                          if one["verdict"] in BAD})]
                    for case in future.result().values()}
             for name, future in first_runs().items() if future.exception() is None}
    with open(os.path.join(BUILD, "matrix.json"), "w", encoding="utf-8") as file:
        json.dump(cells, file, indent=1)
    for number, identity in enumerate(SCENARIOS, 1):
        print(f"# column {number:3}  {identity}")
    for name, found in cells.items():
        row = ""
        for identity in SCENARIOS:
            seen = {seen for case, (seen, _) in found.items() if scenario_of(case) == identity}
            row += next((mark for seen_as, mark in marks.items() if seen_as in seen), "." if seen else " ")
        print(f"# {name:32} {row}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("texts", nargs="*", metavar="TEXT", help="only the tests that have it in their names")
    parser.add_argument("--full", action="store_true", help="every bug against every scenario")
    parser.add_argument("--jobs", type=int, default=6, help="runs of the kit at a time (default 6: they mostly wait)")
    OPTIONS = parser.parse_args()
    for each in RUNS:
        add_test(f"the correct container passes everything: {each}", test_correct, each)
    for each in VARIANTS:
        add_test(f"right in another way: {each}", test_correct, "probe", each)
    for each in BUGS.values():
        add_test(name_of(each), test_bug, each)
    sys.argv[1:] = OPTIONS.texts
    began = time.monotonic()
    try:
        main()
    finally:
        if OPTIONS.full:
            print_matrix()
        pairs = sum(len(bug.cases) for bug in BUGS.values())
        print(f"# {len(BUGS)} bugs, {pairs} pairs, {len(SCENARIOS)} scenarios; " +
              ", ".join(f"{count} {what}" for what, count in COUNTS.items()) + f"; {time.monotonic() - began:.0f} s")
