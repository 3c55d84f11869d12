#!/usr/bin/python3
"""A container as a beginner writes it from the document's samples, with one mistake: its name is the argument.

It speaks the document's wire, reads frame by frame as the samples do, and answers each item with its sum, as text."""
import os
import struct
import sys
import time

import zmq

MISTAKE = sys.argv[1] if len(sys.argv) > 1 else "none"
ENDPOINT = "tcp://%s:%s" % (os.environ["CLIPPER_IP"], os.environ["CLIPPER_PORT"])
NAME, VERSION = (os.environ["CLIPPER_MODEL_" + word].encode() for word in ("NAME", "VERSION"))
D, TO = (int(os.environ["CLIPPER_" + word + "_TIMEOUT_MS"]) for word in ("POLL", "ACTIVITY"))
DELIMITER = [] if MISTAKE == "no-delimiter" else [b""]
SOCKET = {"req": zmq.REQ, "push": zmq.PUSH}.get(MISTAKE, zmq.DEALER)


def u32(number):
    return struct.pack(">I" if MISTAKE == "big-endian" else "<I", number)


def heartbeat(socket):
    if MISTAKE == "more-on-last":
        socket.send(b"", zmq.SNDMORE)
        socket.send(u32(2), zmq.SNDMORE)
    else:
        socket.send_multipart(DELIMITER + ([b""] if MISTAKE == "second-delimiter" else []) + [u32(2)])


def metadata(socket):
    socket.send_multipart(DELIMITER + [u32(0), NAME, VERSION, b"3"])


def number(socket):
    return struct.unpack("<I", socket.recv())[0]


def predict(socket):
    identity, _ = socket.recv(), socket.recv()
    if MISTAKE == "narrow-length":
        number(socket)
    else:
        socket.recv()
    words = socket.recv()
    _, count, *_ = struct.unpack("<%dQ" % (len(words) // 8), words)
    items = [socket.recv() for _ in range(count)]
    if MISTAKE == "wants-shape" and any(len(item) != 8 * 64 for item in items):
        raise ValueError("X has %d features, but LinearRegression is expecting 64 features" % (len(items[0]) // 8))
    outputs = [b"%.17g" % sum(struct.unpack("<%dd" % (len(item) // 8), item)) for item in items]
    layout = struct.pack("<%dQ" % (2 + count), 4, count, *map(len, outputs))
    socket.send_multipart(DELIMITER + [u32(1), identity, struct.pack("<Q", len(layout)), layout, *outputs])


def take(socket):
    """One message, frame by frame. Returns whether it asked for metadata."""
    socket.recv()
    if MISTAKE != "version-not-read":
        assert number(socket) == 3
    kind = number(socket)
    if kind == 2:
        return number(socket) == 1
    assert kind == 1
    predict(socket)
    return False


def session(context):
    socket = context.socket(SOCKET)
    socket.setsockopt(zmq.LINGER, 0)
    socket.connect("tcp://127.0.0.1:1" if MISTAKE == "elsewhere" else ENDPOINT)
    if MISTAKE == "protocol-2016":
        socket.send_multipart([b"", NAME, VERSION, b"3"])
    else:
        heartbeat(socket)
    last = time.monotonic()
    while time.monotonic() - last < TO / 1000 * (3 if MISTAKE == "long-timeout" else 1):
        if SOCKET is not zmq.PUSH and socket.poll(D):
            if take(socket):
                metadata(socket)
            last = time.monotonic()
        elif MISTAKE != "protocol-2016":
            time.sleep(D / 1000 if SOCKET is zmq.PUSH else 0)
            heartbeat(socket)
    socket.close()


if MISTAKE == "raises":
    raise TypeError("connect() takes 2 positional arguments but 3 were given")
while True:
    session(zmq.Context.instance())
