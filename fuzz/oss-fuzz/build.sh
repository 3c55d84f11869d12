#!/bin/bash -eu
# Builds all fuzz targets as OSS-Fuzz wants them: programs, seed corpora, dictionary and options in $OUT.
#
# From the environment: SRC (where clipper-rpc is checked out), OUT, CC, CFLAGS, LIB_FUZZING_ENGINE; CXX and CXXFLAGS
# for linking, WORK, SANITIZER and ARCHITECTURE where they are set. What is left out, and why:
#   engine, csv         are linked with libzmq's shared libraries, which the runners do not have
#   json_* with memory  MemorySanitizer would need a jansson of its own making
#   json_* on i386      there is no 32-bit jansson in the builder
cd "$SRC/clipper-rpc"

targets="decode_whole decode_by_frame round_trip elements flat eras session"
if [ "${SANITIZER:-address}" != memory ] && [ "${ARCHITECTURE:-x86_64}" = x86_64 ]; then
    targets="$targets json_decode json_encode"
fi

work=${WORK:-$OUT/../work}/clipper-rpc
make -j"$(nproc)" B="$work" CC="$CC" LINKER="${CXX:-$CC}" OPT= CFLAGS="$CFLAGS" LDFLAGS="${CXXFLAGS:-$CFLAGS}" \
    ENGINE="$LIB_FUZZING_ENGINE" JUDGES= WERROR=0 JANSSON=-l:libjansson.a TARGETS="$targets" fuzz-targets
cp "$work"/bin/fuzz_* "$OUT"/

for target in $targets; do
    seeds=$(mktemp -d)
    python3 fuzz/make_corpus.py unpack "$target" "$seeds"
    (cd "$seeds" && rm -f "$OUT/fuzz_${target}_seed_corpus.zip" &&
        python3 -m zipfile -c "$OUT/fuzz_${target}_seed_corpus.zip" .)
    rm -r "$seeds"
    cp fuzz/clipper.dict "$OUT/fuzz_$target.dict"
    printf '[libfuzzer]\nmax_len = 400\n' >"$OUT/fuzz_$target.options"
done
