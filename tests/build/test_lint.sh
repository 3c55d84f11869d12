#!/bin/sh
# Layout and lint: test_lint.sh [deep]   (TAP; from the project's root). `make format` mends the layout of C.
#
# clang-tidy looks for defects (.clang-tidy says for which); what its analyzer finds on the paths through the code takes
# minutes, and is looked for with "deep" only, in place of all else.
set -u
B=${B:-build}
unset MAKEFLAGS MFLAGS MAKELEVEL
count=0
status=0

# lint NAME TOOL COMMAND: passes when it prints nothing
lint() {
    count=$((count + 1))
    if ! command -v "$2" >/dev/null; then
        echo "ok $count - $1 # SKIP needs $2"
    elif output=$(eval "$3" 2>&1) && [ -z "$output" ]; then
        echo "ok $count - $1"
    else
        echo "not ok $count - $1"
        echo "$output" | sed 's/^/# /'
        status=1
    fi
}

# files PATTERN...: those of the tree, without what was built
files() {
    for pattern; do
        find codec container mockclipper fuzz spec tests .ci .packaging -type f -name "$pattern"
    done
}

# tidy OPTION...: as many at a time as there are processors; what it says of headers of others is no finding
tidy() {
    make -s compile_commands || return 1
    grep -o '"file": "[^"]*"' "$B"/compile_commands.json | cut -d'"' -f4 | grep -E '^(codec|container|mockclipper)/' |
        xargs -P "$(nproc)" -n 4 clang-tidy --quiet -p "$B" "$@" 2>&1 | grep -v '^[0-9]* warnings\? generated'
    return 0
}

if [ "${1:-}" = deep ]; then
    lint "clang-tidy's analyzer finds nothing" clang-tidy 'tidy --checks=-bugprone-*,-misc-*,-performance-*'
else
    lint "C is laid out as .clang-format says: make format" clang-format \
        'files "*.[ch]" | xargs clang-format --dry-run --Werror'
    lint "clang-tidy finds nothing" clang-tidy 'tidy --checks=-clang-analyzer-*'
    lint "shellcheck finds nothing" shellcheck 'files "*.sh" run | xargs shellcheck'
    # The vectors are written in a vocabulary that is imported with *.
    lint "pyflakes finds nothing" pyflakes3 'files "*.py" | grep -v ^spec/vectors/source/ | xargs pyflakes3'
fi
echo "1..$count"
exit $status
