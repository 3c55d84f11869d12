"""What the tests of the containers share: a small stand-in for Clipper that sends exactly what it is told to. It puts its bytes together by hand, so that it shares no code, and no mistake, with what it tests."""
import contextlib
import os
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
from tap import equal  # noqa: E402

try:
    import zmq
except ImportError:
    zmq = None

TYPES = ("bytes", "ints", "floats", "doubles", "strings")
WIDTHS = (1, 4, 4, 8, 1)
PATIENCE = 20  # seconds: for a virtual machine that starts while others work


def u32(value):
    return struct.pack("<I", value)


def words(*values):
    return struct.pack(f"<{len(values)}Q", *values)


VERSION, HEARTBEAT = u32(3), [b"", u32(2)]
KEEP_ALIVE, SEND_METADATA = [b"", VERSION, u32(2), u32(0)], [b"", VERSION, u32(2), u32(1)]


def request(number, data_type, items):
    metadata = words(data_type, len(items), *map(len, items))
    return [b"", VERSION, u32(1), u32(number), u32(0), words(len(metadata)), metadata, *items]


def response(number, outputs, wire):
    metadata = words(*([4] if wire == "document" else []), len(outputs), *map(len, outputs))
    return [b"", u32(1), u32(number), words(len(metadata)), metadata, *outputs]


def probe(data_type, item):
    return b"%d:%08x" % (len(item) // WIDTHS[data_type], zlib.crc32(item))


class Clipper:
    """Clipper's end for one container: a ROUTER socket, and the process at its other end."""

    def __init__(self, command, poll_timeout=5000, activity_timeout=30000, input_type="strings", **variables):
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.ROUTER)
        self.socket.linger, self.socket.sndhwm, self.socket.router_mandatory = 0, 0, 1
        self.socket.handshake_ivl = 0  # libzmq 4.3.4 would drop JeroMQ 0.3.6 after 30 s: it speaks ZMTP 2
        port = self.socket.bind_to_random_port("tcp://127.0.0.1")
        variables = {"CLIPPER_MODEL_NAME": "model", "CLIPPER_MODEL_VERSION": "12", "CLIPPER_PORT": str(port),
                     "CLIPPER_INPUT_TYPE": input_type, "CLIPPER_POLL_TIMEOUT_MS": str(poll_timeout),
                     "CLIPPER_ACTIVITY_TIMEOUT_MS": str(activity_timeout), **variables}
        self.errors = tempfile.TemporaryFile()
        self.process = start(command, variables, self.errors)
        self.identity = None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, stack):
        kill(self.process)
        if error is not None:
            for line in self.standard_error()[-2000:].splitlines():
                print("# stderr: " + line)
        self.errors.close()
        self.context.destroy()

    def receive(self, seconds=PATIENCE):
        """The next message; self.identity becomes its sender's."""
        end = time.monotonic() + seconds
        while not self.socket.poll(100):
            if self.process.poll() is not None:
                raise AssertionError(f"the container has ended, with status {self.process.returncode}")
            if time.monotonic() >= end:
                raise AssertionError(f"nothing came from the container in {seconds} s")
        self.identity, *frames = self.socket.recv_multipart()
        return frames

    def send(self, frames):
        self.socket.send_multipart([self.identity, *frames])

    def standard_error(self):
        """All that the container has said so far, on stderr or stdout."""
        return os.pread(self.errors.fileno(), 1 << 20, 0).decode(errors="replace")

    def register(self):
        """Takes the container through the handshake, and returns its new container message. Where one of them is slow, a
        second heartbeat may come before it."""
        equal(self.receive(), HEARTBEAT, "the first message")
        self.send(SEND_METADATA)
        while (frames := self.receive()) == HEARTBEAT:
            pass
        return frames

    def answer(self):
        """The next message that is no heartbeat; heartbeats are answered."""
        while (frames := self.receive()) == HEARTBEAT:
            self.send(KEEP_ALIVE)
        return frames

    def exit_status(self):
        return self.process.wait(PATIENCE)


def start(command, variables, errors):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CLIPPER_")}
    return subprocess.Popen(command, env={**environment, **variables}, stdin=subprocess.DEVNULL, stdout=errors,
                            stderr=errors, start_new_session=True)


def kill(process):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
