"""What the tests of the kit share, beside tests/tools/tap.py: mockclipper run as a user runs it."""

import json
import os
import subprocess
import sys
import time
import uuid

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
import tap  # noqa: E402
from tap import BUILD, PYTHON, ROOT, TIMEOUT, equal, shorten  # noqa: E402

MOCKCLIPPER = os.path.abspath(os.environ.get("MOCKCLIPPER", os.path.join(BUILD, "mockclipper")))
CONTAINER = os.path.abspath(os.environ.get("CLIPPER_CONTAINER",
                                           os.path.join(os.path.dirname(MOCKCLIPPER), "clipper-container")))
ODD = os.path.join(ROOT, "tests", "mockclipper", "odd_container.py")
INCONCLUSIVE = 4  # the exit status of `mockclipper check` when the machine was too busy to tell
FAST = ["--poll-timeout", "100", "--activity-timeout", "600"]


def run(*arguments, stdin=b"", **options):
    """Runs mockclipper. Returns (exit status, stdout, stderr), the last as text."""
    return tap.run([MOCKCLIPPER, *arguments], stdin.encode() if isinstance(stdin, str) else stdin, **options)


# ---- decode and encode


def lines(objects):
    return "".join(json.dumps(o) + "\n" for o in objects).encode()


def ask(command, objects, *options):
    """Sends OBJECTS to `mockclipper COMMAND`, one a line. Returns (exit status, list of answers)."""
    status, out, err = run(command, *options, stdin=lines(objects))
    equal(err, "", "stderr")
    answers = [json.loads(line) for line in out.decode().split("\n")[:-1]]
    equal(len(answers), len(objects), "answers")
    return status, answers


def ask_one(command, thing, *options):
    """The answer to one line. The exit status must be the one that belongs to it."""
    status, (answer,) = ask(command, [thing], *options)
    equal(status, 1 if answer.get("ok") is False else 0, f"exit status of {shorten(answer)}")
    return answer


# ---- check


def run_check(*arguments):
    """Runs `mockclipper check`; again while the machine is too busy to tell. Returns what `run` does."""
    for _ in range(10):
        status, out, err = run("check", *arguments)
        if status != INCONCLUSIVE:
            break
    return status, out, err


def is_decided(status, _):
    return status != INCONCLUSIVE


def each_is_decided(_, out):
    return not out or all(case["verdict"] != "inconclusive" for case in json.loads(out)["cases"])


def check(*arguments, command, attempts=7, decided=is_decided):
    """The same with short timeouts, longer ones each time. Returns (exit status, stdout as text, stderr as text)."""
    for attempt in range(attempts):
        poll = 100 << min(attempt, 4)
        timers = ["--poll-timeout", str(poll), "--activity-timeout", str(6 * poll)]
        status, out, err = run("check", *timers, *arguments, "--", *command)
        if decided(status, out):
            break
    return status, out.decode(), err


def results(*arguments, command, attempts=7):
    """The same with the JSON report, and again while any case is inconclusive, whatever others are. Returns (exit
    status, report, cases by id)."""
    status, out, err = check("--report", "json", *arguments, command=command, attempts=attempts,
                             decided=each_is_decided)
    if not out:
        raise AssertionError("no report; status %d, stderr:\n%s" % (status, err))
    report = json.loads(out)
    return status, report, {case["id"]: case for case in report["cases"]}


def start(*arguments, command):
    """Begins `mockclipper check`, to be interfered with."""
    return subprocess.Popen([MOCKCLIPPER, "check", *arguments, "--", *command], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE)


# ---- Containers


def odd(oddity, *mark):
    return [PYTHON, ODD, oddity, *mark]


def new_mark():
    """A word that no other process has among its arguments."""
    return "mark-" + uuid.uuid4().hex


def processes_with(mark):
    """Ids of the processes, no zombies, that have MARK among their arguments."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/cmdline" % pid, "rb") as file:
                if mark.encode() in file.read():
                    found.append(int(pid))
        except OSError:
            pass
    return found


def await_value(happened, what):
    """Waits until HAPPENED() is something, and returns it."""
    until = time.monotonic() + TIMEOUT
    while not (value := happened()):
        if time.monotonic() > until:
            raise AssertionError("in vain: " + what)
        time.sleep(0.01)
    return value


def await_container(mark):
    """Waits for a process with MARK that is not the kit itself; ids of all such."""
    return await_value(lambda: set(processes_with(mark)) - set(processes_with(MOCKCLIPPER)), "a container")


def await_none(mark):
    await_value(lambda: not processes_with(mark), "no process with " + mark)
