#!/usr/bin/env python3
"""Fills the generated parts of clipper-rpc.md from requirements.json and the test vectors.

    generate.py --write
    generate.py --check     exit status 1 when the text is stale

A generated part lies between a marker and <!-- end -->. The markers, each on a line of its own:

    <!-- req FRM-1 FRM-2 -->              these requirements, in full
    <!-- index -->                        every requirement, as links
    <!-- vector keep-alive: a | b | c --> the frames of a test vector in hex, and what each is

Every requirement stands in exactly one req marker.
"""
import html
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
TEXT, REQUIREMENTS = HERE / "clipper-rpc.md", HERE / "requirements.json"
BLOCK = re.compile(r"(<!-- (req|index|vector)([^>]*?) -->\n).*?(<!-- end -->\n)", re.S)
NAMES = {"container": "container", "clipper": "Clipper", "codec": "codec"}
KINDS = {"document": "document", "release": "released Clipper", "robustness": "robustness", "ours": "ours"}
WIRES = {"document": ", document wire", "release": ", release wire", "both": ""}


def escape(text):
    return html.escape(text, quote=False).replace("*", "\\*")


def requirement(r):
    head = '- <a id="%s"></a>**%s** · %s · %s%s' % (
        r["id"].lower(), r["id"], r["level"], ", ".join(NAMES[b] for b in r["binds"]), WIRES[r["profile"]])
    source = "<sub>%s: %s</sub>" % (KINDS[r["source"]["kind"]], escape(r["source"]["ref"]))
    return "%s<br>\n  %s<br>\n  %s\n" % (head, escape(r["text"]), source)


def index(requirements):
    areas = {}
    for r in requirements:
        areas.setdefault(r["id"].split("-")[0], []).append("[%s](#%s)" % (r["id"], r["id"].lower()))
    rows = ("| %s | %s |\n" % (area, " ".join(links)) for area, links in areas.items())
    return "| area | requirements |\n|---|---|\n" + "".join(rows)


def vector(argument, vectors):
    name, meanings = argument.strip().split(":", 1)
    frames, meanings = vectors[name]["frames"], [m.strip() for m in meanings.split("|")]
    if len(frames) != len(meanings):
        sys.exit("vector %s: %d frames, %d meanings" % (name, len(frames), len(meanings)))
    rows = "".join("| %d | %s | %s |\n" % (i, "`%s`" % bytes.fromhex(f).hex(" ") if f else "(empty)", m)
                   for i, (f, m) in enumerate(zip(frames, meanings)))
    return "| frame | bytes in hex | meaning |\n|--:|---|---|\n" + rows + "\n<sub>test vector `%s`</sub>\n" % name


def fill(text, requirements, vectors):
    by_id, used = {r["id"]: r for r in requirements}, []

    def block(match):
        begin, kind, argument, end = match.groups()
        if kind == "req":
            ids = argument.split()
            unknown = [i for i in ids if i not in by_id]
            if unknown:
                sys.exit("no such requirement: " + " ".join(unknown))
            used.extend(ids)
            body = "".join(requirement(by_id[i]) for i in ids)
        elif kind == "index":
            body = index(requirements)
        else:
            body = vector(argument, vectors)
        return begin + "\n" + body + "\n" + end

    text = BLOCK.sub(block, text)
    wrong = sorted({i for i in by_id if used.count(i) != 1})
    if wrong:
        sys.exit("not exactly once in the text: " + " ".join(wrong))
    return text


def main(arguments):
    if arguments not in (["--write"], ["--check"]):
        sys.exit(__doc__.strip())
    requirements = json.loads(REQUIREMENTS.read_text(encoding="utf-8"))
    vectors = {v["id"]: v for path in sorted((HERE / "vectors").rglob("*.json"))
               for v in json.loads(path.read_text(encoding="utf-8"))}
    old = TEXT.read_text(encoding="utf-8")
    new = fill(old, requirements, vectors)
    if new == old:
        return 0
    if arguments == ["--write"]:
        TEXT.write_text(new, encoding="utf-8")
        return 0
    print("stale: %s (generate.py --write)" % TEXT.name)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
