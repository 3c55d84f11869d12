#!/usr/bin/env python3
"""A model container for Clipper in Python: an example for implementers.

It is written from the specification, spec/clipper-rpc.md; what is in brackets, such as [TMO-4], is the requirement
that a line is there for. It needs Python 3.8 and pyzmq (Debian: python3-zmq). messages.py beside it has the messages.

    CLIPPER_MODEL_NAME=digits CLIPPER_MODEL_VERSION=1 ./container.py

The settings are those of the specification's section 13, and: CLIPPER_MODEL is probe (default), sum, noop or echo;
with CLIPPER_MODEL_DELAY_MS each request takes so much longer; CLIPPER_BUG=signed-bytes switches on a fault of
released containers, for tests: bytes are read as signed numbers, 0xff as -1 (it shows in the model sum).

Two threads: the main one owns the socket and never works, the other one runs the model [HB-11].
"""
import os
import queue
import select
import signal
import socket as sockets
import struct
import sys
import threading
import time
import zlib

import zmq

from messages import (LIMITS, SEND_METADATA, STRINGS, TYPE_NAMES, VERSION, WIDTHS, Feedback, Heartbeat, Malformed,
                      VersionMismatch, decode, encode_heartbeat, encode_new_container, encode_response)

BURST = 100  # messages read before answers are sent
GRACE = 1.0  # seconds in which an answer may still become ready after SIGTERM [PROC-7]
LINGER_MS = 200  # for what is not yet written to the network when the process ends


# ---- Models ------------------------------------------------------------------------------------------------


