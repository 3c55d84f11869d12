#!/usr/bin/env python3
"""Runs test suites and adds up their results.

    run_suites.py [--jobs N] [--only TEXT] [--sums] FILE

FILE has a line a suite:  WORDS | NAME | SECONDS | COMMAND. A suite prints TAP ("ok 1 - name", "not ok 2 - name",
"ok 3 - name # SKIP why") and exits with 0 when nothing failed. A suite that takes longer than SECONDS, that
exits otherwise, that runs no test, or fewer than it planned, counts as one failure more.

Suites run as many at a time as there are processors. WORDS say beside what one may run, as a test that judges time must
not lose it to one that computes:

    (none)   computes; such suites run first, among themselves
    timed    judges time: runs beside other timed ones only
    waits    judges time and mostly sleeps: as timed, and one of them in addition to as many as there are processors
    alone    runs when everything else is done, and nothing else runs at the same time
    long     begins before others of its kind
    step     prints no TAP: it is one test, which passes when it exits with 0; its last line is shown. Runs alone

The output of each is in $B/logs. The last line printed is the sum: "N passed, N failed[, N skipped]". Exit status 0 only
when nothing failed. A signal (INT, TERM, HUP) ends all suites at once.
"""
import argparse
import concurrent.futures
import contextlib
import itertools
import os
import re
import signal
import subprocess
import sys
import threading
import time

SHOWN = 40  # lines that a failing suite shows of what stands between two tests
RESULT = re.compile(r"^(not )?ok\b[ \t]*(?:\d+)?[ \t]*-?[ \t]*(.*)$", re.M)
PLAN = re.compile(r"^1\.\.(\d+)", re.M)
SKIP = re.compile(r"#[ \t]*skip", re.I)
LOGS = os.path.join(os.environ.get("B", "build"), "logs")
# A suite that calls make gets a make of its own: the jobs of `make -j` are not handed on to it.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
ENVIRONMENT["CMOCKA_MESSAGE_OUTPUT"] = "TAP"

# Suites that run. Who begins or ends one has the lock; a second signal may come while the first has it.
RUNNING, BEGINNING = set(), threading.RLock()


class Suite:
    def __init__(self, line):
        words, self.name, seconds, self.command = (part.strip() for part in line.split("|", 3))
        self.words, self.seconds = words.split(), int(seconds)
        self.problems, self.lines = [], []

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
        with open(os.path.join(LOGS, re.sub(r"\W+", "-", self.name)), "wb") as log:
            log.write(output)
        self.took = time.monotonic() - start
        self.count(output.decode(errors="replace"), process.returncode)
        return self

    def count(self, output, status):
        self.lines = output.splitlines()
        results = [] if "step" in self.words else RESULT.findall(output)
        self.skips = [rest for _, rest in results if SKIP.search(rest)]  # cmocka says "not ok" of these, too
        self.failed = sum(failed != "" for failed, rest in results if not SKIP.search(rest))
        self.passed = len(results) - len(self.skips) - self.failed
        plan = PLAN.search(output)
        if "step" in self.words:
            self.passed += status == 0
        elif plan and int(plan.group(1)) > len(results):
            self.problems.append("planned %s tests, ran %d" % (plan.group(1), len(results)))
        elif not results and not (plan and plan.group(1) == "0"):
            self.problems.append("ran no test")
        if status != 0 and self.failed == 0 and not self.problems:
            self.problems.append("exit status %d" % status)
        self.failed += len(self.problems)

    def report(self):
        result = "%4d passed%s" % (self.passed, ", %d skipped" % len(self.skips) if self.skips else "")
        if "step" in self.words:
            result = next((line for line in reversed(self.lines) if line.strip()), "")
        print("%-4s %-42s %6.1f s  %s" % ("FAIL" if self.failed else "ok", self.name, self.took, result))
        for line in self.problems + ["command: " + self.command] if self.failed else self.skips:
            print("     " + line)
        if self.failed:
            self.show()
        sys.stdout.flush()

    def show(self):
        """What it printed, but for tests that passed; of much else between two tests the first and last lines."""
        for is_result, lines in itertools.groupby(self.lines, lambda line: bool(RESULT.match(line))):
            lines = [line for line in lines if not is_result or line.startswith("not ")]
            if not is_result and len(lines) > SHOWN:
                lines[SHOWN // 2:-SHOWN // 2] = ["[...]"]
            print("".join("   | %s\n" % line for line in lines), end="")


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
    passed, failed, skipped = (sum(counts) for counts in zip(*((s.passed, s.failed, len(s.skips)) for s in suites),
                                                             (0, 0, 0)))
    return "%d passed, %d failed%s" % (passed, failed, ", %d skipped" % skipped if skipped else "")


def main():
    parser = argparse.ArgumentParser(description="Runs test suites and adds up their results.")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="", help="only suites whose name has this text in it")
    parser.add_argument("--sums", action="store_true", help="also a sum for each first word of the suites' names")
    parser.add_argument("file")
    options = parser.parse_args()
    os.makedirs(LOGS, exist_ok=True)
    with open(options.file, encoding="utf-8") as file:
        suites = [Suite(line) for line in file if line.strip()]
    suites = sorted((suite for suite in suites if options.only in suite.name), key=lambda suite: "long" not in suite.words)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
            signal.signal(number, stop)
    kinds = {"timed": [], "waits": [], "alone": [], "step": [], "": []}
    for suite in suites:
        kinds[next((kind for kind in kinds if kind in suite.words), "")].append(suite)
    run_all(kinds[""], options.jobs)
    run_all(kinds["timed"], options.jobs, kinds["waits"])
    run_all(kinds["alone"] + kinds["step"], 1)
    if options.sums:
        for name in dict.fromkeys(suite.name.split()[0] for suite in suites):
            print("%-16s %s" % (name, add_up([suite for suite in suites if suite.name.split()[0] == name])))
    failing = [suite.name for suite in suites if suite.failed]
    if failing:
        print("failing: " + ", ".join(failing))
    print(add_up(suites))
    return 1 if failing or not any(suite.passed for suite in suites) else 0


if __name__ == "__main__":
    sys.exit(main())
