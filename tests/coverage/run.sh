#!/bin/sh
# Runs the tests of build folder $1; says more only when one fails.
for program in "$1"/tests/*/test_*; do
    if ! CMOCKA_MESSAGE_OUTPUT=TAP "$program" >"$1/log" 2>&1; then
        cat "$1/log"
        echo "failed: $program" >&2
        exit 1
    fi
done
