#!/usr/bin/env python3
# suite: deep long
"""fuzz/oss-fuzz/build.sh, run as OSS-Fuzz runs it: with its environment, and the tree in $SRC."""
import functools
import os
import re
import tempfile
import zipfile

from support import need_libfuzzer, output_of, replay
from tap import ROOT, add_test, equal, main, test

TARGETS = ["decode_whole", "decode_by_frame", "round_trip", "elements", "flat", "eras", "session", "json_decode",
           "json_encode"]
FOLDER = tempfile.TemporaryDirectory()
OUT = os.path.join(FOLDER.name, "out")


@test
@functools.cache
def build_sh_builds():
    need_libfuzzer()
    source, work = (os.path.join(FOLDER.name, name) for name in ("src", "work"))
    for each in (source, OUT, work):
        os.makedirs(each)
    os.symlink(ROOT, os.path.join(source, "clipper-rpc"))
    flags = "-O1 -fno-omit-frame-pointer -gline-tables-only -fsanitize=address,fuzzer-no-link"
    environment = dict(os.environ, SRC=source, OUT=OUT, WORK=work, CC="clang", CXX="clang", SANITIZER="address",
                       CFLAGS=flags, CXXFLAGS=flags, LIB_FUZZING_ENGINE="-fsanitize=fuzzer")
    output_of(["bash", os.path.join(ROOT, "fuzz/oss-fuzz/build.sh")], cwd=source, env=environment)


@test
def it_builds_every_target_that_can_run_there():
    build_sh_builds()
    equal(sorted(name for name in os.listdir(OUT) if re.fullmatch("fuzz_[a-z_]+", name)
                 and os.access(os.path.join(OUT, name), os.X_OK)), sorted("fuzz_" + target for target in TARGETS))


def replays_its_seeds(target):
    build_sh_builds()
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(os.path.join(OUT, "fuzz_%s_seed_corpus.zip" % target)) as corpus:
            corpus.extractall(folder)
        replay(os.path.join(OUT, "fuzz_" + target), folder, 20)


def takes_its_dictionary_and_options(target):
    build_sh_builds()
    program = os.path.join(OUT, "fuzz_" + target)
    output_of([program, "-runs=200", "-dict=" + program + ".dict", "-artifact_prefix=" + OUT + "/"])
    with open(program + ".options", encoding="ascii") as options:
        assert "max_len" in options.read()


for name in TARGETS:
    add_test(name + ": replays its seeds", replays_its_seeds, name)
    add_test(name + ": takes its dictionary and options", takes_its_dictionary_and_options, name)
main()
