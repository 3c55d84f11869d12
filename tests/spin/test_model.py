#!/usr/bin/env python3
"""Is tests/session/model_automata.h, to which the C session is held, still what spin says of the model? Prints TAP."""
import os
import sys
import tempfile

import automaton
import check
import spin

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
from tap import Skip, empty, main, read, test  # noqa: E402


def need_spin():
    if spin.missing():
        raise Skip("needs " + ", ".join(spin.missing()))


@test
def bugs_promises_and_model_name_the_same_things():
    empty(check.table_problems(), "problems")


@test
def the_committed_automata_are_those_of_the_model():
    need_spin()
    assert automaton.header() == read(check.AUTOMATA), "stale: the model has changed, run make model-automata"


@test
def each_bug_of_the_session_changes_its_automaton():
    """An automaton in which a bug of the session did not show could not be used to find it."""
    need_spin()
    with tempfile.TemporaryDirectory() as folder:
        right = automaton.steps(2, 3, folder)
        empty([name for name, number, _, _ in check.BUGS if name in check.SESSION_BUGS
               and automaton.steps(2, 3, folder, number) == right], "no difference for")


main()
