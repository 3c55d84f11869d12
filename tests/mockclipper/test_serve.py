# suite: timed
"""`mockclipper serve` as a user runs it."""

import json
import os
import re
import signal
import subprocess
import tempfile

from kit import CONTAINER, MOCKCLIPPER, await_none, await_value, new_mark, odd, run
import tap
from tap import TIMEOUT, contains, equal, main, read, test

SUM = [CONTAINER, "--model", "sum"]


def serve(*arguments, command=None):
    """Returns (exit status, JSON lines, stderr)."""
    status, out, err = run("serve", "--json", *arguments, *(["--", *command] if command else []))
    return status, [json.loads(line) for line in out.decode().splitlines()], err


def rows_file(folder, text):
    path = os.path.join(folder, "rows.csv")
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return path


@test
def rows_of_a_file_are_sent_and_the_answers_verified():
    with tempfile.TemporaryDirectory() as folder:
        path = rows_file(folder, "".join("%d,%g,%d\n" % (i, i / 7, i % 3) for i in range(100)))
        status, lines, err = serve("--csv", path, "--label", "3", "--batch", "7", "--in-flight", "3", "--verify",
                                   "sum", command=SUM)
    equal(status, 0, err)
    result = lines[-1]
    equal((result["event"], result["requests"], result["answered"], result["items"]), ("result", 15, 15, 100))
    equal((result["wrong"], result["unanswered"], result["malformed"]), (0, 0, 0))
    equal((result["labelled"], result["right"]), (100, 1))  # 0 + 0 is 0


@test
def wrong_answers_are_found_and_named():
    with tempfile.TemporaryDirectory() as folder:
        path = rows_file(folder, "0,0\n1,2\n")
        status, lines, _ = serve("--csv", path, "--verify", "sum", command=odd("wrong-sum"))
    equal((status, lines[-1]["wrong"]), (1, 1))
    problems = [line["text"] for line in lines if line["event"] == "problem"]
    equal(problems, ['wrong answer to row 2: expected "3", got "0"'])


@test
def accuracy_is_measured_and_may_be_too_low():
    with tempfile.TemporaryDirectory() as folder:
        path = rows_file(folder, "1,1\n2,2\n3,9\n")
        arguments = ["--csv", path, "--label", "2", "--columns", "1"]
        equal(serve(*arguments, "--min-accuracy", "66", command=SUM)[0], 0)
        equal(serve(*arguments, "--min-accuracy", "67", command=SUM)[0], 1)
        status, lines, _ = serve(*arguments, "--rows", "1-2", "--min-accuracy", "100", command=SUM)
    equal((status, lines[-1]["right"]), (0, 2))


def serve_soon(expected, summary, *arguments, command):
    """Exit status and SUMMARY must be EXPECTED with a short time limit, or on a busy machine with a longer one."""
    for timeout in ("500", "5000", "50000"):
        status, lines, err = serve(*arguments, "--timeout", timeout, command=command)
        told = (status, *((lines or [{}])[-1].get(key) for key in summary))
        if told == expected:
            break
    equal(told, expected, err)


@test
def a_silent_container_is_not_waited_for_for_ever():
    serve_soon((1, 2), ["unanswered"], "--count", "2", "--in-flight", "2", command=odd("hang"))
    status, _, err = serve("--count", "1", "--timeout", "300", command=["sleep", "1000"])
    equal(status, 3)
    contains(err, "no container registered in 300 ms")


@test
def what_stands_in_the_way_is_said():
    for arguments, command, words in ((["--csv", "/nonexistent"], None, "/nonexistent: No such file"),
                                      (["--count", "1"], ["/nonexistent"], "cannot start /nonexistent"),
                                      (["--bind", "192.0.2.1:0"], None, "cannot listen on 192.0.2.1:0"),
                                      (["--port-file", "/nonexistent/port", "--bind", "127.0.0.1:0"], None,
                                       "cannot write /nonexistent/port"),
                                      (["--count", "1"], ["sh", "-c", "echo oops >&2; exit 9"], "oops")):
        status, _, err = serve(*arguments, command=command)
        equal(status, 3, err)
        contains(err, words)
    for arguments in (["--bind", "x"], ["--csv", "x", "--rows", "0"], ["--label", "1"], ["--min-accuracy", "5"],
                      ["--rate", "0"], ["--verify", "x"], ["--fault", "drop"], ["--fault", "delay@request"]):
        equal(serve(*arguments)[0], 2, arguments)


