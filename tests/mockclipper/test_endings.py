# suite: timed long
"""However the kit or a container ends, a clear message and the right exit status come of it, and no process is left."""

import os
import signal
import subprocess
import tempfile
import time

from kit import (CONTAINER, MOCKCLIPPER, PYTHON, await_container, await_none, await_value, check, new_mark, odd,
                 processes_with, results, start)
from tap import TIMEOUT, contains, equal, main, test

GOOD = [CONTAINER, "--model", "probe"]


def escaping(mark, folder, command):
    """A container with a stubborn child that has left its process group before the container begins."""
    child = 'trap "" TERM INT HUP; mkdir -p "$1"; while :; do sleep 1; done'
    script = 'setsid sh -c \'%s\' %s "%s/$$" & until test -d "%s/$$"; do sleep 0.01; done; exec "$@"'
    return ["sh", "-c", script % (child, mark, folder, folder), "sh", *command]


def finish(process):
    out, err = process.communicate(timeout=TIMEOUT)
    return process.returncode, out.decode(), err.decode()


def interrupted_by(number):
    """Begins a run that takes long, ends it by a signal once containers run. Returns what `finish` does."""
    mark = new_mark()
    process = start("--scenario", "timeout/*", command=odd("none", mark))
    await_container(mark)
    process.send_signal(number)
    result = finish(process)
    await_none(mark)
    return result


@test
def ctrl_c_ends_the_run_and_the_containers():
    status, out, err = interrupted_by(signal.SIGINT)
    equal(status, -signal.SIGINT)
    contains(out, "Bail out! interrupted", "not ok 1 - timeout/silent-clipper (not run)")
    contains(err, "interrupted by signal 2 (Interrupt)")


@test
def sigterm_does_so_too():
    equal(interrupted_by(signal.SIGTERM)[0], -signal.SIGTERM)


@test
def when_the_kit_is_killed_its_containers_go_too():
    equal(interrupted_by(signal.SIGKILL)[0], -signal.SIGKILL)


@test
def when_the_kit_is_killed_what_left_its_group_goes_too():
    mark = new_mark()
    with tempfile.TemporaryDirectory() as folder:
        process = start("--scenario", "timeout/*", command=escaping(mark, folder, odd("none")))
        await_value(lambda: len(os.listdir(folder)) >= 2, "two containers with children")
        process.kill()
        finish(process)
        await_none(mark)


def sigterm_findings(command):
    _, _, cases = results("--scenario", "process/sigterm", "--input-type", "ints", command=command)
    return {one["requirement"]: (one["verdict"], one["actual"]) for one in cases["process/sigterm"]["findings"]}


@test
def sigterm_at_its_default_is_a_warning():
    equal(sigterm_findings(GOOD), {})
    verdict, actual = sigterm_findings(odd("none"))["PROC-10"]
    equal(verdict, "warn")
    contains(actual, "python3 leaves it at its default", "docker stop takes 10 s")
    # What blocks it, and may wait for it, gets it as process 1, too.
    blocks = "import os, signal, sys; signal.pthread_sigmask(signal.SIG_BLOCK, [15]); os.execv(sys.argv[1], sys.argv[1:])"
    equal("PROC-10" in sigterm_findings([PYTHON, "-c", blocks, *odd("none")]), False)


@test
def a_shell_that_does_not_exec_is_named():
    findings = sigterm_findings(["sh", "-c", '"$@"; true', "sh", *GOOD])
    verdict, actual = findings["PROC-10"]
    equal(verdict, "warn")
    contains(actual, "sh leaves it at its default", "clipper-contain, which it started, would not",
             "start that with exec")
    equal(findings["PROC-1"][0], "fail")
    equal(sigterm_findings(["sh", "-c", 'exec "$@"', "sh", *GOOD]), {})


@test
def a_readiness_file_of_another_container_proves_nothing():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "ready")
        os.environ["MOCKCLIPPER_READINESS_FILE"] = path

        def said(script):
            _, _, cases = results("--scenario", "process/readiness-file", "--input-type", "ints",
                                  command=["sh", "-c", script + '; exec "$@"', "sh", *GOOD])
            return [one["actual"] for one in cases["process/readiness-file"]["findings"]]

        try:
            contains(said("true")[0], "there is no such file")
            equal(said("touch " + path), [])
            contains(said("true")[0], "left by another container")
            equal(said(": > " + path), [])
            equal(said("rm %s; touch %s" % (path, path)), [])
            contains(said("rm " + path)[0], "there is no such file")
        finally:
            del os.environ["MOCKCLIPPER_READINESS_FILE"]


@test
def no_container_runs_beside_one_that_is_judged_alone():
    # Each says how many there are with it.
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "ready")
        os.environ["MOCKCLIPPER_READINESS_FILE"] = path
        script = 'mkdir %s/$$; for i in %s/[0-9]*; do kill -0 ${i##*/} 2>/dev/null || rmdir $i; done; ' \
                 'ls %s | wc -l >&2; exec "$@"' % (folder, folder, folder)
        try:
            _, _, cases = results("--scenario", "process/readiness-file", "--scenario", "registration/*",
                                  "--input-type", "ints", "--verbose", command=["sh", "-c", script, "sh", *GOOD])
            equal(cases["process/readiness-file"]["stderr"].split("\n")[0].strip(), "1")
            equal(any(case.get("stderr", "").startswith(tuple("23456789")) for case in cases.values()), True)
        finally:
            del os.environ["MOCKCLIPPER_READINESS_FILE"]


