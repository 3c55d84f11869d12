#!/usr/bin/env python3
"""Runs test suites and adds up what they say.

    run_suites.py [--jobs N] [--only TEXT] [--sums] FILE

FILE has a line a suite:  NAME | SECONDS | COMMAND. A suite prints TAP ("ok 1 - name", "not ok 2 - name",
"ok 3 - name # SKIP why") and exits with 0 when nothing failed. A suite that takes longer than SECONDS, that
exits otherwise, that runs no test, or fewer than it planned, counts as one failure more.

Suites are begun in the order of FILE, as many at a time as there are processors: put the long ones first. NAME may
begin with a word that says beside what it may run, as a test that judges time must not lose it to one that computes:

    (none)   computes; such suites run first, among themselves
    timed    judges time: runs beside other timed ones only
    waits    judges time and mostly sleeps: as timed, and one of them in addition to as many as there are processors
    alone    runs when everything else is done, and nothing else runs at the same time

The last line printed is the sum: "N passed, N failed[, N skipped]". Exit status 0 only when nothing failed. A signal
(INT, TERM, HUP) ends all suites at once.
"""
import argparse
import concurrent.futures
import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time

LAST, AROUND = 120, 20  # lines shown of a failing suite: its last, and those around each failed test

RESULT = re.compile(r"^(not )?ok\b[ \t]*(\d+)?[ \t]*-?[ \t]*(.*)$", re.M)
PLAN = re.compile(r"^1\.\.(\d+)", re.M)
SKIP = re.compile(r"#[ \t]*skip", re.I)
# A suite that calls make gets a make of its own: the jobs of `make -j` are not handed on to it.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
ENVIRONMENT["CMOCKA_MESSAGE_OUTPUT"] = "TAP"

# Suites that run. Who begins or ends one has the lock; a second signal may come while the first has it.
RUNNING, BEGINNING = set(), threading.RLock()


class Suite:
    def __init__(self, line):
        name, seconds, self.command = (part.strip() for part in line.split("|", 2))
        first, _, rest = name.partition(" ")
        self.kind, self.name = (first, rest) if first in ("timed", "waits", "alone") else ("", name)
        self.seconds = int(seconds)
        self.passed = self.failed = self.skipped = 0
        self.problems = []
        self.output = ""

    def run(self):
        start = time.monotonic()
        with BEGINNING:
            process = subprocess.Popen(self.command, shell=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.STDOUT, env=ENVIRONMENT, start_new_session=True)
            RUNNING.add(process)
        try:
            output, _ = process.communicate(timeout=self.seconds)
        except subprocess.TimeoutExpired:
            self.problems.append("took longer than %d s" % self.seconds)
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
        with BEGINNING:
            RUNNING.remove(process)
        self.output = output.decode(errors="replace")
        self.count(process.returncode)
        self.took = time.monotonic() - start
        return self

    def count(self, status):
        for failed, _, rest in RESULT.findall(self.output):
            if SKIP.search(rest):  # cmocka says "not ok" of these, too
                self.skipped += 1
            elif failed:
                self.failed += 1
            else:
                self.passed += 1
        ran = self.passed + self.failed + self.skipped
        plan = PLAN.search(self.output)
        if plan and int(plan.group(1)) > ran:
            self.problems.append("planned %s tests, ran %d" % (plan.group(1), ran))
        if ran == 0 and not (plan and plan.group(1) == "0"):
            self.problems.append("ran no test")
        if status != 0 and self.failed == 0 and not self.problems:
            self.problems.append("exit status %d" % status)
        self.failed += len(self.problems)

    def report(self):
        skipped = ", %d skipped" % self.skipped if self.skipped else ""
        print("%-4s %-42s %4d passed%s  %.1f s" % ("FAIL" if self.failed else "ok", self.name, self.passed, skipped,
                                                  self.took))
        if self.failed:
            for problem in self.problems:
                print("     " + problem)
            print("     command: " + self.command)
            self.show()
        elif self.skipped:
            for _, _, rest in RESULT.findall(self.output):
                if SKIP.search(rest):
                    print("     skipped: " + rest)
        sys.stdout.flush()

    def show(self):
        """The last lines, and before them each failed test with what stands between it and its neighbours."""
        lines = self.output.splitlines()
        results = [number for number, line in enumerate(lines) if RESULT.match(line)]
        shown = set(range(max(0, len(lines) - LAST), len(lines)))
        for before, at, after in zip([-1] + results, results, results[1:] + [len(lines)]):
            if lines[at].startswith("not ") and not SKIP.search(lines[at]):
                shown.update(range(max(before + 1, at - AROUND), min(after, at + 1 + AROUND)))
        previous = -1
        for number in sorted(shown):
            print("   | " + ("" if number == previous + 1 else "[...]\n   | ") + lines[number])
            previous = number


def stop(number, _):
    """Ends what runs, at once: suites have sessions of their own, which a Ctrl-C does not reach."""
    with BEGINNING:
        for process in RUNNING:
            with contextlib.suppress(ProcessLookupError):  # it may have ended just now
                os.killpg(process.pid, signal.SIGKILL)
        os._exit(128 + number)


def run_all(suites, jobs, besides=()):
    """Runs SUITES, JOBS at a time, and meanwhile BESIDES, one at a time; reports each as it ends."""
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool, concurrent.futures.ThreadPoolExecutor(1) as aside:
        running = [aside.submit(suite.run) for suite in besides] + [pool.submit(suite.run) for suite in suites]
        for done in concurrent.futures.as_completed(running):
            done.result().report()


def add_up(suites):
    """The sum of SUITES, as text, and how many tests failed and passed."""
    passed, failed, skipped = (sum(getattr(suite, what) for suite in suites)
                               for what in ("passed", "failed", "skipped"))
    return "%d passed, %d failed%s" % (passed, failed, ", %d skipped" % skipped if skipped else ""), failed, passed


def print_sums(suites):
    groups = {}
    for suite in suites:
        groups.setdefault(suite.name.split()[0], []).append(suite)
    for name, members in groups.items():
        print("%-16s %s" % (name, add_up(members)[0]))


def main():
    parser = argparse.ArgumentParser(description="Runs test suites and adds up what they say.")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", help="only suites whose name has this text in it")
    parser.add_argument("--sums", action="store_true", help="also a sum for each first word of the suites' names")
    parser.add_argument("file")
    options = parser.parse_args()
    with open(options.file, encoding="utf-8") as file:
        suites = [Suite(line) for line in file if line.strip() and not line.startswith("#")]
    if options.only:
        suites = [suite for suite in suites if options.only in suite.name]
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
            signal.signal(number, stop)
    kinds = {kind: [suite for suite in suites if suite.kind == kind] for kind in ("", "timed", "waits", "alone")}
    run_all(kinds[""], options.jobs)
    run_all(kinds["timed"], options.jobs, kinds["waits"])
    run_all(kinds["alone"], 1)
    if options.sums:
        print_sums(suites)
    failing = [suite.name for suite in suites if suite.failed]
    if failing:
        print("failing: " + ", ".join(failing))
    text, failed, passed = add_up(suites)
    print(text)
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
