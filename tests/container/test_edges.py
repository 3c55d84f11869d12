#!/usr/bin/env python3
# suite: timed
"""clipper-container where it meets what it does not control: files, signals, logs, descriptors, clients, addresses."""

import fcntl
import os
import re
import signal
import socket
import stat
import struct
import subprocess
import tempfile
import time

from containers import (HEARTBEAT, KEEP_ALIVE, NEVER, PATIENCE, SEND_METADATA, Clipper, Container, build_model,
                        heartbeat, named, request, u32, wait_until)
from tap import Skip, equal, main, test

FOLDER = tempfile.TemporaryDirectory()
HERE = os.path.dirname(os.path.abspath(__file__))
STUBBORN = build_model(FOLDER.name, os.path.join(HERE, "stubborn_model.c"))


def stubborn(how, *arguments):
    return named("--model-library", STUBBORN, "--model-path", how, "--input-type", "strings", *arguments)


def run(*arguments, environment=None, limit=None):
    """Runs it to its end. Returns (exit status, stderr)."""
    with Container(*arguments, environment=environment, prefix=limit or ()) as container:
        return container.wait(), container.log()


# ---- Readiness files ----


@test
def nothing_but_an_empty_file_of_its_own_is_ever_removed():
    data, pipe, link, folder = (os.path.join(FOLDER.name, name) for name in ("data", "pipe", "link", "folder"))
    with open(data, "w", encoding="ascii") as file:
        file.write("precious")
    os.mkfifo(pipe)
    os.symlink("/dev/null", link)
    os.mkdir(folder)
    paths = [data, pipe, link, folder]
    if os.geteuid() == 0:
        device, foreign = os.path.join(FOLDER.name, "device"), os.path.join(FOLDER.name, "foreign")
        os.mknod(device, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        open(foreign, "w", encoding="ascii").close()
        os.chown(foreign, 65534, 65534)
        paths += [device, foreign]
    for path in paths:
        status, log = run(*named("--model", "noop", "--port", "1", "--ready-file", path))
        equal(status, 1, path)
        assert re.search(r"^\S+Z error cannot_start why=.* what=" + re.escape(path), log, re.M), log
        assert os.path.lexists(path), path
    for path in (pipe, link, folder):
        status, log = run(*named("--model", "noop", "--port", "1", "--legacy-ready-file", path))
        equal(status, 1, path)
        assert "error cannot_start" in log and path in log, log
    with open(data, encoding="ascii") as file:
        equal(file.read(), "precious")


@test
def a_legacy_file_with_something_in_it_is_left_as_it_is():
    path = os.path.join(FOLDER.name, "check")
    with open(path, "w", encoding="ascii") as file:
        file.write("READY")
    with Container(*named("--model", "noop", "--legacy-ready-file", path), port=1) as container:
        container.wait_for_log("session_opened")
        equal(container.stop(), 0)
    with open(path, encoding="ascii") as file:
        equal(file.read(), "READY")


@test
def a_ready_file_that_cannot_be_made_is_an_error_at_the_start():
    status, log = run(*named("--model", "noop", "--ready-file", "/nowhere/at/all", "--log-format", "json"))
    equal(status, 1)
    assert '"event":"cannot_start","why":"No such file or directory","what":"/nowhere/at/all"' in log, log


@test
def what_took_the_place_of_the_ready_file_is_left_alone():
    path = os.path.join(FOLDER.name, "ready")
    with Clipper() as clipper, Container(*named("--model", "noop", "--ready-file", path),
                                         port=clipper.port) as container:
        clipper.register()
        clipper.send(heartbeat(KEEP_ALIVE))
        wait_until(lambda: os.path.exists(path), "the ready file")
        with open(path, "w", encoding="ascii") as file:
            file.write("precious")
        equal(container.stop(), 0)
        assert os.path.exists(path)
        assert "error ready_file_failed" in container.log(), container.log()
    os.remove(path)


# ---- Signals ----


def full_pipe():
    """A pipe that nobody reads, filled. Returns its ends."""
    ends = os.pipe()
    fcntl.fcntl(ends[1], fcntl.F_SETFL, os.O_NONBLOCK)
    try:
        while os.write(ends[1], b"x" * 4096):
            pass
    except BlockingIOError:
        pass
    fcntl.fcntl(ends[1], fcntl.F_SETFL, 0)
    return ends


def in_state(name, clipper, container):
    """Brings the container into the state NAME."""
    if name in ("opening", "opening, SIGINT", "no Clipper", "no host"):
        return time.sleep(0.3)
    equal(clipper.receive(), HEARTBEAT)
    if name == "heartbeat sent":
        return None
    clipper.send(heartbeat(SEND_METADATA))
    clipper.receive_other_than_heartbeats(answer=False)
    if name == "metadata sent":
        return None
    clipper.send(heartbeat(KEEP_ALIVE))
    items = {"predicting": b"sleep", "predicting inline": b"sleep", "predicting, 4 workers": b"sleep",
             "spinning": b"spin", "spinning inline": b"spin", "queue full": b"sleep", "predicting, stderr full": b"sleep"}
    for number in range(20 if name == "queue full" else 4):
        if name in items:
            clipper.send(request(number, 4, [items[name]]))
    if name == "failing":
        for number in range(50):
            clipper.send(request(number, 4, [b"fail"]))
    if name == "flooded":
        for number in range(20000):
            clipper.send([b"garbage"])
    if name == "half a message":
        clipper.send(request(1, 4, [b"x" * 1000000]))
    if name == "Clipper gone":
        clipper.socket.close()
    return time.sleep(0.3)


STATES = [
    # name, how the model behaves, arguments, stderr full
    ("opening", "open-blocks", [], False),
    ("opening, SIGINT", "open-blocks", [], False),
    ("no Clipper", "ok", [], False),
    ("no host", "ok", ["--ip", "no-such-host.invalid"], False),
    ("heartbeat sent", "ok", [], False),
    ("metadata sent", "ok", [], False),
    ("registered", "ok", [], False),
    ("idle, stderr full", "ok", ["--log-level", "debug"], True),
    ("predicting", "ok", [], False),
    ("predicting inline", "ok", ["--workers", "0"], False),
    ("predicting, 4 workers", "ok", ["--workers", "4"], False),
    ("predicting, stderr full", "ok", ["--workers", "0"], True),
    ("spinning", "ok", [], False),
    ("spinning inline", "ok", ["--workers", "0"], False),
    ("queue full", "ok", ["--queue", "2"], False),
    ("failing", "ok", [], False),
    ("flooded", "ok", ["--workers", "0"], False),
    ("half a message", "ok", [], False),
    ("Clipper gone", "ok", [], False),
    ("closing", "close-blocks", [], False),
    ("closing after metrics", "close-blocks", ["--metrics-port", "0"], False),
]


@test
def sigterm_ends_it_within_the_grace_period_in_each_of_these_states():
    for name, how, arguments, full in STATES:
        ends = full_pipe() if full else None
        with Clipper() as clipper:
            container = Container(*stubborn(how, "--grace", "1000", *arguments),
                                  port=1 if name == "no Clipper" else clipper.port,
                                  stderr=ends[1] if full else None)
            with container:
                in_state(name, clipper, container)
                began = time.monotonic()
                equal(container.stop(signal.SIGINT if "SIGINT" in name else signal.SIGTERM), 0, name)
                took = time.monotonic() - began
                assert took < 2.5, f"{name}: {took:.1f} s"  # the grace period, a second to close down, a late machine
        for end in ends or ():
            os.close(end)


@test
def a_second_signal_ends_it_at_once_whatever_it_does():
    for name, how, arguments, _ in STATES:
        if name not in ("predicting", "predicting inline", "spinning inline", "closing"):
            continue
        with Clipper() as clipper, Container(*stubborn(how, "--grace", NEVER, *arguments),
                                             port=clipper.port) as container:
            in_state(name, clipper, container)
            container.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            assert container.process.poll() is None, name
            began = time.monotonic()
            equal(container.stop(), 0, name)
            assert time.monotonic() - began < 1, name


@test
def a_signal_for_the_counters_does_nothing_while_the_model_opens():
    with Container(*stubborn("open-blocks"), port=1) as container:
        time.sleep(0.2)
        container.process.send_signal(signal.SIGUSR1)
        time.sleep(0.1)
        assert container.process.poll() is None
        equal(container.stop(), 0)


# ---- Logs and descriptors ----


@test
def a_log_that_nobody_reads_stops_nothing_and_is_made_up_for():
    ends = os.pipe()
    fcntl.fcntl(ends[1], 1031, 4096)  # F_SETPIPE_SZ
    with Clipper() as clipper:
        with Container(*named("--model", "noop", "--log-level", "debug", "--poll-timeout", "5", "--metrics-port", "0"),
                       port=clipper.port, stderr=ends[1]) as container:
            clipper.register()
            for _ in range(200):
                clipper.receive()
            equal(clipper.predict(1, 3, [b""]), [b"1.0"])
            first = os.read(ends[0], 1 << 16).decode()
            port = int(re.search(r" metrics address=127.0.0.1 port=(\d+)", first).group(1))
            dropped = int(re.search(r"clipper_container_log_lines_dropped_total (\d+)", fetch(port)).group(1))
            assert dropped > 50, dropped
            log = os.read(ends[0], 1 << 16).decode()  # which may have been filled again
            for _ in range(3):
                clipper.receive()
            equal(container.stop(), 0)
            log += os.read(ends[0], 1 << 16).decode()
            told = sum(map(int, re.findall(r"warning log_lines_dropped count=(\d+)\n", log)))
            assert told >= dropped, (told, dropped)
    for end in ends:
        os.close(end)


@test
def no_socket_becomes_stderr():
    for closed in ("2>&-", "<&- >&- 2>&-", "<&-"):
        with Clipper() as clipper:
            with Container(*named("--model", "noop", "--log-level", "debug"), port=clipper.port,
                           prefix=["sh", "-c", f'exec "$@" {closed}', "-"]) as container:
                clipper.register()
                for number in range(3):
                    target = os.readlink(f"/proc/{container.process.pid}/fd/{number}")
                    assert target.startswith(("/", "pipe:")), (closed, number, target)
                equal(clipper.predict(1, 3, [b""]), [b"1.0"])
                equal(container.stop(), 0)


@test
def too_few_descriptors_are_said_before_anything_breaks():
    for most in (8, 12, 20):
        status, log = run(*named("--model", "noop"), limit=["prlimit", f"--nofile={most}"])
        equal(status, 1, most)
        assert "error cannot_start" in log and "ulimit -n" in log, log


# ---- Metrics ----


def fetch(port):
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        text = b""
        while more := connection.recv(1 << 16):
            text += more
    return text.decode()


@test
def clients_that_say_nothing_block_neither_metrics_nor_the_end():
    with Clipper() as clipper, Container(*named("--model", "noop", "--metrics-port", "0"),
                                         port=clipper.port) as container:
        clipper.register()
        port = int(re.search(r" metrics address=127.0.0.1 port=(\d+)", container.log()).group(1))
        for count in (16, 40, 100):
            idle = [socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) for _ in range(count)]
            for connection in idle:
                try:
                    connection.sendall(b"GET /metrics HT")
                except OSError:
                    pass  # closed already, for those after it
            began = time.monotonic()
            assert "clipper_container_registered" in fetch(port)
            assert time.monotonic() - began < 3, count
            if count == 16:
                for connection in idle:
                    connection.close()
        began = time.monotonic()
        equal(container.stop(), 0)
        assert time.monotonic() - began < 3
        for connection in idle:
            connection.close()


