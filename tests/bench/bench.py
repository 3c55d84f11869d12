#!/usr/bin/env python3
"""Measures codec, container and mock, and judges them by the project's bars.

    bench.py [--build FOLDER] [--only codec|container|mock]... [--gate]

Prints tables, and writes every figure and every bar to FOLDER/bench.json (default build). Exit status 0; 1 when
something could not be measured; with --gate 2 when a bar was missed. tests/bench/README.md tells the method.
"""
import argparse
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # all that is made goes to build/
import measure_codec
import measure_container
import measure_mock
from results import Results

PARTS = ("codec", "container", "mock")


def measure_part(part, results, build, programs):
    if part == "codec":
        measure_codec.measure(results, programs)
    elif part == "container":
        measure_container.measure(results, programs, os.path.join(build, "clipper-container"))
    else:
        measure_mock.measure(results, programs, os.path.join(build, "mockclipper"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build", help="where everything was built (default: build)")
    parser.add_argument("--only", action="append", choices=PARTS, help="measure only this part; may be repeated")
    parser.add_argument("--gate", action="store_true", help="a missed bar ends with status 2")
    options = parser.parse_args()
    start, failed = time.monotonic(), False
    results = Results()
    programs = os.path.join(options.build, "bench")
    for part in options.only or PARTS:
        try:
            measure_part(part, results, options.build, programs)
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            print("%s: could not be measured: %s" % (part, error), file=sys.stderr)
            failed = True
    seconds = time.monotonic() - start
    results.show_bars()
    results.write(os.path.join(options.build, "bench.json"), seconds)
    print("took %.0f s; every figure is in %s" % (seconds, os.path.join(options.build, "bench.json")))
    if failed:
        return 1
    return 2 if options.gate and not results.all_ok() else 0


if __name__ == "__main__":
    sys.exit(main())
