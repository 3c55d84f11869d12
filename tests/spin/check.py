#!/usr/bin/env python3
"""make model: checks the model with spin, sees that each promise can be broken, and replays the model's traces.

    check.py --build FOLDER     (with FOLDER/replay in it)

Prints a line for each search, promise, bug, witness and group of traces, and last
"N properties hold, N broken; N mutations found of N; N traces replayed". Exit status 0 only when all is as it
must be. Two searches run at a time.
"""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys

import automaton
import spin

AUTOMATA = os.path.join(spin.ROOT, "tests", "session", "model_automata.h")
MEMORY = {True: 1100, False: 600}  # megabytes, of a heavy search and of another
FAIR = ["-a", "-f", "-A", "-E"]
NONE = 99  # ONLY: none of the assertions

# One container in every detail; one that works on two requests at a time; times in other proportions; two of them.
ONE = {"N": 1}
TWO_JOBS = {"N": 1, "JOBS": 2, "ROOM": 1, "KINDS": 1, "D": 1, "TO": 2}
SHORT = {"N": 1, "D": 1, "TO": 1}
LONG = {"N": 1, "D": 2, "TO": 5}
UNEVEN = {"N": 1, "D": 3, "TO": 2}
FLEET = {"N": 2, "ROOM": 1, "SPARE": 1, "KINDS": 1, "D": 1, "TO": 2}
IDLE_FLEET = {"N": 2, "ROOM": 1, "KINDS": 0, "D": 1, "TO": 2}
SAFETY_RUNS = (("two containers", FLEET), ("one container", ONE), ("one container, two jobs", TWO_JOBS),
               ("one container, TO = D", SHORT), ("one container, TO = 2 D + 1", LONG),
               ("one container, TO < D", UNEVEN))
LTL_RUNS = (("two containers, no requests", IDLE_FLEET, ("registered", "silence_ends", "goes_on", "stays_ended")),
            ("one container", ONE, ("registered", "answered", "silence_ends", "goes_on", "stays_ended")),
            ("one container, two jobs", TWO_JOBS, ("registered", "answered", "silence_ends")))
# Where another search than ONE finds it, and soon.
QUIET = {"N": 1, "ROOM": 1, "KINDS": 0}
OTHER_RUNS = {"SEEN_ONE_LEFT": FLEET, "LOSS_WHEN_CALM": QUIET, "SLOW_WHEN_CALM": QUIET}

CALLER_SEEDS, FLEET_SEEDS = (1, 2, 3, 4), (1, 2, 3, 4, 5, 6)
TICKS = (1, 5000)
SELDOM_IN_A_FLEET = {"wrong_type"}  # needs a Clipper that knows the container; caller.pml's traces have many


def read_table(name, pattern):
    with open(os.path.join(spin.HERE, name), encoding="utf-8") as file:
        return re.findall(pattern, file.read(), re.M)


PROMISES = {name: (int(number), text) for name, number, text in
            read_table("promises.pml", r"^#define ([A-Z_]+) (\d+)\s+/\* (.*?) \*/") if not name.startswith("SEEN_")}
WITNESSES = {name: (int(number), text) for name, number, text in
             read_table("promises.pml", r"^#define (SEEN_[A-Z_]+) (\d+)\s+/\* (.*?) \*/")}
FORMULAS = dict(read_table("promises.pml", r"^ \*   ([a-z_]+)  +(.*)"))
BUGS = [(name, int(number), promise, text) for name, number, promise, text in
        read_table("bugs.pml", r"^#define BUG_([A-Z_]+) \(BUG == (\d+)\)\s+/\* (\w+): (.*?) \*/")]
SESSION_BUGS = set(read_table("session.pml", r"BUG_([A-Z_]+)"))


def table_problems():
    """What is wrong with the tables: each promise has a bug that breaks it, and each bug breaks something."""
    used = {"UNFAIR"}.union(*(read_table(name, r"BUG_([A-Z_]+)") for name in ("session.pml", "fleet.pml")))
    stated = {"deadlock"}.union(read_table("fleet.pml", r"PROMISE\((\w+),"), read_table("fleet.pml", r"^ltl (\w+)"))
    seen = set(read_table("fleet.pml", r"WITNESS\((\w+),"))
    promised = set(PROMISES) | set(FORMULAS)
    numbers = [number for _, number, _, _ in BUGS] + [number for number, _ in PROMISES.values()]
    problems = []
    for what, listed, found in (("bugs", {name for name, _, _, _ in BUGS}, used), ("promises", promised, stated),
                                ("witnesses", set(WITNESSES), seen),
                                ("promises with a bug", promised, {promise for _, _, promise, _ in BUGS})):
        if listed != found:
            problems.append("%s: listed or found only: %s" % (what, ", ".join(sorted(listed ^ found))))
    if len(set(numbers)) != max(len(BUGS), len(PROMISES)):
        problems.append("a number of a bug or of a promise is not its own")
    return problems


