#!/usr/bin/env python3
"""Writes a manual page in mdoc to standard output: make_man.py TEMPLATE PROGRAM

The template is mdoc, too. A line "@help@" in it stands for what `PROGRAM --help` says, "@help NAME@" for
`PROGRAM NAME --help`, "@usage@" and "@usage NAME@" for the usage lines of these, and "@version@" for the number that
`PROGRAM --version` gives: so that the page says what the program says.
"""
import re
import subprocess
import sys

ROW = re.compile(r" {2,6}(\S.*?) {2,}(\S.*)")


def said(program, *arguments):
    return subprocess.run([program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
                          timeout=60).stdout


# ---- Text as mdoc ------------------------------------------------------------------------------------------

def escape(text):
    return text.replace("\\", "\\e").replace("-", "\\-")


def prose(text):
    """TEXT as input lines: a sentence a line, `quoted` words in bold."""
    text = re.sub(r"`([^`]+)`|'(mockclipper [a-z]+)'", lambda m: "\\fB%s\\fR" % (m[1] or m[2]), escape(text))
    lines = re.split(r"(?<=[a-z)\]][.;]) +(?=[A-Z])", text)
    return "".join(("\\&" if line[:1] in ".'" else "") + line + "\n" for line in lines)


def arguments(text):
    """TEXT as arguments of a macro: no word of it is taken for a macro."""
    return " ".join("\\&" + escape(word).replace('"', "\\(dq") for word in text.split())


def display(lines):
    return ".Bd \\-literal\n".replace("\\-", "-") + "".join("\\&" + escape(line[2:]) + "\n" for line in lines) + ".Ed\n"


# ---- The parts of a help text ------------------------------------------------------------------------------

def table(lines):
    """Terms and what they mean: a term is indented less than the column of meanings."""
    column = ROW.match(lines[0]).start(2)
    out = [".Bl -tag -width Ds\n"]
    for line in lines:
        row, indent = ROW.match(line), len(line) - len(line.lstrip())
        if indent >= column - 2:
            if re.match(r"[A-Z]{3,}: |Without ", line.strip()):
                out.append(".br\n")
            out.append(prose(line.strip()))
        else:
            term, meaning = (row[1], row[2]) if row else (line.strip(), "")
            out.append(".It Sy %s\n%s" % (arguments(term), prose(meaning) if meaning else ""))
    return "".join(out) + ".El\n"


def block(lines):
    """Lines without an empty one between them."""
    if not lines[0].startswith(" "):
        if len(lines) > 1 and lines[1].startswith("  "):
            return ".Ss %s\n%s" % (arguments(lines[0].rstrip(":")), block(lines[1:]))
        return ".Pp\n" + prose(" ".join(lines))
    if ROW.match(lines[0]) and not lines[0].lstrip().startswith(("{", "$")):
        return table(lines)
    return display(lines)


def split(text):
    """(usage lines, the blocks after them) of a help text."""
    blocks = [part.split("\n") for part in re.split(r"\n{2,}", text.strip("\n"))]
    usage = [re.sub(r"^(usage|Usage):", "", line).strip() for line in blocks[0]]
    return usage, blocks[1:]


def usage(text):
    lines = []
    for line in split(text)[0]:
        name, _, rest = line.partition(" ")
        lines.append(".Nm %s\n%s" % (name, ".Li %s\n" % arguments(rest) if rest else ""))
    return "".join(lines)


def help_text(text):
    out = "".join(block(lines) for lines in split(text)[1])
    # A section heading begins a paragraph by itself.
    return re.sub(r"^\.Pp\n", "", re.sub(r"(\.Ss .*\n)\.Pp\n", r"\1", out))


def main():
    template, program = sys.argv[1:]
    with open(template, encoding="utf-8") as file:
        page = file.read()
    version = re.search(r"[0-9]+\.[0-9.]+", said(program, "--version"))[0]
    page = page.replace("@version@", version)
    page = re.sub(r"^@usage( [a-z]+)?@\n", lambda m: usage(said(program, *(m[1] or "").split(), "--help")), page, flags=re.M)
    page = re.sub(r"^@help( [a-z]+)?@\n", lambda m: help_text(said(program, *(m[1] or "").split(), "--help")), page,
                  flags=re.M)
    sys.stdout.write(page)


if __name__ == "__main__":
    main()
