#!/usr/bin/env python3
"""Writes the pages of the HTML reports as C (see html_page.h) to standard output: page_to_c.py MOCKCLIPPER

A page is a folder ROOM/html with body.html, style sheets, and scripts, of which page.js runs last. They are put into
page.html, beside this file, after the style sheet and the script that all pages share. The page's policy allows that
script alone, by its hash: whatever a container gets into the page, it cannot run.
"""
import base64
import glob
import hashlib
import os
import re
import sys

SHARED = os.path.dirname(os.path.abspath(__file__))


def read(paths):
    texts = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            texts.append(file.read())
    return "".join(texts)


def files(folder, kind):
    own = sorted(glob.glob(os.path.join(folder, "*." + kind)), key=lambda path: (path.endswith("page.js"), path))
    return sorted(glob.glob(os.path.join(SHARED, "*." + kind))) + own


def page(folder):
    script = '"use strict";\n' + read(files(folder, "js"))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    parts = {"css": read(files(folder, "css")), "js": script, "body": read([os.path.join(folder, "body.html")]),
             "script-hash": "sha256-" + digest}
    return re.sub(r"<!-- (css|js|body) -->|(?<=')(script-hash)(?=')", lambda m: parts[m[1] or m[2]],
                  read([os.path.join(SHARED, "page.html")]))


def c_string(text):
    return '"%s"' % "".join("\\" + c if c in '"\\' else c if " " <= c <= "~" else "".join("\\%03o" % b for b in c.encode())
                            for c in text)


def c_lines(text):
    return "".join("    %s,\n" % c_string(line) for line in text.splitlines(keepends=True))


def main():
    print("/* Made by page_to_c.py. */\n#include \"base/html_page.h\"\n\n#include <stddef.h>")
    for body in sorted(glob.glob(os.path.join(sys.argv[1], "*", "html", "body.html"))):
        folder = os.path.dirname(body)
        before, after = map(c_lines, page(folder).split("<!-- data -->"))
        print("\nconst char *const html_page_%s[] = {\n%s    NULL,\n%s    NULL,\n};" %
              (os.path.basename(os.path.dirname(folder)), before, after))


if __name__ == "__main__":
    main()
