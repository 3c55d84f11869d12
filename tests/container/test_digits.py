#!/usr/bin/env python3
# suite: timed
"""The worked example: trained on one half of the digits data, served, and measured on the other half."""

import os
import struct
import subprocess
import tempfile

from containers import ROOT, Clipper, Container, named
from tap import Skip, equal, main, test

EXAMPLE = os.path.join(ROOT, "container", "examples", "digits")
DATA = os.path.join(EXAMPLE, "digits.csv")
TRAINED = 898


def build(folder):
    """Builds and trains it by the commands of its README."""
    if not os.path.exists("/usr/include/libsvm/svm.h"):
        raise Skip("needs libsvm-dev")
    compiler = os.environ.get("CC", "cc")
    trainer, library, model = (os.path.join(folder, name) for name in ("train", "libdigits.so", "digits.model"))
    subprocess.run([compiler, "-O2", "-o", trainer, os.path.join(EXAMPLE, "train.c"), "-lsvm", "-lm"], check=True)
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-I", os.path.join(ROOT, "container", "include"), "-I",
                    os.path.join(ROOT, "codec", "include"), "-o", library, os.path.join(EXAMPLE, "model.c"), "-lsvm"],
                   check=True)
    subprocess.run([trainer, DATA, model], check=True, stdout=subprocess.DEVNULL)
    return library, model


def unseen_rows():
    with open(DATA, encoding="ascii") as file:
        rows = [[int(value) for value in line.split(",")] for line in file]
    equal((len(rows), {len(row) for row in rows}), (1797, {65}))
    return rows[TRAINED:]


@test
def it_reads_digits_that_it_has_not_seen():
    rows = unseen_rows()
    with tempfile.TemporaryDirectory() as folder:
        library, model = build(folder)
        with Clipper() as clipper, Container(*named("--model-library", library, "--model-path", model, "--workers", "2"),
                                             port=clipper.port) as container:
            clipper.register()
            answers = []
            for start in range(0, len(rows), 100):
                batch = rows[start:start + 100]
                answers += clipper.predict(start, 3, [struct.pack("<64d", *row[:64]) for row in batch])
            equal(container.stop(), 0)
    right = sum(answer == b"%d" % row[64] for answer, row in zip(answers, rows))
    print(f"# {right} of {len(rows)} right: {100 * right / len(rows):.1f} %")
    assert right > 0.95 * len(rows), right


@test
def what_is_no_image_is_refused_and_the_next_one_served():
    rows = unseen_rows()
    with tempfile.TemporaryDirectory() as folder:
        library, model = build(folder)
        with Clipper() as clipper, Container(*named("--model-library", library, "--model-path", model),
                                             port=clipper.port) as container:
            clipper.register()
            clipper.send([b"", struct.pack("<I", 3), struct.pack("<I", 1), struct.pack("<I", 1), struct.pack("<I", 0),
                          struct.pack("<Q", 24), struct.pack("<3Q", 3, 1, 63 * 8), b"\0" * 63 * 8])
            answers = clipper.predict(2, 3, [struct.pack("<64d", *rows[0][:64])])
            equal(answers, [b"%d" % rows[0][64]])
            assert "prediction_failed id=1 " in container.log()
            equal(container.stop(), 0)


if __name__ == "__main__":
    main()
