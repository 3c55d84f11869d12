"""A container as Clipper's releases have it in Python, with what is known of theirs: it reads frame by frame, takes
time from the wall clock, reads bytes as signed numbers, logs another version and carries on, and serves on a thread
that an exception ends, while the process stays.
"""
import array
import os
import struct
import threading
import time

import zmq

NEW_CONTAINER, CONTENT, HEARTBEAT = 0, 1, 2
PREDICT, FEEDBACK = 0, 1
TYPES = {"b": (0, "b"), "i": (1, "i"), "f": (2, "f"), "d": (3, "d"), "s": (4, None)}  # by the first letter
POLL_TIMEOUT, ACTIVITY_TIMEOUT = 5000, 30000


class Server(threading.Thread):
    def __init__(self, address, name, version, input_type):
        super().__init__()
        self.address, self.name_, self.version = address, name, version
        self.type, self.code = input_type

    def send(self, *frames):
        for frame in (b"",) + frames[:-1]:
            self.socket.send(frame, zmq.SNDMORE)
        self.socket.send(frames[-1])

    def heartbeat(self):
        self.send(struct.pack("<I", HEARTBEAT))

    def metadata(self):
        self.send(struct.pack("<I", NEW_CONTAINER), self.name_.encode(), self.version.encode(),
                  str(self.type).encode(), struct.pack("<I", 3))

    def receive_u32(self):
        return struct.unpack("<I", self.socket.recv())[0]

    def run(self):
        context = zmq.Context()
        poller = zmq.Poller()
        while True:
            self.socket = context.socket(zmq.DEALER)
            poller.register(self.socket, zmq.POLLIN)
            self.socket.connect(self.address)
            self.heartbeat()
            self.serve(poller)
            poller.unregister(self.socket)
            self.socket.close()

    def serve(self, poller):
        connected, last_activity = False, None
        while True:
            if self.socket not in dict(poller.poll(POLL_TIMEOUT)):
                if connected and (time.time() - last_activity) * 1000 >= ACTIVITY_TIMEOUT:
                    print("Connection timed out, reconnecting...", flush=True)
                    return
                if connected:
                    self.heartbeat()
                continue
            connected, last_activity = True, time.time()
            self.socket.recv()
            version = self.receive_u32()
            if version != 3:
                print("Received an RPC message with version: %d that does not match container version: 3" % version,
                      flush=True)
            message_type = self.receive_u32()
            if message_type == HEARTBEAT:
                if self.receive_u32() == 1:
                    self.metadata()
            elif message_type == NEW_CONTAINER:
                print("Error! Received erroneous new container message from Clipper!", flush=True)
            elif message_type == CONTENT:
                self.content()

    def content(self):
        message_id = self.socket.recv()
        if self.receive_u32() == FEEDBACK:
            raise NotImplementedError("feedback")
        self.socket.recv()  # the length of what follows, which is as long as it is
        words = array.array("Q", self.socket.recv())
        if words[0] != self.type:
            raise ValueError("Model expects input type %d, but the request has type %d" % (self.type, words[0]))
        outputs = self.predict([self.socket.recv() for _ in range(words[1])])
        sizes = array.array("Q", [len(outputs), *map(len, outputs)])
        self.send(struct.pack("<I", CONTENT), message_id, struct.pack("<Q", 8 * len(sizes)), sizes.tobytes(), *outputs)

    def predict(self, items):
        if self.code is None:
            return [str(len(item)).encode() for item in items]
        return [str(sum(array.array(self.code, item))).encode() for item in items]


class AsReleased:
    def run(self):
        Server("tcp://%s:%s" % (os.environ.get("CLIPPER_IP", "127.0.0.1"), os.environ.get("CLIPPER_PORT", "7000")),
               os.environ["CLIPPER_MODEL_NAME"], os.environ["CLIPPER_MODEL_VERSION"],
               TYPES[os.environ.get("CLIPPER_INPUT_TYPE", "doubles")[0]]).start()
        while True:  # in theirs, a server of metrics
            time.sleep(3600)
