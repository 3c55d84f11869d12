#!/usr/bin/env python3
"""Mutation testing of codec and session: mutate.py BUILD

Every small slip that operators.py can think of is put into the code, one at a time, and the fast tests of tests/codec
and tests/session must notice. A mutant whose object code is the same is no mutant: the compiler has proved it. What
survives is listed in survivors.txt with the reason why nobody can tell the difference; a survivor that is not listed,
and a line there that is not needed any more, is a failure, and so is a score below 95 % when all are run.

Environment: MUTATE=TEXT      only mutants of files and functions whose name ("codec/src/flat.c add") has TEXT in it
             MUTATE_SAMPLE=N  only N mutants, drawn at random; MUTATE_SEED (1) says which
             JOBS=N           processes (2)

All verdicts are in BUILD/mutate/results.txt.
"""
import glob
import multiprocessing
import os
import random
import re
import shutil
import sys
import time

from operators import mutants_of
from source import Source, active_lines
from workshop import PLAIN, SANITIZED, SESSION, Bench, Workshop

HERE = os.path.dirname(os.path.abspath(__file__))
SURVIVORS = os.path.join(HERE, "survivors.txt")
LEAST = 95.0
COMPILER = os.environ.get("CC") or "cc"

bench = None


def all_mutants(root):
    """The mutants of the tree at ROOT."""
    def read(path):
        with open(os.path.join(root, path), encoding="utf-8", newline="") as file:
            return file.read()

    paths = sorted(os.path.relpath(path, root) for pattern in
                   ("codec/src/*.[ch]", "codec/include/clipper/*.h", SESSION, "container/include/clipper/session.h")
                   for path in glob.glob(os.path.join(root, pattern))
                   if not os.path.basename(path).startswith("era"))
    texts = {path: read(path) for path in paths}
    types = {name for text in texts.values() for name in re.findall(r"^\} (\w+);", text, re.M)}
    command = [COMPILER, "-std=c11", *(f"-I{root}/{folder}" for folder in ("codec/include", "container/include"))]
    mutants = []
    for path, text in texts.items():
        active = active_lines(os.path.join(root, path), command)
        mutants += mutants_of(Source(path, text, active, types))
    return mutants


# ---- The list of survivors

def read_survivors(path):
    """{key: reason} of the file's entries: FILE FUNCTION, pairs of lines "- before" and "+ after", "= reason"."""
    listed, place, pairs, reason = {}, None, [], []
    if not os.path.exists(path):
        return listed
    with open(path, encoding="utf-8") as file:
        lines = [line.rstrip("\n") for line in file]
    for line in [*lines, ""]:
        mark, text = line[:2], line[2:]
        if mark == "- ":
            pairs.append([text, None])
        elif mark == "+ ":
            before = pairs[-1][0]
            if pairs[-1][1] is not None:  # another mutation of the same line
                pairs.append([before, None])
            pairs[-1][1] = text
        elif mark in ("= ", "  "):
            reason.append(text.strip())
        elif not line:
            for before, after in pairs:
                if not reason:
                    raise SystemExit(f"{path}: {place}: {before}: no reason")
                listed[(*place, before, after)] = " ".join(reason)
            place, pairs, reason = None, [], []
        elif not line.startswith("#"):
            place = tuple(line.split(" ", 1))
    return listed


def listed_failures(listed, results, generated, selects):
    """What is wrong with the list, as lines. RESULTS: {mutant: (verdict, why)}; GENERATED: all keys that exist."""
    verdicts = {mutant.key: verdict for mutant, verdict in results.items()}
    for key in listed:
        if key not in generated and selects(key[0], key[1]):
            yield "no such mutation", key
        elif key in verdicts and verdicts[key][0] != "survived":
            yield f"it is {verdicts[key][0]} {verdicts[key][1]}".rstrip(), key


# ---- The run

def set_up(workshop, folder):
    global bench
    bench = Bench(workshop, os.path.join(folder, f"bench-{os.getpid()}"))
    bench.tree.prepare(workshop.root, os.path.join(workshop.root, "tests/codec/support_vectors.c"))


