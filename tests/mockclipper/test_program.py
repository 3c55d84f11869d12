#!/usr/bin/python3 -B
"""mockclipper as a program: help, usage, exit statuses, pipes, and a host in trouble."""

import json
import os
import pty
import re
import resource
import select
import subprocess

from kit import MOCKCLIPPER, run
from tap import TIMEOUT, Skip, equal, main, test

HEARTBEAT = b'{"direction":"to_clipper","frames":["","02000000"]}\n'
ANSWER = b'{"ok":true,"wire":"any","leniencies":[],"message":{"kind":"heartbeat"}}\n'
COMMANDS = ("check", "list", "explain", "serve", "bench", "decode", "encode")
OPTIONS = {
    "decode": ["--strict", "--flat", "--direction", "--max-items", "--max-item-bytes", "--max-total-bytes", "--max-text-bytes", "--help"],
    "encode": ["--flat", "--direction", "--help"],
}


# ---- Help ----------------------------------------------------------------------------------------------------


@test
def help_is_the_same_however_it_is_asked_for():
    status, text, err = run("--help")
    equal((status, err), (0, ""))
    for command in COMMANDS:
        assert re.search(rf"^  {command} +\w", text.decode(), re.M), command
    for arguments in (["-h"], ["help"]):
        equal(run(*arguments), (0, text, ""))
    for command in ("decode", "encode"):
        status, text, err = run(command, "--help")
        equal((status, err), (0, ""))
        assert text.startswith(b"Usage: mockclipper " + command.encode())
        for arguments in (["help", command], [command, "-h"], [command, "--flat", "--help", "nonsense"]):
            equal(run(*arguments), (0, text, ""))


@test
def help_is_complete_and_fits_a_terminal():
    for command, options in OPTIONS.items():
        text = run(command, "--help")[1].decode()
        for option in options:
            assert re.search(rf"^  .*{option}\b", text, re.M), (command, option)
        for status in "0123":
            assert re.search(rf"^  {status}  ", text, re.M), (command, status)
        prose = text[: text.index("Examples")]
        assert max(map(len, prose.splitlines())) <= 92, command


def examples(command):
    """(shell command, expected output) of each example in the help of COMMAND."""
    text = run(command, "--help")[1].decode()
    part = text[text.index("\nExamples\n") : text.index("\nExit status\n")]
    found = re.findall(r"^  \$ (.*)\n((?:  (?!\$).*\n)+)", part, re.M)
    return [(shell, re.sub(r"^  ", "", out, flags=re.M)) for shell, out in found]


@test
def examples_in_the_help_do_what_they_say():
    path = {**os.environ, "PATH": "/usr/bin:/bin"}
    for command in OPTIONS:
        found = examples(command)
        assert len(found) >= 2, command
        for shell, expected in found:
            script = f'mockclipper() {{ "$MOCKCLIPPER" "$@"; }}\n{shell}'
            path["MOCKCLIPPER"] = MOCKCLIPPER
            done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, timeout=TIMEOUT, env=path, check=False)
            equal((done.stdout.decode(), done.stderr), (expected, b""), shell)


@test
def the_version_names_program_and_protocol():
    status, text, err = run("--version")
    equal((status, err), (0, ""))
    assert re.fullmatch(r"mockclipper \d+\.\d+\.\d+ \(Clipper container RPC version 3\)\n", text.decode()), text
    equal(run("-V"), (0, text, ""))


# ---- Usage ---------------------------------------------------------------------------------------------------


def usage_error(arguments, message):
    status, out, err = run(*arguments, stdin=HEARTBEAT)
    equal((status, out), (2, b""), arguments)
    first, hint = err.splitlines()
    equal(first, message)
    command = arguments[0] + " " if arguments and arguments[0] in COMMANDS else ""
    equal(hint, f"Try 'mockclipper {command}--help'.")


@test
def wrong_command_lines_are_explained():
    top = 2**64 - 1
    for arguments, message in [
        ([], "mockclipper: a command is missing"),
        (["decod"], "mockclipper: unknown command 'decod'; is 'decode' meant?"),
        (["ecnode"], "mockclipper: unknown command 'ecnode'; is 'encode' meant?"),
        (["nonsense"], "mockclipper: unknown command 'nonsense'"),
        (["help", "encod"], "mockclipper: unknown command 'encod'; is 'encode' meant?"),
        (["help", "decode", "encode"], "mockclipper: help takes one command"),
        (["--strict", "decode"], "mockclipper: unknown option --strict: a command comes first"),
        (["decode", "file"], "mockclipper decode: takes no argument 'file'"),
        (["encode", "-", "x"], "mockclipper encode: takes no argument '-'"),
        (["decode", "--stict"], "mockclipper decode: unknown option --stict; is --strict meant?"),
        (["decode", "--wire=release"], "mockclipper decode: unknown option --wire"),
        (["encode", "--strict"], "mockclipper encode: unknown option --strict"),
        (["decode", "-q"], "mockclipper decode: unknown option -q"),
        (["decode", "--flat", "-qh"], "mockclipper decode: unknown option -q"),
        (["decode", "--strict=yes"], "mockclipper decode: option --strict takes no value"),
        (["decode", "--max-item=1"], "mockclipper decode: option --max-item may be one of several"),
        (["decode", "--max-items"], "mockclipper decode: option --max-items needs a value"),
        (["encode", "--direction"], "mockclipper encode: option --direction needs a value"),
        (["encode", "--direction", "up"], "mockclipper encode: --direction: 'up' is neither to_container nor to_clipper"),
        (["decode", "--max-items", "-1"], f"mockclipper decode: --max-items: '-1' is not a whole number from 0 to {top}"),
        (["decode", "--max-item-bytes="], f"mockclipper decode: --max-item-bytes: '' is not a whole number from 0 to {top}"),
        (["decode", "--max-total-bytes=1k"], f"mockclipper decode: --max-total-bytes: '1k' is not a whole number from 0 to {top}"),
        (["decode", "--max-text-bytes", str(2**64)],
         f"mockclipper decode: --max-text-bytes: '{2**64}' is not a whole number from 0 to {top}"),
    ]:
        usage_error(arguments, message)


