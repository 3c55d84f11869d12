#!/bin/sh
# The accelerated suite on a correct container, again and again, while busy loops compete for the processors.
#
#     stress.sh [RUNS [LOOPS]]      default: 100 runs, 10 loops
#
# First comes a run without the loops; no later verdict may differ from its, other than by being inconclusive, and of
# those there may be one in a hundred. TAP on stdout, with the counts last. The reports of runs in which something
# differed are kept in $B/stress/ (B: the build folder). COMMAND: another container than $B/clipper-container.
set -eu

runs=${1:-100}
loops=${2:-10}
B=${B:-build}
kit=${MOCKCLIPPER:-$B/mockclipper}
command=${COMMAND:-$B/clipper-container --model probe}
folder=$B/stress
here=$(dirname "$0")
pids=

end() {
    # shellcheck disable=SC2086
    [ -z "$pids" ] || kill $pids 2>/dev/null || true
}
trap end EXIT
trap 'exit 1' INT TERM HUP

# Run number $1.
suite() {
    # shellcheck disable=SC2086
    "$kit" check --poll-timeout 100 --activity-timeout 600 --strict --model probe --report "json=$folder/$1.json" \
        -- $command >"$folder/$1.log" 2>&1 || true
}

rm -rf "$folder"
mkdir -p "$folder"
suite 0
i=0
while [ "$i" -lt "$loops" ]; do
    # A loop ends by itself one day, should this script be killed hard.
    timeout 14400 sh -c 'while :; do :; done' &
    pids="$pids $!"
    i=$((i + 1))
done
i=1
while [ "$i" -le "$runs" ]; do
    suite "$i"
    i=$((i + 1))
done
end
pids=
wait
exec /usr/bin/python3 -B "$here/compare_runs.py" "$folder" "$runs" "$loops"
