#!/usr/bin/env python3
# suite: timed
"""The built-in models against independent ones, for every input type on both wires."""

import os
import random
import struct
import zlib

from containers import TYPES, Clipper, Container, named, u32
from tap import equal, main, test

WIDTHS = [1, 4, 4, 8, 1]
FORMATS = ["B", "i", "f", "d", "B"]


def noop(items, data_type):
    return [b"1.0"] * len(items)


def echo(items, data_type):
    return items


def probe(items, data_type):
    return [b"%d:%08x" % (len(item) // WIDTHS[data_type], zlib.crc32(item)) for item in items]


def shortest(value):
    if value != value:
        return "nan"
    for digits in (15, 16, 17):
        text = f"{value:.{digits}g}"
        if float(text) == value:
            return text
    raise AssertionError(value)


def total(items, data_type):
    outputs = []
    for item in items:
        if data_type == 4:
            outputs.append(b"%d" % len(item))
            continue
        elements = struct.unpack(f"<{len(item) // WIDTHS[data_type]}{FORMATS[data_type]}", item)
        if data_type in (2, 3):
            value = 0.0
            for element in elements:
                value += element
            outputs.append(shortest(value).encode())
        else:
            outputs.append(b"%d" % sum(elements))
    return outputs


def special_items(data_type):
    """Items that are easily got wrong."""
    if data_type == 1:
        return [struct.pack("<3i", -2**31, -2**31, -1), struct.pack("<2i", 2**31 - 1, 2**31 - 1)]
    if data_type == 2:
        return [struct.pack("<2f", float("nan"), 1), struct.pack("<f", float("-inf")), struct.pack("<2f", 1e30, 1.5),
                struct.pack("<f", -0.0), struct.pack("<I", 0x7fc00001), struct.pack("<f", 1e-45)]
    if data_type == 3:
        return [struct.pack("<d", float("nan")), struct.pack("<2d", float("inf"), float("-inf")),
                struct.pack("<3d", 0.1, 0.2, 0.3), struct.pack("<2d", 1e308, 1e308), struct.pack("<d", 5e-324),
                struct.pack("<Q", 0xfff0000000000001), struct.pack("<d", 123456789.125)]
    return [b"\x00", b"\xff" * 9, bytes(range(256)), "größer, 大きい".encode(), b"nul \x00 in it"]


def batches(data_type, seed):
    generator = random.Random(seed)
    width = WIDTHS[data_type]
    yield []
    yield [b""]
    yield [b"", b"", b""]
    yield special_items(data_type)
    for count in (1, 2, 3, 100, 127, 1000):
        yield [generator.randbytes(width * generator.randrange(6)) for _ in range(count)]
    yield [generator.randbytes(1 << 20), generator.randbytes(8), generator.randbytes((1 << 20) + 8)]


def check(model, oracle, wire):
    for data_type, name in enumerate(TYPES):
        with Clipper() as clipper, Container(*named("--model", model, "--wire", wire, "--input-type", name),
                                             port=clipper.port) as container:
            new_container = clipper.register()
            version = [u32(3)] if wire == "release" else []
            equal(new_container, [b"", u32(0), b"m", b"1", str(data_type).encode(), *version], "new container")
            for number, items in enumerate(batches(data_type, data_type)):
                equal(clipper.predict(number, data_type, items), oracle(items, data_type),
                      f"{model}, {name}, {wire}, batch {number}")
            equal(container.stop(), 0, "exit status")


@test
def noop_answers_one():
    check("noop", noop, "release")
    check("noop", noop, "document")


@test
def echo_answers_with_the_input():
    check("echo", echo, "release")
    check("echo", echo, "document")


@test
def probe_answers_with_count_and_crc():
    check("probe", probe, "release")
    check("probe", probe, "document")


@test
def sum_answers_with_the_sum():
    check("sum", total, "release")
    check("sum", total, "document")


@test
def the_response_on_the_document_wire_states_its_type():
    for model, stated in (("probe", 4), ("echo", 3)):
        with Clipper() as clipper, Container(*named("--model", model, "--wire", "document"), port=clipper.port):
            clipper.register()
            clipper.send([b"", u32(3), u32(1), u32(9), u32(0), struct.pack("<Q", 24),
                          struct.pack("<3Q", 3, 1, 8), b"\0" * 8])
            frames = clipper.receive_other_than_heartbeats()
            equal(struct.unpack("<3Q", frames[4]), (stated, 1, len(frames[5])), model)


if __name__ == "__main__":
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    main()
