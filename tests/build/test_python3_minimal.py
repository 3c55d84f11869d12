#!/usr/bin/env python3
"""With Debian's python3-minimal the build has JSON of its own: it must read what the build reads as Python's module does."""
import importlib.util
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
from tap import BUILD, ROOT, equal, main, output_of, read, test  # noqa: E402


def reader():
    spec = importlib.util.spec_from_file_location("minimal", os.path.join(ROOT, ".packaging/python3-minimal/json.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@test
def it_reads_the_requirements():
    text = read("spec/requirements.json")
    equal(reader().loads(text), json.loads(text))


@test
def it_reads_what_commands_say_of_their_options():
    for name in ("mockclipper", "clipper-container"):
        text = output_of([os.path.join(BUILD, name), "--help=json"])
        equal(reader().loads(text), json.loads(text))


main()