@test
def a_lack_of_descriptors_is_said():
    for limit in ("4", "5"):
        status, _, err = tap.run(["sh", "-c", 'ulimit -n %s; exec "$@"' % limit, "sh", MOCKCLIPPER, "serve", "--count",
                                  "1", "--", *SUM])
        equal(status, 3)
        contains(err, "mockclipper serve: ", "Too many open files")


@test
def a_port_in_use_is_said():
    with tempfile.TemporaryDirectory() as folder:
        first, port = begin(folder)
        status, _, err = serve("--bind", "127.0.0.1:%d" % port)
        equal(status, 3)
        contains(err, "cannot listen on 127.0.0.1:%d: Address already in use" % port)
        stop(first)


def begin(folder, *arguments):
    """Begins to serve. Returns the process and its port."""
    path = os.path.join(folder, "port")
    process = subprocess.Popen([MOCKCLIPPER, "serve", "--json", "--bind", "127.0.0.1:0", "--port-file", path,
                                *arguments], stdout=subprocess.PIPE)
    return process, int(await_value(lambda: os.path.exists(path) and re.fullmatch(r"(\d+)\n", read(path)), "a port")[1])


def stop(process):
    """Ends it; its JSON lines and exit status."""
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=TIMEOUT)
    return [json.loads(line) for line in out.decode().splitlines()], process.returncode


def begin_container(port, name, command=None):
    environment = dict(os.environ, CLIPPER_IP="127.0.0.1", CLIPPER_PORT=str(port), CLIPPER_MODEL_NAME=name,
                       CLIPPER_MODEL_VERSION="1", CLIPPER_INPUT_TYPE="doubles")
    return subprocess.Popen(command or SUM, env=environment, stderr=subprocess.DEVNULL)


def next_event(process, event):
    for line in process.stdout:
        parsed = json.loads(line)
        if parsed["event"] == event:
            return parsed
    raise AssertionError("no event " + event)


@test
def many_containers_come_and_go_and_share_the_work():
    with tempfile.TemporaryDirectory() as folder:
        server, port = begin(folder, "--rate", "200", "--verify", "sum")
        containers, seen = [], []
        for name in ("a", "a", "b"):
            containers.append(begin_container(port, name))
            registered = next_event(server, "registered")
            seen.append((registered["name"], registered["replica"]))
        equal(seen, [("a", 0), ("a", 1), ("b", 0)])
        containers[0].kill()
        next_event(server, "gone")
        containers.append(begin_container(port, "a"))
        equal(next_event(server, "registered")["replica"], 2)
        lines, status = stop(server)
        for container in containers:
            container.kill()
            container.wait()
    equal(status, 0, lines[-5:])
    equal((lines[-1]["event"], lines[-1]["wrong"], lines[-1]["containers"]), ("result", 0, 4))


@test
def a_second_routing_identity_is_ignored_as_by_clipper_or_takes_over():
    with tempfile.TemporaryDirectory() as folder:
        for handover in (False, True):
            os.makedirs(os.path.join(folder, str(handover)))
            server, port = begin(os.path.join(folder, str(handover)), *["--handover"] * handover)
            containers = [begin_container(port, "a", odd("own-identity"))]
            equal(next_event(server, "registered")["session"], 1)
            containers.append(begin_container(port, "b", odd("own-identity")))
            if handover:
                equal(next_event(server, "registered")["name"], "b")
            else:
                contains(next_event(server, "ignored")["text"], '"worker" of #1', "--handover")
            lines, status = stop(server)
            for container in containers:
                container.kill()
                container.wait()
            equal((status, [line for line in lines if line["event"] == "registered"] if not handover else []), (0, []))


@test
def addresses_are_written_as_people_do():
    for given, told in (("localhost:0", "127.0.0.1"), ("*:0", "0.0.0.0"), ("0", "127.0.0.1")):
        status, lines, err = serve("--bind", given, "--count", "1", "--verify", "sum", command=SUM)
        equal((status, lines[0]["address"], lines[-1]["answered"]), (0, told, 1), err)
    status, out, err = run("serve", "--bind", "[::1]:0", "--count", "1", "--", *SUM)
    if "Cannot assign requested address" not in err:
        equal((status, out.decode().startswith("Clipper listens on [::1]:")), (0, True), err)
    for given in ("::1", "host:7000", "127.0.0.1:70000"):
        contains(serve("--bind", given)[2], "is no address and port, such as")


