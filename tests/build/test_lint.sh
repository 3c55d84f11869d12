#!/bin/sh
# Layout and lint: test_lint.sh [deep]   (TAP; from the project's root). `make format` mends the layout of C.
#
# clang-tidy looks for defects (.clang-tidy says for which); what its analyzer finds on the paths through the code takes
# minutes, and is looked for with "deep" only, in place of all else.
set -u
. tests/tools/tap.sh

# lint NAME TOOL COMMAND: passes when it prints nothing
lint() {
    if command -v "$2" >/dev/null; then
        check "$1" silent "$3"
    else
        skip "$1" "needs $2"
    fi
}
silent() {
    output=$(eval "$1" 2>&1)
    result=$?
    echo "$output"
    [ $result = 0 ] && [ -z "$output" ]
}

# files PATTERN...: those of the tree, without what was built
files() {
    for pattern; do
        find codec container mockclipper fuzz spec tests .ci .github .packaging -type f -name "$pattern"
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
finish