@test
def metrics_are_of_this_host_alone_unless_an_address_is_given():
    for address, reached in (("127.0.0.2", "127.0.0.2"), ("*", "127.0.0.3"), ("localhost", "localhost")):
        with Container(*named("--model", "noop", "--metrics-port", "0", "--metrics-address", address),
                       port=1) as container:
            container.wait_for_log(" metrics ")
            port = int(re.search(r" metrics address=\S+ port=(\d+)", container.log()).group(1))
            socket.create_connection((reached, port), timeout=PATIENCE).close()
            equal(container.stop(), 0)
    with Container(*named("--model", "noop", "--metrics-port", "0"), port=1) as container:
        container.wait_for_log(" metrics ")
        port = int(re.search(r" metrics address=127.0.0.1 port=(\d+)", container.log()).group(1))
        try:
            socket.create_connection(("127.0.0.2", port), timeout=PATIENCE).close()
            raise AssertionError("reached at another address")
        except ConnectionRefusedError:
            pass
        equal(container.stop(), 0)


@test
def a_metrics_port_in_use_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, log = run(*named("--model", "noop", "--metrics-port", str(port)))
        equal(status, 1)
        assert f'cannot_start why="cannot serve metrics at 127.0.0.1 port {port}: Address already in use"' in log, log