def try_out(mutant):
    return mutant, bench.try_out(mutant)


def run(mutants, listed, workshop, folder, jobs):
    """{mutant: (verdict, why)}. Tells at once of survivors that are not LISTED."""
    results, began, told = {}, time.monotonic(), 0
    shuffled = random.Random(0).sample(mutants, len(mutants))  # slow ones lie together: a better forecast
    with multiprocessing.Pool(jobs, set_up, (workshop, folder)) as pool:
        for mutant, verdict in pool.imap_unordered(try_out, shuffled, chunksize=4):
            results[mutant] = verdict
            if verdict[0] == "survived" and mutant.key not in listed:
                print(f"  survived: {mutant.path}:{mutant.line} {mutant.function}: {mutant.after}", file=sys.stderr)
            if time.monotonic() - told > (1 if sys.stderr.isatty() else 20):
                told = time.monotonic()
                left = (told - began) / len(results) * (len(mutants) - len(results))
                print(f"  {len(results)} of {len(mutants)} mutants, {left:.0f} s to go", file=sys.stderr,
                      end="\r" if sys.stderr.isatty() else "\n", flush=True)
    clean(folder)
    return {mutant: results[mutant] for mutant in mutants}


def clean(folder):
    for path in glob.glob(os.path.join(folder, "bench-*")):
        shutil.rmtree(path)


def shown(key, line=None):
    path, function, before, after = key
    return f"{path}{f':{line}' if line else ''} {function}\n- {before}\n+ {after}"


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    folder = os.path.join(os.path.abspath(sys.argv[1]), "mutate")
    text, sample = os.environ.get("MUTATE", ""), int(os.environ.get("MUTATE_SAMPLE") or 0)
    seed, jobs = os.environ.get("MUTATE_SEED") or "1", int(os.environ.get("JOBS") or 2)

    def selects(path, function):
        return text in f"{path} {function}"

    clean(folder)
    workshop = Workshop(os.path.join(folder, "original"), COMPILER)
    workshop.prepare(".", os.path.join(sys.argv[1], "gen", "vectors.c"))
    workshop.build_all(PLAIN)
    workshop.build_all(SANITIZED)
    mutants = all_mutants(workshop.root)
    generated = {mutant.key for mutant in mutants}
    mutants = [mutant for mutant in mutants if selects(mutant.path, mutant.function)]
    if sample:
        mutants = random.Random(seed).sample(mutants, min(sample, len(mutants)))
        print(f"a sample of {len(mutants)}, MUTATE_SEED={seed}")
    listed = read_survivors(SURVIVORS)
    results = run(mutants, listed, workshop, folder, jobs)

    with open(os.path.join(folder, "results.txt"), "w", encoding="utf-8") as file:
        for mutant, (verdict, why) in results.items():
            reason = f": {why}" if why else ""
            file.write(f"{verdict}{reason} ({mutant.operator})\n{shown(mutant.key, mutant.line)}\n\n")
    verdicts = [verdict for verdict, _ in results.values()]
    killed, survived, equal = (verdicts.count(name) for name in ("killed", "survived", "equal"))
    unexplained = [mutant for mutant, (verdict, _) in results.items()
                   if verdict == "survived" and mutant.key not in listed]
    for mutant in unexplained:
        print(f"survived, and not explained:\n{shown(mutant.key, mutant.line)}\n")
    wrong = list(listed_failures(listed, results, generated, selects))
    for what, key in wrong:
        print(f"survivors.txt: {what}:\n{shown(key)}\n")
    score = 100.0 * killed / (killed + survived) if killed + survived else 0.0
    print(f"{verdicts.count('not compiled')} more do not compile; {len(wrong)} entries of survivors.txt are wrong")
    print(f"{killed + survived + equal} mutants, {killed} killed, {survived} survived "
          f"({survived - len(unexplained)} explained), {equal} equivalent for the compiler: {score:.1f} %")
    too_low = score < LEAST and not text and not sample  # the share in a part of them says nothing
    return 1 if unexplained or wrong or too_low else 0


if __name__ == "__main__":
    sys.exit(main())
