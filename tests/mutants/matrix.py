#!/usr/bin/python3
"""The kit against containers of which it is known what is wrong with them: `mutant --bug NAME`, one run for each bug.

    matrix.py            what tests/mutants/expected.tsv says: each bug fails its scenarios, and the correct
                         container passes all of them (quick: a run has only the scenarios of its bug)
    matrix.py --full     every bug against every scenario; prints the whole matrix and writes build/matrix.json
    matrix.py --render   spec/matrix.md on stdout, from the tables alone
    matrix.py --bug GLOB [--full]    only these bugs, and nothing else

TAP on stdout. A failure is: a bug that no scenario of its own finds, a scenario of its own that does not find it, a
correct container that is found fault with, a scenario that no bug fails, a table that does not fit the programs, a
spec/matrix.md that is not what --render makes.

expected.tsv: bug, run, scenarios, with tabs between. The run says how the kit is called: `probe` or `sum` (the model,
under the interop profile), `document` or `release` (the profile, with the container on that wire). A scenario that is
played for each input type is given with one: prediction/one-item:bytes.
"""
import argparse
import concurrent.futures
import fnmatch
import json
import os
import re
import subprocess
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(ROOT, os.environ.get("B", "build"))
KIT = os.path.abspath(os.environ.get("MOCKCLIPPER", os.path.join(BUILD, "mockclipper")))
MUTANT = os.path.abspath(os.environ.get("MUTANT", os.path.join(BUILD, "mutant")))
EXPECTED = os.path.join(HERE, "expected.tsv")
RENDERED = os.path.join(ROOT, "spec", "matrix.md")
REQUIREMENTS = os.path.join(ROOT, "spec", "requirements.json")

TIMERS = ["--poll-timeout", "100", "--activity-timeout", "600", "--start-timeout", "3000"]
BAD = ("fail", "warn")  # as under --strict
PERMISSIONS = set()  # scenarios that check no requirement above MAY
RUNS = {  # the kit's options, the container's wire, the container's model
    "probe": ([], "release", "probe"),
    "sum": ([], "release", "sum"),
    "document": (["--profile", "document"], "document", "probe"),
    "release": (["--profile", "release"], "release", "probe"),
}
CORRECT_RUNS = ("probe", "document", "release", "sum")
PATIENCE = 300  # seconds for one run of the kit


# ---- The tables -------------------------------------------------------------------------------------------


class Bug:
    def __init__(self, name, what, requirements):
        self.name, self.what, self.requirements = name, what, requirements.split()
        self.run, self.cases = "probe", []


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=60).stdout.decode()


def read_bugs():
    return {line.split("\t")[0]: Bug(*line.split("\t")) for line in output(MUTANT, "--list-bugs").splitlines()}


def read_scenarios():
    listed = json.loads(output(KIT, "list", "--json"))
    return {one["id"]: one for one in (listed if isinstance(listed, list) else listed["scenarios"])}


def read_requirements():
    with open(REQUIREMENTS, encoding="utf-8") as file:
        return {one["id"]: one for one in json.load(file)}


