#!/usr/bin/env python3
# suite: timed
"""The example in clipper/container.h: compiled as it stands there, it is a container that the kit has nothing to say about."""

import os
import re
import subprocess
import tempfile

from containers import BUILD, ROOT
from tap import equal, main, run, test

FOLDER = tempfile.TemporaryDirectory()
HEADER = os.path.join(ROOT, "container", "include", "clipper", "container.h")


def example():
    """(its source, the command that its last line gives)"""
    with open(HEADER, encoding="utf-8") as file:
        text = file.read()
    lines = re.findall(r"^ \*(?:     (.*))?$", text[:text.index(" * A container connects")], re.M)
    code = "\n".join(lines).strip()
    source, _, command = code.rpartition("\n\n")
    return source + "\n", command


@test
def it_is_a_container_that_passes_with_no_warning():
    source, command = example()
    with open(os.path.join(FOLDER.name, "my-container.c"), "w", encoding="utf-8") as file:
        file.write(source)
    words = command.split()
    equal([words[0], *words[-2:]], ["cc", "-lclipper-container", "-lclipper-codec"])
    compiled = [os.environ.get("CC", "cc"), *words[1:-2], "-Wall", "-Wextra", "-Werror",
                *(f"-I{ROOT}/{part}/include" for part in ("codec", "container")),
                f"-L{BUILD}", f"-Wl,-rpath,{BUILD}", *words[-2:]]
    subprocess.run(compiled, cwd=FOLDER.name, check=True)
    status, out, err = run([os.path.join(BUILD, "mockclipper"), "check", "--strict", "--poll-timeout", "100",
                            "--activity-timeout", "600", "--model", "noop", "--", os.path.join(FOLDER.name, "my-container")])
    assert status == 0, out.decode() + err


@test
def without_its_settings_it_says_what_is_missing():
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CLIPPER_")}
    status, _, err = run([os.path.join(FOLDER.name, "my-container")], env=clean)
    equal(status, 2)
    assert "CLIPPER_MODEL_NAME" in err, err


if __name__ == "__main__":
    main()
