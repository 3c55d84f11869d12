#!/usr/bin/env python3
# suite: timed
"""README's commands are run, and what they print has the shape that README shows: numbers may differ, words may not."""
import json
import os
import re
import shlex
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
from tap import BUILD, PYTHON, ROOT, contains, empty, equal, main, test  # noqa: E402

# Commands of README are found in BUILD; python3 is the system's, which has the modules of the test containers.
ENVIRONMENT = {**os.environ, "PATH": os.pathsep.join([BUILD, os.path.dirname(PYTHON), os.environ["PATH"]])}


def readme(name="README.md"):
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        return file.read()


def blocks(text):
    return [block for language, block in re.findall(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S) if not language]


def block_of(beginning):
    found, = (block for block in blocks(readme()) if block.startswith(beginning))
    return found


def shell(command, timeout=300):
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False, timeout=timeout)
    return done.returncode, done.stdout


def shape(line):
    """A line without what differs from run to run: times, ports, ids, blanks."""
    line = re.sub(r"\b[0-9a-f]{10}\b", "ID", line)
    return re.sub(r"\d[\d,.]*", "N", re.sub(r"\s+", " ", line.strip()))


def missing(shown, printed):
    """The lines of SHOWN that are not in PRINTED in their order, by shape."""
    printed = iter([shape(line) for line in printed.splitlines()])
    return [line for line in shown.splitlines() if line.strip() not in ("", "...") and shape(line) not in printed]


@test
def what_check_shows_of_a_failure_is_what_it_prints():
    block = block_of("$ export CLIPPER_MODEL=sum CLIPPER_BUG")
    commands = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
    status, printed = shell("; ".join(commands))
    equal(status, 1, printed[-2000:])
    shown = "".join(line + "\n" for line in block.splitlines() if not line.startswith("$ "))
    empty(missing(shown, re.sub(r"^#? {0,4}", "", printed, flags=re.M)), "not printed")


@test
def what_bench_shows_is_what_it_prints():
    block = block_of("$ mockclipper bench")
    status, printed = shell(block.splitlines()[0][2:])
    equal(status, 0, printed)
    labels = [line.split()[0] for line in block.splitlines()[1:11] if line.strip()]
    equal([line.split()[0] for line in printed.splitlines()[:len(labels)]], labels, printed)
    contains(printed, "of all", "up to")


@test
def what_the_kit_says_of_three_bugs_is_what_it_says():
    bugs = {name: scenarios for name, _, scenarios in
            (line.rstrip("\n").split("\t")[:3] for line in readme("tests/mutants/expected.tsv").splitlines() if line[:1] != "#")}
    named = re.split(r"^--bug ", block_of("--bug "), flags=re.M)[1:]
    equal(len(named), 3)
    for text in named:
        bug, said = text.split("\n", 1)
        name, meaning = bug.split(": ", 1)
        contains(shell("mutant --list-bugs 2>&1; mutant --help 2>&1")[1], name)
        scenario = bugs[name].split()[0]
        printed = shell(f"mockclipper check --model probe --poll-timeout 100 --activity-timeout 600 "
                        f"--scenario {shlex.quote(scenario)} -- build/mutant --model probe --bug {name}")[1]
        # The text of a requirement is broken into lines elsewhere.
        said = re.sub(r"^ {10}.*\n|; \d+ heartbeats? came .*", "", said, flags=re.M)
        empty(missing(said, re.sub(r"^#? +|; \d+ heartbeats? came .*", "", printed, flags=re.M)), name)
        equal(bool(meaning), True)


@test
def explain_and_list_know_what_readme_names():
    for command in re.findall(r"`(mockclipper explain [^`]+)`", readme()):
        equal(shell(command)[0], 0, command)
    contains(shell("mockclipper list")[1], "prediction/one-item")


@test
def targets_that_readme_names_are_there():
    listed = shell("make help")[1] + readme("Makefile") + " install-codec install-container install-mockclipper"
    names = {name for text in (readme(), readme("mockclipper/deploy/README.md"), readme("container/deploy/README.md"))
             for name in re.findall(r"(?:`|^)make ([a-z-]+)", text, re.M)}
    equal(len(names) > 15, True)
    empty([name for name in sorted(names) if not re.search(rf"(^make |^|[ /]){name}\b", listed, re.M)], "no such target")


@test
def options_that_readme_names_are_there():
    said = subprocess.run([os.path.join(BUILD, "mockclipper"), "--help=json"], stdout=subprocess.PIPE, check=True).stdout
    known = {"--" + option["name"] for command in json.loads(said) for option in command["options"]}
    for name in ("README.md", "mockclipper/deploy/README.md"):
        text = re.sub(r"`(docker|kubectl|apt-get|clipper-container|python3)[^`]*`|^(docker|kubectl|python3|cc|apt-get|dpkg) .*$|--(bug|model-library)\b",
                      "", readme(name), flags=re.M)
        found = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))
        equal(len(found) > 0, True)
        empty(sorted(found - known), f"{name}: no such option")


@test
def the_page_on_deploying_tells_ci_a_command_that_works():
    command, = (line for block in blocks(readme("mockclipper/deploy/README.md")) for line in block.splitlines()
                if line.startswith("python3 "))
    reports = os.path.join(BUILD, "readme-reports")
    command = command.replace("--reports reports", "--reports " + reports).replace(
        "--model sum --", "--model sum --poll-timeout 100 --activity-timeout 600 --scenario 'prediction/one-*' --", 1)
    status, printed = shell(command)
    equal(status, 0, printed)
    equal(os.path.exists(reports + "/badge.json"), True)


main()
