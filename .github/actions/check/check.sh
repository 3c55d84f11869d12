#!/bin/bash
# The step of action.yml: its inputs are COMMAND, OPTIONS, ALLOW, KIT and REPORTS.
set -eu
source=$(cd "$(dirname "$0")/../../.." && pwd)
if [ -n "${KIT:-}" ]; then
    mockclipper=$KIT/mockclipper
else
    "$source/tests/tools/ensure.sh" build
    make -s -C "$source" -j2 B=build/action WERROR=0 build/action/mockclipper
    mockclipper=$source/build/action/mockclipper
fi
options=()
eval "options=(${OPTIONS:-})"
exec python3 "$source/mockclipper/deploy/ci_check.py" --reports "$REPORTS" --allow "${ALLOW:-}" "$mockclipper" \
    "${options[@]}" -- /bin/sh -c "exec $COMMAND"
