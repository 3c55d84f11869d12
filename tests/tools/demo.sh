#!/bin/sh
# The main job, once: our container is checked on both wires, then serves real data. Run by `make demo`.
set -eu
data=container/examples/digits/digits.csv

check() {
    echo "== mockclipper check: clipper-container on the $1 wire"
    # The last line of the report says how it went; all of it stands in build/demo-$1.tap.
    if CLIPPER_WIRE=$1 build/mockclipper check --profile "$1" --strict --model probe --poll-timeout 100 \
        --activity-timeout 600 --report tap=build/demo-"$1".tap -- build/clipper-container --model probe; then
        status=0
    else
        status=$?
    fi
    passed=$(grep -c '^ok ' build/demo-"$1".tap || true)
    failed=$(grep -c '^not ok ' build/demo-"$1".tap || true)
    echo "   $passed scenarios passed, $failed failed (build/demo-$1.tap)"
    [ "$status" = 0 ] || { cat build/demo-"$1".tap; exit "$status"; }
}

check document
check release
echo "== mockclipper serve: the $(wc -l <$data) rows of $data through the model sum"
build/mockclipper serve --csv $data --columns 1-64 --input-type doubles --batch 64 --in-flight 4 --verify sum \
    -- build/clipper-container --model sum
echo "== the digit classifier: trained on rows 1-898, asked for the rest"
build/mockclipper serve --csv $data --columns 1-64 --label 65 --rows 899- --batch 32 --in-flight 4 --min-accuracy 95 \
    -- build/clipper-container --model-library build/examples/libdigits.so --model-path build/examples/digits.model
