"""Runs spin: makes a verifier of a model, has it search, reads what it says; or has spin simulate."""
import os
import re
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
MODELS = ("bugs.pml", "caller.pml", "fleet.pml", "promises.pml", "session.pml")

STATES = re.compile(r"^\s*(\d+) states, stored", re.M)
DEPTH = re.compile(r"depth reached (\d+), errors: (\d+)")
MEMORY = re.compile(r"^\s*([\d.]+)\s+total actual memory usage", re.M)
ERROR = re.compile(r"^pan:\d+: (.*?) \(at depth (-?\d+)\)", re.M)


class Trouble(Exception):
    """Spin, the compiler or the verifier could not do its work."""


def missing():
    """The programs that are needed and not there."""
    return [name for name in ("spin", "cc") if shutil.which(name) is None]


def run(command, folder, seconds=600):
    process = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, timeout=seconds, check=False)
    return process.returncode, process.stdout.decode(errors="replace")


def defines(settings):
    return ["-D%s=%s" % (name, value) for name, value in sorted(settings.items())]


def lay_out(folder):
    """An own copy of the model: spin writes beside what it reads."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for name in MODELS:
        shutil.copy(os.path.join(HERE, name), folder)


def make_verifier(model, settings, folder, options):
    """Has spin write a verifier of MODEL into FOLDER, and compiles it there."""
    lay_out(folder)
    status, output = run(["spin", "-a"] + defines(settings) + [model], folder)
    if status != 0 or re.search(r"\bError\b", output):
        raise Trouble("spin cannot read %s %s:\n%s" % (model, settings, output))
    status, output = run(["cc", "-w", "-o", "pan", "pan.c"] + options, folder)
    if status != 0:
        raise Trouble("the verifier of %s does not compile:\n%s" % (model, output))


class Search:
    """What the verifier said."""

    def __init__(self, output):
        found = DEPTH.search(output)
        if not found or not STATES.search(output):
            raise Trouble("the verifier broke off:\n" + output[-2000:])
        self.states = int(STATES.search(output).group(1))
        self.depth = int(found.group(1))
        self.errors = int(found.group(2))
        self.memory = float(MEMORY.search(output).group(1))
        error = ERROR.search(output)
        self.error = error.group(1) if error else ""
        self.error_depth = int(error.group(2)) if error else 0
        self.complete = "Search not completed" not in output
        cut_short = not self.complete or "max search depth too small" in output or "out of memory" in output
        if self.errors == 0 and cut_short:
            raise Trouble("the search was cut short:\n" + output[-2000:])


def search(folder, arguments):
    """Runs the verifier in FOLDER."""
    _, output = run(["./pan"] + arguments, folder)
    return Search(output)


def simulate(model, settings, folder, seed, steps):
    """A random walk through MODEL, as text."""
    lay_out(folder)
    status, output = run(["spin", "-T", "-n%d" % seed, "-u%d" % steps] + defines(settings) + [model], folder)
    if status != 0:
        raise Trouble("spin cannot simulate %s:\n%s" % (model, output[-2000:]))
    return output


def follow(model, settings, folder):
    """The verifier's counterexample in FOLDER, as text."""
    return run(["spin", "-T", "-t"] + defines(settings) + [model], folder)[1]


def calls(text):
    """The steps of the session in what a simulation printed; the never claim may write into a line."""
    return [line for line in re.findall(r"CALL (?:\S+ ){7,}[\d ]+$", text, re.M)]
