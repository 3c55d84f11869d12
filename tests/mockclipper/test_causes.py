# suite: timed
"""What `mockclipper check` says at the end of a run: verdict, counts, what they mean, and the likely cause first. The
containers are as beginners write them."""

import json
import os
import pty
import re
import struct
import subprocess
import tempfile
import termios
from fcntl import ioctl

from kit import CONTAINER, FAST, MOCKCLIPPER, check
from tap import ROOT, TIMEOUT, contains, equal, main, test

BEGINNER = os.path.join(ROOT, "tests", "mockclipper", "beginner.py")
# {mistake: the cause that is named first}
MISTAKES = {
    "raises": "uncaught-exception", "elsewhere": "never-connects", "push": "no-peer-of-a-router", "req": "socket-type",
    "more-on-last": "no-whole-message", "no-delimiter": "no-delimiter", "second-delimiter": "second-delimiter",
    "big-endian": "swapped-bytes", "protocol-2016": "protocol-2016", "version-not-read": "version-frame-not-read",
    "narrow-length": "first-prediction", "wants-shape": "first-prediction", "long-timeout": "long-timeout",
    "none": "frame-by-frame",
}
# and what its author must be told
TOLD = {
    "more-on-last": "more", "narrow-length": "8 bytes", "version-not-read": "version frame", "protocol-2016": "2016",
    "wants-shape": "--elements", "raises": "TypeError: connect() takes 2", "req": "REQ, not a DEALER",
}


def beginner(mistake):
    return ["/usr/bin/python3", BEGINNER, mistake]


def options(mistake):
    """What makes it quick: silence costs the time that a start may take."""
    if mistake in ("elsewhere", "push", "more-on-last"):
        return ["--input-type", "doubles", "--start-timeout", "1500"]
    globs = {"long-timeout": ["timeout/silent-clipper"], "none": ["malformed/*"],
             "wants-shape": ["prediction/one-item", "prediction/batch*"]}.get(mistake, [])
    return ["--input-type", "doubles", *(word for glob in globs for word in ("--scenario", glob))]


def plain(line):
    return re.sub(r"^(?:# )?(?:[*-] )?\s*", "", line)


def end_of(out):
    """The last 15 lines, as one."""
    return " ".join(map(plain, out.split("\n")[-16:]))


def names_its_cause(mistake):
    def play():
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "json")
            status, out, err = check(*options(mistake), "--report", "json=" + path, command=beginner(mistake))
            with open(path, encoding="utf-8") as file:
                report = json.load(file)
        equal(status in (0, 1), True, err)
        equal(out.count("\n") <= 100, True, "lines")
        causes = report["causes"]
        equal(causes[0]["id"] if causes else None, MISTAKES[mistake], out)
        contains(end_of(out), " ".join(report["headline"].split()), "likely cause: " + causes[0]["text"][:30],
                 TOLD.get(mistake, ""))
        for cause in causes:
            found = {case["id"]: case["verdict"] for case in report["cases"]}
            equal({found[case] for case in cause["findings"]} <= {"fail", "warn", "lenient"}, True, cause)
            equal(cause["explains"] >= len(cause["findings"]), True, cause)
    play.__name__ = f"a_beginner_is_told_the_cause_of_{mistake}".replace("-", "_")
    return play


for each in MISTAKES:
    test(names_its_cause(each))


@test
def a_correct_container_has_no_cause():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "json")
        status, out, _ = check("--model", "probe", "--report", "json=" + path, command=[CONTAINER, "--model", "probe"])
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
    equal((status, report["causes"]), (0, []))
    counts = {verdict: count for verdict, count in report["counts"].items() if count}
    order = ["info", "skip", "pass"]
    counted = ", ".join(f"{counts[verdict]} {verdict}" for verdict in ["warn", "lenient", *order] if verdict in counts)
    equal(report["headline"], f"conformant: {counted} of {len(report['cases'])}")
    contains(out, report["headline"])


@test
def skips_are_not_counted_as_passes():
    _, out, _ = check("--accelerate", "10", "--scenario", "heartbeat/*", "--input-type", "doubles",
                      command=["env", "-u", "LD_PRELOAD", "-u", "CLIPPER_POLL_TIMEOUT_MS", CONTAINER, "--model", "sum"])
    last = end_of(out)
    contains(last, "acceleration did not take effect")
    equal("8 pass of 8" in last, False)


@test
def the_document_s_wire_is_told_what_released_clipper_makes_of_it():
    _, out, _ = check("--scenario", "registration/version-frame", "--scenario", "prediction/metadata-layout",
                      "--input-type", "doubles", command=beginner("none"))
    contains(end_of(out), "conformant: 2 lenient of 2", "released Clipper will not register it: REG-9", "PRED-9")


@test
def known_failures_are_named_so():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "known")
        with open(path, "w", encoding="utf-8") as file:
            file.write("registration/version-frame: REG-10\n")
        status, out, _ = check("--profile", "document", "--scenario", "registration/version-frame", "--baseline", path,
                               "--report", "tap=/dev/null", command=[CONTAINER, "--model", "sum"])
    equal(status, 0)
    contains(out, "conformant: 1 known failure of 1", "known fail  registration/version-frame", "(known)")


def on_a_terminal(columns, *words):
    """Runs mockclipper on a terminal that is so wide. Returns its lines, as they stand at the end."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen([MOCKCLIPPER, *words], stdout=theirs, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                               env={**os.environ, "TERM": "xterm"})
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    process.wait(TIMEOUT)
    lines = shown.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    return [re.sub("\x1b\\[[0-9;]*[mK]", "", line.split("\r")[-1]) for line in lines]


@test
def the_end_fits_80_and_60_columns():
    for columns in (80, 60):
        lines = on_a_terminal(columns, "check", *FAST, "--input-type", "doubles", "--scenario", "registration/f*",
                              "--scenario", "malformed/*", "--", *beginner("none"))
        start = next(i for i, line in enumerate(lines) if " cases in " in line)
        table = next(i for i in range(start, 0, -1) if lines[i].startswith("registration  ") or lines[i][:12] == "registration")
        equal([line for line in lines[table - 1:] if len(line) > columns], [])
        equal(len(lines) <= 200, True, "lines")
        contains("\n".join(lines), "conformant", "likely cause")


if __name__ == "__main__":
    main()
