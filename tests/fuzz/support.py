"""TAP and programs for the suites of tests/fuzz."""
import os
import shutil
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Tap:
    """Numbers the tests and ends with the plan."""

    def __init__(self):
        self.count = self.failed = 0

    def check(self, good, name, detail=""):
        self.count += 1
        self.failed += not good
        print("%s %d - %s" % ("ok" if good else "not ok", self.count, name))
        if not good and detail:
            print("".join("# %s\n" % line for line in detail.splitlines()[-40:]), end="")
        sys.stdout.flush()
        return good

    def skip(self, name, why):
        self.count += 1
        print("ok %d - %s # SKIP %s" % (self.count, name, why))

    def end(self):
        print("1..%d" % self.count)
        sys.exit(self.failed != 0)


def run(command, **more):
    """Runs COMMAND (a list) in the tree; the result has .returncode and .output, both streams together."""
    done = subprocess.run(["nice", "-n", "10"] + command, cwd=more.pop("cwd", TOP), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace", timeout=300, **more)
    done.output = done.stdout
    return done


def missing():
    """Why no fuzz target can be built here, or None."""
    if not shutil.which("clang"):
        return "needs clang"
    program = "int LLVMFuzzerTestOneInput(const char *d, long n) { return n < 0 ? d[0] : 0; }"
    done = subprocess.run(["clang", "-fsanitize=fuzzer,address,undefined", "-x", "c", "-", "-o", "/dev/null"],
                          input=program.encode(), stderr=subprocess.DEVNULL, check=False)
    return None if done.returncode == 0 else "needs libFuzzer (Debian package libclang-rt-14-dev)"


def targets():
    return run(["make", "-s", "fuzz-list"]).output.split()


def replay(program, files):
    """Runs PROGRAM once on each of FILES. None when all went well, otherwise what was printed."""
    done = run([program, "-timeout=20"] + files)
    executed = sum(line.startswith("Executed ") for line in done.output.splitlines())
    return None if done.returncode == 0 and executed == len(files) else done.output
