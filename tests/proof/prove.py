#!/usr/bin/env python3
"""prove.py: Frama-C's WP on every function of the codec, for inputs of any size, and EVA on messages, streams and
batches of bounded size. Prints a table, what is not proved by name, and the figure; ends with 1 when that is less than
tests/proof/expected says.

  --build FOLDER     where logs, reports and the cache of proofs go (build/prove)
  --only TEXT        only the parts whose name contains TEXT; compared with nothing
  --function NAME    of its file only this function, by WP alone; with --only
  --effort N         the most that a prover may spend on one goal, in 100,000 of its own units of work (60; about
                     as many thirds of a second). Provers count their work, so that a verdict depends little on how fast
                     or busy the machine is
  --jobs N           calls of Frama-C at a time (4: each sleeps for half of its time)
  --anew             asks the provers for everything: takes nothing from tests/proof/remembered or an earlier run
  --remember         writes tests/proof/remembered after a whole run in which all was as expected; with --anew, what is
                     no longer asked is no longer in it
  --no-smoke         without the tests that no contract contradicts itself
"""
import argparse
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HERE = os.path.join(TOP, "tests/proof")

ACSL = "tests/proof/acsl"
DIAGNOSIS = "codec/src/diagnosis.c"
HEADER = "codec/include/clipper/codec.h"
RECOGNISER = "codec/src/recognise.h"
OF_ELEMENTS = ["clipper_%s_%s" % (kind, what) for kind in ("i32", "f32", "f64") for what in ("count", "at", "copy", "view")]
# A file whose functions are proved, and which of them when it is a header. The longest first.
UNITS = [
    ("codec/src/encode.c", []),
    ("codec/src/readings.c", []),
    ("codec/src/grammar.c", ["stay_failed", "fail_at"]),
    ("codec/src/flat.c", []),
    ("codec/src/decode.c", []),
    (RECOGNISER, ["items_agree", "recognise_request", "recognise_response", "recognise", "load_word", "clear_diagnosis"]),
    (DIAGNOSIS, []),
    (HEADER, ["clipper_data_width", "clipper_default_limits", "clipper_default_options"] + OF_ELEMENTS),
]
# EVA's entry points (in bounded.c, or in their own file), the files that each needs, and how many states it is worth to
# keep apart.
APART = ["-eva-slevel", "100000", "-eva-split-return", "full"]
DECODER = ["codec/src/decode.c", "codec/src/grammar.c", "codec/src/readings.c", DIAGNOSIS]
ENTRIES = [
    ("request", DECODER, APART),
    ("response", DECODER, APART),
    ("new_container", DECODER, APART),
    ("text", [DIAGNOSIS], ["-eva-slevel", "20", "-eva-slevel-function", "put_number:100000,put_text:100000,put_field:100000"]),
    ("stream", ["codec/src/flat.c", DIAGNOSIS], APART),
    ("greeting", ["codec/src/flat.c", DIAGNOSIS], APART),
    ("batch", ["codec/src/encode.c", DIAGNOSIS], APART),
    ("other_messages", ["codec/src/encode.c", DIAGNOSIS], APART),
    ("elements", ["tests/proof/elements.c"], APART + ["-warn-special-float", "none"]),
]

# How Why3 hands a goal to a prover: with the predicates of the memory model (separated, valid, havoc) as axioms, which
# keeps large predicates folded, or opened ("inline_all"), which needs no axiom to be instantiated. Each way shows goals
# that the other does not. Why3 1.5 has no driver for cvc5: cvc4's does, with the name that cvc5 has for all theories.
FOLDED, OPENED = '"inline_trivial"', '"inline_all"'
CVC5 = "cvc5 --rlimit-per=%d00000 --lang=smt2 %%f"
Z3 = "z3 -smt2 rlimit=%d00000 sat.random_seed=42 nlsat.randomize=false smt.random_seed=42 %%f"
# Name, version, driver, its file with the transformations, how, and the command, which takes an effort.
PROVERS = [
    ("CVC5-open", "1.0.3", "cvc4_17.drv", "cvc4_16.gen", OPENED, CVC5),
    ("Z3-open", "4.8.12", "z3_471.drv", "z3_440.drv", OPENED, Z3),
    ("CVC5", "1.0.3", "cvc4_17.drv", "cvc4_16.gen", FOLDED, CVC5),
]
# First the prover that shows most goals, then all of them on what is left, then more of everything: the effort of each.
ROUNDS = [[10], [10, 15, 15], [60, 60, 60]]
TOGETHER = 8  # functions in one call of Frama-C
# memcpy under its own name, not the compiler's.
MACHINE = ["-machdep", "gcc_x86_64", "-cpp-extra-args=-Icodec/include -Icodec/src -I%s -D__builtin_memcpy=memcpy" % ACSL]
WP = ["-warn-unsigned-overflow", "-then", "-wp", "-wp-rte", "-rte-no-pointer-call", "-wp-model", "Typed+Cast",
      "-wp-no-warn-memory-model", "-wp-cache", "update", "-wp-par", "1",
      "-wp-timeout", "60"]  # seconds of a processor, should a prover not count what it does
