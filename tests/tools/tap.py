"""What all Python tests share: cases, TAP, and programs that run within a time limit.

    test_X.py [TEXT...]     runs all cases, or only those that have one of the texts in their names
"""
import os
import subprocess
import sys
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("B", "build"))
PYTHON = "/usr/bin/python3"
TIMEOUT = 120  # seconds: for a machine that is busy with other things

_tests = []


class Skip(Exception):
    """Raised by a test that cannot be run here; its text says why."""


def test(function):
    """Registers FUNCTION as a test; its name, in words, is the test's."""
    add_test(function.__name__.replace("_", " "), function)
    return function


def add_test(name, function, *arguments):
    _tests.append((name, function, arguments))


def main():
    """Runs the tests, prints TAP, exits with 1 when one failed."""
    tests = [entry for entry in _tests if not sys.argv[1:] or any(text in entry[0] for text in sys.argv[1:])]
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    for number, (name, function, arguments) in enumerate(tests, 1):
        name = name.replace("#", "\\#")
        try:
            function(*arguments)
            print(f"ok {number} - {name}", flush=True)
        except Skip as why:
            print(f"ok {number} - {name} # SKIP {why}", flush=True)
        except Exception:
            failed += 1
            print(f"not ok {number} - {name}")
            for line in traceback.format_exc().splitlines():
                print(f"# {line[:2000]}")
            sys.stdout.flush()
    sys.exit(1 if failed else 0)


def equal(actual, expected, what=""):
    if actual != expected:
        raise AssertionError(f"{what}\n  expected {shorten(expected)}\n  got      {shorten(actual)}")


def contains(text, *parts):
    for part in parts:
        if part not in text:
            raise AssertionError("%r is not in:\n%s" % (part, text))


def empty(wrong, what):
    """Nothing is WRONG: otherwise each of it is named."""
    if wrong:
        raise AssertionError("%s: %s" % (what, "\n".join(map(str, wrong)) if isinstance(wrong, list) else wrong))


def shorten(value):
    text = repr(value)
    return text if len(text) < 1500 else text[:700] + " ... " + text[-700:]


def run(command, stdin=b"", **options):
    """Runs COMMAND. Returns (exit status, stdout, stderr as text)."""
    done = subprocess.run(command, **{"input": stdin, "capture_output": True, "timeout": TIMEOUT, **options})
    return done.returncode, done.stdout, done.stderr.decode(errors="replace")


def output_of(command, check=True, **options):
    """What COMMAND prints, on both streams, in the tree; it must succeed, or with CHECK=False need not."""
    done = subprocess.run(command, **{"cwd": ROOT, "stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                                      "stderr": subprocess.STDOUT, "timeout": 300, "errors": "replace", **options})
    if check and done.returncode != 0:
        raise AssertionError("%s: exit status %d\n%s" % (" ".join(command), done.returncode, done.stdout[-20000:]))
    return done.stdout


def read(path):
    """The text of a file of the tree."""
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