def read_expected(bugs):
    """Puts run and cases into BUGS. Returns what is wrong with the table itself."""
    problems, seen = [], set()
    with open(EXPECTED, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.startswith("#") or not line.strip():
                continue
            name, run, cases = (line.rstrip("\n").split("\t") + ["", ""])[:3]
            if name not in bugs or name in seen or run not in RUNS or not cases:
                problems.append(f"expected.tsv, line {number}: no such bug, no such run, no scenario, or a second line")
                continue
            seen.add(name)
            bugs[name].run, bugs[name].cases = run, cases.split()
    return problems + [f"{name} is not in expected.tsv" for name in bugs if name not in seen]


def find_permissions(scenarios, requirements):
    PERMISSIONS.update(identity for identity, scenario in scenarios.items()
                       if all(requirements[one]["level"] == "MAY" for one in scenario["requirements"]))


def lint(bugs, scenarios, requirements):
    """What the tables say that cannot be. A scenario is meant to find a bug that breaks a requirement it checks."""
    problems = []
    for bug in bugs.values():
        problems += [f"{bug.name}: there is no requirement {one}" for one in bug.requirements if one not in requirements]
        for case in bug.cases:
            identity, _, kind = case.partition(":")
            if identity not in scenarios:
                problems.append(f"{bug.name}: there is no scenario {identity}")
                continue
            scenario = scenarios[identity]
            if scenario["each_type"] != bool(kind) or (kind and kind not in scenario["input_types"]):
                problems.append(f"{bug.name}: {case}: an input type where there is none, or none where there are more")
            if not set(scenario["requirements"]) & set(bug.requirements):
                problems.append(f"{bug.name}: {case} checks none of the requirements that the bug breaks")
    return problems


def checked_requirements(scenarios):
    return {one: None for scenario in scenarios.values() for one in scenario["requirements"]}


def breakers(requirement, bugs, scenarios):
    """The bugs that break REQUIREMENT, and that a scenario which checks it has to find."""
    return [bug for bug in bugs.values() if requirement in bug.requirements and
            any(requirement in scenarios[case.partition(":")[0]]["requirements"] for case in bug.cases
                if case.partition(":")[0] in scenarios)]


# ---- Runs -------------------------------------------------------------------------------------------------


def check(run, bug=None, cases=(), jobs=8, skip=()):
    """Runs the kit; its report."""
    options, wire, model = RUNS[run]
    command = [KIT, "check", *TIMERS, "--strict", "--jobs", str(jobs), "--model", model, "--report", "json", *options]
    for case in cases:
        command += ["--scenario", case]
    for glob in skip:
        command += ["--skip", glob]
    command += ["--", MUTANT, "--model", model] + (["--bug", bug.name] if bug else [])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CLIPPER_")}
    done = subprocess.run(command, env={**environment, "CLIPPER_WIRE": wire}, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=PATIENCE, check=False)
    if done.returncode not in (0, 1, 4, 5):
        raise RuntimeError(f"the kit's exit status is {done.returncode}: {done.stderr.decode(errors='replace').strip()}")
    return json.loads(done.stdout)


def verdicts(report):
    return {case["id"]: case["verdict"] for case in report["cases"]}


def is_bad(case, verdict):
    """Whether CASE has found something. Where all is permitted, all that can be found is information."""
    return verdict in BAD or (verdict == "info" and case.partition(":")[0] in PERMISSIONS)


def findings(case):
    """What a case found, in one line."""
    return "; ".join(f"{one['requirement']}: expected {one['expected']}, got {one['actual']}" for one in case["findings"]
                     if one["verdict"] not in ("pass", "info", "lenient")) or case.get("reason") or ""


def try_bug(bug):
    """Runs the scenarios of BUG: their verdicts, and no problem."""
    return verdicts(check(bug.run, bug, bug.cases)), []


def try_again(bug, found, problems):
    """The same, with those that were inconclusive played once more: nothing else runs now."""
    doubtful = [case for case in bug.cases if (found or {}).get(case) == "inconclusive"]
    if not doubtful:
        return found, problems
    more, problems = guarded(lambda: (verdicts(check(bug.run, bug, doubtful, jobs=1)), []))
    return {**found, **(more or {})}, problems


def is_false_alarm(case):
    return case["verdict"] in BAD + ("error", "inconclusive")


def try_correct(run):
    """Runs all scenarios on the correct container. Returns (how many, lines about those that found fault)."""
    report = check(run, jobs=12)
    doubtful = [case["id"] for case in report["cases"] if case["verdict"] == "inconclusive"]
    bad = [case for case in report["cases"] if is_false_alarm(case) and case["id"] not in doubtful]
    if doubtful:  # this machine was too slow for them: once more, alone
        bad += [case for case in check(run, cases=doubtful, jobs=1)["cases"] if is_false_alarm(case)]
    if report["counts"]["pass"] == 0:
        raise RuntimeError("nothing was passed")
    return len(report["cases"]), [f"{case['id']}: {case['verdict']}: {findings(case)}" for case in bad]


# ---- TAP --------------------------------------------------------------------------------------------------


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def result(self, name, problems=()):
        self.count += 1
        self.failed += bool(problems)
        print(f"{'not ' if problems else ''}ok {self.count} - {name}")
        for problem in problems:
            print("# " + problem.replace("\n", " "))
        sys.stdout.flush()

    def end(self):
        print(f"1..{self.count}")
        return 1 if self.failed else 0


def guarded(function, *arguments):
    """FUNCTION's result, or (None, what went wrong)."""
    try:
        return function(*arguments)
    except (RuntimeError, OSError, ValueError, subprocess.SubprocessError) as error:
        return None, [str(error)]


def test_tables(tap, bugs, scenarios, requirements):
    tap.result("expected.tsv fits the bugs, the scenarios and the requirements",
               read_expected(bugs) + lint(bugs, scenarios, requirements))
    covered = {case.partition(":")[0] for bug in bugs.values() for case in bug.cases}
    tap.result("every scenario has a bug that it finds",
               [f"{one} finds no bug" for one in scenarios if one not in covered])
    tap.result("every requirement that a scenario checks has a bug that breaks it, unless it is a permission",
               [f"nothing breaks {one}" for one in checked_requirements(scenarios) if requirements[one]["level"] != "MAY"
                and not breakers(one, bugs, scenarios)])
    with open(RENDERED, encoding="utf-8") as file:
        fresh = file.read() == render(bugs, scenarios, requirements)
    tap.result("spec/matrix.md is up to date", [] if fresh else ["make it anew: tests/mutants/matrix.py --render > spec/matrix.md"])


def test_correct(tap):
    """No other run at the same time: its times are judged, too."""
    total = 0
    for run in CORRECT_RUNS:
        count, problems = guarded(try_correct, run)
        total += count or 0
        tap.result(f"the correct container passes everything: {run}, {count} cases", problems)
    return total


def test_bugs(tap, bugs, jobs):
    caught = pairs = 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        chosen = [bug for bug in bugs.values() if bug.cases]
        results = list(pool.map(lambda bug: guarded(try_bug, bug), chosen))
    for bug, (found, problems) in zip(chosen, results):
        found, problems = try_again(bug, found, problems)
        missed = [case for case in bug.cases if not is_bad(case, (found or {}).get(case))]
        tap.result(f"{bug.name}: {', '.join(bug.cases)}",
                   problems or [f"{case} says {found.get(case, 'nothing')}" for case in missed])
        caught += len(missed) < len(bug.cases)
        pairs += len(bug.cases) - len(missed)
    return caught, pairs


def prepare(tap, glob):
    """Bugs and scenarios, the tables tested; or with GLOB those bugs only, untested."""
    bugs, scenarios, requirements = read_bugs(), read_scenarios(), read_requirements()
    find_permissions(scenarios, requirements)
    if glob is None:
        test_tables(tap, bugs, scenarios, requirements)
        return bugs, scenarios
    read_expected(bugs)
    chosen = {name: bug for name, bug in bugs.items() if fnmatch.fnmatch(name, glob)}
    if not chosen:
        tap.result(f"--bug {glob}", ["no bug has such a name"])
    return chosen, scenarios


def quick(jobs, glob):
    began, tap = time.monotonic(), Tap()
    bugs, scenarios = prepare(tap, glob)
    cases = test_correct(tap) if glob is None else 0
    caught, pairs = test_bugs(tap, bugs, jobs)
    status = tap.end()
    print(f"# {len(bugs)} bugs, {caught} found; {pairs} of {sum(len(bug.cases) for bug in bugs.values())} pairs of bug and "
          f"scenario as expected; {len(scenarios)} scenarios; {cases} cases on the correct container; "
          f"{time.monotonic() - began:.0f} s")
    return status


# ---- The whole matrix -------------------------------------------------------------------------------------


def all_of(bug):
    """Everything, for BUG: (case: (verdict, requirements found broken)), and no problem."""
    cases = check(bug.run, bug, jobs=12)["cases"]
    # What was skipped, as another scenario had failed before, is played by itself.
    again = [case["id"] for case in cases if case["verdict"] in ("inconclusive", "skip") and case["id"] in bug.cases]
    if again:
        cases += check(bug.run, bug, again, jobs=1)["cases"]
    return {case["id"]: [case["verdict"], sorted({str(one["requirement"]) for one in case["findings"]
                                                  if one["verdict"] in BAD})] for case in cases}, []


def full(jobs, glob):
    began, tap = time.monotonic(), Tap()
    bugs, scenarios = prepare(tap, glob)
    cells = {}
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for bug, (found, problems) in zip(bugs.values(), pool.map(lambda bug: guarded(all_of, bug), bugs.values())):
            cells[bug.name] = found or {}
            missed = [f"{case} says {cells[bug.name].get(case, ['nothing'])[0]}" for case in bug.cases
                      if not is_bad(case, cells[bug.name].get(case, [""])[0])]
            failing = {case.partition(":")[0] for case, (verdict, _) in cells[bug.name].items() if is_bad(case, verdict)}
            tap.result(f"{bug.name}: {len(failing)} scenarios fail", problems or missed)
    with open(os.path.join(BUILD, "matrix.json"), "w", encoding="utf-8") as file:
        json.dump(cells, file, indent=1)
    print_matrix(cells, scenarios)
    status = tap.end()
    print(f"# {len(bugs)} bugs x {len(scenarios)} scenarios, {time.monotonic() - began:.0f} s")
    return status


def print_matrix(cells, scenarios):
    """A row a bug, a column a scenario: x failed, w warned, ? inconclusive, . not, blank not played."""
    marks = {"fail": "x", "warn": "w", "inconclusive": "?", "error": "!", "skip": " "}
    for number, identity in enumerate(scenarios):
        print(f"# column {number + 1:3}  {identity}")
    for name, found in cells.items():
        row = ""
        for identity in scenarios:
            seen = {verdict for case, (verdict, _) in found.items() if case.partition(":")[0] == identity}
            row += next((mark for verdict, mark in marks.items() if verdict in seen), "." if seen else " ")
        print(f"# {name:32} {row}")


# ---- spec/matrix.md ---------------------------------------------------------------------------------------


def in_cell(names):
    return ", ".join(f"`{name}`" for name in names)


def by_number(requirement):
    """PRED-9 comes before PRED-10."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", requirement)]


def render(bugs, scenarios, requirements):
    finders = {identity: [bug for bug in bugs.values() if identity in {case.partition(":")[0] for case in bug.cases}]
               for identity in scenarios}
    lines = [
        "# Requirements, scenarios and bugs",
        "",
        "Generated by `tests/mutants/matrix.py --render`. Do not edit: change the tables that it is made from.",
        "",
        "A *scenario* is a conversation that `mockclipper check` has with a container (`mockclipper explain ID`). A *bug* is a",
        "way in which the container of `tests/mutants/` can be made to break a requirement (`mutant --bug NAME`). `make matrix`",
        "checks that every bug is found by the scenarios that stand beside it here, that every scenario finds a bug, and that",
        "the container without a bug passes everything.",
        "",
        f"{len(bugs)} bugs, {len(scenarios)} scenarios, "
        f"{sum(1 for one in requirements.values() if 'no_scenario' not in one)} requirements with scenarios.",
        "",
        "## By requirement",
        "",
        "| requirement | level | scenarios that check it | bugs that break it, found by these scenarios |",
        "|---|---|---|---|",
    ]
    for identity, one in requirements.items():
        checking = [name for name, scenario in scenarios.items() if identity in scenario["requirements"]]
        breaking = in_cell(bug.name for bug in breakers(identity, bugs, scenarios))
        if checking:
            lines.append(f"| {identity} | {one['level']} | {in_cell(checking)} | {breaking or 'a permission'} |")
    lines += ["", "Not checked by any scenario:", ""]
    lines += [f"- {identity}: {one['no_scenario']}" for identity, one in requirements.items() if "no_scenario" in one
              and not any(identity in scenario["requirements"] for scenario in scenarios.values())]
    lines += ["", "## By scenario", "", "| scenario | what a container that passes does | bugs that it finds |", "|---|---|---|"]
    lines += [f"| `{identity}` | {scenario['title']} | {in_cell(bug.name for bug in finders[identity])} |"
              for identity, scenario in scenarios.items()]
    lines += ["", "## By bug", "", "| bug | what the container does | breaks | run | found by |", "|---|---|---|---|---|"]
    lines += [f"| `{bug.name}` | {bug.what} | {', '.join(sorted(bug.requirements, key=by_number))} | {bug.run} | "
              f"{in_cell(bug.cases)} |" for bug in bugs.values()]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--full", action="store_true", help="every bug against every scenario")
    parser.add_argument("--render", action="store_true", help="spec/matrix.md on stdout")
    parser.add_argument("--bug", metavar="GLOB", help="only the bugs of which the name matches")
    parser.add_argument("--jobs", type=int, default=6, help="runs of the kit at a time (default 6: they mostly wait)")
    arguments = parser.parse_args()
    for program in (KIT, MUTANT):
        if not os.path.exists(program):
            print(f"not ok 1 - {os.path.relpath(program, ROOT)} is not there: make it first\n1..1")
            return 1
    if not arguments.render:
        return full(arguments.jobs, arguments.bug) if arguments.full else quick(arguments.jobs, arguments.bug)
    bugs = read_bugs()
    for problem in read_expected(bugs):
        print(problem, file=sys.stderr)
    sys.stdout.write(render(bugs, read_scenarios(), read_requirements()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
