#!/usr/bin/env python3
"""A container for the tests of the kit: correct enough to register, and odd in the way that its argument names.

odd_container.py ODDITY [MARK]     MARK is not used: it lets a test find the process.
"""
import os
import random
import struct
import sys
import time

import zmq

ODDITIES = ("none", "wrong-sum", "crash", "exit", "hang", "garbage", "huge-frames", "many-connections",
            "metadata-unasked", "answers-keep-alive", "two-answers", "wrong-id", "no-heartbeats", "early-heartbeats",
            "wrong-type", "late-heartbeats", "wall-clock", "serves-version-2", "crashes-on-version-2",
            "parting-heartbeat", "answers-version-2-when-gone")
TYPES = {"bytes": b"0", "ints": b"1", "floats": b"2", "doubles": b"3", "strings": b"4"}


def u32(value):
    return struct.pack("<I", value)


class Container:
    def __init__(self, oddity):
        self.oddity = oddity
        self.endpoint = "tcp://%s:%s" % (os.environ["CLIPPER_IP"], os.environ["CLIPPER_PORT"])
        self.poll_ms = int(os.environ.get("CLIPPER_POLL_TIMEOUT_MS", "5000"))
        self.activity_ms = int(os.environ.get("CLIPPER_ACTIVITY_TIMEOUT_MS", "30000"))
        if oddity == "answers-version-2-when-gone":
            self.go_on_in_a_child()
        self.type = TYPES[os.environ["CLIPPER_INPUT_TYPE"]]
        if oddity == "wrong-type":
            self.type = b"0" if self.type != b"0" else b"1"
        self.context = zmq.Context()
        self.context.setsockopt(zmq.MAX_SOCKETS, 4000)

    def connect(self):
        socket = self.context.socket(zmq.DEALER)
        socket.linger = 0
        socket.connect(self.endpoint)
        return socket

    def heartbeat(self):
        self.socket.send_multipart([b"", u32(2)])

    def metadata(self):
        self.socket.send_multipart([b"", u32(0), os.environb[b"CLIPPER_MODEL_NAME"],
                                    os.environb[b"CLIPPER_MODEL_VERSION"], self.type, u32(3)])

    def answer(self, frames):
        outputs = [b"0"] * (len(frames) - 7)
        message_id = frames[3] if self.oddity != "wrong-id" else u32(struct.unpack("<I", frames[3])[0] ^ 1)
        metadata = struct.pack("<%dQ" % (1 + len(outputs)), len(outputs), *map(len, outputs))
        for _ in range(2 if self.oddity == "two-answers" else 1):
            self.socket.send_multipart([b"", u32(1), message_id, struct.pack("<Q", len(metadata)), metadata] + outputs)

    def on_request(self, frames):
        if self.oddity == "crash":
            os.abort()
        if self.oddity == "exit":
            print("out of luck", file=sys.stderr)
            sys.exit(4)
        if self.oddity != "hang":
            self.answer(frames)

    def on_message(self, frames):
        if frames[1] != u32(3):
            if self.oddity == "crashes-on-version-2":
                os.abort()
            if self.oddity == "answers-version-2-when-gone":
                self.answer_when_gone(frames)
            if self.oddity != "serves-version-2":
                sys.exit("another version")
        if frames[2] == u32(1):
            self.on_request(frames)
        elif frames[3] == u32(1):
            self.metadata()
        elif self.oddity == "answers-keep-alive":
            self.heartbeat()

    def answer_when_gone(self, frames):
        """Lets the process that the kit started end, and answers once the kit has reaped it."""
        os.write(self.word, b"version")
        while os.path.exists("/proc/%d" % self.started):
            time.sleep(0.002)
        self.socket.linger = 2000
        self.answer(frames)
        self.socket.close()
        self.context.term()

    def go_on_in_a_child(self):
        self.started = os.getpid()
        other_end, self.word = os.pipe()
        if os.fork() != 0:
            os.close(self.word)
            if os.read(other_end, 7) == b"version":
                sys.exit("another version")
            sys.exit("a child that ended")

    def misbehave(self):
        """What needs no conversation at all."""
        source = random.Random(1)
        if self.oddity == "metadata-unasked":
            self.metadata()
        while self.oddity == "garbage":
            self.socket.send_multipart([source.randbytes(source.randrange(40)) for _ in range(source.randrange(1, 9))])
        if self.oddity == "huge-frames":
            self.socket.send_multipart([b"", bytes(300 << 20)])
            time.sleep(1000)
        if self.oddity == "many-connections":
            self.others = [self.connect() for _ in range(1000)]
            for other in self.others:
                other.send_multipart([b"", u32(2)])

    def session(self):
        self.socket = self.connect()
        self.misbehave()
        self.heartbeat()
        clock = time.time if self.oddity == "wall-clock" else time.monotonic
        jitter = random.Random(2)
        last = clock()
        start, due = time.monotonic(), 0
        wait = self.poll_ms / (2 if self.oddity == "early-heartbeats" else 1)
        while True:
            if self.oddity == "late-heartbeats":
                wait = max(1, due + self.poll_ms - (time.monotonic() - start) * 1000)
            if self.socket.poll(wait):
                last = clock()
                start, due = time.monotonic(), 0
                self.on_message(self.socket.recv_multipart())
            elif (clock() - last) * 1000 >= self.activity_ms:
                if self.oddity == "parting-heartbeat":
                    self.heartbeat()
                self.socket.close()
                return
            elif self.oddity == "late-heartbeats":
                # Due at D, 2 D, ..., seen late, each by another delay: the time between two of them proves nothing.
                due += self.poll_ms
                time.sleep(jitter.random() * 0.5 * self.poll_ms / 1000)
                self.heartbeat()
            elif self.oddity != "no-heartbeats":
                self.heartbeat()


def main():
    oddity = sys.argv[1]
    if oddity not in ODDITIES:
        sys.exit("there is no oddity '%s'" % oddity)
    container = Container(oddity)
    while True:
        container.session()


if __name__ == "__main__":
    main()
