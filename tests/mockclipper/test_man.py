"""The manual pages: made from what the programs say of themselves, correct mdoc, and complete."""

import json
import os
import re
import shutil
import subprocess

from kit import CONTAINER, MOCKCLIPPER
from tap import PYTHON, ROOT, Skip, contains, equal, main, test

MAKE_MAN = os.path.join(ROOT, "mockclipper", "man", "make_man.py")
PAGES = {"mockclipper": ("mockclipper/man/mockclipper.1.in", MOCKCLIPPER),
         "clipper-container": ("container/man/clipper-container.1.in", CONTAINER)}


def output(*command, stdin=None):
    done = subprocess.run(command, input=stdin, stdin=subprocess.DEVNULL if stdin is None else None,
                          capture_output=True, timeout=60)
    equal(done.returncode, 0, "%s: %s" % (command, (done.stdout + done.stderr).decode()[:3000]))
    return done.stdout


def source(name):
    template, program = PAGES[name]
    return output(PYTHON, MAKE_MAN, os.path.join(ROOT, template), program)


def page(name):
    """The page as a reader sees it, words with single blanks between."""
    if shutil.which("mandoc") is None:
        raise Skip("needs mandoc")
    text = output("mandoc", "-T", "utf8", "-O", "width=200", stdin=source(name)).decode()
    return " ".join(re.sub(".\b", "", text).split())


@test
def mandoc_has_nothing_to_warn_of():
    if shutil.which("mandoc") is None:
        raise Skip("needs mandoc")
    for name in PAGES:
        equal(output("mandoc", "-T", "lint", "-W", "warning", stdin=source(name)), b"", name)


@test
def all_that_the_help_says_is_in_the_page():
    for name, (_, program) in PAGES.items():
        text = page(name)
        for command in json.loads(output(program, "--help=json")):
            if command.get("name") == "help":
                continue  # the page is its help
            if "name" in command:
                contains(text, "THE %s COMMAND" % command["name"].upper())
            for option in command["options"]:
                contains(text, "--%s" % " ".join(filter(None, [option["name"], option.get("argument")])))
            texts = [part[key] for group, key in (("options", "help"), ("topics", "text"), ("examples", "command"))
                     for part in command[group]]
            if name == "clipper-container" or "name" in command:
                texts += [*command["usage"], *command["statuses"]]
            for line in "\n".join([command["about"], *texts]).split("\n"):
                contains(text, " ".join(line.replace("`", "").split()))


@test
def nothing_of_the_template_is_left():
    for name in PAGES:
        equal(re.findall("^@.*@$", source(name).decode(), re.M), [], name)
        contains(page(name), output(PAGES[name][1], "--version").decode().split()[1].rstrip(","))


@test
def sections_that_a_reader_looks_for():
    for name in PAGES:
        contains(page(name), "NAME", "SYNOPSIS", "DESCRIPTION", "ENVIRONMENT", "FILES", "EXIT STATUS", "EXAMPLES", "SEE ALSO")


if __name__ == "__main__":
    main()
