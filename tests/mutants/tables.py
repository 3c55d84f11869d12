#!/usr/bin/python3
"""Which bugs there are (`mutant --list-bugs`), which scenarios must find them (expected.tsv), and what those check.

    tables.py    spec/matrix.md on stdout: `make matrix-render`

expected.tsv: bug, run, scenarios, with tabs between. The run is one of RUNS. A scenario that is played for each input
type is named with one: prediction/one-item:bytes.
"""
import json
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tools"))
from tap import BUILD, output_of, read  # noqa: E402

KIT = os.path.abspath(os.environ.get("MOCKCLIPPER", os.path.join(BUILD, "mockclipper")))
MUTANT = os.path.abspath(os.environ.get("MUTANT", os.path.join(BUILD, "mutant")))
EXPECTED = "tests/mutants/expected.tsv"
RUNS = {  # the kit's options, the container's wire, the container's model
    "probe": ([], "release", "probe"),
    "sum": ([], "release", "sum"),
    "unknown": (["--model", "none"], "release", "probe"),  # the kit is not told what the model computes
    "document": (["--profile", "document"], "document", "probe"),
    "release": (["--profile", "release"], "release", "probe"),
}


class Bug:
    def __init__(self, name, what, requirements):
        self.name, self.what, self.requirements = name, what, requirements.split()
        self.run, self.cases = "probe", []

    def scenarios(self):
        return {scenario_of(case) for case in self.cases}


def scenario_of(case):
    return case.partition(":")[0]


def read_expected(bugs):
    """Puts run and cases into BUGS. Returns what is wrong with the table itself."""
    problems, seen = [], set()
    for number, line in enumerate(read(EXPECTED).splitlines(), 1):
        if line.startswith("#") or not line:
            continue
        name, run, cases = (line.split("\t") + ["", ""])[:3]
        if name not in bugs or name in seen or run not in RUNS or not cases:
            problems.append(f"{EXPECTED}:{number}: no such bug, no such run, no scenario, or a second line")
            continue
        seen.add(name)
        bugs[name].run, bugs[name].cases = run, cases.split()
    return problems + [f"{name} is not in {EXPECTED}" for name in bugs if name not in seen]


BUGS = {line.split("\t")[0]: Bug(*line.split("\t")) for line in output_of([MUTANT, "--list-bugs"]).splitlines()}
VARIANTS = {line.split("\t")[0]: line.split("\t")[1] for line in
            output_of([MUTANT, "--list-variants"]).splitlines()}
SCENARIOS = {one["id"]: one for one in json.loads(output_of([KIT, "list", "--json"]))}
REQUIREMENTS = {one["id"]: one for one in json.loads(read("spec/requirements.json"))}
PROBLEMS = read_expected(BUGS)
CHECKED = {one for scenario in SCENARIOS.values() for one in scenario["requirements"]}


def breakers(requirement):
    """The bugs that break REQUIREMENT, and that a scenario which checks it has to find."""
    return [bug for bug in BUGS.values() if requirement in bug.requirements and
            any(requirement in SCENARIOS[one]["requirements"] for one in bug.scenarios() if one in SCENARIOS)]


def lint():
    """What the tables say that cannot be. A scenario is meant to find a bug that breaks a requirement it checks."""
    problems = list(PROBLEMS)
    for bug in BUGS.values():
        problems += [f"{bug.name}: there is no requirement {one}" for one in bug.requirements
                     if one not in REQUIREMENTS]
        for case in bug.cases:
            identity, _, kind = case.partition(":")
            if identity not in SCENARIOS:
                problems.append(f"{bug.name}: there is no scenario {identity}")
                continue
            scenario = SCENARIOS[identity]
            if scenario["each_type"] != bool(kind) or (kind and kind not in scenario["input_types"]):
                problems.append(f"{bug.name}: {case}: an input type where there is none, or none where there are more")
            if not set(scenario["requirements"]) & set(bug.requirements):
                problems.append(f"{bug.name}: {case} checks none of the requirements that the bug breaks")
    return problems


# ---- spec/matrix.md ---------------------------------------------------------------------------------------


def code(names):
    return ", ".join(f"`{name}`" for name in names)


def table(head, rows):
    lines = [f"| {' | '.join(cells)} |" for cells in [head, *rows]]
    return "\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]])


def by_number(requirement):
    """PRED-9 comes before PRED-10."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", requirement)]


def render():
    checkers = {one: [name for name, scenario in SCENARIOS.items() if one in scenario["requirements"]]
                for one in REQUIREMENTS}
    by_requirement = table(
        ["requirement", "level", "scenarios that check it", "bugs that break it, found by these scenarios"],
        [[one, REQUIREMENTS[one]["level"], code(names), code(bug.name for bug in breakers(one)) or "a permission"]
         for one, names in checkers.items() if names])
    by_scenario = table(
        ["scenario", "what a container that passes does", "bugs that it finds"],
        [[f"`{name}`", scenario["title"], code(bug.name for bug in BUGS.values() if name in bug.scenarios())]
         for name, scenario in SCENARIOS.items()])
    by_bug = table(
        ["bug", "what the container does", "breaks", "run", "found by"],
        [[f"`{bug.name}`", bug.what, ", ".join(sorted(bug.requirements, key=by_number)), bug.run, code(bug.cases)]
         for bug in BUGS.values()])
    by_variant = table(["variant", "what the container does"],
                       [[f"`{name}`", what] for name, what in VARIANTS.items()])
    unchecked = "\n".join(f"- {one}: {REQUIREMENTS[one]['no_scenario']}"
                          for one, names in checkers.items() if not names)
    return f"""# Requirements, scenarios and bugs

Generated by `make matrix-render`. Do not edit: change the tables that it is made from.

A *scenario* is a conversation that `mockclipper check` has with a container (`mockclipper explain ID`). A *bug* is a
way in which the container of `tests/mutants/` can be made to break a requirement (`mutant --bug NAME`). `make matrix`
checks that every bug is found by the scenarios that stand beside it here, that every scenario finds a bug, and that
the container without a bug passes everything.

{len(BUGS)} bugs, {len(SCENARIOS)} scenarios, {len(CHECKED)} requirements with scenarios.

## By requirement

{by_requirement}

Not checked by any scenario:

{unchecked}

## By scenario

{by_scenario}

## By bug

{by_bug}

## Right in another way

In these the kit must find nothing.

{by_variant}
"""


if __name__ == "__main__":
    sys.stdout.write(render())
