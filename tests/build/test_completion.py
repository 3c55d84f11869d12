#!/usr/bin/env python3
"""What bash, zsh and fish complete is what the commands' options are."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
from tap import BUILD, Skip, contains, equal, main, test  # noqa: E402

SHELLS = os.path.join(BUILD, "completion")


def script(shell, program="mockclipper"):
    """The path of the completion of PROGRAM for SHELL, made now."""
    path = os.path.join(SHELLS, f"{program}.{shell}")
    subprocess.run(["make", "-s", os.path.relpath(path)], check=True, stdout=subprocess.DEVNULL)
    return path


def needs(shell):
    if not shutil.which(shell):
        raise Skip("no " + shell)


def bash(*words, program="mockclipper"):
    """What bash offers for the last of WORDS."""
    code = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); ' \
           f'_{program.replace("-", "_")}; printf "%s\\n" "${{COMPREPLY[@]}}"'
    said = subprocess.run(["bash", "-c", code, "bash", script("bash", program), program, *words], capture_output=True,
                          text=True, check=True)
    equal(said.stderr, "")
    return said.stdout.split()


def fish(line, program="mockclipper"):
    code = "source $argv[1]; complete -C $argv[2]"
    command = ["fish", "--no-config", "-c", code, script("fish", program), line]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    return [row.split("\t")[0] for row in said.stdout.splitlines()]


@test
def bash_offers_commands():
    equal(bash("che"), ["check"])
    contains(bash(""), "check", "serve", "bench", "decode", "encode", "explain", "list", "--version")


@test
def bash_offers_the_options_of_the_command():
    equal(bash("check", "--poll"), ["--poll-timeout"])
    equal(bash("decode", "--poll"), [])
    contains(bash("bench", "--"), "--rate", "--in-flight", "--attach")


@test
def bash_offers_choices():
    equal(bash("check", "--profile", ""), ["interop", "document", "release"])
    equal(bash("check", "--profile", "=", "d"), ["document"])
    equal(bash("check", "--profile", "="), ["interop", "document", "release"])
    equal(bash("serve", "--input-type", "d"), ["doubles"])


@test
def bash_offers_files_and_commands():
    contains(bash("check", "--baseline", "Make"), "Makefile")
    contains(bash("check", "--jobs", "2", "--", "tru"), "true")


@test
def bash_completes_the_container():
    equal(bash("--model-l", program="clipper-container"), ["--model-library"])
    contains(bash("--model", "", program="clipper-container"), "sum", "probe")


@test
def fish_offers_the_same():
    needs("fish")
    equal(fish("mockclipper che"), ["check"])
    equal(fish("mockclipper check --poll"), ["--poll-timeout"])
    equal(sorted(fish("mockclipper check --profile ")), ["document", "interop", "release"])
    equal(fish("clipper-container --model-l", "clipper-container"), ["--model-library"])


@test
def zsh_reads_its_completion_which_has_the_options():
    needs("zsh")
    for program in ("mockclipper", "clipper-container"):
        path = script("zsh", program)
        subprocess.run(["zsh", "-n", path], check=True)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        contains(text, "#compdef " + program, "--model=[", "--help[")


main()