# ---- Pipes ---------------------------------------------------------------------------------------------------


class Conversation:
    """mockclipper with a pipe at both ends: one question, one answer."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([MOCKCLIPPER, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, line):
        self.process.stdin.write(line)
        self.process.stdin.flush()
        answer = b""
        while not answer.endswith(b"\n"):
            ready, _, _ = select.select([self.process.stdout], [], [], TIMEOUT)
            assert ready, f"no answer to {line!r}"
            answer += os.read(self.process.stdout.fileno(), 65536)
        return answer

    def end(self):
        self.process.stdin.close()
        status = self.process.wait(TIMEOUT)
        self.process.stdout.close()
        return status


@test
def each_line_is_answered_before_the_next_is_sent():
    decode, encode = Conversation("decode"), Conversation("encode", "--direction", "to_clipper")
    for _ in range(200):
        equal(decode.ask(HEARTBEAT), ANSWER)
        equal(encode.ask(b'{"message":{"kind":"heartbeat"}}\n'), b'{"frames":["","02000000"]}\n')
    equal((decode.end(), encode.end()), (0, 0))


@test
def a_terminal_is_told_what_to_type():
    master, slave = pty.openpty()
    process = subprocess.Popen([MOCKCLIPPER, "decode"], stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.close(slave)
    os.write(master, HEARTBEAT + b"\x04")
    out, err = process.communicate(timeout=TIMEOUT)
    os.close(master)
    equal((process.returncode, out), (0, ANSWER))
    equal(err, b"mockclipper decode: reading JSON lines from the terminal, Ctrl-D ends; see 'mockclipper decode --help'\n")


# ---- Trouble -------------------------------------------------------------------------------------------------


@test
def a_full_disk_is_noticed():
    for arguments in (["decode"], ["--help"], ["--version"], ["decode", "--help"]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([MOCKCLIPPER, *arguments], input=HEARTBEAT, stdout=full, stderr=subprocess.PIPE,
                                  timeout=TIMEOUT, check=False)
        name = "mockclipper decode" if arguments == ["decode"] else "mockclipper"
        equal((done.returncode, done.stderr.decode()), (3, f"{name}: cannot write the output: No space left on device\n"))


@test
def a_closed_pipe_is_noticed():
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run([MOCKCLIPPER, "decode"], input=HEARTBEAT, stdout=write_end, stderr=subprocess.PIPE,
                          timeout=TIMEOUT, check=False)
    os.close(write_end)
    equal((done.returncode, done.stderr), (3, b"mockclipper decode: cannot write the output: Broken pipe\n"))


@test
def an_unreadable_input_is_noticed():
    directory = os.open("/", os.O_RDONLY)
    done = subprocess.run([MOCKCLIPPER, "encode"], stdin=directory, capture_output=True, timeout=TIMEOUT, check=False)
    os.close(directory)
    equal((done.returncode, done.stdout, done.stderr),
          (3, b"", b"mockclipper encode: cannot read the input: Is a directory\n"))


def is_sanitized():
    """Whether the program is built with a sanitizer, which needs more address space than there is."""
    with open(MOCKCLIPPER, "rb") as file:
        return b"__asan_init" in file.read()


@test
def too_little_memory_is_an_end_and_no_wrong_answer():
    if is_sanitized():
        raise Skip("a sanitizer needs more address space than a limit leaves")

    def limit(mebibytes):
        return lambda: resource.setrlimit(resource.RLIMIT_AS, (mebibytes << 20, mebibytes << 20))

    item = os.urandom(1 << 20).hex() * 4
    line = {"direction": "to_container", "frames": ["", "03000000", "01000000", "00000000", "01000000", item]}
    source = json.dumps(line).encode() + b"\n"
    endings = set()
    for mebibytes in range(16, 80, 4):
        status, out, err = run("decode", stdin=source, preexec_fn=limit(mebibytes))
        if status == 0:
            equal(json.loads(out)["message"]["frames"] == [item], True, "the answer")
        else:
            equal((status, out), (3, b""))
            assert re.fullmatch(r"mockclipper.*: (out of memory|cannot read the input: Cannot allocate memory)\n", err), err
        endings.add(status)
    equal(endings, {0, 3})


main()
