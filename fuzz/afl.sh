#!/bin/sh
# The same targets with AFL++ (Debian: afl++): afl.sh [TARGET...] (default: all), FUZZ_SECONDS each (10).
#
# Builds them with afl-clang-fast and its driver for libFuzzer's targets into $B/afl, begins with the committed
# corpora, and prints a line a target. Ends with status 1 when something was found, which is then in
# $B/afl/out/TARGET/default/crashes, and 77 where AFL++ is not there.
set -eu
cd "$(dirname "$0")/.."
unset MAKEFLAGS MFLAGS MAKELEVEL # what is made here has jobs of its own
seconds=${FUZZ_SECONDS:-10}
export B="${B:-build}"
place=$B/afl
command -v afl-clang-fast >/dev/null && command -v afl-fuzz >/dev/null || {
    echo "afl++ is not there (Debian package afl++)" >&2
    exit 77
}
[ $# != 0 ] || set -- $(make -s fuzz-list)

export AFL_QUIET=1 AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1
nice -n 19 make -s -j2 B=$place CC=afl-clang-fast JUDGES= OPT='-O1 -g' \
    SANITIZE='-fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all' \
    TARGETS="$*" fuzz-targets >/dev/null

mkdir -p $place/log $place/out
findings=0
printf '%-16s %12s %9s %7s %9s\n' target executions exec/s edges findings
for target in "$@"; do
    rm -rf "$place/in/$target" "$place/out/$target"
    python3 fuzz/make_corpus.py unpack "$target" "$place/in/$target"
    find "$place/in/$target" -size 0 -delete # AFL++ takes no empty inputs
    nice -n 19 afl-fuzz -i "$place/in/$target" -o "$place/out/$target" -x fuzz/clipper.dict -V "$seconds" -m none \
        -t 2000 -- "$place/bin/fuzz_$target" >"$place/log/$target" 2>&1 || {
        tail -n 5 "$place/log/$target"
        findings=$((findings + 1))
        continue
    }
    awk -F ' *: ' -v target="$target" '{value[$1] = $2} END {
        printf "%-16s %12d %9d %7d %9d\n", target, value["execs_done"], value["execs_per_sec"], value["edges_found"],
            value["saved_crashes"] + value["saved_hangs"]}' "$place/out/$target/default/fuzzer_stats" | tee $place/line
    findings=$((findings + $(awk '{print $5}' $place/line)))
done
echo "$# targets under AFL++, $seconds s each, $findings findings"
[ "$findings" = 0 ]
