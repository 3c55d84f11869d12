"""What the tests of the kit share, beside tests/mockclipper/support.py: runs of `mockclipper check`, read as JSON."""

import json
import os
import subprocess
import sys
import uuid

from support import MOCKCLIPPER, ROOT, TIMEOUT, Skip, equal, main, run, test  # noqa: E402,F401

PYTHON = "/usr/bin/python3"
ODD = os.path.join(ROOT, "tests", "mockclipper", "odd_container.py")
CONTAINER = os.path.abspath(os.environ.get("CLIPPER_CONTAINER",
                                           os.path.join(os.path.dirname(MOCKCLIPPER), "clipper-container")))
FAST = ["--poll-timeout", "100", "--activity-timeout", "600"]


def check(*arguments, command):
    """Runs `mockclipper check` with short timeouts. Returns (exit status, stdout as text, stderr as text)."""
    status, out, err = run("check", *FAST, *arguments, "--", *command)
    return status, out.decode(), err


def results(*arguments, command):
    """The same with the JSON report. Returns (exit status, report, cases by id)."""
    status, out, err = check("--report", "json", *arguments, command=command)
    if not out:
        raise AssertionError("no report; status %d, stderr:\n%s" % (status, err))
    report = json.loads(out)
    return status, report, {case["id"]: case for case in report["cases"]}


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


def start(*arguments, command):
    """Begins `mockclipper check`, to be interfered with."""
    return subprocess.Popen([MOCKCLIPPER, "check", *arguments, "--", *command], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE)


def contains(text, *parts):
    for part in parts:
        if part not in text:
            raise AssertionError("%r is not in:\n%s" % (part, text))