SMOKE = ["-wp-smoke-tests", "-wp-smoke-timeout", "1", "-wp-no-smoke-dead-assumes", "-wp-no-smoke-dead-call",
         "-wp-no-smoke-dead-code"]
EVA = ["-eva", "-eva-auto-loop-unroll", "100", "-eva-no-show-progress", "-eva-msg-key=-initial-state,-final-states"]
# The first function of a C file: its types are before it.
FIRST = re.compile(r"^[a-z][^;{}=#]*\) \{$", re.M)
DEFINITION = re.compile(r"^(?!typedef|struct|enum|union)[a-z].*?\b(\w+)\([^;]*?\) \{$", re.M | re.S)


# Frama-C takes relative paths from the shell's word for where it is, not from where it is.
os.environ["PWD"] = TOP


def output(*command):
    return subprocess.run(command, cwd=TOP, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def run(command, log):
    with open(log, "w", encoding="utf-8") as out:
        status = subprocess.run(command, cwd=TOP, stdout=out, stderr=subprocess.STDOUT).returncode
    with open(log, encoding="utf-8", errors="replace") as text:
        return status, text.read()


def functions(path):
    """The functions that a C file defines, in their order. Those of a header are named in UNITS."""
    if not path.endswith(".c"):
        return []
    return DEFINITION.findall(re.sub(r"/\*.*?\*/", "", read(path), flags=re.S))


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


def with_contracts(path, build):
    """A copy of PATH with its contracts (ACSL/NAME.acsl.h), which go behind its types."""
    name = os.path.splitext(os.path.basename(path))[0]
    include = '#include "%s.acsl.h"\n' % name
    text = read(path)
    if path == HEADER:
        text = opened(text, "CLIPPER_ELEMENTS", read(ACSL + "/elements.acsl.h")) + include
    elif path == RECOGNISER:
        text = include
    else:
        at = FIRST.search(text).start()
        text = '#line 1 "%s"\n%s%s#line %d "%s"\n%s' % (path, text[:at], include, text.count("\n", 0, at) + 1, path,
                                                       text[at:])
    copy = os.path.join(build, os.path.basename(path))
    with open(copy, "w", encoding="utf-8") as file:
        file.write(text)
    return copy


def opened(text, macro, contracts):
    """TEXT with each use of MACRO as what it stands for, with CONTRACTS, of which the last annotates a loop. (A
    preprocessor would leave them out.)"""
    parameters, body = re.search(r"^#define %s\((.*?)\) *\\\n((?:.*\\\n)*.*\n)" % macro, text, re.M).groups()
    body = re.sub(r" *\\$", "", body, flags=re.M)
    contracts, annotation, loop = re.fullmatch(r"(.*)(/\*@ loop.*\*/)\n(.*)\n", contracts, re.S).groups()
    body = body.replace(loop, annotation + loop) + contracts

    def instance(use):
        values = dict(zip(parameters.split(", "), use[1].split(", ")))
        return re.sub(r"(?:##)?\b(%s)\b(?:##)?" % "|".join(values), lambda word: values[word[1]], body)

    return re.sub(r"^%s\((.*)\)$" % macro, instance, text, flags=re.M)


def read_expected():
    """(how many goals are proved, {what is not proved or assumed: why})"""
    proved, reasons = 0, {}
    with open(os.path.join(HERE, "expected"), encoding="utf-8") as file:
        for line in file:
            words = line.split(None, 1)
            if words and words[0] == "proved":
                proved = int(words[1])
            elif words and not words[0].startswith("#"):
                reasons[words[0]] = words[1].strip()
    return proved, reasons


def called(prover, effort):
    """What Why3 knows a prover as. Its effort is in the name, and so in the cache."""
    return "%s-%d" % (prover.lower(), effort)


def set_up_provers(build):
    """Writes Why3's configuration and a folder of drivers for each prover: Why3's own, but for what is
    replaced here."""
    data = os.path.join(output("why3", "--print-datadir"), "drivers")
    conf = os.path.join(build, "why3.conf")
    with open(conf, "w", encoding="utf-8") as file:
        file.write("[main]\nmagic = 14\nmemlimit = 0\nrunning_provers_max = 2\n")
        for prover, version, driver, transforming, how, command in PROVERS:
            drivers = os.path.join(build, "drivers", prover.lower())
            shutil.rmtree(drivers, ignore_errors=True)
            shutil.copytree(data, drivers)
            replace(os.path.join(drivers, driver), "ALL_SUPPORTED", "ALL")
            replace(os.path.join(drivers, transforming), FOLDED, how)
            # WP's cache believes an "unknown" for any reason, but not that it was for want of resources.
            replace(os.path.join(drivers, "smt-libv2.gen"), '"\\\\1"', '"for \\\\1"')
            for effort in sorted({effort for efforts in ROUNDS for effort in efforts}):
                name = called(prover, effort)
                file.write('\n[prover]\nname = "%s"\nshortcut = "%s"\nversion = "%s"\ndriver = "%s"\ncommand = "%s"\n'
                           'editor = ""\nin_place = false\ninteractive = false\n'
                           % (name, name, version, os.path.join(drivers, driver), command % effort))
    os.environ["WHY3CONFIG"] = conf


def replace(path, old, new):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(old, new))