@test
def the_traffic_is_shown_decoded():
    status, lines, _ = serve("--count", "1", "--verbose", "--elements", "3", command=SUM)
    equal(status, 0)
    messages = [(line["direction"], line["text"]) for line in lines if line["event"] == "message"]
    equal(messages[:2], [("to_clipper", "heartbeat"), ("to_container", "heartbeat: send your metadata")])
    messages[2:] = [message for message in messages[2:] if "heartbeat" not in message[1]]
    contains(messages[2][1], "new container")
    equal(messages[3], ("to_container", "prediction request 0: 1 item of 24 bytes, doubles"))
    contains(messages[4][1], "prediction response 0: 1 output")


@test
def faults_happen_and_are_seen():
    fast = ["env", "CLIPPER_POLL_TIMEOUT_MS=100", "CLIPPER_ACTIVITY_TIMEOUT_MS=600", *SUM]
    status, lines, _ = serve("--count", "4", "--fault", "restart@1/response#2", "--verify", "sum", command=fast)
    # A container that is late begins one more session.
    equal((status, lines[-1]["answered"], lines[-1]["containers"] >= 2), (0, 4, True))
    status, lines, _ = serve("--count", "3", "--fault", "ask@heartbeat", command=fast)
    equal((status, lines[-1]["answered"]), (0, 3))
    serve_soon((1, 1, 1), ["answered", "unanswered"], "--count", "2", "--fault", "truncate=6@1/request#1", command=fast)
    status, _, err = serve("--count", "1", "--fault", "drop@response#9", command=fast)
    equal(status, 3)
    contains(err, "the fault drop@response#9 did not fire")


@test
def what_a_container_loses_that_ends_is_said():
    for oddity, words in (("crash", "killed by signal 6"), ("exit", "out of luck")):
        status, lines, err = serve("--count", "10", "--in-flight", "4", command=odd(oddity))
        equal((status, lines[-1]["event"]), (1, "result"), err)
        # The first of the four ends it, wherever the others are.
        equal([lines[-1][key] for key in ("requests", "answered", "unanswered", "lost")], [4, 0, 0, 4], lines)
        contains(err, words)
    status, out, err = run("serve", "--count", "10", "--", *odd("crash"))
    equal(status, 1, err)
    contains(out.decode(), "0 items in 0 requests", "0 requests unanswered, 1 lost with a container that went away")


@test
def one_that_ends_with_nothing_to_do_has_failed_too():
    status, lines, err = serve(command=odd("exits-when-registered"))
    equal((status, lines[-1]["event"], lines[-1]["requests"]), (1, "result", 0), err)
    contains(err, "exited with status 6")


@test
def whether_a_fault_fired_is_in_the_summary():
    arguments = ["--count", "3", "--fault", "delay=1@request", "--fault", "duplicate@1/heartbeat#1"]
    status, lines, err = serve(*arguments, command=SUM)
    equal(status, 0, err)
    equal(lines[-1]["faults"], [{"fault": "delay=1@request", "fired": 3},
                                {"fault": "duplicate@1/heartbeat#1", "fired": 1}])
    out = run("serve", *arguments, "--", *SUM)[1].decode()
    contains(out, "fault delay=1@request: fired 3 times\n", "fault duplicate@1/heartbeat#1: fired 1 time\n")
    status, lines, _ = serve("--count", "1", "--fault", "drop@response#9", command=SUM)
    equal((status, lines[-1]["faults"]), (3, [{"fault": "drop@response#9", "fired": 0}]))
    with tempfile.TemporaryDirectory() as folder:
        server, _ = begin(folder, "--fault", "drop@heartbeat#1")
        lines, status = stop(server)
    equal((status, lines[-1]["faults"][0]["fired"]), (3, 0), lines)


@test
def the_container_goes_with_the_server():
    mark = new_mark()
    with tempfile.TemporaryDirectory() as folder:
        server, _ = begin(folder, "--", *odd("none", mark))
        next_event(server, "registered")
        server.kill()
        server.wait()
    await_none(mark)


if __name__ == "__main__":
    main()
