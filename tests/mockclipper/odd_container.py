#!/usr/bin/env python3
"""A container for the tests of the kit: correct enough to register, and odd in the way that its argument names.

odd_container.py ODDITY [MARK]     MARK is not used: it lets a test find the process.
"""
import os
import random
import signal
import struct
import sys
import time
import traceback

import zmq

from timed_wait import timed_wait

ODDITIES = ("none", "wrong-sum", "crash", "exit", "hang", "garbage", "huge-frames", "many-connections",
            "metadata-unasked", "answers-keep-alive", "two-answers", "wrong-id", "no-heartbeats", "early-heartbeats",
            "wrong-type", "late-heartbeats", "wall-clock", "serves-version-2", "crashes-on-version-2",
            "parting-heartbeat", "one-shape", "answers-before", "answers-elsewhere", "slow-for-some", "moody", "rounds", "answers-version-2-when-gone", "drops-version-2", "raises-on-version-2",
            "hangs-on-version-2", "logs-trace-of-version-2", "dies-of-malformed", "hangs-on-malformed",
            "glues-after-malformed", "new-session-after-malformed", "registers-after-malformed",
            "wrong-id-after-malformed", "two-answers-after-malformed", "wrong-count-after-malformed",
            "asserts-first-answer", "ignores-ip", "collected-heap",
            "lingers", "own-identity", "timed-waits", "says-nothing", "exits-when-registered",
            "aborts-on-signal", "raises-on-signal", "own-timers")
TYPES = {"bytes": b"0", "ints": b"1", "floats": b"2", "doubles": b"3", "strings": b"4"}


def u32(value):
    return struct.pack("<I", value)


