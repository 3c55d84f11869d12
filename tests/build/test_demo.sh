#!/bin/sh
# suite: deep timed
# `make demo` shows what README says it does: test_demo.sh   (TAP; from the project's root, after make all examples)
set -u
. tests/tools/tap.sh

is_the_target() {
    make -n demo | grep -F tests/tools/demo.sh && grep '^make demo  *build, check our container on both wires' README.md
}
shows() {
    sh tests/tools/decided.sh tests/tools/demo.sh >"$work/said" || { cat "$work/said" && return 1; }
    cat "$work/said"
    [ "$(grep -c 'scenarios passed, 0 failed' "$work/said")" = 2 ] && grep 'on the document wire' "$work/said" &&
        grep 'on the release wire' "$work/said" && grep 'accuracy 9' "$work/said"
}
# README's number of rows is the data's.
serves_all_rows() {
    rows=$(grep -c . container/examples/digits/digits.csv)
    grep "serve it $(echo "$rows" | sed 's/\(.*\)\(...\)$/\1,\2/') rows of real data" README.md && grep "the $rows rows of" "$work/said"
}

check "make demo is the script" is_the_target
check "it checks a container on both wires without a failure, then serves digits" shows
check "it serves as many rows as README says" serves_all_rows
finish