def probe(data_type, item, bug):
    return b"%d:%08x" % (len(item) // WIDTHS[data_type], zlib.crc32(item))


def add_up(data_type, item, bug):
    """The elements added in order; of a string, its length. Little-endian, any alignment [PRED-18 to PRED-20]."""
    if data_type == STRINGS:
        return b"%d" % len(item)
    code = ("b" if bug == "signed-bytes" else "B", "i", "f", "d")[data_type]
    total = 0
    for (element,) in struct.iter_unpack("<" + code, item):
        total += element
    return repr(total).encode()


MODELS = {"probe": probe, "sum": add_up, "noop": lambda data_type, item, bug: b"1.0",
          "echo": lambda data_type, item, bug: item}


# ---- The session -------------------------------------------------------------------------------------------


class Log:
    """Lines on standard error, ten a second at the most [MAL-19]."""

    def __init__(self):
        self.second, self.lines = 0, 0

    def __call__(self, text):
        second = int(time.monotonic())
        if second != self.second:
            if self.lines > 10:
                print(f"container: {self.lines - 10} more lines like these", file=sys.stderr)
            self.second, self.lines = second, 0
        self.lines += 1
        if self.lines <= 10:
            print("container: " + text, file=sys.stderr)


class Container:
    """One container: session after session, until it is asked to stop or meets another version."""

    def __init__(self, settings):
        self.settings = settings
        self.log = Log()
        self.context = zmq.Context()
        self.session = 0  # its number; a response goes out in the session of its request [TMO-14]
        self.outstanding = 0  # requests of this session that are with the model
        self.signals = 0
        self.requests = queue.SimpleQueue()
        self.responses = queue.SimpleQueue()
        # One byte here makes the poll return: a response is ready, or a signal came.
        self.wake, self.wake_writer = sockets.socketpair()
        self.wake.setblocking(False)
        self.wake_writer.setblocking(False)

    def run(self):
        """Returns the exit status. The number of sessions has no limit [TMO-8, PROC-5]."""
        signal.set_wakeup_fd(self.wake_writer.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.on_signal)
        threading.Thread(target=self.work, daemon=True).start()
        status = None
        while status is None:
            status = self.run_session()
        self.context.term()
        return status

    def on_signal(self, number, stack):
        self.signals += 1

    def open_socket(self):
        socket = self.context.socket(zmq.DEALER)  # its identity is left to ZeroMQ [FRM-10]
        socket.linger = 0  # what a dead Clipper did not take is of no use to the next one
        socket.sndhwm = 0  # never block in send: the other thread's answers are bounded by Clipper's requests
        socket.maxmsgsize = LIMITS["total_bytes"]  # a larger frame is refused before memory is taken [MAL-18]
        # ZeroMQ paces its attempts to connect, with jitter, when RECONNECT_IVL is not 0 [TMO-16]: 100 to 200 ms.
        endpoint = f"tcp://{self.settings.ip}:{self.settings.port}"
        try:
            socket.connect(endpoint)  # [FRM-2]
        except zmq.ZMQError as error:
            socket.close()
            stop(f"CLIPPER_IP: cannot connect to {endpoint}: {error}")
        return socket

    def run_session(self):
        """One session on a socket of its own [TMO-1]. None: Clipper was silent for TO. Else the exit status."""
        self.session += 1
        self.outstanding = 0
        socket = self.open_socket()
        poller = zmq.Poller()
        poller.register(socket, zmq.POLLIN)
        poller.register(self.wake, zmq.POLLIN)
        try:
            return self.serve(socket, poller)
        except VersionMismatch as mismatch:  # [VER-2 to VER-5]
            print(f"container: Clipper speaks RPC version {mismatch.actual}, this container speaks {VERSION}: "
                  "it ends", file=sys.stderr)
            return 3
        finally:
            poller.unregister(socket)  # [TMO-6]
            socket.close()

    def serve(self, socket, poller):
        poll_timeout, activity_timeout = self.settings.poll_timeout, self.settings.activity_timeout
        socket.send_multipart(encode_heartbeat())  # [REG-1]
        # Nanoseconds of a clock that never steps [TMO-11]. Silence is counted from the opening [TMO-10].
        last_activity = poll_began = time.monotonic_ns()
        while True:
            # The time is taken first, then the socket is read, then the time is judged: what came while the process
            # was held up is read before the session is given up. ZeroMQ's thread was held up as well: it gets as long.
            now = time.monotonic_ns()
            late = (now - poll_began - poll_timeout) // 1_000_000  # in milliseconds; below 0: D is not over
            ending = late >= 0 and now - last_activity >= activity_timeout  # [TMO-4, TMO-5]
            poller.poll(-late if late < 0 else min(late, poll_timeout // 1_000_000) if ending else 0)
            self.clear_wake()
            self.send_responses(socket)
            if self.signals:
                self.finish(socket)
                socket.linger = LINGER_MS
                return 0  # [PROC-6]
            if self.receive(socket):
                last_activity = poll_began = time.monotonic_ns()  # any message [HB-8, HB-9], and only those [TMO-3]
            elif late < 0:
                continue
            elif ending:
                self.log("Clipper is silent: a new session")
                return None
            else:
                socket.send_multipart(encode_heartbeat())  # [HB-6]
                poll_began = time.monotonic_ns()

    def receive(self, socket):
        """Reads what is there, and says whether there was anything."""
        for count in range(BURST):
            try:
                frames = socket.recv_multipart(zmq.DONTWAIT)
            except zmq.Again:
                return count > 0
            try:
                self.on_message(socket, decode(frames))
            except VersionMismatch:
                raise
            except Malformed as malformed:
                self.log(f"message dropped: {malformed}")  # and the next one is served [MAL-1]
        return True

    def on_message(self, socket, message):
        settings = self.settings
        if isinstance(message, Heartbeat):
            if message.type == SEND_METADATA:  # each time, at any time [REG-2, REG-3]; a keep-alive: nothing [HB-5]
                socket.send_multipart(encode_new_container(settings.wire, settings.name, settings.version,
                                                           settings.input_type))
        elif isinstance(message, Feedback):
            self.log(f"feedback request {message.id} dropped")  # [FBK-2]
        elif message.type != settings.input_type:  # [MAL-10]
            self.log(f"request {message.id} dropped: {TYPE_NAMES[message.type]} for a model that takes "
                     f"{TYPE_NAMES[settings.input_type]}")
        else:
            self.outstanding += 1
            self.requests.put((self.session, message))

    def send_responses(self, socket):
        while not self.responses.empty():
            session, frames = self.responses.get()
            if session == self.session:
                self.outstanding -= 1
                if frames:
                    socket.send_multipart(frames)

    def finish(self, socket):
        """Answers what the model works on, for a bounded time; a second signal ends that, too [PROC-7]."""
        end = time.monotonic() + GRACE
        while self.outstanding and self.signals < 2 and time.monotonic() < end:
            select.select([self.wake], [], [], max(0.0, end - time.monotonic()))
            self.clear_wake()
            self.send_responses(socket)

    def clear_wake(self):
        try:
            while self.wake.recv(4096):
                pass
        except BlockingIOError:
            pass

    def work(self):
        """The model's thread. A request that the model cannot answer is not answered [PRED-29]."""
        settings = self.settings
        while True:
            session, request = self.requests.get()
            frames = None
            try:
                if settings.delay:
                    time.sleep(settings.delay)
                # One output an input, in order [PRED-11, PRED-12]; the id is the request's [PRED-6].
                outputs = [settings.model(request.type, item, settings.bug) for item in request.items]
                frames = encode_response(settings.wire, request.id, outputs)
            except Exception as error:
                self.log(f"request {request.id} is not answered: {error!r}")
            self.responses.put((session, frames))
            try:
                self.wake_writer.send(b"\0")
            except BlockingIOError:
                pass  # full of bytes: the poll returns anyhow


# ---- The process -------------------------------------------------------------------------------------------

ALIASES = {alias: number for number, aliases in enumerate((
    "b bytes byte", "i ints int integer integers", "f floats float", "d doubles double", "s strings string strs str",
)) for alias in aliases.split()}  # [DEP-4]


class Settings:
    """The environment of section 13. What is missing or impossible ends the process, by name [PROC-3, PROC-4]."""

    def __init__(self):
        self.name = os.fsencode(self.required("CLIPPER_MODEL_NAME"))  # byte for byte [REG-5, REG-6]
        self.version = os.fsencode(self.required("CLIPPER_MODEL_VERSION"))
        self.ip = os.environ.get("CLIPPER_IP") or "127.0.0.1"
        self.port = self.number("CLIPPER_PORT", 7000, 65535)
        self.input_type = self.choice("CLIPPER_INPUT_TYPE", "doubles", ALIASES)
        self.wire = self.choice("CLIPPER_WIRE", "release", {"release": "release", "document": "document"})
        self.poll_timeout = self.number("CLIPPER_POLL_TIMEOUT_MS", 5000) * 1_000_000
        self.activity_timeout = self.number("CLIPPER_ACTIVITY_TIMEOUT_MS", 30000) * 1_000_000
        self.model = self.choice("CLIPPER_MODEL", "probe", MODELS)
        self.delay = self.number("CLIPPER_MODEL_DELAY_MS", 0, least=0) / 1000
        self.bug = self.choice("CLIPPER_BUG", "", {"": None, "signed-bytes": "signed-bytes"})

    @staticmethod
    def required(variable):
        value = os.environ.get(variable)
        if not value:
            stop(f"{variable} is not set")
        return value

    @staticmethod
    def choice(variable, default, choices):
        value = os.environ.get(variable) or default
        if value not in choices:
            stop(f"{variable}: '{value}' is none of {', '.join(choices)}")
        return choices[value]

    @staticmethod
    def number(variable, default, most=2**31 - 1, least=1):
        value = os.environ.get(variable) or str(default)
        if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
            stop(f"{variable}: '{value}' is no number from {least} to {most}")
        return int(value)


def stop(text):
    print("container: " + text, file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    if sys.argv[1:]:
        stop(f"unknown argument '{sys.argv[1]}': all settings come from the environment")
    sys.exit(Container(Settings()).run())
