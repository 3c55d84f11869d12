#!/usr/bin/env python3
"""The MC/DC gate: mcdc.py EXPORT EXCEPTIONS SOURCE... -- CLANG FLAG...

EXPORT is what `llvm-cov export` says of the instrumented tests. Modified condition/decision coverage asks of every
condition in a decision that it was shown to decide the outcome by itself, and of a decision with one condition
(an `if (x)`, a `case`) that it went both ways.

- Every decision of several conditions has a record, and every condition in it is shown.
- Every branch went both ways.
- Nothing is left out: the compiler makes no record of a decision that it cannot instrument (one inside a call's
  arguments, for example; it only warns), so each function's decisions and conditions are counted in the syntax tree
  of every SOURCE, too, and the two numbers have to agree.

Functions of the tests themselves, and what a test that includes a source calls otherwise, are passed over. A header's
inline function is compiled into many programs; a condition is shown when it is in any of them.

EXCEPTIONS lists the conditions that cannot be shown, a line each: FILE | FUNCTION | CONDITION | REASON. One that is
not needed (any more) is an error.
"""
import json
import os
import subprocess
import sys
from collections import defaultdict


class Function:
    """What all programs together showed of one function."""

    def __init__(self):
        self.decisions = defaultdict(list)  # place: [shown] by condition
        self.branches = {}  # place: [went one way, went the other way]

    def add(self, record):
        for branch in record["branches"]:
            if branch[6] == 0 or record["filenames"][branch[6]] == record["filenames"][0]:
                ways = self.branches.setdefault(tuple(branch[:4]), [False, False])
                ways[0] |= branch[4] > 0
                ways[1] |= branch[5] > 0
        for decision in record["mcdc_records"]:
            shown = self.decisions[tuple(decision[:4])]
            if not shown:
                shown.extend([False] * len(decision[-1]))
            for i, is_shown in enumerate(decision[-1]):
                shown[i] |= is_shown


def read_export(path):
    """({(file, function): Function}, {name as the compiler has it: (file, function)})"""
    functions, keys = defaultdict(Function), {}
    with open(path, encoding="utf-8") as file:
        for record in json.load(file)["data"][0]["functions"]:
            key = (os.path.relpath(record["filenames"][0]), record["name"].rpartition(":")[2])
            if not key[0].startswith("tests/"):
                keys[record["name"]] = key
                functions[key].add(record)
    return functions, keys


def text_at(lines, place):
    """The source between two places (line and column, from 1; the end is exclusive), in one line."""
    first, column, last, end = place
    text = " ".join(line.rstrip("\\ ") for line in [*lines[first - 1:last - 1], lines[last - 1][:end - 1]])
    return " ".join(text[column - 1:].split())


def is_wrapped(text):
    """Does the parenthesis at the beginning close at the end?"""
    depth = 0
    for i, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if depth == 0:
            return text[0] == "(" and i == len(text) - 1
    return False


def conditions_of(text):
    """A decision's conditions, in their order."""
    text = text.strip()
    bare = text.lstrip("! ")
    if is_wrapped(bare):
        inner = conditions_of(bare[1:-1])
        return inner if len(inner) > 1 else [text]
    depth, pieces, begin = 0, [], 0
    for i, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if depth == 0 and text[i:i + 2] in ("&&", "||"):
            pieces.append(text[begin:i])
            begin = i + 2
    if not pieces:
        return [text]
    return [condition for piece in [*pieces, text[begin:]] for condition in conditions_of(piece)]


def is_logical(node):
    return node.get("kind") == "BinaryOperator" and node.get("opcode") in ("&&", "||")


def count_decisions(node, inside, counts):
    """Adds the decisions and conditions below NODE to COUNTS. INSIDE: NODE is an operand of a decision."""
    inner = node.get("inner", [])
    if is_logical(node):
        counts[0] += not inside
        counts[1] += 1 if inside else 2
        passes = True
    else:
        passes = inside and (node.get("kind") in ("ParenExpr", "ImplicitCastExpr") or node.get("opcode") == "!")
    for child in inner:
        count_decisions(child, passes, counts)


