#!/usr/bin/env python3
"""fuzz/oss-fuzz/build.sh, run as OSS-Fuzz runs it: with its environment, and the tree in $SRC."""
import os
import re
import tempfile
import zipfile

from support import TOP, Tap, missing, replay, run

TARGETS = ["decode_whole", "decode_by_frame", "round_trip", "elements", "flat", "session", "json_decode", "json_encode"]


def build(folder, **more):
    """Runs build.sh with an empty OUT in FOLDER. Returns OUT and what was printed."""
    source, out, work = (os.path.join(folder, name) for name in ("src", "out", "work"))
    for each in (source, out, work):
        os.makedirs(each)
    os.symlink(TOP, os.path.join(source, "clipper-rpc"))
    flags = "-O1 -fno-omit-frame-pointer -gline-tables-only"
    environment = dict(os.environ, SRC=source, OUT=out, WORK=work, CC="clang", CXX="clang", SANITIZER="address",
                       CFLAGS=flags + " -fsanitize=address,fuzzer-no-link",
                       CXXFLAGS=flags + " -fsanitize=address,fuzzer-no-link", LIB_FUZZING_ENGINE="-fsanitize=fuzzer")
    environment.update(more)
    return out, run(["bash", os.path.join(TOP, "fuzz/oss-fuzz/build.sh")], cwd=source, env=environment)


def check_target(tap, out, target):
    program = os.path.join(out, "fuzz_" + target)
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(program + "_seed_corpus.zip") as corpus:
            corpus.extractall(folder)
        seeds = [os.path.join(folder, name) for name in os.listdir(folder)]
        problem = replay(program, seeds)
        tap.check(problem is None and len(seeds) >= 20, "%s: built, and replays its %d seeds" % (target, len(seeds)),
                  problem or "")
    done = run([program, "-runs=200", "-dict=" + program + ".dict", "-artifact_prefix=" + out + "/"])
    tap.check(done.returncode == 0 and "max_len" in open(program + ".options", encoding="ascii").read(),
              "%s: takes its dictionary and options" % target, done.output)


def main():
    tap = Tap()
    why = missing()
    if why:
        tap.skip("oss-fuzz/build.sh", why)
        tap.end()
    with tempfile.TemporaryDirectory() as folder:
        out, done = build(folder)
        tap.check(done.returncode == 0, "build.sh builds", done.output)
        programs = sorted(name for name in os.listdir(out) if re.fullmatch("fuzz_[a-z_]+", name)
                          and os.access(os.path.join(out, name), os.X_OK))
        tap.check(programs == sorted("fuzz_" + target for target in TARGETS), "it builds every target that can run there",
                  str(programs))
        for target in TARGETS:
            if "fuzz_" + target in programs:
                check_target(tap, out, target)
    tap.end()


main()