@test
def one_that_is_judged_alone_and_a_heavy_one_do_not_wait_for_each_other():
    status, _, cases = results("--scenario", "process/readiness-file", "--scenario", "load/ten-thousand", command=GOOD)
    equal((status, len(cases)), (0, 2))


@test
def a_container_is_asked_to_end_before_it_is_killed():
    # Each writes a file when it is asked, as one does that removes its readiness file.
    with tempfile.TemporaryDirectory() as folder:
        tidy = 'trap "kill $!; touch %s/$$; exit 0" TERM; "$@" & wait' % folder
        status, _, cases = results("--scenario", "registration/h*", "--input-type", "ints",
                                   command=["sh", "-c", tidy, "sh", *GOOD])
        equal(status, 0)
        equal(len(os.listdir(folder)) >= len(cases), True, "%d files, %d cases" % (len(os.listdir(folder)), len(cases)))


@test
def the_grace_of_one_is_spent_beside_the_others():
    deaf = ["sh", "-c", 'trap "" TERM; %s & wait; sleep 1000' % " ".join(odd("none", new_mark())), "sh"]
    began = time.monotonic()
    _, _, cases = results("--scenario", "prediction/one-item", "--grace", "4000", "--jobs", "2", command=deaf)
    took = time.monotonic() - began
    equal(len(cases), 5)
    equal(took < 4 * 4, True, "took %.1f s" % took)


@test
def what_went_to_the_background_is_named():
    mark = new_mark()
    _, _, cases = results("--scenario", "registration/fields", "--input-type", "ints",
                          command=["sh", "-c", 'env -i setsid sh -c "while :; do sleep 1; done" %s & exit 0' % mark, "sh"])
    contains(cases["registration/fields:ints"]["findings"][0]["actual"], "exited with status 0",
             " that it started ran on: it must stay in the foreground")
    equal(processes_with(mark), [])


@test
def when_the_kit_is_killed_what_left_group_and_environment_goes_too():
    mark = new_mark()
    stray = 'env -i setsid sh -c \'trap "" TERM; while :; do sleep 1; done\' %s & exec "$@"' % mark
    process = start("--scenario", "timeout/*", command=["sh", "-c", stray, "sh", *odd("none")])
    await_container(mark)
    process.kill()
    finish(process)
    await_none(mark)


@test
def what_a_container_leaves_behind_is_killed_and_counted():
    mark = new_mark()
    with tempfile.TemporaryDirectory() as folder:
        status, _, err = check("--scenario", "registration/heartbeat-first", command=escaping(mark, folder, GOOD))
    equal(status, 0, err)
    contains(err, "processes that the container left behind were killed")
    equal(processes_with(mark), [])


@test
def a_container_that_ignores_signals_fails_and_goes():
    mark = new_mark()
    deaf = ["sh", "-c", 'trap "" TERM INT; %s' % " ".join(odd("none", mark)), "sh"]
    status, _, cases = results("--scenario", "process/sig*", command=deaf)
    equal(status, 1)
    contains(cases["process/sigterm"]["findings"][0]["actual"], "it does not; the container is still running")
    equal(processes_with(mark), [])


@test
def a_container_that_never_connects_fails_soon():
    mark = new_mark()
    status, _, cases = results("--start-timeout", "500", command=["sh", "-c", "sleep 1000", mark])
    equal(status, 1)
    gate = cases["registration/fields:doubles"]
    equal((gate["verdict"], gate["findings"][0]["requirement"]), ("fail", "REG-1"))
    contains(gate["findings"][0]["actual"], "no message for", "still running")
    contains(cases["heartbeat/interval"]["reason"], "did not register: see registration/fields:")
    equal(processes_with(mark), [])


@test
def a_container_that_exits_at_once_fails_soon():
    status, _, cases = results(command=["sh", "-c", "echo no such model >&2; exit 5"])
    equal(status, 1)
    gate = cases["registration/fields:ints"]
    equal(gate["findings"][0]["actual"], "the container exited with status 5")
    equal(gate["stderr"], "no such model\n")


@test
def a_container_that_floods_stdout_and_stderr_is_served():
    mark = new_mark()
    flood = 'yes %s & yes %s >&2 & exec "$@"' % (mark, mark)
    status, _, cases = results("--scenario", "prediction/one-item:ints", "--model", "probe",
                               command=["sh", "-c", flood, "sh", *GOOD])
    equal(status, 0)
    case = cases["prediction/one-item:ints"]
    equal(len(case["stdout"]) <= 16384, True)
    equal(processes_with(mark), [])


@test
def when_the_machine_is_too_slow_to_tell_the_status_is_4():
    # The kit itself is stopped again and again: it measures that, and does not blame the container.
    process = subprocess.Popen([MOCKCLIPPER, "check", "--poll-timeout", "300", "--activity-timeout", "1200",
                                "--scenario", "heartbeat/interval", "--", *GOOD], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    while process.poll() is None:
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(2)
        os.kill(process.pid, signal.SIGCONT)
        time.sleep(0.1)
    status, out, _ = finish(process)
    equal(status, 4, out)
    contains(out, 'verdict: "inconclusive"', "measured lag", "first try inconclusive")


if __name__ == "__main__":
    main()
