#!/usr/bin/env python3
"""Makes tests/session/model_automata.h: every step of the session's model, as spin's exhaustive search goes
through them.

    automaton.py > tests/session/model_automata.h
"""
import os
import sys
import tempfile

import spin

# D and TO in ticks: TO a multiple of D, and not; equal to it; less than it.
TIMES = ((1, 1), (1, 3), (2, 1), (2, 3), (3, 7))
EVENTS = ("on_open", "keep_alive", "asks_metadata", "request", "wrong_type", "feedback_request", "malformed",
          "other_version", "on_activity", "on_time", "on_backlog", "on_disconnect", "tick")
LETTERS = {"none": "-", "wait": "w", "send_heartbeat": "h", "send_metadata": "m", "predict": "p", "feedback": "f",
           "wrong_input_type": "i", "bad_message": "b", "reopen": "r", "exit": "x"}
CLOSED = (0, 0, 0, 0, 0)


def steps(poll, activity, folder, bug=0):
    """{(state, event): (action, next state)} of the model; a state is (open, asked, registered, poll, idle)."""
    spin.make_verifier("caller.pml", {"D": poll, "TO": activity, "BUG": bug}, folder,
                       ["-O0", "-DPRINTF", "-DSAFETY", "-DNOREDUCE"])
    _, output = spin.run(["./pan"], folder)
    if spin.Search(output).errors:
        raise spin.Trouble("caller.pml is stuck:\n" + output)
    table = {}
    for line in output.splitlines():
        words = line.split()
        if words[:1] == ["CALL"]:
            numbers = [int(word) for word in words[3:8] + words[9:]]
            step = (words[8], tuple(numbers[5:]))
            if table.setdefault((tuple(numbers[:5]), words[2]), step) != step:
                raise spin.Trouble("two steps from one state for one event: " + line)
    return table


def states_of(table):
    """The states, the closed one first; each must have a step for each event."""
    states = sorted({state for state, _ in table} - {CLOSED})
    states.insert(0, CLOSED)
    lacking = [(state, event) for state in states for event in EVENTS if (state, event) not in table]
    if lacking:
        raise spin.Trouble("no step for %s" % (lacking[:3],))
    return states


def rows(table):
    states = states_of(table)
    index = {state: number for number, state in enumerate(states)}
    for number, state in enumerate(states):
        edges = []
        for event in EVENTS:
            action, following = table[state, event]
            edges.append("{'%s', %d}" % (LETTERS[action], index[following]))
        yield "    /* %d: %s */\n    {{%s}, {%s}}," % (
            number, "idle %d" % state[4] if state[0] else "not open", ", ".join(str(n) for n in state[:4]),
            ", ".join(edges))


def header():
    """The text of model_automata.h."""
    lines = ["/* The session's model as spin printed it. Made by tests/spin/automaton.py from tests/spin/session.pml;",
             " * do not edit. */", "#ifndef MODEL_AUTOMATA_H", "#define MODEL_AUTOMATA_H", "", '#include "support_model.h"',
             "", "/* clang-format off */"]
    automata = []
    with tempfile.TemporaryDirectory() as folder:
        for poll, activity in TIMES:
            name = "model_rows_%d_%d" % (poll, activity)
            body = list(rows(steps(poll, activity, os.path.join(folder, "model"))))
            lines += ["static const model_row %s[] = {" % name] + body + ["};", ""]
            automata.append("    {%d, %d, %d, %s}," % (poll, activity, len(body), name))
    lines += ["static const model_automaton model_automata[] = {"] + automata + ["};", "/* clang-format on */", "",
                                                                              "#endif"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    try:
        sys.stdout.write(header())
    except spin.Trouble as trouble:
        sys.exit(str(trouble))
