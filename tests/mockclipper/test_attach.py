# suite: timed
"""`mockclipper check --attach`, for containers that someone else starts; and what an interrupted run says."""

import json
import os
import signal
import socket
import subprocess

from kit import CONTAINER, FAST, MOCKCLIPPER, await_container, new_mark, odd, run_check, start
from tap import TIMEOUT, contains, equal, main, test

GOOD = [CONTAINER, "--model", "probe"]


@test
def a_container_of_somebody_else_is_checked():
    held = socket.socket()  # bound, so that nobody else is given the port, which the kit may listen on
    held.bind(("127.0.0.1", 0))
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    port = held.getsockname()[1]
    environment = dict(os.environ, CLIPPER_MODEL_NAME="theirs", CLIPPER_MODEL_VERSION="4", CLIPPER_IP="127.0.0.1",
                       CLIPPER_PORT=str(port), CLIPPER_INPUT_TYPE="ints", CLIPPER_POLL_TIMEOUT_MS="100",
                       CLIPPER_ACTIVITY_TIMEOUT_MS="600")
    container = subprocess.Popen(GOOD, env=environment, stderr=subprocess.DEVNULL)
    try:
        status, out, err = run_check(*FAST, "--report", "json", "--model", "probe", "--attach",
                                     "127.0.0.1:%d" % port, "--scenario", "registration/fields", "--scenario",
                                     "prediction/[mors]*", "--scenario", "timeout/silent-clipper", "--scenario",
                                     "version/heartbeat-2", "--scenario", "process/sigterm")
        equal(container.poll(), None)
    finally:
        container.kill()
        container.wait()
        held.close()
    cases = {c["id"]: c for c in json.loads(out)["cases"]}
    equal(status, 0, err)
    for case in ("registration/fields:ints", "prediction/message-ids", "timeout/silent-clipper"):
        equal(cases[case]["verdict"], "pass", case)
    equal(cases["prediction/message-ids"]["input_type"], "ints")
    contains(cases["registration/fields:bytes"]["reason"], "the attached container takes ints")
    contains(cases["version/heartbeat-2"]["reason"], "needs a container that the kit starts itself")
    contains(cases["process/sigterm"]["reason"], "needs a container that the kit starts itself")


def begin(*arguments):
    """Begins to check what is attached. Returns the process and its port."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    process = subprocess.Popen([MOCKCLIPPER, "check", *FAST, "--report", "json", "--attach", "127.0.0.1:%d" % port,
                                *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return process, port


def end(process):
    """Returns (exit status, report, stderr as text)."""
    out, err = process.communicate(timeout=TIMEOUT)
    return process.returncode, json.loads(out), err.decode()


@test
def that_nobody_came_is_no_verdict():
    process, port = begin("--start-timeout", "200")
    status, report, err = end(process)
    equal((status, report["status"], report["result"]), (5, 5, "nothing was verified"), err)
    contains(err, "waiting up to 900 ms", "for a container that connects to 127.0.0.1:%d" % port,
             "CLIPPER_IP and CLIPPER_PORT")
    equal({case["verdict"] for case in report["cases"]}, {"skip"})
    contains(report["cases"][0]["reason"], "no container connected to 127.0.0.1:%d within " % port)


@test
def one_that_came_and_says_nothing_has_failed():
    process, port = begin("--start-timeout", "3000")
    silent = subprocess.Popen(odd("says-nothing"), env=dict(os.environ, CLIPPER_IP="127.0.0.1",
                                                            CLIPPER_PORT=str(port), CLIPPER_INPUT_TYPE="ints"))
    try:
        status, report, err = end(process)
    finally:
        silent.kill()
        silent.wait()
    equal((status, report["counts"]["fail"]), (1, 1), err)
    equal(report["cases"][0]["findings"][0]["requirement"], "REG-1")


@test
def interrupted_before_anybody_came_nothing_has_a_verdict():
    process, _ = begin("--start-timeout", "60000")
    first = process.stderr.readline().decode()
    contains(first, "waiting up to 60.70 s")
    process.send_signal(signal.SIGINT)
    status, report, err = end(process)
    equal((status, report["status"], report["interrupted"]), (-signal.SIGINT, 3, True), err)
    equal({case["verdict"] for case in report["cases"]}, {None})


@test
def interrupted_while_acceleration_is_tried_nothing_has_a_verdict():
    mark = new_mark()
    process = start("--report", "json", "--accelerate", "2", "--scenario", "heartbeat/*", command=["sh", "-c",
                                                                                                  "sleep 100", mark])
    await_container(mark)
    process.send_signal(signal.SIGINT)
    status, report, err = end(process)
    equal((status, report["interrupted"]), (-signal.SIGINT, True), err)
    equal({case["verdict"] for case in report["cases"]}, {None})


if __name__ == "__main__":
    main()
