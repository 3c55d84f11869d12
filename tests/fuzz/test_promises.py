#!/usr/bin/env python3
"""codec/SECURITY.md and the fuzz targets agree: every promise that is judged is written down, and every one that is
written down says where it is judged, truly."""
import glob
import os
import re

from support import equal
from tap import ROOT, add_test, main, read, test


def promises():
    """{id: (text, where it is checked)}"""
    rows = re.findall(r"^\| ([A-Z]-\d+) \| (.*?) \| (.*?) \|$", read("codec/SECURITY.md"), re.M)
    return {name: (text, where) for name, text, where in rows}


def judged():
    """{file: ids of the promises that it judges}"""
    found = {}
    for path in sorted(glob.glob(os.path.join(ROOT, "fuzz/*.c"))):
        name = os.path.relpath(path, ROOT)
        found[name] = set(re.findall(r'PROMISE\(\s*"([A-Z]-\d+)"', read(name)))
    return found


WRITTEN, JUDGED = promises(), judged()


@test
def the_promises_are_written_down():
    assert len(WRITTEN) >= 45, len(WRITTEN)


@test
def every_promise_that_is_judged_is_written_down():
    equal({name: ids - set(WRITTEN) for name, ids in JUDGED.items() if ids - set(WRITTEN)}, {})


@test
def every_target_is_named_with_what_it_judges():
    equal([(path, name) for path, ids in JUDGED.items() if path.startswith("fuzz/fuzz_")
           for name in sorted(ids) if path not in WRITTEN[name][1]], [])


def files_of(where):
    return re.findall(r"`((?:fuzz|tests)/[^`]+)`", where)


def says_where_it_is_checked(where):
    assert files_of(where) or "all targets" in where
    equal([path for path in files_of(where) if not os.path.exists(os.path.join(ROOT, path))], [])


def is_judged_there(name, where):
    equal([path for path in files_of(where) if path.startswith("fuzz/fuzz_")
           and name not in JUDGED[path] | JUDGED["fuzz/json_answer.c"]], [])


for promise, (_, place) in WRITTEN.items():
    add_test(promise + " says where it is checked", says_where_it_is_checked, place)
    if "Sanitizer" not in place:  # what sanitizers find needs no PROMISE
        add_test(promise + " is judged there", is_judged_there, promise, place)
main()
