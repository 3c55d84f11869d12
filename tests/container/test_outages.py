#!/usr/bin/env python3
# suite: timed long
"""A container through what happens to a Clipper: started late, killed and restarted, stopped for longer than TO, and
cut off by the network. OUTAGES_REPEAT=N repeats each outage (for 100 repeats without a flake)."""

import json
import os
import signal
import struct
import subprocess
import sys
import threading

from containers import (CONTAINER, KEEP_ALIVE, NEVER, PATIENCE, SEND_METADATA, Clipper, Container, heartbeat, named, request,
                        wait_until)
from tap import Skip, equal, main, test

REPEAT = int(os.environ.get("OUTAGES_REPEAT", "3"))


def serve_forever(port, address):
    """A Clipper that registers each container and sends it one request after the other. Runs in its own process, which
    prints a line for each registration and each answer."""
    known = set()
    number = 0
    with Clipper(port, address) as clipper:
        print(json.dumps({"port": clipper.port}), flush=True)
        while True:
            frames = clipper.receive(3600)
            kind = struct.unpack("<I", frames[1])[0]
            again = kind == 0 and clipper.identity in known  # it was asked twice: heartbeats had piled up
            if kind == 2:
                clipper.send(heartbeat(KEEP_ALIVE if clipper.identity in known else SEND_METADATA))
            elif kind == 0 and not again:
                known.add(clipper.identity)
                print(json.dumps({"registered": clipper.identity.hex()}), flush=True)
            elif kind == 1 and clipper.identity in known:  # else to a Clipper that was here before
                print(json.dumps({"answered": struct.unpack("<I", frames[2])[0], "right": frames[5:] == [b"%d" % number],
                                  "by": clipper.identity.hex()}), flush=True)
            if kind != 2 and not again and clipper.identity in known:
                number += 1
                clipper.send(request(number, 1, [struct.pack("<2i", number - 1, 1)]))


