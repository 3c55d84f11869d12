#!/bin/sh
# Builds fuzz targets for libFuzzer, with sanitizers, into $B/fuzz/bin: build.sh [TARGETS [MAKE'S ARGUMENT...]]
set -eu
targets=${1:-}
[ $# = 0 ] || shift
unset MAKEFLAGS MFLAGS MAKELEVEL # what is made here has jobs of its own
exec make -s -j2 B="${B:-build}/fuzz" CC=clang OPT='-O1 -g' \
    SANITIZE='-fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' \
    ${targets:+TARGETS="$targets"} "$@" fuzz-targets >/dev/null