class Job:
    """One search: which model it is of, and what it is to judge."""

    def __init__(self, name, settings, promise=None, bug=0, heavy=False):
        self.name, self.settings, self.promise = name, dict(settings), promise
        self.settings["BUG"] = bug
        self.ltl = promise in FORMULAS and promise != "deadlock"
        if promise == "deadlock":
            self.settings["ONLY"] = NONE
        elif promise is not None and not self.ltl:
            self.settings["ONLY"] = (PROMISES.get(promise) or WITNESSES[promise])[0]
        self.unfair = bug and dict((number, name) for name, number, _, _ in BUGS)[bug] == "UNFAIR"
        self.heavy = heavy
        self.folder = ""

    def options(self):
        options = ["-O2" if self.heavy else "-O0", "-DMEMLIM=%d" % MEMORY[self.heavy]]
        if self.heavy:
            options.append("-DCOLLAPSE")
        return options + (["-DNFAIR=3"] if self.ltl else ["-DSAFETY", "-DNOCLAIM"])

    def arguments(self):
        if self.ltl:
            return [argument for argument in FAIR if argument != "-f" or not self.unfair] + ["-N", self.promise]
        return [] if self.promise in (None, "deadlock") else ["-E"]

    def run(self, folder):
        self.folder = folder
        spin.make_verifier("fleet.pml", self.settings, folder, self.options())
        self.result = spin.search(folder, self.arguments() + ["-m2600000" if self.heavy else "-m1000000"])
        return self

    def is_the_error(self):
        """Is what was found a breach of this promise, and not of another?"""
        wanted = {"deadlock": "invalid end state"}.get(self.promise,
                                                       "acceptance cycle" if self.ltl else "assertion violated")
        return self.result.errors > 0 and self.result.error.startswith(wanted)


