#!/usr/bin/env python3
"""Runs make targets one after the other and adds up how they went.

    run_steps.py [--limit SECONDS] NAME STEP...     STEP is a make target with its variables: 'fuzz FUZZ_SECONDS=20'

Each step's output goes to $B/steps/TARGET.log; its last line, the figure, is printed here, and its last 40 lines
when it failed. A step that fails does not keep the others from running. The last line printed is the sum:
"NAME: N steps, N passed, N failed". Exit status 0 only when every step passed. A signal (INT, TERM, HUP) ends the step,
and all.
"""
import argparse
import os
import shlex
import signal
import subprocess
import sys
import time

PLACE = os.path.join(os.environ.get("B", "build"), "steps")


# A make of its own: what the calling make has open for its jobs is not handed on.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}


def run(step, limit):
    """Whether STEP passed, and the lines it printed."""
    log = os.path.join(PLACE, step.split()[0] + ".log")
    command = ["make", "-j%d" % (os.cpu_count() or 1), *shlex.split(step)]
    with open(log, "wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                   env=ENVIRONMENT, start_new_session=True)
        try:
            passed = process.wait(limit) == 0
        except BaseException as why:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if not isinstance(why, subprocess.TimeoutExpired):
                raise
            output.write(b"\ntook longer than %d s\n" % limit)
            passed = False
    with open(log, encoding="utf-8", errors="replace") as file:
        return passed, [line.rstrip() for line in file if line.strip()]


def main():
    parser = argparse.ArgumentParser(description="Runs make targets one after the other and adds up how they went.")
    parser.add_argument("--limit", type=int, default=7200, help="seconds a step may take")
    parser.add_argument("name")
    parser.add_argument("step", nargs="+")
    options = parser.parse_args()
    os.makedirs(PLACE, exist_ok=True)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
            signal.signal(number, lambda number, _: sys.exit(128 + number))
    failing = []
    for step in options.step:
        start = time.monotonic()
        passed, lines = run(step, options.limit)
        print("%-4s %-38s %6.0f s  %s" % ("ok" if passed else "FAIL", step, time.monotonic() - start,
                                         lines[-1] if lines else "(nothing printed)"))
        if not passed:
            failing.append(step)
            print("\n".join("   | " + line for line in lines[-40:]))
        sys.stdout.flush()
    if failing:
        print("failing: " + "; ".join(failing))
    print("%s: %d steps, %d passed, %d failed" % (options.name, len(options.step), len(options.step) - len(failing),
                                                  len(failing)))
    return 1 if failing else 0


if __name__ == "__main__":
    sys.exit(main())
