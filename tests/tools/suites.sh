#!/bin/sh
# Prints the suites of `make check`, a line each, for run_suites.py: NAME | SECONDS | COMMAND.
# Programs are found by their place: tests/AREA/test_NAME.c, tests/AREA/test_NAME.py.
set -eu

for program in build/tests/*/test_*; do
    echo "${program#build/tests/} | 300 | $program"
done
for program in build/asan/tests/*/test_*; do
    echo "sanitized ${program#build/asan/tests/} | 600 | $program"
done

# The codec and the session on a big-endian and on a 32-bit machine.
for target in s390x:s390x-linux-gnu armhf:arm-linux-gnueabihf; do
    name=${target%%:*}
    case $name in
    armhf) emulator=qemu-arm ;;
    *) emulator=qemu-$name ;;
    esac
    if command -v "$emulator" >/dev/null && command -v "${target#*:}-gcc" >/dev/null; then
        for program in build/"$name"/tests/*/test_*; do
            echo "$name ${program#build/"$name"/tests/} | 900 | $emulator -L /usr/${target#*:} $program"
        done
    else
        echo "$name | 5 | echo 'ok 1 - $name # SKIP needs $emulator and ${target#*:}-gcc'"
    fi
done

echo "build | 120 | sh tests/build/test_build.sh"
for script in tests/*/test_*.py; do
    case $script in
    # One compares times; the other slows the kit down on purpose, which has to tell that from a slow machine.
    */test_accelerate.py | */test_hostile.py) alone="alone " ;;
    *) alone="" ;;
    esac
    echo "$alone${script#tests/} | 1200 | /usr/bin/python3 $script"
done

# Our container under the kit: on both wires with short timers, with the protocol's own timers, and sanitized.
kit="mockclipper check --strict --model probe --report tap"
short="--poll-timeout 100 --activity-timeout 600"
for wire in document release; do
    echo "conformance, $wire wire | 120 | CLIPPER_WIRE=$wire build/$kit --profile $wire $short -- build/clipper-container --model probe"
    echo "conformance, $wire wire, interop | 120 | CLIPPER_WIRE=$wire build/$kit $short -- build/clipper-container --model probe"
done
echo "conformance, real timers | 180 | build/$kit -- build/clipper-container --model probe"
# Without a worker the polling thread is at the model: no heartbeats then (a warning), and no second signal seen.
echo "conformance, no worker | 120 | build/mockclipper check --model probe --report tap $short --skip process/second-signal -- build/clipper-container --model probe --workers 0"
# What is freed stays in AddressSanitizer's quarantine, so memory is not judged there.
echo "sanitized conformance | 180 | build/asan/$kit $short --skip load/memory -- build/asan/clipper-container --model probe"
echo "alone matrix | 900 | /usr/bin/python3 tests/mutants/matrix.py"