# ---- Addresses ----


@test
def what_is_no_host_is_refused_with_a_hint():
    for host in ("127.0.0.1:7000", "clipper:7000", "tcp://clipper:7000", "[::1]:7000"):
        status, log = run(*named("--model", "noop"), environment={"CLIPPER_IP": host})
        equal(status, 2, host)
        assert "CLIPPER_PORT" in log and "CLIPPER_IP" in log, log
    status, log = run(*named("--model", "noop"), environment={"CLIPPER_PORT": "tcp://10.96.0.17:7000"})
    equal(status, 2)
    assert "CLIPPER_PORT" in log and "enableServiceLinks: false" in log, log


@test
def an_ipv6_address_is_taken_with_brackets_and_without():
    for host in ("::1", "[::1]"):
        with Container(*named("--model", "noop", "--ip", host, "--port", "7001")) as container:
            container.wait_for_log("serving")
            assert 'endpoint=tcp://[::1]:7001' in container.log(), container.log()
            equal(container.stop(), 0)


@test
def a_bad_endpoint_is_a_matter_of_usage():
    for endpoint in ("nonsense", "tcp://127.0.0.1", "tcp://127.0.0.1:70000", "tcp://:7000", "udp://127.0.0.1:1", "tcp://",
                     "gopher://h:1", "tcp://*:7000"):
        status, log = run(*named("--model", "noop", "--endpoint", endpoint))
        equal(status, 2, endpoint + log)
        assert "error cannot_connect why=" in log, (endpoint, log)


