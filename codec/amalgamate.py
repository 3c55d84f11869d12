#!/usr/bin/env python3
"""The codec as two files that a user copies into a project: amalgamate.py VERSION FOLDER

Writes FOLDER/clipper-codec.h and FOLDER/clipper-codec.c. The proof's annotations are left out; what the codec's files
share becomes static.
"""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PUBLIC = ["include/clipper/codec.h", "include/clipper/flat.h", "include/clipper/eras.h"]
PRIVATE = ["src/wire.h", "src/grammar.h", "src/recognise.h", "src/era.h"]
SOURCES = ["src/" + name for name in sorted(os.listdir(os.path.join(HERE, "src"))) if name.endswith(".c")]

ANNOTATION = re.compile(r"^[ \t]*(?:/\*@.*?\*/|//@[^\n]*)[ \t]*\n", re.S | re.M)
LOCAL_INCLUDE = re.compile(r'^#include ".*"\n', re.M)


def text(path):
    """A file of the codec without annotations and without what it includes of the codec."""
    with open(os.path.join(HERE, path), encoding="utf-8") as file:
        return LOCAL_INCLUDE.sub("", ANNOTATION.sub("", file.read()))


def joined(head, paths):
    return head + "".join("\n/* ==== codec/%s ==== */\n\n%s" % (path, text(path)) for path in paths)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    version, folder = sys.argv[1:]
    with open(os.path.join(HERE, "../LICENSE"), encoding="utf-8") as file:
        head = "/* The codec of clipper-rpc %s in two files, clipper-codec.h and clipper-codec.c.\n *\n%s */\n" % (
            version, "".join((" * " + line).rstrip() + "\n" for line in file.read().splitlines()))
    parts = {"clipper-codec.h": joined(head, PUBLIC),
             "clipper-codec.c": joined(head + '#include "clipper-codec.h"\n\n#define CLIPPER_ONE_FILE\n', PRIVATE + SOURCES)}
    os.makedirs(folder, exist_ok=True)
    for name, content in parts.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(content)


main()
