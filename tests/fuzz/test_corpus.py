#!/usr/bin/env python3
"""Every fuzz target, on its committed corpus, on its regressions, and on what the test vectors give it."""
import functools
import os
import tempfile

from support import need_libfuzzer, replay, targets
from tap import BUILD, add_test, main, output_of, test

PROGRAMS = os.path.join(BUILD, "fuzz", "bin")


@test
@functools.cache
def all_fuzz_targets_build():
    need_libfuzzer()
    output_of(["fuzz/build.sh"])


def replay_folder(target, *corpus):
    all_fuzz_targets_build()
    with tempfile.TemporaryDirectory() as folder:
        output_of(["python3", "fuzz/make_corpus.py", *corpus, folder])
        replay(os.path.join(PROGRAMS, "fuzz_" + target), os.path.join(folder, target if "seeds" in corpus else ""), 20)


for name in targets():
    add_test(name + " keeps its promises on corpus and regressions", replay_folder, name, "unpack", name)
    add_test(name + " keeps its promises on the test vectors", replay_folder, name, "seeds")
main()