class ClipperProcess:
    """serve_forever as a process."""

    def __init__(self, port=0, address="127.0.0.1", prefix=()):
        self.process = subprocess.Popen([*prefix, sys.executable, os.path.abspath(__file__), "clipper", str(port), address],
                                        stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self.answers = 0
        self.wrong = []
        self.registered = []
        self.port = json.loads(self.process.stdout.readline())["port"]
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            event = json.loads(line)
            if "registered" in event:
                self.registered.append(event["registered"])
            elif event["right"]:
                self.answers += 1
            else:
                self.wrong.append(event)

    def wait_for_answers(self, count=10):
        """COUNT more than there are now."""
        wanted = self.answers + count
        wait_until(lambda: self.answers >= wanted, f"{count} answers")

    def kill(self):
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()


def sum_container(port, *arguments, **options):
    """Its TO is 600 ms: on a machine that is late, sessions end oftener than a test means them to."""
    return Container(*named("--model", "sum", "--input-type", "ints", "--activity-timeout", "600", *arguments), port=port,
                     **options)


def lose_a_session(clipper, container, silence, end_of_silence):
    """Has the container lose a session to silence, and waits until it is registered by another one and answers."""
    lost = container.log().count("session_lost")
    registered = len(set(clipper.registered))
    silence()
    container.wait_for_log("session_lost", lost + 1)
    end_of_silence()
    wait_until(lambda: len(set(clipper.registered)) > registered, "another session")
    clipper.wait_for_answers()


def free_port():
    with Clipper() as clipper:
        return clipper.port


def open_things(container):
    folder = f"/proc/{container.process.pid}"
    return len(os.listdir(folder + "/fd")), len(os.listdir(folder + "/task"))


# ---- On one machine ----


@test
def a_clipper_that_is_started_late_is_found():
    for _ in range(REPEAT):
        port = free_port()
        with sum_container(port) as container:
            container.wait_for_log("session_lost")  # no Clipper for TO
            with ClipperProcess(port) as clipper:
                clipper.wait_for_answers()
                equal(clipper.wrong, [])
            equal(container.stop(), 0)


@test
def a_clipper_that_is_killed_and_restarted_is_found_again():
    port = free_port()
    with sum_container(port) as container:
        for _ in range(3 + REPEAT):
            with ClipperProcess(port) as clipper:
                clipper.wait_for_answers()
                equal(clipper.wrong, [])
        equal(container.stop(), 0)


@test
def a_clipper_that_is_stopped_for_longer_than_to_gets_a_new_session():
    with ClipperProcess() as clipper, sum_container(clipper.port) as container:
        for _ in range(REPEAT):
            clipper.wait_for_answers()
            lose_a_session(clipper, container, lambda: clipper.process.send_signal(signal.SIGSTOP),
                           lambda: clipper.process.send_signal(signal.SIGCONT))
        equal(clipper.wrong, [])
        equal(container.stop(), 0)


@test
def a_clipper_that_is_stopped_for_less_than_to_keeps_the_session():
    with ClipperProcess() as clipper, sum_container(clipper.port, "--activity-timeout", NEVER) as container:
        for _ in range(REPEAT):
            clipper.wait_for_answers()
            clipper.process.send_signal(signal.SIGSTOP)
            try:
                clipper.process.wait(0.35)
            except subprocess.TimeoutExpired:
                pass
            clipper.process.send_signal(signal.SIGCONT)
            clipper.wait_for_answers()
        equal(clipper.wrong, [])
        equal(len(clipper.registered), 1)
        assert "session_lost" not in container.log()
        equal(container.stop(), 0)


@test
def a_container_that_is_stopped_for_longer_than_to_goes_on():
    with ClipperProcess() as clipper, sum_container(clipper.port) as container:
        for _ in range(REPEAT):
            clipper.wait_for_answers()
            container.process.send_signal(signal.SIGSTOP)
            try:
                container.process.wait(1)
            except subprocess.TimeoutExpired:
                pass
            container.process.send_signal(signal.SIGCONT)
            clipper.wait_for_answers()
        equal(clipper.wrong, [])
        equal(container.stop(), 0)


@test
def many_sessions_leave_no_descriptor_and_no_thread_behind():
    with sum_container(1, "--poll-timeout", "20", "--activity-timeout", "40") as container:
        container.wait_for_log("session_lost", 3)
        before = open_things(container)
        container.wait_for_log("session_lost", 12)
        pid = container.process.pid
        wait_until(lambda: open_things(container) == before, f"{before} descriptors and threads in process {pid}")
        equal(container.stop(), 0)


@test
def nothing_leaks_under_valgrind():
    if subprocess.run(["which", "valgrind"], capture_output=True).returncode != 0:
        raise Skip("needs valgrind")
    if b"__asan" in subprocess.run(["nm", CONTAINER], capture_output=True).stdout:
        raise Skip("the program is sanitized already")
    with ClipperProcess() as clipper:
        prefix = ["valgrind", "--quiet", "--error-exitcode=99", "--leak-check=full", "--show-leak-kinds=definite",
                  "--track-fds=yes", "--fair-sched=yes"]
        with sum_container(clipper.port, "--activity-timeout", NEVER, prefix=prefix) as container:
            clipper.wait_for_answers(50)
            equal(container.stop(), 0)
            log = container.log()
            assert "definitely lost" not in log, log
            # Of what is open at the end, all was open at the beginning.
            opened = [line for line in log.splitlines() if "Open " in line]
            inherited = log.count("<inherited from parent>")
            assert len(opened) == inherited, log


# ---- Across a network ----


class Network:
    """Two network namespaces with a cable between them: 10.213.0.1 and 10.213.0.2."""

    def __init__(self):
        self.names = [f"clipper-{os.getpid()}-{i}" for i in (1, 2)]
        self.cables = [f"cl{os.getpid() % 100000}{i}" for i in "ab"]
        try:
            for name in self.names:
                run("ip", "netns", "add", name)
            run("ip", "link", "add", self.cables[0], "netns", self.names[0], "type", "veth", "peer", "name",
                self.cables[1], "netns", self.names[1])
            for i in (0, 1):
                self.inside(i, "ip", "addr", "add", f"10.213.0.{i + 1}/24", "dev", self.cables[i])
                self.inside(i, "ip", "link", "set", self.cables[i], "up")
        except (OSError, subprocess.CalledProcessError) as error:
            self.remove()
            raise Skip(f"no network namespaces here: {error}") from error

    def prefix(self, i):
        return ["ip", "netns", "exec", self.names[i]]

    def inside(self, i, *command):
        run(*self.prefix(i), *command)

    def cut(self):
        """Packets are dropped, both ways, without an error to anyone."""
        for i in (0, 1):
            self.inside(i, "ip", "route", "add", "blackhole", f"10.213.0.{2 - i}/32")

    def mend(self):
        for i in (0, 1):
            self.inside(i, "ip", "route", "del", "blackhole", f"10.213.0.{2 - i}/32")

    def remove(self):
        for name in self.names:
            subprocess.run(["ip", "netns", "del", name], capture_output=True)


def run(*command):
    subprocess.run(command, check=True, capture_output=True)


@test
def a_network_that_is_cut_and_mended():
    network = Network()
    try:
        with ClipperProcess(7000, "10.213.0.1", network.prefix(0)) as clipper, \
                sum_container(7000, "--ip", "10.213.0.1",
                              prefix=network.prefix(1)) as container:
            for _ in range(REPEAT):
                clipper.wait_for_answers()
                lose_a_session(clipper, container, network.cut, network.mend)
            equal(clipper.wrong, [])
            equal(container.stop(), 0)
    finally:
        network.remove()


if __name__ == "__main__":
    if sys.argv[1:2] == ["clipper"]:
        serve_forever(int(sys.argv[2]), sys.argv[3])
    else:
        assert PATIENCE > 0
        main()
