"""Containers as a beginner writes them who has the document of version 3, and nothing else: its samples, put together,
on Python 3. The samples give D and TO as numbers, so these know no variable that sets a time.

What differs from one author to the next is an attribute of the class.
"""
import os
import struct
from datetime import datetime

import zmq

MESSAGE_TYPE_NEW_CONTAINER, MESSAGE_TYPE_CONTENT, MESSAGE_TYPE_HEARTBEAT = 0, 1, 2
DOUBLES, STRINGS = 3, 4


class FromDocument:
    version_frame = True  # the text has it, the samples have not
    first_is_type_1 = True  # "this message should be of heartbeat type 1": the sample asserts it
    activity_timeout = 30  # seconds, as in the text; the sample has 60
    socket_type = zmq.DEALER

    def __init__(self):
        self.name = os.environ["CLIPPER_MODEL_NAME"].encode()
        self.version = os.environ["CLIPPER_MODEL_VERSION"].encode()
        self.address = "tcp://%s:%s" % (os.environ["CLIPPER_IP"], os.environ["CLIPPER_PORT"])
        self.context = zmq.Context()
        self.poller = zmq.Poller()

    # ---- What it sends

    def send_delimiter(self):
        self.socket.send(b"", zmq.SNDMORE)

    def send_heartbeat(self):
        self.send_delimiter()
        self.socket.send(struct.pack("<I", MESSAGE_TYPE_HEARTBEAT))

    def send_new_container(self):
        self.send_delimiter()
        self.socket.send(struct.pack("<I", MESSAGE_TYPE_NEW_CONTAINER), zmq.SNDMORE)
        self.socket.send(self.name, zmq.SNDMORE)
        self.socket.send(self.version, zmq.SNDMORE)
        self.socket.send(str(DOUBLES).encode())

    def send_response(self, message_id, container_content):
        self.send_delimiter()
        self.socket.send(struct.pack("<I", MESSAGE_TYPE_CONTENT), zmq.SNDMORE)
        self.socket.send(struct.pack("<I", message_id), zmq.SNDMORE)
        for idx in range(len(container_content)):
            self.socket.send(container_content[idx], 0 if idx == len(container_content) - 1 else zmq.SNDMORE)

    # ---- What it receives, frame by frame

    def read_beginning(self):
        """The message type. What it reads is a version, at times."""
        self.socket.recv()
        if self.version_frame and struct.unpack("<I", self.socket.recv())[0] != 3:
            raise SystemExit("Clipper speaks another RPC version")
        return struct.unpack("<I", self.socket.recv())[0]

    def read_metadata(self):
        """Data type, number of items, their sizes."""
        length = struct.unpack("<Q", self.socket.recv())[0]
        return struct.unpack("<%dQ" % (length // 8), self.socket.recv())

    def predict(self, inputs):
        return [str(sum(values)).encode() for values in inputs]

    def serialize(self, outputs):
        """In the document a response's metadata is like a request's."""
        metadata = struct.pack("<%dQ" % (2 + len(outputs)), STRINGS, len(outputs), *map(len, outputs))
        return [struct.pack("<Q", len(metadata)), metadata] + outputs

    def handle_request(self):
        message_id = struct.unpack("<I", self.socket.recv())[0]
        self.socket.recv()  # the request type: there is one only
        count = self.read_metadata()[1]
        items = [self.socket.recv() for _ in range(count)]
        inputs = [struct.unpack("<%dd" % (len(item) // 8), item) for item in items]
        self.send_response(message_id, self.serialize(self.predict(inputs)))

    # ---- The session

    def has_message(self):
        return dict(self.poller.poll(5000)).get(self.socket) == zmq.POLLIN

    def start_session(self):
        self.socket = self.context.socket(self.socket_type)
        self.socket.connect(self.address)
        self.send_heartbeat()
        self.poller.register(self.socket, zmq.POLLIN)
        while True:
            if self.has_message():
                assert self.read_beginning() == MESSAGE_TYPE_HEARTBEAT
                heartbeat_type = struct.unpack("<I", self.socket.recv())[0]
                if self.first_is_type_1:
                    assert heartbeat_type == 1
                if heartbeat_type == 1:
                    break
        self.send_new_container()

    def maintain_session(self):
        last_activity_time = datetime.now()
        while True:
            if self.has_message():
                message_type = self.read_beginning()
                if message_type == MESSAGE_TYPE_HEARTBEAT:
                    if struct.unpack("<I", self.socket.recv())[0] == 1:
                        self.send_new_container()
                elif message_type == MESSAGE_TYPE_CONTENT:
                    self.handle_request()
                last_activity_time = datetime.now()
            elif (datetime.now() - last_activity_time).seconds >= self.activity_timeout:
                break
            else:
                self.send_heartbeat()
        self.poller.unregister(self.socket)
        self.socket.close()

    def run(self):
        while True:
            self.start_session()
            self.maintain_session()


class SamplesLiterally(FromDocument):
    """60 s, as its sample has it, and its assert."""
    activity_timeout = 60


class TypeAfterDelimiter(FromDocument):
    """The message type is read right after the delimiter, as in the samples: they know no version tag."""
    version_frame = False


class Lengths32(FromDocument):
    """Every number is taken for one of 32 bits. The count of a request is then 0, and its items are left unread."""

    def read_metadata(self):
        length = struct.unpack("<I", self.socket.recv()[:4])[0]
        return struct.unpack("<%dI" % (length // 4), self.socket.recv())

    def serialize(self, outputs):
        metadata = struct.pack("<%dI" % (2 + len(outputs)), STRINGS, len(outputs), *map(len, outputs))
        return [struct.pack("<I", len(metadata)), metadata] + outputs


class ReqSocket(FromDocument):
    """"Like a client": a REQ socket, which sends and takes away the delimiter by itself, and has to be answered before
    it may send again."""
    socket_type = zmq.REQ

    def send_delimiter(self):
        pass

    def read_beginning(self):
        assert struct.unpack("<I", self.socket.recv())[0] == 3
        return struct.unpack("<I", self.socket.recv())[0]


class DocumentDoubles(FromDocument):
    """The document taken at its word where released Clipper differs: three fields, answers are typed, here doubles."""
    first_is_type_1 = False

    def predict(self, inputs):
        return [struct.pack("<d", sum(values)) for values in inputs]

    def serialize(self, outputs):
        metadata = struct.pack("<%dQ" % (2 + len(outputs)), DOUBLES, len(outputs), *map(len, outputs))
        return [struct.pack("<Q", len(metadata)), metadata] + outputs