# ---- What the connection does ----


@test
def the_log_says_what_the_connection_does():
    with socket.socket() as taken:  # a port where nobody listens
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with Container(*named("--model", "noop"), port=port) as container:
            container.wait_for_log('connection_failed session=1 why="connection refused, or')
            taken.close()
            with Clipper(port) as clipper:
                clipper.register()
                container.wait_for_log("info connected session=1")
                equal(container.log().count("connection_failed"), 1)
            container.wait_for_log("warning disconnected session=1")
            equal(container.stop(), 0)


@test
def who_does_not_speak_zeromq_is_told_from_who_does():
    with socket.create_server(("127.0.0.1", 0)) as server:
        with Container(*named("--model", "noop"), port=server.getsockname()[1]) as container:
            connection, _ = server.accept()
            greeting = b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"MAGIC".ljust(20, b"\0") + bytes(32)  # no such mechanism
            connection.sendall(greeting)
            container.wait_for_log("does not speak ZeroMQ")
            connection.close()
            equal(container.stop(), 0)


@test
def a_host_without_an_address_is_named_and_tried_again():
    with Container(*named("--model", "noop", "--ip", "no-such-host.invalid", "--poll-timeout", "20")) as container:
        container.wait_for_log("warning connection_failed why=", 3)
        assert "session_opened" not in container.log(), container.log()
        equal(container.stop(), 0)


RESOLVER = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
int getaddrinfo(const char *host, const char *port, const struct addrinfo *hints, struct addrinfo **found) {
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) = dlsym(RTLD_NEXT, "getaddrinfo");
    if (host == NULL || strcmp(host, "only6.example") != 0)
        return real(host, port, hints, found);
    return hints->ai_family == AF_INET ? EAI_NONAME : real("::1", port, hints, found);
}
"""


@test
def a_name_that_has_ipv6_addresses_alone_is_reached():
    source, shim = os.path.join(FOLDER.name, "only6.c"), os.path.join(FOLDER.name, "only6.so")
    with open(source, "w", encoding="ascii") as file:
        file.write(RESOLVER)
    subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-o", shim, source, "-ldl"], check=True)
    try:
        clipper = Clipper(address="[::1]", ipv6=True)
    except OSError as error:
        raise Skip("there is no ::1 here") from error
    with clipper, Container(*named("--model", "noop", "--ip", "only6.example"), port=clipper.port,
                            environment={"LD_PRELOAD": shim}) as container:
        clipper.register()
        equal(clipper.predict(1, 3, [b""]), [b"1.0"])
        equal(container.stop(), 0)


@test
def being_asked_for_the_metadata_again_and_again_names_the_wire():
    for wire, other in (("release", "document"), ("document", "release")):
        with Clipper() as clipper, Container(*named("--model", "noop", "--wire", wire), port=clipper.port) as container:
            equal(clipper.receive(), HEARTBEAT)
            for _ in range(3):
                assert "metadata_asked_again" not in container.log()
                clipper.send(heartbeat(SEND_METADATA))
                equal(clipper.receive_other_than_heartbeats(answer=False)[1], u32(0))
            container.wait_for_log("warning metadata_asked_again session=1")
            line = next(line for line in container.log().splitlines() if "metadata_asked_again" in line)
            assert f"CLIPPER_WIRE={wire}" in line and f"CLIPPER_WIRE={other}" in line, line
            clipper.send(heartbeat(KEEP_ALIVE))
            equal(clipper.predict(1, 3, [b""]), [b"1.0"])
            equal(container.stop(), 0)


# ---- A process that does not run ----


@test
def requests_that_came_while_it_was_stopped_are_answered_and_the_session_goes_on():
    with Clipper() as clipper, Container(*named("--model", "noop", "--activity-timeout", "400"),
                                         port=clipper.port) as container:
        clipper.register()
        clipper.send(heartbeat(KEEP_ALIVE))
        equal(clipper.predict(1, 3, [b""]), [b"1.0"])
        container.process.send_signal(signal.SIGSTOP)
        first = clipper.identity
        for number in range(100):
            clipper.send(request(number, 3, [b""]))
        time.sleep(1)
        container.process.send_signal(signal.SIGCONT)
        for number in range(100):
            equal(clipper.receive_other_than_heartbeats()[2], struct.pack("<I", number))
            equal(clipper.identity, first)
        assert "session_lost" not in container.log(), container.log()
        equal(container.stop(), 0)


if __name__ == "__main__":
    main()
