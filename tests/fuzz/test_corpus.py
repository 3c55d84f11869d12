#!/usr/bin/env python3
"""Every fuzz target, on its committed corpus, on its regressions, and on what the test vectors give it."""
import glob
import os
import tempfile

from support import Tap, missing, replay, run, targets

PROGRAMS = os.path.join(os.environ.get("B", "build"), "fuzz", "bin")


def replay_folder(tap, target, folder, what, least):
    files = sorted(glob.glob(os.path.join(folder, "*")))
    problem = replay(os.path.join(PROGRAMS, "fuzz_" + target), files) if files else ""
    enough = len(files) >= least
    tap.check(problem is None and enough or (not files and least == 0),
              "%s keeps its promises on %d inputs: %s" % (target, len(files), what),
              problem or "there should be at least %d" % least)


def main():
    tap = Tap()
    why = missing()
    if why:
        tap.skip("fuzz targets", why)
        tap.end()
    built = run(["fuzz/build.sh"])
    if not tap.check(built.returncode == 0, "all fuzz targets build", built.output):
        tap.end()
    with tempfile.TemporaryDirectory() as folder:
        seeds = os.path.join(folder, "seeds")
        run(["python3", "fuzz/make_corpus.py", "seeds", seeds])
        for target in targets():
            committed = os.path.join(folder, target)
            run(["python3", "fuzz/make_corpus.py", "unpack", target, committed])
            replay_folder(tap, target, committed, "corpus and regressions", 20)
            replay_folder(tap, target, os.path.join(seeds, target), "test vectors", 20)
    tap.end()


main()