def decisions_in_source(source, command):
    """{function: (decisions, conditions)} of all functions that SOURCE defines or includes, by the syntax tree."""
    dump = subprocess.run([*command, "-fsyntax-only", "-Xclang", "-ast-dump=json", source],
                          check=True, stdout=subprocess.PIPE).stdout
    found = {}
    for node in json.loads(dump)["inner"]:
        counts = [0, 0]
        if node.get("kind") == "FunctionDecl" and any(i.get("kind") == "CompoundStmt" for i in node.get("inner", [])):
            count_decisions(node, False, counts)
            found[node["name"]] = tuple(counts)
    return found


def read_exceptions(path):
    exceptions = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                name, function, condition, reason = (part.strip() for part in line.split("|", 3))
                exceptions[name, function, condition] = reason
    return exceptions


def left_out(sources, command, functions, keys, defined):
    """Functions whose records do not have all the decisions that their source has. DEFINED: filled with the keys of
    all functions that the sources define."""
    for source in sources:
        for name, counted in decisions_in_source(source, command).items():
            key = keys.get(f"{os.path.basename(source)}:{name}") or keys.get(name)
            if key is None:
                if counted[0]:
                    yield f"{source}: {name}: {counted[0]} decisions, no record of the function"
                continue
            defined.add(key)
            recorded = functions[key].decisions.values()
            if counted != (len(recorded), sum(map(len, recorded))):
                yield (f"{key[0]}: {name}: {counted[0]} decisions of {counted[1]} conditions in the source, "
                       f"{len(recorded)} of {sum(map(len, recorded))} recorded")


def gaps(key, function, lines):
    """((file, function, text), line, what is missing) for all that was not shown."""
    for place, shown in sorted(function.decisions.items()):
        conditions = conditions_of(text_at(lines, place))
        assert len(conditions) == len(shown), (key, place, conditions)
        for condition, is_shown in zip(conditions, shown):
            if not is_shown:
                yield (*key, condition), place[0], "not shown to decide by itself"
    for place, ways in sorted(function.branches.items()):
        if not all(ways):
            yield (*key, text_at(lines, place)), place[0], "never " + ("false" if ways[0] else "true")


def main():
    split = sys.argv.index("--")
    export, exceptions_file, *sources = sys.argv[1:split]
    functions, keys = read_export(export)
    exceptions = read_exceptions(exceptions_file)
    needed, failures, table = set(), [], defaultdict(lambda: [0, 0, 0, 0, 0])

    defined = set()
    failures += left_out(sources, sys.argv[split + 1:], functions, keys, defined)
    for key in sorted(defined):
        function = functions[key]
        with open(key[0], encoding="utf-8") as file:
            lines = file.read().split("\n")
        row = table[key[0]]
        row[0] += len(function.decisions)
        row[1] += sum(map(len, function.decisions.values()))
        row[2] += sum(map(sum, function.decisions.values()))
        row[4] += len(function.branches)
        for gap, line, what in gaps(key, function, lines):
            if gap in exceptions:
                needed.add(gap)
                row[3] += 1
            else:
                failures.append(f"{key[0]}:{line}: {key[1]}: {gap[2]}: {what}")
    failures += [f"{exceptions_file}: not needed: {' | '.join(gap)}" for gap in sorted(exceptions.keys() - needed)]

    print(f"{'MC/DC':36}{'decisions':>10}{'conditions':>12}{'shown':>7}{'excepted':>10}{'branches':>10}")
    for name, row in [*sorted(table.items()), ("all", [sum(column) for column in zip(*table.values())])]:
        print(f"{name:36}{row[0]:10}{row[1]:12}{row[2]:7}{row[3]:10}{row[4]:10}")
    for gap in sorted(needed):
        print(f"excepted: {gap[0]}: {gap[1]}: {gap[2]}: {exceptions[gap]}")
    for failure in failures:
        print(failure)
    _, conditions, shown, excepted, branches = (sum(column) for column in zip(*table.values()))
    print(f"MC/DC: {shown} of {conditions} conditions shown, {excepted} excepted, {branches} branches looked at: "
          f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
