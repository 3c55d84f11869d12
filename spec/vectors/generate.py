#!/usr/bin/env python3
"""Writes the test vectors (*.json beside this file, and in eras/) from source/*.py, or checks that they are up to date.

    generate.py --write
    generate.py --check     exit status 1, and the names, when a file is stale
"""
import importlib
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
FILES = ("framing", "heartbeat", "new_container", "prediction_request", "prediction_response", "feedback_request",
         "limits", "flat", "encode")
ERAS = ("C", "D", "E", "F")


def all_files():
    """(path, vectors) of every file."""
    eras = importlib.import_module("source.eras")
    return ([(HERE / (name + ".json"), importlib.import_module("source." + name).V.all) for name in FILES] +
            [(HERE / "eras" / ("era_%s.json" % era.lower()), eras.vectors_of_era(era)) for era in ERAS])


def render(vectors):
    """A JSON array: one vector a block, one of its values a line."""
    def value(v):
        return json.dumps(v, ensure_ascii=False)
    blocks = []
    for vector in vectors:
        lines = ("    %s: %s" % (value(k), value(v)) for k, v in vector.items())
        blocks.append("  {\n" + ",\n".join(lines) + "\n  }")
    return "[\n" + ",\n".join(blocks) + "\n]\n"


def main(arguments):
    if arguments not in (["--write"], ["--check"]):
        sys.exit(__doc__.strip())
    sys.path.insert(0, str(HERE))
    sys.dont_write_bytecode = True
    stale = []
    for path, vectors in all_files():
        wanted = render(vectors)
        if path.exists() and path.read_text(encoding="utf-8") == wanted:
            continue
        if arguments == ["--write"]:
            path.write_text(wanted, encoding="utf-8")
        else:
            stale.append(path.name)
    for name in stale:
        print("stale: %s (generate.py --write)" % name)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