def try_goals(log, source, wanted, build, provers, smoke, figures):
    """WP on the functions WANTED of SOURCE, by each of PROVERS in its turn: {function: {goal: (proved, all)}}"""
    report = os.path.join(build, log + ".json")
    if os.path.exists(report):
        os.remove(report)
    status, text = run(["frama-c"] + MACHINE + ["-instantiate", source] + WP + (SMOKE if smoke else []) +
                       ["-wp-prover", ",".join(provers), "-wp-cache-dir", os.path.join(build, "cache"),
                        "-wp-fct", ",".join(wanted), "-wp-report-json", report], os.path.join(build, log + ".log"))
    if status != 0 or not os.path.exists(report):
        raise SystemExit(text + "\nFrama-C failed on " + source)
    figures.verdicts(text)
    with open(report, encoding="utf-8") as file:
        found = json.load(file)["wp:functions"]
    return {function: {qualified(function, goal): (counts["wp:main"].get("valid", 0), counts["wp:main"]["total"])
                       for goal, counts in found.get(function, {}).items() if goal != "wp:section"}
            for function in wanted}


def qualified(function, goal):
    """A goal's name; that of a callee's precondition gets the caller's before it."""
    return goal if goal.startswith(function + "_") else function + ":" + goal


def is_smoke(goal):
    return "_wp_smoke_" in goal


def prove(log, source, wanted, build, options, figures):
    """Round after round, for those of the functions WANTED in which something is left that is not named as unproved. A
    round has the provers of those before it too, whose verdicts WP's cache knows, so it tells of every goal: names of
    goals differ from round to round (they are counted over all functions of a call)."""
    table, smoke, left, provers = {}, {}, wanted, []
    for number, efforts in enumerate(ROUNDS, 1):
        if left and max(efforts) <= options.effort:
            provers += [called(prover, effort) for (prover, *_), effort in zip(PROVERS, efforts)
                        if called(prover, effort) not in provers]
            found = try_goals("%s.%d" % (log, number), source, left, build, provers,
                              options.smoke and number == 1, figures)
            for name in left:
                table[name] = {goal: counts for goal, counts in found[name].items() if not is_smoke(goal)}
                smoke.setdefault(name, {goal: counts for goal, counts in found[name].items() if is_smoke(goal)})
            left = [name for name in left
                    if any(proved < total for goal, (proved, total) in table[name].items() if goal not in figures.reasons)]
    return {name: (table[name], smoke[name]) for name in table}


