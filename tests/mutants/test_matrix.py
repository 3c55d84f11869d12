#!/usr/bin/python3
"""What the matrix makes of a kit that is too slow to tell: it asks again, and never takes that for a miss."""
import os
import sys
import tempfile

sys.dont_write_bytecode = True
from tables import KIT
from tap import PYTHON, contains, equal, main, run, test, write

MATRIX = os.path.join(os.path.dirname(os.path.abspath(__file__)), "matrix.py")
# The bug id-31-bits is asked for; verdicts come in this order, the last of them for ever.
PRETENDER = """#!/bin/sh
[ "$1" = check ] || exec {kit} "$@"
echo >> {folder}/asked
n=$(wc -l < {folder}/asked)
set -- {verdicts}
shift $((n < $# ? n - 1 : $# - 1))
printf '{{"cases": [{{"id": "prediction/message-ids", "verdict": "%s", "findings": []}}]}}' "$1"
"""


def ask(*verdicts):
    """The matrix's status and output, and how often it asked."""
    with tempfile.TemporaryDirectory() as folder:
        kit = os.path.join(folder, "kit")
        write(kit, PRETENDER.format(kit=KIT, folder=folder, verdicts=" ".join(verdicts)))
        os.chmod(kit, 0o755)
        status, out, _ = run([PYTHON, MATRIX, "id-31-bits"], env={**os.environ, "MOCKCLIPPER": kit})
        with open(os.path.join(folder, "asked"), encoding="utf-8") as asked:
            return status, out.decode(), len(asked.readlines())


@test
def what_is_found_is_asked_once():
    status, out, asked = ask("fail")
    equal((status, asked), (0, 1))
    contains(out, "\nok 1 - id-31-bits")


@test
def what_is_inconclusive_is_asked_again():
    status, out, asked = ask("inconclusive", "inconclusive", "fail")
    equal((status, asked), (0, 3))
    contains(out, "\nok 1 - id-31-bits: prediction/message-ids\n")


@test
def what_is_missed_at_last_is_a_miss():
    status, out, asked = ask("inconclusive", "pass")
    equal((status, asked), (1, 2))
    contains(out, "\nnot ok 1 - id-31-bits", "prediction/message-ids says pass")


@test
def what_stays_inconclusive_is_no_miss():
    status, out, asked = ask("inconclusive")
    equal((status, asked), (0, 4))
    contains(out, "\nok 1 - id-31-bits: prediction/message-ids # SKIP this machine was too slow to tell")


main()
