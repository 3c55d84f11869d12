#!/usr/bin/env python3
"""`make amalgamation`: the codec as two files that a user copies into a project. They compile alone, warnings being errors,
in every language and with every compiler that they promise, and pass the test vectors. Prints TAP."""
import os
import re
import shutil
import sys
import tempfile

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
from tap import BUILD, Skip, add_test, equal, main, output_of, read, test  # noqa: E402

WARNINGS = re.search(r"^WARNINGS := ((?:.*\\\n)*.*)-Wpointer-arith", read("Makefile"), re.M)[1].replace("\\\n", "").split()
# Warnings that C++ does not have; -Wmissing-declarations is its -Wmissing-prototypes.
C_ALONE = {"-Wstrict-prototypes", "-Wmissing-prototypes", "-Wold-style-definition"}
CPP = [word for word in WARNINGS if word not in C_ALONE] + ["-Wmissing-declarations", "-x", "c++"]
BUILDS = [("gcc", "c99", WARNINGS), ("gcc", "c11", WARNINGS), ("clang", "c99", WARNINGS), ("clang", "c11", WARNINGS),
          ("g++", "c++11", CPP), ("clang++", "c++11", CPP)]
# The test of the vectors, compiled by `make tests`.
VECTORS = [os.path.join(BUILD, "obj", name) for name in
           ("tests/codec/test_vectors.o", "tests/codec/support_message.o", "gen/vectors.o")]
FOLDER = tempfile.TemporaryDirectory()
HEADER, SOURCE = (os.path.join(FOLDER.name, "clipper-codec." + end) for end in "hc")


@test
def make_writes_two_files_and_no_more():
    output_of(["make", "-s", "B=" + FOLDER.name, "amalgamation"])
    equal(sorted(os.listdir(FOLDER.name)), ["clipper-codec.c", "clipper-codec.h"])


@test
def nothing_of_the_proof_is_in_them():
    for path in (HEADER, SOURCE):
        equal(re.findall(r".*(?:/\*@|//@|\\valid|\\result).*", read(path)), [], path)


@test
def they_need_each_other_and_three_standard_headers():
    equal(set(re.findall(r"^#include (.*)", read(HEADER) + read(SOURCE), re.M)),
          {'"clipper-codec.h"', "<stddef.h>", "<stdint.h>", "<string.h>"})


def compiles_alone_and_passes_the_vectors(compiler, standard, warnings):
    if not shutil.which(compiler):
        raise Skip("needs " + compiler)
    compiled, program = os.path.join(FOLDER.name, compiler + standard + ".o"), os.path.join(FOLDER.name, compiler + standard)
    output_of([compiler, "-std=" + standard, "-Wpointer-arith", "-Werror", "-O2", *warnings, "-c", SOURCE, "-o", compiled])
    symbols = re.findall(r"^\S* +([A-Z]) (\w+)$", output_of(["nm", compiled]), re.M)
    declared = set(re.findall(r"^CLIPPER_API [^;(]*?(\w+)\(", read(HEADER), re.M))
    equal({name for kind, name in symbols if kind != "U"}, declared)
    output_of([compiler, compiled, *VECTORS, "-lcmocka", "-o", program])
    output_of([program])


for build in BUILDS:
    add_test("compiled by %s as %s it passes the vectors" % build[:2], compiles_alone_and_passes_the_vectors, *build)
main()
