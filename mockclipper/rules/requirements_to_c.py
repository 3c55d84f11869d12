#!/usr/bin/env python3
"""Writes spec/requirements.json as a C table (see requirements.h) to standard output."""
import json
import sys

LEVELS = {"MUST": "LEVEL_MUST", "SHOULD": "LEVEL_SHOULD", "MAY": "LEVEL_MAY"}
PROFILES = {"both": "PROFILE_INTEROP", "document": "PROFILE_DOCUMENT", "release": "PROFILE_RELEASE"}
BINDS = {"container": "BINDS_CONTAINER", "clipper": "BINDS_CLIPPER", "codec": "BINDS_CODEC"}


def c_string(text):
    escaped = "".join(
        "\\" + c if c in '"\\' else c if " " <= c <= "~" else "".join("\\%03o" % b for b in c.encode())
        for c in text)
    return '"%s"' % escaped


def row(r):
    fields = [c_string(r["id"]), LEVELS[r["level"]], PROFILES[r["profile"]],
              " | ".join(BINDS[b] for b in r["binds"]),
              c_string(r["source"]["kind"]), c_string(r["source"]["ref"]), c_string(r["text"]),
              c_string(r["no_scenario"]) if "no_scenario" in r else "NULL",
              str(r.get("unsent", False)).lower(), str(r.get("released_breach", False)).lower()]
    return "    {%s},\n" % ", ".join(fields)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        rows = json.load(file)
    sys.stdout.write('/* Made from spec/requirements.json by mockclipper/rules/requirements_to_c.py. */\n'
                     '#include "rules/requirements.h"\n\nconst requirement requirements[] = {\n')
    sys.stdout.writelines(row(r) for r in rows)
    sys.stdout.write("};\nconst size_t requirement_count = sizeof requirements / sizeof *requirements;\n")


if __name__ == "__main__":
    main()
