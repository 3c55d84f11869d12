#!/bin/sh
# Prints the suites of `make check`, or with "deep" those of `make check DEEP=1`, a line each, for run_suites.py:
# WORDS | NAME | SECONDS | COMMAND.
#
# Tests are found by their place, tests/AREA/test_NAME.c, .py or .sh. One about which something is special has a line for
# it, "suite: WORD...", in its first comment: what run_suites.py knows (timed, waits, alone, long), and "deep".
set -eu
B=${B:-build}
deep=${1:-}

# suite WORDS NAME COMMAND [SECONDS]
suite() {
    case " $1 " in *" deep "*) [ "$deep" ] ;; *) [ ! "$deep" ] ;; esac || return 0
    echo "$1 | $2 | ${4:-900} | $3"
}

# words FILE: those of its line
words() {
    sed -En '1,9s@^(#|/\*) suite: ([a-z ]+).*@\2@p' "$1"
}

for source in tests/codec/test_*.c tests/session/test_*.c tests/container/test_*.c tests/mockclipper/test_*.c; do
    test=${source#tests/}
    test=${test%.c}
    suite "$(words "$source")" "$test" "$B/tests/$test"
    suite "$(words "$source")" "sanitized $test" "$B/asan/tests/$test"
done
python=/usr/bin/python3
for script in tests/*/test_*.sh tests/*/test_*.py; do
    name=${script#tests/}
    case $name in
    peers/test_peers.py)
        suite "timed long" "$name python cpp" "$python $script python: cpp:"
        suite "timed long deep" "$name node java" "$python $script node: java:" 1200
        ;;
    mutants/test_accelerate.py) # What it compares with is had while others run.
        suite "waits long" "$name, real time" "$python $script --real $B/real-time.json"
        suite alone "$name, fast" "$python $script --with $B/real-time.json"
        ;;
    strangers/test_verdicts.py)
        suite "timed long" "$name" "$python $script"
        # Twenty runs of some that are quick; all of them, in full: `make strangers`.
        suite "waits long deep" "$name, 20 runs" "$python $script --runs 20 default-sigterm document-doubles" 1800
        ;;
    strangers/test_variants.py) # Some of them; all: `make strangers`.
        suite "waits long deep" "$name" "$python $script started timers"
        ;;
    build/test_lint.sh)
        suite "" "$name" "sh $script"
        suite deep "$name deep" "sh $script deep"
        ;;
    *.sh) suite "$(words "$script")" "$name" "sh $script" ;;
    *) suite "$(words "$script")" "$name" "$python $script" ;;
    esac
done

# Our container under the kit: on both wires with short timers, with the protocol's own timers, and sanitized.
decided="sh tests/tools/decided.sh"
kit="mockclipper check --model probe --report tap"
short="--poll-timeout 100 --activity-timeout 600"
ours="$B/clipper-container --model probe"
for wire in document release; do
    suite timed "conformance, $wire wire" "CLIPPER_WIRE=$wire $decided $B/$kit --strict --profile $wire $short -- $ours"
    suite timed "conformance, $wire wire, interop" "CLIPPER_WIRE=$wire $decided $B/$kit --strict $short -- $ours"
done
suite "waits long" "conformance, real timers" "$decided $B/$kit --strict -- $ours"
# Without a worker the polling thread is at the model: no heartbeats then (a warning), and no second signal seen.
suite timed "conformance, no worker" "$decided $B/$kit $short --skip process/second-signal -- $ours --workers 0"
# What is freed stays in AddressSanitizer's quarantine, so memory is not judged there.
suite "timed long" "sanitized conformance" \
    "$decided $B/asan/$kit --strict $short --skip load/memory -- $B/asan/clipper-container --model probe"
suite alone matrix "$python tests/mutants/matrix.py"