class Check:
    def __init__(self, build):
        self.build = os.path.abspath(build)
        self.broken = {}   # promise: why
        self.seen = {name: [] for name in list(PROMISES) + list(FORMULAS)}
        self.problems = []
        self.found = self.traces = self.steps = 0

    def folder(self, *words):
        return os.path.join(self.build, "-".join(re.sub(r"\W+", "_", word) for word in words))

    def problem(self, text):
        self.problems.append(text)
        print("PROBLEM " + text)

    def replay(self, text, settings, tick, seed):
        """(0, output) when the C session does the same, (1, difference) when it does not."""
        command = [os.path.join(self.build, "replay"), str(settings.get("D", 2)), str(settings.get("TO", 3)), str(tick),
                   str(seed)]
        lines = "".join(line + "\n" for line in spin.calls(text))
        process = subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                 timeout=60, check=False)
        if process.returncode not in (0, 1):
            raise spin.Trouble("the replay broke off: " + process.stdout.decode(errors="replace"))
        return process.returncode, process.stdout.decode()

    # ---- The promises ----

    def take_search(self, job):
        result, name = job.result, job.promise or "assertions and deadlock"
        print("%-27s %-24s %9d states  depth %8d  %4.0f MB  %s" % (
            job.name, name, result.states, result.depth, result.memory, result.error or "nothing wrong"))
        sys.stdout.flush()
        judged = [job.promise] if job.promise else list(PROMISES) + ["deadlock"]
        for promise in judged:
            self.seen[promise].append(result)
        if result.errors:
            self.blame(job)

    def blame(self, job):
        """Names the promise that was broken: the assertion's number is in its text."""
        number = re.search(r"\(0!=(\d+)\)", job.result.error)
        names = [name for name, (value, _) in PROMISES.items() if number and value == int(number.group(1))]
        promise = job.promise or (names or ["deadlock"])[0]
        self.broken[promise] = "%s, %s" % (job.name, job.result.error)

    def tell_promises(self):
        for promise, results in self.seen.items():
            text = FORMULAS.get(promise) or PROMISES[promise][1]
            holds = promise not in self.broken and results
            print("%-6s %-24s in %d searches, %d states, depth %d: %s" % (
                "holds" if holds else "BROKEN", promise, len(results), sum(result.states for result in results),
                max((result.depth for result in results), default=0), text))
            if promise in self.broken:
                print("       " + self.broken[promise])
            elif not results:
                self.broken[promise] = "never judged"

    # ---- Bugs and witnesses ----

    def replay_counterexample(self, job):
        return self.replay(spin.follow("fleet.pml", job.settings, job.folder), job.settings, 1000, 1)

    def is_followed(self, job):
        """The session is right in this counterexample: does the C session take the same steps?"""
        status, output = self.replay_counterexample(job)
        if status != 0:
            self.problem("%s: the C session differs: %s" % (job.name, output))
            return False
        self.traces += 1
        self.steps += int(re.search(r"^steps (\d+)", output, re.M).group(1))
        return True

    def take_bug(self, job, text):
        if not job.is_the_error():
            self.problem("bug %s does not break %s: %s" % (job.name, job.promise, job.result.error or "nothing found"))
            return
        differs = ""
        if job.name in SESSION_BUGS:
            status, difference = self.replay_counterexample(job)
            if status == 0:
                self.problem("bug %s: the C session does not differ from it" % job.name)
                return
            differs = "; the C session differs: " + re.sub(r"; at step (\d+).*", r" (step \1)", difference.strip())
        elif not self.is_followed(job):
            return
        self.found += 1
        print("found  %-24s breaks %s at depth %d: %s%s" % (job.name, job.promise, job.result.error_depth, text,
                                                           differs))

    def take_witness(self, job, text):
        if job.is_the_error() and self.is_followed(job):
            print("seen   %-24s at depth %d: %s" % (job.name, job.result.error_depth, text))
        elif not job.is_the_error():
            self.problem("%s never happens: %s" % (job.name, text))

    # ---- Traces ----

    def replay_simulations(self, model, settings, seeds, steps):
        """Random walks of the model, replayed. Returns {event: times}."""
        counts, replayed, length = {}, 0, 0
        for seed in seeds:
            text = spin.simulate(model, settings, self.folder("trace", model, str(seed)), seed, steps)
            for tick in TICKS:
                status, output = self.replay(text, settings, tick, seed)
                if status != 0:
                    self.problem("%s, seed %d: the C session differs: %s" % (model, seed, output))
                    continue
                for event, times in re.findall(r"^event (\w+) (\d+)", output, re.M):
                    counts[event] = counts.get(event, 0) + int(times)
                length += int(re.search(r"^steps (\d+)", output, re.M).group(1))
                replayed += 1
        self.traces += replayed
        self.steps += length
        print("%d traces of %s %s: %d steps, %s" % (replayed, model, settings, length,
                                                    ", ".join("%s %d" % item for item in sorted(counts.items()))))
        return counts

    def check_traces(self):
        for poll, activity in automaton.TIMES:
            counts = self.replay_simulations("caller.pml", {"D": poll, "TO": activity}, CALLER_SEEDS, 12000)
            rare = [event for event in automaton.EVENTS if counts.get(event, 0) < 100]
            if rare:
                self.problem("too few of these events in the traces: %s" % ", ".join(rare))
        total = {}
        for fate, seeds in ((0, range(1, 17)), (1, FLEET_SEEDS), (2, FLEET_SEEDS)):
            fleet = {"N": 2, "ROOM": 2, "KINDS": 2, "D": 2, "TO": 3, "FATE": fate}
            for event, times in self.replay_simulations("fleet.pml", fleet, seeds, 30000).items():
                total[event] = total.get(event, 0) + times
        rare = [event for event in automaton.EVENTS if not total.get(event) and event not in SELDOM_IN_A_FLEET]
        if rare:
            self.problem("none of these events in the traces of the fleet: %s" % ", ".join(rare))


def jobs_of(check):
    """(what takes the result, job), the heavy ones first."""
    for name, settings in SAFETY_RUNS:
        yield check.take_search, Job(name, settings, heavy=settings is FLEET)
    for name, settings, promises in LTL_RUNS:
        for promise in promises:
            yield check.take_search, Job(name, settings, promise)
    for name, number, promise, text in BUGS:
        yield (lambda job, text=text: check.take_bug(job, text)), Job(name, OTHER_RUNS.get(name, ONE), promise,
                                                                             number)
    for name, (_, text) in WITNESSES.items():
        yield (lambda job, text=text: check.take_witness(job, text)), Job(name, OTHER_RUNS.get(name, ONE), name)


def main():
    parser = argparse.ArgumentParser(description="Checks the session's model.")
    parser.add_argument("--build", required=True)
    check = Check(parser.parse_args().build)
    for problem in table_problems():
        check.problem(problem)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        work = [(take, pool.submit(job.run, check.folder("run", job.name, job.promise or "safety")))
                for take, job in sorted(jobs_of(check), key=lambda pair: not pair[1].heavy)]
        for take, future in work:
            take(future.result())
    check.tell_promises()
    check.check_traces()
    if automaton.header() != open(AUTOMATA, encoding="utf-8").read():
        check.problem("tests/session/model_automata.h is not of this model: make model-automata")
    print("%d properties hold, %d broken; %d mutations found of %d; %d traces replayed, %d steps" % (
        len(check.seen) - len(check.broken), len(check.broken), check.found, len(BUGS), check.traces, check.steps))
    return 1 if check.broken or check.problems or check.found != len(BUGS) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except spin.Trouble as trouble:
        sys.exit("make model: %s" % trouble)
