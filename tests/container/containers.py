"""What the tests of clipper-container share: the command as a process, and a small Clipper to talk to it."""

import os
import signal
import struct
import subprocess
import sys
import tempfile
import time

import zmq

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "..", "tools"))
from tap import BUILD, ROOT  # noqa: E402

CONTAINER = os.path.abspath(os.environ.get("CLIPPER_CONTAINER", os.path.join(BUILD, "clipper-container")))
PATIENCE = 60  # seconds: longer than anything takes that is right, on a machine that does much else
NEVER = "3600000"  # milliseconds: longer than any test runs

KEEP_ALIVE, SEND_METADATA = 0, 1
TYPES = ["bytes", "ints", "floats", "doubles", "strings"]


def u32(value):
    return struct.pack("<I", value)


def u64(value):
    return struct.pack("<Q", value)


def heartbeat(kind, version=3):
    return [b"", u32(version), u32(2), u32(kind)]


def request(identifier, data_type, items):
    metadata = b"".join(u64(word) for word in [data_type, len(items)] + [len(item) for item in items])
    return [b"", u32(3), u32(1), u32(identifier), u32(0), u64(len(metadata)), metadata, *items]


HEARTBEAT = [b"", u32(2)]


class Clipper:
    """A ROUTER socket. Talks to the container that it heard last."""

    def __init__(self, port=0, address="127.0.0.1", ipv6=False):
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.ROUTER)
        self.socket.linger = 0
        self.socket.ipv6 = ipv6
        self.socket.sndhwm = self.socket.rcvhwm = 0
        limit = time.monotonic() + PATIENCE
        while True:
            try:
                self.socket.bind(f"tcp://{address}:{port or '*'}")
                break
            except zmq.ZMQError:  # the port of a Clipper that has just ended
                if time.monotonic() > limit:
                    raise
                time.sleep(0.01)
        self.port = int(self.socket.getsockopt(zmq.LAST_ENDPOINT).decode().rstrip("\0").rsplit(":", 1)[1])
        self.identity = None

    def close(self):
        self.socket.close()
        self.context.term()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def receive(self, seconds=PATIENCE):
        """The next message without its identity; None when none comes in time."""
        if not self.socket.poll(1000 * seconds):
            return None
        self.identity, *frames = self.socket.recv_multipart()
        return frames

    def send(self, frames):
        self.socket.send_multipart([self.identity, *frames])

    def receive_other_than_heartbeats(self, answer=True):
        """The next message that is no heartbeat; heartbeats are answered on the way, or not."""
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            frames = self.receive()
            if frames != HEARTBEAT:
                return frames
            if answer:
                self.send(heartbeat(KEEP_ALIVE))
        raise AssertionError("only heartbeats came")

    def register(self):
        """Waits for a heartbeat and asks for the metadata. Returns the new container message."""
        frames = self.receive()
        assert frames == HEARTBEAT, frames
        self.send(heartbeat(SEND_METADATA))
        return self.receive_other_than_heartbeats(answer=False)

    def predict(self, identifier, data_type, items):
        """Sends a request and returns the outputs of its answer."""
        self.send(request(identifier, data_type, items))
        frames = self.receive_other_than_heartbeats()
        assert frames[:3] == [b"", u32(1), u32(identifier)], frames[:3]
        return frames[5:]


class Container:
    """clipper-container as a process. Killed at the end, if it has not ended."""

    def __init__(self, *arguments, port=None, environment=None, prefix=(), stderr=None):
        command = [*prefix, CONTAINER, *arguments]
        if port is not None:
            command += ["--port", str(port)]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("CLIPPER_")}
        clean.update(environment or {})
        self.errors = tempfile.TemporaryFile("a+b")  # it appends, wherever log() has moved the offset
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=self.errors if stderr is None else stderr, env=clean)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.errors.close()

    def stop(self, number=signal.SIGTERM):
        """Sends a signal and returns the exit status."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self):
        return self.process.wait(PATIENCE)

    def log(self):
        """What it has written to stderr so far."""
        self.errors.seek(0)
        return self.errors.read().decode()

    def wait_for_log(self, text, count=1):
        wait_until(lambda: self.log().count(text) >= count, f"{text!r} in the log, which is\n{self.log()}")

    def wait_for_requests(self, count):
        """Until it has taken COUNT requests, as its counters say."""
        def taken():
            self.process.send_signal(signal.SIGUSR1)
            return f" requests={count} " in self.log()
        wait_until(taken, f"{count} requests in the counters")


def wait_until(condition, what):
    limit = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > limit:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.005)


def named(*arguments):
    """Arguments for a container with a name and D = 100 ms. It ends no session by itself, however late the machine."""
    return ["--model-name", "m", "--model-version", "1", "--poll-timeout", "100", "--activity-timeout", NEVER, *arguments]


def build_model(folder, source=os.path.join(HERE, "slow_model.c")):
    """Builds a model library as its author would. Returns its path."""
    library = os.path.join(folder, "lib" + os.path.basename(source).replace(".c", ".so"))
    subprocess.run([os.environ.get("CC", "cc"), "-std=c11", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", library,
                    "-I", os.path.join(ROOT, "container", "include"), "-I", os.path.join(ROOT, "codec", "include"),
                    source], check=True)
    return library
