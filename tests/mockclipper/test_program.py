#!/usr/bin/python3 -B
"""mockclipper as a program: help, usage, exit statuses, pipes, and a host in trouble."""

import json
import os
import pty
import re
import resource
import select
import signal
import subprocess

from kit import MOCKCLIPPER, run
from tap import TIMEOUT, Skip, equal, main, test

HEARTBEAT = b'{"direction":"to_clipper","frames":["","02000000"]}\n'
ANSWER = b'{"ok":true,"wire":"any","leniencies":[],"message":{"kind":"heartbeat"}}\n'
COMMANDS = ("check", "list", "explain", "serve", "bench", "decode", "encode", "help")

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


def described():
    """What --help=json says, by the name of the command; the program's own as None."""
    status, text, err = run("--help=json")
    equal((status, err), (0, ""))
    commands = {one.get("name"): one for one in json.loads(text)}
    equal(list(commands), [None, *COMMANDS])
    return commands


@test
def help_fits_a_terminal_and_ends_with_examples():
    for command, what in described().items():
        text = run(*filter(None, [command]), "--help")[1].decode()
        equal([line for line in text.splitlines() if len(line) > 80 or line != line.rstrip()], [], command)
        for option in what["options"]:
            assert re.search(rf"^  .*--{option['name']}\b", text, re.M), (command, option)
            for word in [*option.get("choices", []), *option.get("default", "").split()]:
                assert word in text, (command, option)
        for number, meaning in enumerate(what["statuses"]):
            assert not meaning or re.search(rf"^  {number}  {re.escape(meaning[:20])}", text, re.M), (command, number)
        headings = re.findall(r"^[A-Z][^:\n]*$", text.split("\n\n", 2)[2], re.M)
        equal(headings[-2:], ["Exit status", "Examples"], command)
        assert what["examples"], command
        # Not wrapped: a line of an example is a line of the shell's.
        for example in what["examples"]:
            assert all(len(line) <= 76 for line in example["command"].splitlines()), example


@test
def tables_of_options_are_given_for_programs():
    commands = described()
    equal(json.loads(run("decode", "--help=json")[1]), [commands["decode"]])
    options = {option["name"]: option for option in commands["check"]["options"]}
    equal({key: options["profile"][key] for key in ("section", "argument", "kind", "choices", "default", "repeatable")},
          {"section": "What is expected", "argument": "PROFILE", "kind": "choice",
           "choices": ["interop", "document", "release"], "default": "interop", "repeatable": False})
    equal((options["strict"]["kind"], options["report"]["kind"], options["attach"]["kind"], options["help"]["letter"]),
          ("flag", "report", "endpoint", "h"))
    equal([options[name]["repeatable"] for name in ("scenario", "input-type", "report", "poll-timeout")],
          [True, True, True, False])
    for command in COMMANDS:
        for option in commands[command]["options"]:
            # Each is taken, and a value asked for where it says so.
            name = f"--{option['name']}"
            status, _, err = run(command, name, *([] if "argument" in option else ["--help"]))
            expected = (2, True) if "argument" in option else (0, False)
            equal((status, f"option {name} needs a value" in err), expected, name)


@test
def examples_in_the_help_do_what_they_say():
    shell = {**os.environ, "PATH": "/usr/bin:/bin", "MOCKCLIPPER": MOCKCLIPPER}
    tried = 0
    for command, what in described().items():
        for example in what["examples"]:
            if "--" in example["command"].split() or command == "serve":
                continue
            script = f'mockclipper() {{ "$MOCKCLIPPER" "$@"; }}\n{example["command"]}'
            done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, timeout=TIMEOUT, env=shell,
                                  check=False)
            equal((done.returncode, done.stderr), (0, b""), script)
            assert done.stdout, script
            if "output" in example:
                equal(done.stdout.decode(), example["output"] + "\n", script)
                tried += 1
    equal(tried, 4)


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
    command = arguments[0] + " " if arguments and arguments[0] in COMMANDS and arguments[0] != "help" else ""
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
        (["encode", "--direction", "up"], "mockclipper encode: --direction: 'up' is none of to_container, to_clipper"),
        (["decode", "--max-items", "-1"],
         f"mockclipper decode: --max-items: '-1' is not a whole number from 0 to {top}"),
        (["decode", "--max-item-bytes="],
         f"mockclipper decode: --max-item-bytes: '' is not a whole number from 0 to {top}"),
        (["decode", "--max-total-bytes=1k"],
         f"mockclipper decode: --max-total-bytes: '1k' is not a whole number from 0 to {top}"),
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
def a_closed_pipe_ends_a_filter_or_is_noticed():
    for ignored in (False, True):  # as the shell has it, or whoever started it
        read_end, write_end = os.pipe()
        os.close(read_end)
        command = ["sh", "-c", 'trap "" PIPE; exec "$@"', "sh"] * ignored + [MOCKCLIPPER, "decode"]
        done = subprocess.run(command, input=HEARTBEAT, stdout=write_end, stderr=subprocess.PIPE, timeout=TIMEOUT,
                              check=False)
        os.close(write_end)
        equal((done.returncode, done.stderr), (3, b"mockclipper decode: cannot write the output: Broken pipe\n")
              if ignored else (-signal.SIGPIPE, b""))


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
