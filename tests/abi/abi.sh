#!/bin/sh
# The binary interface of the two shared libraries, against what is committed here: abi.sh check|baseline BUILD
#
#   check     prints TAP and, last, "N passed, N failed"; ends with status 1 when the interface has changed so that a
#             program built against the baseline would no longer be served
#   baseline  writes the baseline anew: tests/abi/*.abi and tests/abi/macros.txt
#
# BUILD is the folder of the libraries, built with -g. The baseline is that of x86-64; elsewhere check is skipped.
# What the libraries use within themselves is left out: only what public headers declare counts.
set -eu
cd "$(dirname "$0")/../.."
what=${1:?usage: abi.sh check|baseline BUILD}
build=${2:?usage: abi.sh check|baseline BUILD}
here=tests/abi
includes='-Icodec/include -Icontainer/include'
libraries='codec container'

# dump LIBRARY: its interface, without any path, line or address of this build
dump() {
    abidw --headers-dir codec/include --headers-dir container/include --drop-private-types --exported-interfaces-only \
        --no-corpus-path --no-comp-dir-path --no-show-locs --no-elf-needed --type-id-style hash "$build/libclipper-$1.so"
}

# The constants and sizes that are macros, and so compiled into the programs that use them. Macros that make
# declarations, and lists of X(...), are not: the types and functions they make are compared as such.
macros() {
    for header in codec/include/clipper/*.h container/include/clipper/*.h; do
        gcc -std=c11 $includes -E -dM "$header"
    done | grep '^#define CLIPPER_' | grep -vE '_H *$|[( ]X\(|##|[;{]|__' | LC_ALL=C sort -u
}

if [ "$what" = baseline ]; then
    for library in $libraries; do
        dump "$library" >$here/libclipper-"$library".abi
    done
    macros >$here/macros.txt
    echo "written: $(echo $here/*.abi $here/macros.txt): look at the difference before you commit it"
    exit 0
fi

if [ "$(uname -m)" != x86_64 ]; then
    echo "ok 1 - binary interface # SKIP the baseline is that of x86-64"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi

work=$build/abi
mkdir -p "$work"
passed=0
failed=0

# result NAME: one TAP line, by the status of the command before it; what it said is in $work/log
result() {
    status=$?
    if [ $status = 0 ]; then
        passed=$((passed + 1))
        echo "ok $((passed + failed)) - $1"
    else
        failed=$((failed + 1))
        echo "not ok $((passed + failed)) - $1"
        sed 's/^/# /' "$work/log"
    fi
}

# compatible LIBRARY: nothing is gone and nothing is another; new functions are told of, and are no failure. abidiff does not
# count what is harmless, such as an enumerator at the end (but a count of enumerators that grows by it is a change).
compatible() {
    dump "$1" >"$work/$1.abi" || return 1
    abidiff --no-added-syms $here/libclipper-"$1".abi "$work/$1.abi" || return 1
    abidiff $here/libclipper-"$1".abi "$work/$1.abi" | grep -F '[A]' >"$work/added.$1" || true
}

no_macro_changed() {
    macros >"$work/macros.txt"
    LC_ALL=C comm -23 $here/macros.txt "$work/macros.txt" >"$work/gone"
    cat "$work/gone"
    [ ! -s "$work/gone" ]
}

# That nothing is found must mean something: another value of one enumerator is.
one_that_is_changed_is_found() {
    sed "0,/<enumerator name='CLIPPER_TYPE_DOUBLES' value='3'/s//<enumerator name='CLIPPER_TYPE_DOUBLES' value='6'/" \
        $here/libclipper-codec.abi >"$work/changed.abi"
    ! cmp -s $here/libclipper-codec.abi "$work/changed.abi" &&
        ! abidiff --no-added-syms $here/libclipper-codec.abi "$work/changed.abi"
}

for library in $libraries; do
    : >"$work/added.$library"
    compatible "$library" >"$work/log" 2>&1 && true
    result "libclipper-$library is compatible with the baseline"
    sed 's/^ *\[A\]/# new:/' "$work/added.$library"
done
no_macro_changed >"$work/log" 2>&1 && true
result "no public constant has changed or gone"
one_that_is_changed_is_found >"$work/log" 2>&1 && true
result "a changed value is found"
[ $failed = 0 ] || echo "# If the change is meant: make abi-baseline, raise the soname, and say so in CHANGELOG.md."
echo "$passed passed, $failed failed"
[ $failed = 0 ]
