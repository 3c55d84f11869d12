#!/usr/bin/python3
"""The kit finds no fault with correct containers of several languages, whatever surrounds them (`--strict`).

    test_variants.py [TEXT...]     only the tests that have one of the texts in their names
"""
import itertools
import os
import sys

sys.dont_write_bytecode = True
from runs import check_decided, explained, skip_undecided
from tap import BUILD, ROOT, Skip, add_test, empty, main, output_of

SHORT = ["--poll-timeout", "200", "--activity-timeout", "1200"]
LINGER = os.path.join(BUILD, "default-linger.so")
# {variant: (options of the kit, what a shell does before it becomes the container)}
VARIANTS = {
    "on the document's wire": (SHORT, "export CLIPPER_WIRE=document"),
    "on the release's wire": (SHORT, "export CLIPPER_WIRE=release"),
    "started 3 s late": (SHORT, "sleep 3"),
    "with a model that takes 4 s": (SHORT, "export CLIPPER_MODEL_DELAY_MS=${CLIPPER_MODEL_DELAY_MS:-4000}"),
    "with its own timers": ([], "unset CLIPPER_POLL_TIMEOUT_MS CLIPPER_ACTIVITY_TIMEOUT_MS"),
    # A context with something left to send then waits for a Clipper that never comes: no exit, as PROC-1 has it.
    "with default linger": ([*SHORT, "--skip", "process/sigterm-without-clipper"],
                            f"export LD_PRELOAD=\"$LD_PRELOAD {LINGER}\""),
}
# Languages of which the library is not the system's libzmq.
WITHOUT_LIBZMQ = ("java", "node")
LANGUAGES = ("ours", "python", "cpp", "node", "java")


def container(language):
    if language == "ours":
        return [os.path.abspath(os.path.join(BUILD, "clipper-container")), "--model", "probe"]
    output_of(["sh", os.path.join(ROOT, "tests", "peers", "setup.sh"), language])
    missing = os.path.join(BUILD, "peers", language, "missing")
    if os.path.exists(missing):
        with open(missing, encoding="utf-8") as file:
            raise Skip("missing: " + file.read().strip())
    return [os.path.join(os.path.abspath(BUILD), "peers", language, "container")]


def test_variant(language, variant):
    options, before = VARIANTS[variant]
    command = container(language)
    if LINGER in before:
        # Linked with libzmq, as Python loads its own where no other library looks.
        output_of(["cc", "-shared", "-fPIC", "-o", LINGER, os.path.join(ROOT, "tests", "strangers", "linger.c"),
                   "-Wl,--no-as-needed", "-lzmq"])
    found = check_decided(["sh", "-c", before + '; exec "$@"', "sh", *command],
                          ["--strict", "--model", "probe", "--input-type", "doubles", *options])
    bad = [explained(case) for case in found.values() if case["verdict"] in ("fail", "warn", "error")]
    empty(bad, "found fault with")
    print("# skipped: " + ", ".join(name for name, case in found.items() if case["verdict"] == "skip"))
    skip_undecided(found)


for each in itertools.product(LANGUAGES, VARIANTS):
    if not (each[1] == "with default linger" and each[0] in WITHOUT_LIBZMQ):
        add_test(" ".join(each), test_variant, *each)
main()
