#!/usr/bin/python3
"""run_suites.py, which judges all other tests: what it counts, when it fails, what may run beside what. Prints TAP."""
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

from tap import add_test, main, test

RUN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "run_suites.py")
FOLDER = tempfile.TemporaryDirectory()
os.environ["B"] = FOLDER.name  # for the logs, some of which have the names of real ones


def run(lines, *options):
    """Status, last line and whole output of run_suites.py for these LINES."""
    with tempfile.NamedTemporaryFile("w", suffix=".suites", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        done = subprocess.run([sys.executable, RUN, *options, file.name], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout.splitlines()[-1] if done.stdout else done.stderr, done.stdout


def expect(lines, status, last, *options):
    got = run(lines, *options)
    assert got[:2] == (status, last), got


X, NOT_Y = "echo ok 1 - x", "echo not ok 2 - y"
# What it must say of these commands, as suites: (name of the case, status, last line, commands).
SUMS = (
    ("adds up", 0, "3 passed, 0 failed", X + "; echo ok 2 - y", "echo 1..1; echo ok 1 - z"),
    ("a failed test fails", 1, "1 passed, 1 failed", "%s; %s; exit 1" % (X, NOT_Y)),
    ("a failed test fails though the status is 0", 1, "1 passed, 1 failed", "%s; %s" % (X, NOT_Y)),
    ("a status fails though no test does", 1, "1 passed, 1 failed", X + "; exit 3"),
    ("a signal fails", 1, "1 passed, 1 failed", X + "; kill -9 $$"),
    ("fewer than planned fail", 1, "2 passed, 1 failed", "echo 1..3; %s; echo ok 2 - y" % X),
    ("no test at all fails", 1, "1 passed, 1 failed", "true", X),
    ("too long fails and is ended", 1, "1 passed, 1 failed", X + "; sleep 40; echo ok 2 - y"),
    ("a skipped test is neither", 0, "1 passed, 0 failed, 2 skipped",
     "echo 'ok 1 # SKIP no tool'; echo 'not ok 2 # SKIP y'; echo ok 3"),
    ("nothing passed is no success", 1, "0 passed, 0 failed, 1 skipped", "echo 'ok 1 - x # SKIP no tool'"),
    ("nothing at all is no success", 1, "0 passed, 0 failed"),
)


def sums(status, last, *commands):
    expect([" | a | %d | %s" % (1 if "sleep" in command else 9, command) for command in commands], status, last)


for case in SUMS:
    add_test(case[0], sums, *case[1:])


@test
def only_some():
    expect([" | red | 9 | " + X, "timed | blue | 9 | " + NOT_Y], 0, "1 passed, 0 failed", "--only", "red")


@test
def a_step_is_one_test_and_shows_its_last_line():
    output = run(["step | prove | 9 | echo not ok; echo 7 goals", "step | fuzz | 9 | echo 2 findings; exit 1"])[2]
    assert re.search("^ok   prove .* 7 goals$", output, re.M) and re.search("^FAIL fuzz .* 2 findings$", output, re.M), output
    assert output.endswith("\nfailing: fuzz\n1 passed, 1 failed\n"), output


@test
def failing_suites_are_named_and_shown():
    output = run([" | good | 9 | " + X, "timed | bad | 9 | echo what happened; " + NOT_Y])[2]
    assert "failing: bad\n" in output and "   | what happened\n" in output, output


@test
def of_long_output_every_failed_test_is_shown():
    output = run([" | bad | 9 | echo ok 1 - x; echo why one; echo not ok 2 - one; echo '# and more'; seq 3 500 | "
                  "sed 's/.*/ok & - y/'; seq 1000; echo not ok 501 - two; seq 2000"])[2]
    assert "   | why one\n   | not ok 2 - one\n   | # and more\n   | 1\n" in output, output
    assert "   | 20\n   | [...]\n   | 981\n" in output and "   | 1000\n   | not ok 501 - two\n" in output, output
    assert "   | ok " not in output and "   | 2000\n" in output and "   | 1800\n" not in output, output


def until(true):
    """Waits until TRUE() is, 20 s at most."""
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def is_there(pid):
    """Whether process PID runs; one that has ended and that nobody has waited for does not."""
    try:
        with open("/proc/%d/stat" % pid, encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@test
def a_signal_ends_all_suites():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "suites")
            with open(path, "w", encoding="utf-8") as file:
                file.writelines(" | %s | 60 | echo $$ >%s/%s.new; mv %s/%s.new %s/%s.pid; sleep 50; echo ok 1\n" % (
                    name, *[folder, name] * 3) for name in ("one", "two"))
            # Whoever runs the tests may have them ignore it, as a shell does with what is in its background.
            runner = subprocess.Popen([sys.executable, RUN, "--jobs", "2", path],
                                      preexec_fn=lambda number=number: signal.signal(number, signal.SIG_DFL))
            pids = [os.path.join(folder, name + ".pid") for name in ("one", "two")]
            until(lambda: all(map(os.path.exists, pids)))
            runner.send_signal(number)
            assert runner.wait(10) == 128 + number
            until(lambda: not any(is_there(int(open(pid, encoding="utf-8").read())) for pid in pids))


@test
def a_signal_that_was_ignored_stays_so():
    with tempfile.TemporaryDirectory() as folder:
        path, begun, go = (os.path.join(folder, name) for name in ("suites", "begun", "go"))
        with open(path, "w", encoding="utf-8") as file:
            file.write(" | one | 60 | touch %s; until test -e %s; do sleep 0.02; done; echo ok 1\n" % (begun, go))
        runner = subprocess.Popen(["nohup", sys.executable, RUN, path], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        until(lambda: os.path.exists(begun))
        runner.send_signal(signal.SIGHUP)
        with open(go, "w", encoding="utf-8"):
            assert runner.wait(20) == 0


@test
def sums_by_first_word():
    lines = [" | %s | 9 | echo ok 1 - x" % name for name in ("red one", "blue one", "red two")]
    output = run(lines, "--sums")[2]
    assert re.search(r"^red +2 passed, 0 failed$", output, re.M), output
    assert re.search(r"^blue +1 passed, 0 failed$", output, re.M), output


@test
def a_suite_is_not_part_of_the_calling_make():
    os.environ["MAKEFLAGS"] = " -j2 --jobserver-auth=3,4"
    try:
        expect([" | a | 9 | test -z \"$MAKEFLAGS\" && test $CMOCKA_MESSAGE_OUTPUT = TAP && echo ok 1"], 0,
               "1 passed, 0 failed")
    finally:
        del os.environ["MAKEFLAGS"]


def overlapping(lines, jobs, meeting=()):
    """Which suites ran beside which, as a set of pairs of names. MEETING: those that wait until all of a group run."""
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "log")
        suites = []
        for line in lines:
            name = line.split()[-1]
            others = "".join("".join(group) for group in meeting if name in group)
            wait = "".join("until grep -q '%s begins' %s; do sleep 0.05; done; " % (other, log) for other in others)
            suites.append("%s | %s | 20 | echo %s begins >>%s; %ssleep 0.3; echo %s ends >>%s; echo ok 1 - x" % (
                line[:-1], name, name, log, wait, name, log))
        status, last, output = run(suites, "--jobs", str(jobs))
        assert (status, last) == (0, "%d passed, 0 failed" % len(lines)), output
        running, pairs = [], set()
        with open(log, encoding="utf-8") as file:
            for name, what in (line.split() for line in file):
                if what == "begins":
                    pairs |= {"".join(sorted((name, other))) for other in running}
                    running.append(name)
                else:
                    running.remove(name)
    return pairs


@test
def what_judges_time_runs_beside_nothing_that_computes():
    pairs = overlapping(["timed T", "alone A", "C", "waits W", "timed U", "D", "alone B"], 2, ("CD", "TUW"))
    assert pairs == {"CD", "TU", "TW", "UW"}, pairs


@test
def as_many_at_a_time_as_asked_for():
    assert overlapping(["C", "D", "timed T", "timed U"], 1) == set()
    pairs = overlapping(["timed T", "timed U", "waits W"], 1, ("TW",))
    assert pairs <= {"TW", "UW"} and "TW" in pairs, pairs


@test
def long_ones_begin_first():
    output = run([" | red | 9 | " + X, "long | blue | 9 | " + X], "--jobs", "1")[2]
    assert output.index("blue") < output.index("red"), output


main()
