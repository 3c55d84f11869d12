#!/bin/sh
# The main job, once: our container is checked on both wires, then serves real data. Run by `make demo`.
set -eu
B=${B:-build}
data=container/examples/digits/digits.csv

check() {
    echo "== mockclipper check: clipper-container on the $1 wire"
    # The last line of the report says how it went; all of it stands in $B/demo-$1.tap.
    if CLIPPER_WIRE=$1 "$B"/mockclipper check --profile "$1" --strict --model probe --poll-timeout 100 \
        --activity-timeout 600 --report tap="$B/demo-$1.tap" -- "$B"/clipper-container --model probe; then
        status=0
    else
        status=$?
    fi
    passed=$(grep -c '^ok ' "$B/demo-$1.tap" || true)
    failed=$(grep -c '^not ok ' "$B/demo-$1.tap" || true)
    echo "   $passed scenarios passed, $failed failed ($B/demo-$1.tap)"
    [ "$status" = 0 ] || { cat "$B/demo-$1.tap"; exit "$status"; }
}

check document
check release
echo "== mockclipper serve: the $(wc -l <$data) rows of $data through the model sum"
"$B"/mockclipper serve --csv $data --columns 1-64 --input-type doubles --batch 64 --in-flight 4 --verify sum \
    -- "$B"/clipper-container --model sum
echo "== mockclipper check: the digit classifier, fed its own rows"
"$B"/mockclipper check --strict --poll-timeout 300 --activity-timeout 1500 --input-type doubles --items $data --columns 1-64 \
    --report tap="$B/demo-digits.tap" \
    -- "$B"/clipper-container --model-library "$B"/examples/libdigits.so --model-path "$B"/examples/digits.model || {
    status=$?
    cat "$B/demo-digits.tap"
    exit "$status"
}
tail -1 "$B/demo-digits.tap"
echo "== the digit classifier: trained on rows 1-898, asked for the rest"
"$B"/mockclipper serve --csv $data --columns 1-64 --label 65 --rows 899- --batch 32 --in-flight 4 --min-accuracy 95 \
    -- "$B"/clipper-container --model-library "$B"/examples/libdigits.so --model-path "$B"/examples/digits.model
