"""What the suites of tests/fuzz share, beside tests/tools/tap.py."""
import functools
import os
import shutil
import subprocess
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
from tap import Skip, equal, output_of  # noqa: E402


@functools.cache
def need_libfuzzer():
    """Skips what cannot be built here."""
    if not shutil.which("clang"):
        raise Skip("needs clang")
    program = b"int LLVMFuzzerTestOneInput(const char *d, long n) { return n < 0 ? d[0] : 0; }"
    if subprocess.run(["clang", "-fsanitize=fuzzer,address,undefined", "-x", "c", "-", "-o", "/dev/null"],
                      input=program, stderr=subprocess.DEVNULL, check=False).returncode != 0:
        raise Skip("needs libFuzzer (Debian package libclang-rt-14-dev)")


def targets():
    return output_of(["make", "-s", "fuzz-list"]).split()


def replay(program, folder, least):
    """PROGRAM keeps its promises on each of the files in FOLDER, which are at least that many."""
    files = sorted(os.path.join(folder, name) for name in (os.listdir(folder) if os.path.isdir(folder) else ()))
    assert len(files) >= least, "%d inputs, there should be %d" % (len(files), least)
    if files:
        equal(output_of([program, "-timeout=20", *files]).count("\nExecuted "), len(files), "inputs")
