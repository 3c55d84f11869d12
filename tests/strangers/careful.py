"""Containers by an author who knows ZeroMQ and what released Clipper wants. `Careful` is right, but for one thing that
is usual in Python: the model runs on the thread that polls. Those derived from it have one peculiarity or fault each.
"""
import os
import select
import signal
import struct
import sys
import time

import zmq

VERSION, NEW_CONTAINER, CONTENT, HEARTBEAT = 3, 0, 1, 2
TYPES = {name: (digit, code) for digit, code, names in (
    (b"0", "B", "b byte bytes"), (b"1", "i", "i int ints integer integers"), (b"2", "f", "f float floats"),
    (b"3", "d", "d double doubles"), (b"4", "s", "s str strs string strings")) for name in names.split()}


def work(seconds):
    """What a model does. (time.sleep() fails under a libfaketime that leaves the monotonic clock alone.)"""
    select.select([], [], [], seconds)


class Malformed(Exception):
    pass


class Stop(Exception):
    """SIGTERM or SIGINT came."""


def need(condition, what):
    if not condition:
        raise Malformed(what)


def u32(frame):
    need(len(frame) == 4, "a number of %d bytes" % len(frame))
    return struct.unpack("<I", frame)[0]


def setting(name, default=None, meaning=str):
    value = os.environ.get(name, default)
    try:
        return meaning(value)
    except (KeyError, TypeError, ValueError):
        sys.exit("%s: %r will not do" % (name, value))


def text(value):
    if not value:
        raise ValueError("needed")
    return value.encode()


def port(value):
    if not 0 < int(value) < 65536:
        raise ValueError("no port")
    return int(value)


class Careful:
    linger = 0  # ms in which what is not yet sent may still be when a socket is closed

    def __init__(self):
        self.name = setting("CLIPPER_MODEL_NAME", None, text)
        self.version = setting("CLIPPER_MODEL_VERSION", None, text)
        self.address = "tcp://%s:%d" % (self.host(), setting("CLIPPER_PORT", "7000", port))
        self.type, self.code = setting("CLIPPER_INPUT_TYPE", "doubles", TYPES.__getitem__)
        self.poll_timeout = setting("CLIPPER_POLL_TIMEOUT_MS", "5000", int)
        self.activity_timeout = setting("CLIPPER_ACTIVITY_TIMEOUT_MS", "30000", int)
        self.context = zmq.Context()

    def host(self):
        return setting("CLIPPER_IP", "127.0.0.1")

    def load_model(self):
        pass

    def install_handlers(self):
        signal.signal(signal.SIGTERM, self.on_signal)
        signal.signal(signal.SIGINT, self.on_signal)

    def on_signal(self, number, frame):
        raise Stop

    # ---- Messages

    def send(self, *frames):
        self.socket.send_multipart((b"",) + frames)

    def send_heartbeat(self):
        self.send(struct.pack("<I", HEARTBEAT))

    def send_new_container(self):
        self.send(struct.pack("<I", NEW_CONTAINER), self.name, self.version, self.type, struct.pack("<I", VERSION))

    def answer(self, message_id, outputs):
        metadata = struct.pack("<%dQ" % (1 + len(outputs)), len(outputs), *map(len, outputs))
        self.send(struct.pack("<I", CONTENT), message_id, struct.pack("<Q", len(metadata)), metadata, *outputs)

    def items_of(self, frames):
        """Those of a request, from its metadata length on."""
        length, metadata, *items = frames
        words = struct.unpack("<%dQ" % (len(metadata) // 8), metadata[:len(metadata) // 8 * 8])
        need(len(length) == 8 and struct.unpack("<Q", length)[0] == len(metadata), "the metadata length")
        need(len(metadata) % 8 == 0 and list(words[1:]) == [len(items), *map(len, items)], "the metadata")
        need(words[0] == int(self.type), "the input type")
        need(all(len(item) % struct.calcsize(self.code) == 0 for item in items), "an item's size")
        return items

    def predict(self, items):
        return [str(sum(self.elements(item))).encode() for item in items]

    def elements(self, item):
        code = "B" if self.code == "s" else self.code
        return struct.unpack("<%d%s" % (len(item) // struct.calcsize(code), code), item)

    def on_request(self, frames):
        need(len(frames) >= 4, "too few frames")
        need(len(frames[0]) == 4 and u32(frames[1]) == 0, "the request type")
        self.answer(frames[0], self.predict(self.items_of(frames[2:])))

    def on_message(self, frames):
        need(len(frames) >= 2 and frames[0] == b"", "no delimiter")
        if len(frames[1]) == 4 and u32(frames[1]) != VERSION:
            sys.exit("RPC version %d, this container speaks %d" % (u32(frames[1]), VERSION))
        need(len(frames) >= 4 and u32(frames[1]) == VERSION, "too few frames")
        if u32(frames[2]) == HEARTBEAT:
            need(len(frames) == 4 and u32(frames[3]) in (0, 1), "the heartbeat type")
            if u32(frames[3]) == 1:
                self.send_new_container()
        else:
            need(u32(frames[2]) == CONTENT, "the message type")
            self.on_request(frames[3:])

    # ---- Sessions

    def take(self):
        """What has come, and is not malformed, is served."""
        try:
            self.on_message(self.socket.recv_multipart())
        except Malformed as what:
            print("dropped:", what, file=sys.stderr)

    def session(self):
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.linger = self.linger
        self.socket.connect(self.address)
        self.send_heartbeat()
        last_activity = poll_began = time.monotonic()
        while True:
            left = self.poll_timeout - (time.monotonic() - poll_began) * 1000
            if self.socket.poll(max(0, left)):
                self.take()
                last_activity = poll_began = time.monotonic()
            elif (time.monotonic() - last_activity) * 1000 >= self.activity_timeout:
                break
            else:
                self.send_heartbeat()
                poll_began = time.monotonic()
        self.socket.close()

    def run(self):
        self.load_model()
        self.install_handlers()
        try:
            while True:
                self.session()
        except Stop:
            self.socket.close()


class SlowModel(Careful):
    """A model that takes some seconds, on a thread that then sends no heartbeats."""

    def predict(self, items):
        work(4)
        return super().predict(items)


class SlowStart(Careful):
    """A model that takes its time to load, before anything is sent."""

    def load_model(self):
        work(2.5)


class DefaultLinger(Careful):
    """What a session leaves unsent is sent when a Clipper is there again, beside what the next session sends."""
    linger = -1


class DefaultSigterm(Careful):
    """No handler: as process 1 of an image it is not ended by SIGTERM."""

    def install_handlers(self):
        signal.signal(signal.SIGINT, self.on_signal)


class IgnoresClipperIp(Careful):
    """Clipper has always been on this machine."""

    def host(self):
        return "127.0.0.1"


class OneShape(Careful):
    """A model of four features; any other input is an error of its library, as real ones raise it."""

    def predict(self, items):
        for item in items:
            if len(self.elements(item)) != 4:
                raise ValueError("X has %d features, but the model is expecting 4 features" % len(self.elements(item)))
        return super().predict(items)


class MixedInFlight(Careful):
    """All requests that wait go through the model together, and their outputs into one buffer."""

    def take(self):
        self.waiting = []
        while self.socket.poll(3):
            super().take()
        for message_id in self.waiting:
            self.answer(message_id, self.outputs)

    def on_request(self, frames):
        need(len(frames) >= 4, "too few frames")
        need(len(frames[0]) == 4 and u32(frames[1]) == 0, "the request type")
        self.outputs = self.predict(self.items_of(frames[2:]))
        self.waiting.append(frames[0])