def check_bits():
    """The facts about bits that contracts admit: how many, and how many of them hold."""
    answers = output("z3", "tests/proof/bits.smt2").split()
    return answers.count("unsat"), len(answers)


def analyse(entry, files, precision, build):
    """EVA from one entry point: its alarms. The codec's contracts are left out (they are WP's to prove): its files are
    preprocessed without their comments."""
    share = output("frama-c", "-print-share-path")
    plain = []
    for path in files:
        plain.append(os.path.join(build, "%s_%s.i" % (entry, os.path.basename(path)[:-2])))
        output("gcc", "-E", "-nostdinc", "-I" + share + "/libc", "-D__FC_MACHDEP_X86_64", "-D__builtin_memcpy=memcpy",
               "-Icodec/include", path, "-o", plain[-1])
    status, log = run(["frama-c"] + MACHINE + (["tests/proof/bounded.c"] if entry != "elements" else []) + plain + ["-main", entry] + EVA + precision,
                      os.path.join(build, "eva_%s.log" % entry))
    if status != 0 or "ANALYSIS SUMMARY" not in log:
        raise SystemExit(log + "\nEVA failed on " + entry)
    return re.findall(r"^\[eva:alarm\] (.*(?:\n  .*)*)", log, re.M)


class Figures:
    """What was shown so far. A method of a part's name takes what the part found."""

    def __init__(self, reasons):
        self.reasons, self.goals, self.proved, self.smoke, self.alarms, self.surprises = reasons, 0, 0, 0, 0, []
        self.answers = []

    def miss(self, what):
        print("    not proved: %s (%s)" % (what, self.reasons.get(what, "UNEXPECTED")))
        if what not in self.reasons:
            self.surprises.append(what)

    def verdicts(self, log):
        """How many verdicts WP found in its cache, and how many it asked for; LOG is what it wrote."""
        found = re.search(r"\[Cache\](?: found:(\d+),?)?(?: updated:(\d+))?", log)
        if found:
            self.answers.append(tuple(map(int, found.groups("0"))))

    def unit(self, path, every, table, seconds):
        print("%s (%.0f s)" % (path, seconds))
        for name in every:
            if name not in table and name in self.reasons:
                print("  %-28s not by WP: %s" % (name, self.reasons[name]))
            if name not in table:
                continue
            goals, smoke = table[name]
            proved, total = sum(p for p, _ in goals.values()), sum(t for _, t in goals.values())
            self.goals, self.proved, self.smoke = self.goals + total, self.proved + proved, self.smoke + len(smoke)
            print("  %-28s %4d / %4d" % (name, proved, total))
            for goal in [g for g, (p, t) in goals.items() if p < t] + [g for g, (p, t) in smoke.items() if p < t]:
                self.miss(goal)
            if not goals:
                self.miss(name + "_has_no_contract")

    def bits(self):
        proved, total = check_bits()
        self.goals, self.proved = self.goals + total, self.proved + proved
        print("tests/proof/bits.smt2\n  %-28s %4d / %4d" % ("facts about bits", proved, total))
        if proved < total:
            self.miss("bits")

    def entry(self, entry, alarms, seconds):
        print("EVA %-26s %4d alarms (%.0f s)" % (entry, len(alarms), seconds))
        for alarm in alarms:
            self.alarms += 1
            self.surprises.append(alarm)
            print("    " + " ".join(alarm.split()))

    def compare(self, least):
        """Is there enough that is proved?"""
        if self.proved < least:
            self.surprises.append("fewer goals")
            print("tests/proof/expected wants %d goals proved" % least)


# What provers said, but for proofs that took less than QUICK seconds, which are made anew: a line a verdict,
# "GOAL PROVER VERDICT SECONDS", as WP has it in its cache. GOAL is a hash of the goal's whole text, so a goal that a
# change of code or contracts touches is asked for again.
REMEMBERED = os.path.join(HERE, "remembered")
QUICK = 0.5
VERDICT = re.compile(r'"prover": "([^"]*)", "verdict": "([^"]*)"(?:, "time": ([0-9.]*))?')


