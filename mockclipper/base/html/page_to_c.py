#!/usr/bin/env python3
"""Writes the page of the HTML report as C (see page.h) to standard output: page_to_c.py FOLDER

The style sheet and the scripts are put into page.html where its comments name them. The page's policy allows just
that script, by its hash: whatever a container gets into the page, it cannot run.
"""
import base64
import hashlib
import os
import re
import sys

SCRIPTS = ("elements.js", "frames.js", "diagram.js", "details.js", "page.js")
DATA = "<!-- data -->"


def read(folder, name):
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        path = os.path.join(os.path.dirname(__file__), name)
    with open(path, encoding="utf-8") as file:
        return file.read()


def page(folder):
    script = '"use strict";\n' + "".join(read(folder, name) for name in SCRIPTS)
    style = read(folder, "page.css")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    parts = {"css": style, "js": script, "script-hash": "sha256-" + digest}
    return re.sub(r"<!-- (css|js) -->|(?<=')(script-hash)(?=')", lambda m: parts[m[1] or m[2]], read(folder, "page.html"))


def c_string(text):
    return '"%s"' % "".join("\\" + c if c in '"\\' else c if " " <= c <= "~" else "".join("\\%03o" % b for b in c.encode())
                            for c in text)


def c_lines(name, text):
    rows = "".join("    %s,\n" % c_string(line) for line in text.splitlines(keepends=True))
    return "const char *const %s[] = {\n%s    NULL,\n};\n" % (name, rows)


def main():
    before, after = page(sys.argv[1]).split(DATA)
    sys.stdout.write("/* Made from mockclipper/report/html/ by page_to_c.py. */\n"
                     '#include "base/html_page.h"\n\n#include <stddef.h>\n\n')
    sys.stdout.write(c_lines("html_page_before", before) + "\n" + c_lines("html_page_after", after))


if __name__ == "__main__":
    main()
