#!/usr/bin/env python3
"""Is tests/session/model_automata.h, to which the C session is held, still what spin says of the model? Prints TAP."""
import sys
import tempfile

import automaton
import check
import spin


def committed():
    with open(check.AUTOMATA, encoding="utf-8") as file:
        return file.read()


def the_automata_are_those_of_the_model():
    made = automaton.header()
    if made == committed():
        return ""
    return "stale: the model has changed, run make model-automata"


def a_bug_of_the_session_changes_its_automaton(folder):
    """An automaton in which a bug of the session did not show could not be used to find it."""
    right = automaton.steps(2, 3, folder)
    same = [name for name, number, _, _ in check.BUGS
            if name in check.SESSION_BUGS and automaton.steps(2, 3, folder, number) == right]
    return "no difference for " + ", ".join(same) if same else ""


def the_tables_agree():
    return "; ".join(check.table_problems())


def main():
    needs = spin.missing()
    with tempfile.TemporaryDirectory() as folder:
        tests = (("bugs, promises and model name the same things", the_tables_agree, False),
                 ("the committed automata are those of the model", the_automata_are_those_of_the_model, True),
                 ("each bug of the session changes its automaton",
                  lambda: a_bug_of_the_session_changes_its_automaton(folder + "/model"), True))
        failed = 0
        print("1..%d" % len(tests))
        for number, (name, test, needs_spin) in enumerate(tests, 1):
            if needs_spin and needs:
                print("ok %d - %s # SKIP needs %s" % (number, name, ", ".join(needs)))
                continue
            problem = test()
            failed += problem != ""
            print("%sok %d - %s" % ("not " if problem else "", number, name))
            if problem:
                print("# " + problem)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