def remember(cache):
    """Writes what is in WP's cache. How long a proof took is left out: WP would not believe one that took longer than
    provers may."""
    with open(REMEMBERED, "w", encoding="utf-8") as file:
        for name in sorted(os.listdir(cache)):
            with open(os.path.join(cache, name), encoding="utf-8") as entry:
                prover, verdict, seconds = VERDICT.search(entry.read()).groups("-")
            if verdict != "valid":
                file.write("%s %s %s %s\n" % (os.path.splitext(name)[0], prover, verdict, seconds))
            elif float(seconds) >= QUICK:
                file.write("%s %s %s 0.\n" % (os.path.splitext(name)[0], prover, verdict))


def recall(cache):
    """Puts into WP's cache what it has not yet."""
    with open(REMEMBERED, encoding="utf-8") as file:
        for goal, prover, verdict, seconds in map(str.split, file):
            path = os.path.join(cache, goal + ".json")
            if not os.path.exists(path):
                with open(path, "w", encoding="utf-8") as entry:
                    entry.write('{ "prover": "%s", "verdict": "%s"%s }\n'
                                % (prover, verdict, "" if seconds == "-" else ', "time": ' + seconds))


def timed(work, *arguments):
    start = time.monotonic()
    return work(*arguments), time.monotonic() - start


def run_parts(figures, build, options):
    """All parts, options.jobs at a time; each is told of in its turn."""
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        units, entries = [], []
        for path, more in UNITS:
            if options.only in path:
                every = more + functions(path)
                wanted = [name for name in every if name not in figures.reasons and options.function in ("", name)]
                name = os.path.basename(path)[:-2]
                source = with_contracts(path, build)
                units.append((path, every, [pool.submit(timed, prove, "%s.%d" % (name, i), source,
                                                        wanted[i:i + TOGETHER], build, options, figures)
                                            for i in range(0, len(wanted), TOGETHER)]))
        for entry, files, precision in ENTRIES:
            if options.only in "EVA " + entry:
                entries.append((entry, pool.submit(timed, analyse, entry, files, precision, build)))
        try:
            for path, every, chunks in units:
                table, seconds = {}, 0
                for chunk in chunks:
                    found, took = chunk.result()
                    table.update(found)
                    seconds += took
                figures.unit(path, every, table, seconds)
                sys.stdout.flush()
            if not options.only:
                figures.bits()
            for entry, found in entries:
                figures.entry(entry, *found.result())
                sys.stdout.flush()
        except BaseException:
            for found in [chunk for *_, chunks in units for chunk in chunks] + [found for _, found in entries]:
                found.cancel()
            raise


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--build", default="build/prove")
    parser.add_argument("--only", default="")
    parser.add_argument("--function", default="")
    parser.add_argument("--effort", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--anew", action="store_true")
    parser.add_argument("--remember", action="store_true")
    parser.add_argument("--no-smoke", dest="smoke", action="store_false")
    options = parser.parse_args()
    if options.remember and (options.only or options.function or not options.smoke):
        parser.error("--remember wants a whole run: neither --only, --function nor --no-smoke")
    build = os.path.join(TOP, options.build)
    cache = os.path.join(build, "cache")
    if options.anew:
        shutil.rmtree(cache, ignore_errors=True)
    os.makedirs(cache, exist_ok=True)
    if not options.anew:
        recall(cache)
    set_up_provers(build)
    least, reasons = read_expected()
    figures = Figures(reasons)
    run_parts(figures, build, options)
    if not options.only:
        figures.compare(least)
    if options.remember and not figures.surprises:
        remember(cache)
    print("provers: %d verdicts remembered, %d asked for" % tuple(map(sum, zip((0, 0), *figures.answers))))
    print("%d goals, %d proved, %d unproved; %d contracts found free of contradiction; %d alarms of EVA"
          % (figures.goals, figures.proved, figures.goals - figures.proved, figures.smoke, figures.alarms))
    sys.exit(1 if figures.surprises else 0)


if __name__ == "__main__":
    main()
