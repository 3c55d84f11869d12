#!/usr/bin/env python3
# suite: timed
"""clipper-container --memory 64M under what would take more: it stays below 96 MiB, and serves the next request."""

import socket
import struct
import time

import zmq
from containers import (KEEP_ALIVE, PATIENCE, SEND_METADATA, Clipper, Container, heartbeat, named, request, u32,
                        wait_until)
from tap import equal, main, test

MOST = 96
BUDGET = ["--memory", "64M"]


def peak(container):
    """The most memory that it ever had, in MiB."""
    with open(f"/proc/{container.process.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) // 1024 for line in file if line.startswith("VmHWM"))


def resident(container):
    with open(f"/proc/{container.process.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) // 1024 for line in file if line.startswith("VmRSS"))


def report(container, what, most=MOST):
    print(f"# {what}: {peak(container)} MiB at most", flush=True)
    assert peak(container) < most, what


class Stream:
    """A peer that speaks ZMTP 3.0 by hand, and so may send a message that has no end."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        connection, _ = self.listener.accept()
        connection.settimeout(PATIENCE)
        greeting = b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
        ready = b"\x05READY\x0bSocket-Type" + struct.pack(">I", 6) + b"ROUTER"
        connection.sendall(greeting)
        connection.recv(64, socket.MSG_WAITALL)
        connection.sendall(bytes([4, len(ready)]) + ready)
        connection.recv(2)  # of its own: it has taken ours
        return connection

    @staticmethod
    def frame(size):
        """One that others follow."""
        header = bytes([1, size]) if size < 256 else b"\x03" + struct.pack(">Q", size)
        return header + bytes(size)

    def send_without_end(self, size, limit):
        """One message of frames of SIZE bytes, up to LIMIT bytes. Returns whether the container ended the connection."""
        with self.accept() as connection:
            frame = self.frame(size)
            some = frame * max(1, 65536 // len(frame))
            try:
                for _ in range(limit // len(some)):
                    connection.sendall(some)
            except OSError:
                return True
        return False


@test
def a_message_without_an_end_ends_the_session():
    for size, arguments in ((1000000, BUDGET), (65536, BUDGET), (100, BUDGET), (0, BUDGET),
                            (65536, BUDGET + ["--workers", "0"])):
        with Stream() as stream:
            with Container(*named("--model", "sum", *arguments), port=stream.port) as container:
                assert stream.send_without_end(size, 1 << 30), size
                container.wait_for_log('connection_lost session=1 why="a message was coming')
                assert stream.send_without_end(size, 1 << 30), size
                stream.listener.close()
                with Clipper(stream.port) as clipper:
                    clipper.register()
                    equal(clipper.predict(1, 3, [struct.pack("<d", 2.5)]), [b"2.5"])
                report(container, f"frames of {size} bytes without end, {' '.join(arguments)}")
                equal(container.stop(), 0)


@test
def without_a_memory_the_limits_bound_a_message_that_does_not_end():
    with Stream() as stream:
        arguments = named("--model", "sum", "--max-request-bytes", "1000", "--max-items", "1000")
        with Container(*arguments, port=stream.port) as container:
            assert stream.send_without_end(900, 1 << 30)
            report(container, "--max-request-bytes 1000", 64 + MOST)
            equal(container.stop(), 0)


class SlowReader:
    """A Clipper that takes no responses until it wants to."""

    def __init__(self):
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.linger, self.socket.sndhwm, self.socket.rcvhwm = 0, 10, 1
        self.port = self.socket.bind_to_random_port("tcp://127.0.0.1")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close(0)
        self.context.term()

    def receive(self):
        assert self.socket.poll(1000 * PATIENCE)
        return self.socket.recv_multipart()

    def register(self):
        self.receive()
        self.socket.send_multipart(heartbeat(SEND_METADATA))
        while self.receive()[1] != u32(0):
            pass

    def send_all_it_takes(self, items, data_type):
        """Requests, until none has been taken for a second. Returns how many."""
        count, last = 0, time.monotonic()
        while time.monotonic() < last + 1:
            try:
                self.socket.send_multipart(request(count, data_type, items), zmq.DONTWAIT)
                count, last = count + 1, time.monotonic()
            except zmq.Again:
                time.sleep(0.005)
        return count

    def receive_responses(self, count):
        while count > 0:
            count -= self.receive()[1] == u32(1)


@test
def a_clipper_that_reads_no_responses_fills_no_memory_and_gets_them_all_later():
    for size, count in ((262144, 1), (4000000, 1), (3000, 1), (0, 20000), (100, 1000)):
        with SlowReader() as clipper:
            arguments = named("--model", "echo", "--input-type", "bytes", *BUDGET)
            with Container(*arguments, port=clipper.port) as container:
                clipper.register()
                taken = clipper.send_all_it_takes([bytes(size)] * count, 0)
                report(container, f"{taken} responses of {count} items of {size} bytes that nobody reads")
                clipper.receive_responses(taken)
                equal(container.stop(), 0)


@test
def memory_comes_back_when_it_is_idle():
    for arguments, kept in ((BUDGET, 6), (["--queue", "300"], 70)):  # without a budget, 64 MiB stay for the next request
        with SlowReader() as clipper:
            with Container(*named("--model", "echo", "--input-type", "bytes", *arguments),
                           port=clipper.port) as container:
                clipper.register()
                before = resident(container)
                taken = clipper.send_all_it_takes([bytes(524288)], 0)
                clipper.receive_responses(taken)
                wait_until(lambda: resident(container) < before + kept, "the memory")
                print(f"# {' '.join(arguments)}: {peak(container)} MiB at most, {resident(container)} MiB afterwards", flush=True)
                equal(container.stop(), 0)


@test
def a_request_beyond_its_share_is_refused_and_the_next_is_served():
    with Clipper() as clipper, Container(*named("--model", "noop", "--input-type", "bytes", *BUDGET),
                                         port=clipper.port) as container:
        clipper.register()
        clipper.send(heartbeat(KEEP_ALIVE))
        clipper.send(request(1, 0, [bytes(5 << 20)] * 2))
        equal(clipper.predict(2, 0, [bytes(8 << 20)]), [b"1.0"])
        assert "error=message_too_large" in container.log(), container.log()
        equal(container.stop(), 0)


@test
def a_memory_has_a_unit_or_none():
    for text in ("67108864", "65536K", "64M", "1G"):
        with Container(*named("--model", "noop", "--memory", text), port=1) as container:
            container.wait_for_log("serving")
            equal(container.stop(), 0)
    for text in ("64MB", "64m", "M", "", "1K", "-1", "9999999999G", "1.5G"):
        with Container(*named("--model", "noop"), environment={"CLIPPER_MEMORY": text}) as container:
            equal(container.wait(), 2)
            assert "CLIPPER_MEMORY" in container.log(), container.log()


if __name__ == "__main__":
    main()
