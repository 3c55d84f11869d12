# shellcheck shell=sh
# What the shell tests share, sourced from the project's root: $work, an empty folder of the test's own, and TAP.
B=${B:-build}
work=$(cd "$B" && pwd)/$(basename "$0" .sh)
rm -rf "$work"
mkdir -p "$work"
unset MAKEFLAGS MFLAGS MAKELEVEL T # what is made here is a make of its own
count=0
status=0

# check NAME COMMAND...: passes when the command does; otherwise shows what it printed
check() {
    name=$1
    shift
    count=$((count + 1))
    if "$@" >"$work/log" 2>&1; then
        echo "ok $count - $name"
    else
        echo "not ok $count - $name"
        sed 's/^/# /' "$work/log"
        status=1
    fi
}

# skip NAME WHY
skip() {
    count=$((count + 1))
    echo "ok $count - $1 # SKIP $2"
}

# The plan, and the end.
finish() {
    echo "1..$count"
    exit $status
}
