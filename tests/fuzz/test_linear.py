#!/usr/bin/env python3
"""Decoding takes time linear in the frames (G-5 of codec/SECURITY.md): twice the items, twice the steps. Steps are basic
blocks that run, so the numbers are the same on every machine, however busy."""
import glob
import os
import shutil
import tempfile

from support import TOP, Tap, run


def build(folder):
    """The codec counts its steps; the program that is told of them does not."""
    program = os.path.join(folder, "linear")
    flags = ["clang", "-std=c11", "-O1", "-Icodec/include"]
    objects = []
    for source in sorted(glob.glob(os.path.join(TOP, "codec/src/*.c"))):
        objects.append(os.path.join(folder, os.path.basename(source) + ".o"))
        done = run(flags + ["-fsanitize-coverage=trace-pc", "-c", source, "-o", objects[-1]])
        if done.returncode != 0:
            return program, done
    return program, run(flags + ["-Wall", "-Wextra", "-Werror", "tests/fuzz/linear.c"] + objects + ["-o", program])


def main():
    tap = Tap()
    if not shutil.which("clang"):
        tap.skip("steps grow with the frames", "needs clang")
        tap.end()
    with tempfile.TemporaryDirectory() as folder:
        program, built = build(folder)
        if not tap.check(built.returncode == 0, "the step counter builds", built.output):
            tap.end()
        for shape in run([program]).output.split():
            steps = [int(run([program, shape, str(n)]).output) for n in (500, 1000, 2000, 4000)]
            growth = [later - earlier for earlier, later in zip(steps, steps[1:])]
            tap.check(all(later <= 2.05 * earlier for earlier, later in zip(growth, growth[1:])) and
                      growth[-1] > 1000, "%s: %.1f steps an item" % (shape, growth[-1] / 2000),
                      "steps at 500, 1000, 2000, 4000 items: %s" % steps)
    tap.end()


main()
