#!/bin/sh
# Prints the suites of `make check`, a line each, for run_suites.py: NAME | SECONDS | COMMAND.
# Programs are found by their place: tests/AREA/test_NAME.c, tests/AREA/test_NAME.py, tests/AREA/test_NAME.sh.
set -eu
B=${B:-build}

# kind NAME: beside what the suite may run (see run_suites.py)
kind() {
    case $1 in
    # It slows the kit down on purpose, which has to tell that from a slow machine; the other two judge how well the kit
    # judges.
    mockclipper/test_hostile.py | "mutants/test_accelerate.py, fast" | matrix) echo "alone " ;;
    # The protocol's own timers: half a minute of silence, and seconds of leeway.
    "mutants/test_accelerate.py, real time" | "conformance, real timers") echo "waits " ;;
    # Whatever plays scenarios with timers, or serves against time limits of its own.
    conformance* | sanitized\ conformance* | peers/* | mockclipper/test_check.py | mockclipper/test_endings.py | \
        build/test_install.sh | mockclipper/test_reports.py | mockclipper/test_serve.py | container/test_outages.py | \
        container/test_command.py | container/test_models.py | container/test_digits.py | *container/test_served | \
        *container/test_stream | *mockclipper/test_process | *mockclipper/test_time_limits) echo "timed " ;;
    esac
}

# suite SECONDS NAME COMMAND
suite() {
    echo "$(kind "$2")$2 | $1 | $3"
}

all_suites() {
    for source in tests/codec/test_*.c tests/session/test_*.c tests/container/test_*.c tests/mockclipper/test_*.c; do
        test=${source#tests/}
        test=${test%.c}
        suite 300 "$test" "$B/tests/$test"
        suite 600 "sanitized $test" "$B/asan/tests/$test"
    done
    for script in tests/*/test_*.sh; do
        suite 300 "${script#tests/}" "sh $script"
    done
    for script in tests/*/test_*.py; do
        [ "$script" != tests/mutants/test_accelerate.py ] || continue
        suite 1200 "${script#tests/}" "/usr/bin/python3 $script"
    done
    # What it compares with is had while others run; see there.
    accelerate=/usr/bin/python3\ tests/mutants/test_accelerate.py
    suite 600 "mutants/test_accelerate.py, real time" "$accelerate --real $B/real-time.json"
    suite 600 "mutants/test_accelerate.py, fast" "$accelerate --with $B/real-time.json"

    # Our container under the kit: on both wires with short timers, with the protocol's own timers, and sanitized.
    decided="sh tests/tools/decided.sh"
    kit="mockclipper check --strict --model probe --report tap"
    short="--poll-timeout 100 --activity-timeout 600"
    ours="$B/clipper-container --model probe"
    for wire in document release; do
        suite 120 "conformance, $wire wire" "CLIPPER_WIRE=$wire $decided $B/$kit --profile $wire $short -- $ours"
        suite 120 "conformance, $wire wire, interop" "CLIPPER_WIRE=$wire $decided $B/$kit $short -- $ours"
    done
    suite 300 "conformance, real timers" "$decided $B/$kit -- $ours"
    # Without a worker the polling thread is at the model: no heartbeats then (a warning), and no second signal seen.
    suite 120 "conformance, no worker" \
        "$decided $B/mockclipper check --model probe --report tap $short --skip process/second-signal -- $ours --workers 0"
    # What is freed stays in AddressSanitizer's quarantine, so memory is not judged there.
    suite 180 "sanitized conformance" \
        "$decided $B/asan/$kit $short --skip load/memory -- $B/asan/clipper-container --model probe"
    suite 900 "matrix" "/usr/bin/python3 tests/mutants/matrix.py"
}

# The long ones first, so that none of them is left running alone at the end.
long='peers/test_peers.py; mockclipper/test_bench.py; mockclipper/test_check.py; sanitized conformance
container/test_outages.py; mockclipper/test_endings.py; container/test_soak; fuzz/test_judges.py; mockclipper/test_html.py
sanitized container/test_soak; sanitized container/test_simulation; fuzz/test_oss_fuzz.py; container/test_allocation
mockclipper/test_decode_encode.py; conformance, real timers; mutants/test_accelerate.py, real time'
all_suites | awk -F ' [|] ' -v long="$(echo "$long" | tr '\n' ';')" '
    {name = $1; sub(/^(timed|waits|alone) /, "", name); names[NR] = name; line[name] = $0}
    END {
        count = split(long, first, / *; */)
        for (i = 1; i <= count; i++)
            if (first[i] in line) {
                print line[first[i]]
                delete line[first[i]]
            }
        for (i = 1; i <= NR; i++)
            if (names[i] in line)
                print line[names[i]]
    }'
