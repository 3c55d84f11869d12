#!/usr/bin/env python3
"""codec/SECURITY.md and the fuzz targets agree: every promise that is judged is written down, and every one that is
written down says where it is judged, truly."""
import glob
import os
import re

from support import TOP, Tap


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


def promises():
    """{id: (text, where it is checked)}"""
    rows = re.findall(r"^\| ([A-Z]-\d+) \| (.*?) \| (.*?) \|$", read("codec/SECURITY.md"), re.M)
    return {name: (text, where) for name, text, where in rows}


def judged():
    """{file: ids of the promises that it judges}"""
    found = {}
    for path in sorted(glob.glob(os.path.join(TOP, "fuzz/*.c"))):
        name = os.path.relpath(path, TOP)
        found[name] = set(re.findall(r'PROMISE\(\s*"([A-Z]-\d+)"', read(name)))
    return found


def main():
    tap = Tap()
    written, found = promises(), judged()
    tap.check(len(written) >= 45, "%d promises are written down" % len(written))
    unknown = {name: ids - set(written) for name, ids in found.items() if ids - set(written)}
    tap.check(not unknown, "every promise that is judged is written down", str(unknown))
    for name, (_, where) in written.items():
        files = re.findall(r"`((?:fuzz|tests)/[^`]+)`", where)
        lost = [path for path in files if not os.path.exists(os.path.join(TOP, path))]
        tap.check((files or "all targets" in where) and not lost, "%s says where it is checked" % name, str(lost))
        targets = [path for path in files if path.startswith("fuzz/fuzz_")]
        # What sanitizers find needs no PROMISE.
        silent = [path for path in targets if name not in found[path] | found["fuzz/json_answer.c"]]
        if "Sanitizer" not in where:
            tap.check(not silent, "%s is judged there" % name, str(silent))
    elsewhere = {path: sorted(name for name in ids if path not in written[name][1])
                 for path, ids in found.items() if path.startswith("fuzz/fuzz_")}
    elsewhere = {path: names for path, names in elsewhere.items() if names}
    tap.check(not elsewhere, "every target is named with what it judges", str(elsewhere))
    tap.end()


main()
