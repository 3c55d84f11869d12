"""What the tests of the command line share: a TAP runner, and ways to run mockclipper as a user does."""

import json
import os
import subprocess
import sys
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("B", "build"))
MOCKCLIPPER = os.path.abspath(os.environ.get("MOCKCLIPPER", os.path.join(BUILD, "mockclipper")))
TIMEOUT = 120  # seconds: for a machine that does much else

_tests = []


class Skip(Exception):
    """Raised by a test that cannot be run here; its text says why."""


def test(function):
    """Registers FUNCTION as a test; its name, in words, is the test's."""
    _tests.append((function.__name__.replace("_", " "), function))
    return function


def add_test(name, function):
    _tests.append((name, function))


def main():
    """Runs all tests, prints TAP, exits with 1 when one failed."""
    failed = 0
    print(f"1..{len(_tests)}")
    for number, (name, function) in enumerate(_tests, 1):
        name = name.replace("#", "\\#")
        try:
            function()
            print(f"ok {number} - {name}")
        except Skip as why:
            print(f"ok {number} - {name} # SKIP {why}")
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


def shorten(value):
    text = repr(value)
    return text if len(text) < 1500 else text[:700] + " ... " + text[-700:]


def run(*arguments, stdin=b"", **options):
    """Runs mockclipper. Returns (exit status, stdout, stderr), the last as text."""
    if isinstance(stdin, str):
        stdin = stdin.encode()
    done = subprocess.run([MOCKCLIPPER, *arguments], input=stdin, capture_output=True, timeout=TIMEOUT, **options)
    return done.returncode, done.stdout, done.stderr.decode()


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
