#!/bin/sh
# Fuzzes: run.sh [TARGET...] (default: all targets, FUZZ_SECONDS each, FUZZ_JOBS at a time).
#
#   FUZZ_SECONDS  seconds a target (60)
#   FUZZ_JOBS     targets at a time (2)
#   FUZZ_MAX_LEN  bytes in an input (400: more is slower and shows nothing new)
#
# Each target begins with its committed corpus (fuzz/corpus), its regressions (fuzz/regressions) and what earlier runs
# found ($B/fuzz/found). Prints a line a target and a summary; ends with status 1 when something was found. What
# was found is in $B/fuzz/artifacts/TARGET, the whole output in $B/fuzz/log/TARGET.
set -eu
cd "$(dirname "$0")/.."
seconds=${FUZZ_SECONDS:-60}
jobs=${FUZZ_JOBS:-2}
max_len=${FUZZ_MAX_LEN:-400}
export B="${B:-build}"
place=$B/fuzz

# one TARGET: fuzzes it; always ends with status 0, the log tells the rest
one() {
    corpus=$place/found/$1 artifacts=$place/artifacts/$1
    mkdir -p "$corpus" "$artifacts" $place/log
    python3 fuzz/make_corpus.py unpack "$1" "$corpus"
    leaks=1
    [ "$1" != engine ] || leaks=0 # its journal grows from input to input; what leaks is seen at the end all the same
    nice -n 19 "$place/bin/fuzz_$1" -max_total_time="$seconds" -max_len="$max_len" -timeout=60 -rss_limit_mb=1024 \
        -detect_leaks=$leaks -dict=fuzz/clipper.dict -artifact_prefix="$artifacts/" -print_final_stats=1 "$corpus" \
        >"$place/log/$1" 2>&1 && echo 0 >"$place/log/$1.status" || echo $? >"$place/log/$1.status"
}
if [ "${1:-}" = --one ]; then
    one "$2"
    exit 0
fi

targets=${*:-$(make -s fuzz-list)}
nice -n 19 fuzz/build.sh "$targets"
rm -rf $place/log
printf '%s\n' $targets | xargs -P "$jobs" -I{} fuzz/run.sh --one {}

printf '%-16s %14s %9s %7s %9s %9s\n' target executions exec/s edges inputs findings
for target in $targets; do
    log=$place/log/$target
    awk -v target="$target" -v status="$(cat "$log.status")" '
        / cov: / {for (i = 1; i < NF; i++) {if ($i == "cov:") edges = $(i + 1); if ($i == "corp:") inputs = $(i + 1)}}
        /^stat::number_of_executed_units/ {runs = $2}
        /^stat::average_exec_per_sec/ {rate = $2}
        END {sub("/.*", "", inputs)
            printf "%-16s %14d %9d %7d %9d %9d\n", target, runs, rate, edges, inputs, status != 0}' "$log"
done | tee $place/summary
found=$(awk '{n += $6} END {print n + 0}' $place/summary)
for target in $targets; do
    [ "$(cat "$place/log/$target.status")" = 0 ] && continue
    echo "--- $target: repeat with  $place/bin/fuzz_$target $(ls -t $place/artifacts/"$target"/* 2>/dev/null | head -n 1)"
    grep -v '^#' "$place/log/$target" | grep -A 12 -m 1 -E 'promise .* is broken|ERROR:|runtime error:' || tail -n 20 "$place/log/$target"
done
awk -v found="$found" -v seconds="$seconds" '{runs += $2} END {
    printf "%d targets, %d executions in %d s each, %d findings\n", NR, runs, seconds, found}' $place/summary
[ "$found" = 0 ]
