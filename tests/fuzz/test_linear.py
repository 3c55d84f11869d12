#!/usr/bin/env python3
"""Decoding takes time linear in the frames (G-5 of codec/SECURITY.md): twice the items, twice the steps. Steps are basic
blocks that run, so the numbers are the same on every machine, however busy."""
import functools
import glob
import os
import shutil
import tempfile

from support import output_of
from tap import Skip, add_test, main, test

FOLDER = tempfile.TemporaryDirectory()
SHAPES = ("request", "request-just-within-limits", "request-last-item-wrong", "request-extra-frame", "response-release",
          "response-document", "response-last-item-wrong", "feedback", "stream")


@functools.cache
def step_counter():
    """Builds it: the codec counts its steps, the program that prints them does not."""
    if not shutil.which("clang"):
        raise Skip("needs clang")
    objects = []
    for source in sorted(glob.glob("codec/src/*.c", root_dir=os.path.join(os.path.dirname(__file__), "..", ".."))):
        objects.append(os.path.join(FOLDER.name, os.path.basename(source) + ".o"))
        output_of(["clang", "-std=c11", "-O1", "-Icodec/include", "-fsanitize-coverage=trace-pc", "-c", source, "-o",
                   objects[-1]])
    program = os.path.join(FOLDER.name, "linear")
    output_of(["clang", "-std=c11", "-O1", "-Icodec/include", "-Wall", "-Wextra", "-Werror", "tests/fuzz/linear.c",
               *objects, "-o", program])
    return program


@test
def every_shape_is_counted():
    assert output_of([step_counter()]).split() == list(SHAPES)


def steps_grow_with_the_frames(shape):
    steps = [int(output_of([step_counter(), shape, str(n)])) for n in (500, 1000, 2000, 4000)]
    growth = [later - earlier for earlier, later in zip(steps, steps[1:])]
    assert all(later <= 2.05 * earlier for earlier, later in zip(growth, growth[1:])) and growth[-1] > 1000, \
        "steps at 500, 1000, 2000, 4000 items: %s" % steps


for name in SHAPES:
    add_test(name + ": the steps grow with the frames", steps_grow_with_the_frames, name)
main()
