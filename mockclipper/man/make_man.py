#!/usr/bin/env python3
"""Writes a manual page in mdoc to standard output: make_man.py TEMPLATE PROGRAM

The template is mdoc, too. Lines of it stand for what `PROGRAM --help=json` says: "@usage@" for the usage of all its
commands, "@help NAME@" for a command's description and options, "@statuses NAME@" for its exit statuses (without NAME:
for the program's own), "@examples@" for all examples. "@version@" stands for the program's version.
"""
import itertools
import json
import re
import subprocess
import sys


def said(program, option):
    return subprocess.run([program, option], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
                          timeout=60).stdout


# ---- Text as mdoc ------------------------------------------------------------------------------------------

def escape(text):
    return text.replace("\\", "\\e").replace("-", "\\-")


def prose(text):
    """TEXT as input lines: a sentence a line, `quoted` words in bold."""
    lines = re.split(r"(?<=[a-z0-9)\]][.;]) +(?=[A-Z])", re.sub(r"`([^`]+)`", r"\\fB\1\\fR", escape(text)))
    return "".join(("\\&" if line[:1] in ".'" else "") + line + "\n" for line in lines)


def arguments(text):
    """TEXT as arguments of a macro: no word of it is taken for a macro."""
    return " ".join("\\&" + escape(word).replace('"', "\\(dq") for word in text.split())


def display(lines, offset=""):
    return ".Bd -literal%s\n" % offset + "".join("\\&%s\n" % escape(line) for line in lines) + ".Ed\n"


def lines_of(text):
    """A text of several lines, of which those that begin with a blank stay as they are."""
    return "".join(display([line[2:] for line in lines]) if literal else ".br\n".join(map(prose, lines))
                   for literal, lines in itertools.groupby(text.split("\n"), lambda line: line.startswith(" ")))


def table(rows):
    items = (".It Sy %s\n%s" % (arguments(term), lines_of(text)) for term, text in rows)
    return ".Bl -tag -width Ds\n" + "".join(items) + ".El\n"


# ---- The parts of a description ----------------------------------------------------------------------------

def usage(command, program):
    lines = [" ".join(filter(None, [command.get("name"), line])) for line in command["usage"]]
    return "".join(".Nm %s\n.Li %s\n" % (program, arguments(line)) for line in lines)


def option_row(option):
    term = "--" + " ".join(filter(None, [option["name"], option.get("argument")]))
    letter = "-%s, " % option["letter"] if "letter" in option else ""
    return letter + term, option["help"] + (" [%s]" % option["variable"] if "variable" in option else "")


def statuses(command):
    return table((str(number), text) for number, text in enumerate(command["statuses"]) if text)


def describe(command, others):
    parts = [prose(command["about"])]
    if "name" not in command and others:
        parts.append(".Ss Commands\n" + table((other["name"], other["summary"]) for other in others))
    parts += [".Ss %s\n%s" % (arguments(section), table(map(option_row, options)))
              for section, options in itertools.groupby(command["options"], lambda option: option["section"])]
    parts += [".Ss %s\n%s" % (arguments(topic["heading"]), lines_of(topic["text"])) for topic in command["topics"]]
    if "name" in command:
        parts.append(".Ss Exit status\n" + statuses(command))
    return "".join(parts)


def examples(commands):
    return ".Pp\n".join(prose(example["text"]) + display(example["command"].split("\n"), " -offset indent")
                        for command in commands for example in command["examples"])


def main():
    template, program = sys.argv[1:]
    with open(template, encoding="utf-8") as file:
        page = file.read()
    commands = json.loads(said(program, "--help=json"))
    name = re.search(r"^\.Nm (.*)", page, re.M)[1]
    parts = {"usage": lambda _: "".join(usage(command, name) for command in commands[1:] or commands),
             "statuses": statuses,
             "help": lambda command: describe(command, commands[1:]), "examples": lambda command: examples(commands)}

    def part(match):
        return parts[match[1]](next(command for command in commands if command.get("name") == match[2]))

    page = page.replace("@version@", re.search(r"[0-9]+\.[0-9.]+", said(program, "--version"))[0])
    sys.stdout.write(re.sub(r"^@([a-z]+)(?: ([a-z]+))?@\n", part, page, flags=re.M))


if __name__ == "__main__":
    main()