class Container:
    def __init__(self, oddity):
        self.oddity = oddity
        address = os.environ["CLIPPER_IP"] if oddity != "ignores-ip" else "127.0.0.1"
        self.endpoint = "tcp://%s:%s" % (address, os.environ["CLIPPER_PORT"])
        self.poll_ms = int(os.environ.get("CLIPPER_POLL_TIMEOUT_MS", "5000"))
        self.activity_ms = int(os.environ.get("CLIPPER_ACTIVITY_TIMEOUT_MS", "30000"))
        if oddity == "own-timers":
            self.poll_ms, self.activity_ms = 1000, 4000
        if oddity == "answers-version-2-when-gone":
            self.go_on_in_a_child()
        self.type = TYPES[os.environ["CLIPPER_INPUT_TYPE"]]
        if oddity in ("aborts-on-signal", "raises-on-signal"):
            signal.signal(signal.SIGTERM, self.on_signal)
        if oddity == "wrong-type":
            self.type = b"0" if self.type != b"0" else b"1"
        self.heap = []
        self.sessions = 0
        self.context = zmq.Context()
        self.context.setsockopt(zmq.MAX_SOCKETS, 4000)

    def on_signal(self, _, __):
        if self.oddity == "aborts-on-signal":
            os.abort()
        raise ValueError("a signal")

    def connect(self):
        socket = self.context.socket(zmq.DEALER)
        socket.linger = 0
        if self.oddity == "own-identity":
            socket.setsockopt(zmq.IDENTITY, b"worker")
        if self.oddity == "lingers":
            # As by libzmq's default. The first socket is back a little later than the second has registered.
            socket.linger = -1
            socket.reconnect_ivl = 50 if self.sessions else 1000
            self.sessions += 1
        socket.connect(self.endpoint)
        return socket

    def heartbeat(self):
        self.socket.send_multipart([b"", u32(2)])

    def metadata(self):
        self.socket.send_multipart([b"", u32(0), os.environb[b"CLIPPER_MODEL_NAME"],
                                    os.environb[b"CLIPPER_MODEL_VERSION"], self.type, u32(3)])

    def has(self, oddity):
        return self.oddity == oddity or (self.oddity == oddity + "-after-malformed" and self.harmed)

    def output(self, item, count):
        if self.oddity == "moody":
            return b"%d" % random.randrange(1 << 30)
        if self.oddity == "rounds":  # a batch in another order than an item alone
            return b"%.15g" % ((len(item) + sum(item) / 3) * (1 + 1e-9 * count))
        return b"0"

    def answer(self, frames):
        outputs = [self.output(item, len(frames) - 7) for item in frames[7:]] + [b"0"] * self.has("wrong-count")
        message_id = frames[3] if not self.has("wrong-id") else u32(struct.unpack("<I", frames[3])[0] ^ 0x40000000)
        metadata = struct.pack("<%dQ" % (1 + len(outputs)), len(outputs), *map(len, outputs))
        if self.has("glues"):
            outputs += [b"", u32(1), message_id]
        for _ in range(2 if self.has("two-answers") else 1):
            self.socket.send_multipart([b"", u32(1), message_id, struct.pack("<Q", len(metadata)), metadata] + outputs)

    def on_request(self, frames):
        if self.oddity == "slow-for-some" and frames[7] == struct.pack("<d", 9999):
            time.sleep(1)
        # A real model: inputs of another shape are refused.
        if self.oddity == "one-shape" and any(len(item) != 8 * 5 for item in frames[7:]):
            return
        if self.oddity == "crash":
            os.abort()
        if self.oddity == "exit":
            print("out of luck", file=sys.stderr)
            sys.exit(4)
        if self.oddity == "collected-heap" and len(self.heap) < 12000:  # 24 MB, and not reached at once
            self.heap.append(bytearray(2000))
        if self.oddity == "lingers" and self.sessions > 1:
            time.sleep(1.5)
        if self.oddity != "hang":
            self.answer(frames)

    def on_malformed(self):
        """Drops it, and is harmed or not."""
        self.harmed = True
        if self.oddity == "dies-of-malformed":
            sys.exit(7)
        while self.oddity == "hangs-on-malformed":
            time.sleep(1)
        if self.oddity == "registers-after-malformed":
            self.metadata()
        if self.oddity == "new-session-after-malformed":
            self.socket.close()
            self.socket = self.connect()
            self.heartbeat()

    def is_malformed(self, frames):
        if len(frames) < 4 or len(frames[2]) != 4 or (frames[2] == u32(2) and len(frames) != 4):
            return True
        if frames[2] == u32(2):
            return False
        words = struct.unpack("<%dQ" % (len(frames[6]) // 8), frames[6]) if len(frames) > 6 else ()
        return (len(words) < 2 or frames[5] != struct.pack("<Q", len(frames[6])) or str(words[0]).encode() != self.type
                or list(words[2:]) != [len(item) for item in frames[7:]])

    def on_other_version(self, frames):
        if self.oddity == "crashes-on-version-2":
            os.abort()
        if self.oddity == "raises-on-version-2":
            raise ValueError("version")
        while self.oddity == "hangs-on-version-2":
            time.sleep(1)
        if self.oddity == "logs-trace-of-version-2":
            traceback.print_stack()
            try:
                raise ValueError("version")
            except ValueError:
                traceback.print_exc()
            sys.exit(3)

    def on_message(self, frames):
        self.heard += 1
        if "malformed" in self.oddity and self.is_malformed(frames):
            self.on_malformed()
            return
        if self.oddity == "asserts-first-answer":
            assert self.heard > 1 or frames[3] == u32(1)
        if frames[1] != u32(3):
            self.on_other_version(frames)
            if self.oddity == "drops-version-2":
                return
            if self.oddity == "answers-version-2-when-gone":
                self.answer_when_gone(frames)
            if self.oddity != "serves-version-2":
                sys.exit("another version")
        if frames[2] == u32(1):
            self.on_request(frames)
        elif frames[3] == u32(1):
            self.metadata()
            if self.oddity == "exits-when-registered":
                self.socket.close(2000)
                self.context.term()
                sys.exit(6)
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
        while self.oddity == "says-nothing":
            time.sleep(1000)
        source = random.Random(1)
        if self.oddity == "metadata-unasked":
            self.metadata()
        while self.oddity == "garbage":
            self.socket.send_multipart([source.randbytes(source.randrange(40)) for _ in range(source.randrange(1, 9))])
        if self.oddity == "huge-frames":
            self.socket.send_multipart([b"", bytes(300 << 20)])
            time.sleep(1000)
        if self.oddity in ("answers-before", "answers-elsewhere"):
            self.other = self.socket if self.oddity == "answers-before" else self.connect()
            for number in range(1000):
                self.other.send_multipart([b"", u32(1), u32(number), struct.pack("<Q", 16), struct.pack("<2Q", 1, 1), b"0"])
        if self.oddity == "many-connections":
            self.others = [self.connect() for _ in range(1000)]
            for other in self.others:
                other.send_multipart([b"", u32(2)])

    def session(self):
        self.harmed = False
        self.heard = 0
        self.socket = self.connect()
        self.misbehave()
        if self.oddity == "timed-waits" and timed_wait(0.1) < 0.09:
            sys.exit("a timed wait ended at once")
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
