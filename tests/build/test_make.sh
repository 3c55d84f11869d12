#!/bin/sh
# What the Makefile promises, tried in a copy of the tree: test_make.sh   (TAP; from the project's root)
set -u
. tests/tools/tap.sh
unset B
tree=$work/tree
mkdir -p "$tree"
cp -R Makefile codec container mockclipper fuzz spec tests "$tree"

# made FOLDER TARGET ARGUMENT...: makes it there; prints how many files were compiled
made() {
    folder=$work/$1
    target=$folder/$2
    shift 2
    make -s -C "$tree" B="$folder" "$@" "$target" >"$work/made" 2>&1 || cat "$work/made" >&2
    grep -c '^  CC ' "$work/made"
}
codec() {
    made "$1" libclipper-codec.a CC=gcc "$2"
}

sources=$(find codec/src -name '*.c' | wc -l)
all_are_made() {
    [ "$(codec one V=)" = "$sources" ] && [ "$(codec one V=)" = 0 ]
}
# all_again ARGUMENT: everything is compiled with it, and once more without it
all_again() {
    [ "$(codec one "$1")" = "$sources" ] && [ "$(codec one "$1")" = 0 ] && [ "$(codec one V=)" = "$sources" ]
}
another_compiler() {
    [ "$(made one libclipper-codec.a CC=clang)" = "$sources" ] && [ "$(codec one V=)" = "$sources" ]
}
a_source_comes_and_goes() {
    echo 'int clipper_guest(void); int clipper_guest(void) { return 1; }' >"$tree/codec/src/guest.c"
    [ "$(codec one V=)" = 1 ] && nm "$work/one/libclipper-codec.a" | grep -q clipper_guest || return 1
    rm "$tree/codec/src/guest.c"
    codec one V=
    ! nm "$work/one/libclipper-codec.a" | grep clipper_guest
}
flags_are_added() {
    make -s -C "$tree" B="$work/flags" CPPFLAGS=-DGUEST=1 CFLAGS=-g3 LDFLAGS=-Wl,-O1 "$work/flags/libclipper-codec.so"
}
warnings_may_pass() {
    echo 'static int unused;' >>"$tree/codec/src/diagnosis.c"
    ! make -s -C "$tree" B="$work/lenient" "$work/lenient/libclipper-codec.a" &&
        make -s -C "$tree" B="$work/lenient" WERROR=0 "$work/lenient/libclipper-codec.a"
    result=$?
    cp codec/src/diagnosis.c "$tree/codec/src/"
    return $result
}
# Generated code, too, is made where B says.
side_by_side() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        rm -rf "$work/left" "$work/right"
        make -s -C "$tree" B="$work/left" "$work/left/obj/gen/requirements_table.o" "$work/left/obj/gen/html_pages.o" &
        make -s -C "$tree" B="$work/right" "$work/right/obj/gen/requirements_table.o" "$work/right/obj/gen/html_pages.o" || return 1
        wait $! || return 1
        [ -s "$work/left/gen/requirements_table.c" ] && [ -s "$work/right/gen/requirements_table.c" ] || return 1
    done
}
nothing_in_the_tree() {
    find "$tree" -newer "$work/began" ! -path '*/codec/src*' -print >"$work/written"
    cat "$work/written"
    [ ! -s "$work/written" ]
}
clean_knows_its_folder() {
    mkdir -p "$work/precious"
    ! make -s -C "$tree" B="$work/precious" clean && [ -d "$work/precious" ] &&
        make -s -C "$tree" B="$work/right" clean && [ ! -e "$work/right" ]
}

touch "$work/began"
check "what is up to date is not made again" all_are_made
check "another VERSION makes everything again" all_again VERSION=9.9.9
check "another OPT makes everything again" all_again OPT=-O1
check "other CPPFLAGS make everything again" all_again CPPFLAGS=-DGUEST=1
check "another compiler makes everything again" another_compiler
check "a source that comes is linked, one that goes is not" a_source_comes_and_goes
check "CPPFLAGS, CFLAGS and LDFLAGS add to the project's own" flags_are_added
check "a warning is an error, but with WERROR=0" warnings_may_pass
check "two makes side by side, in folders outside the tree, ten times" side_by_side
check "nothing was written into the tree" nothing_in_the_tree
check "clean removes what it built, and no other folder" clean_knows_its_folder
finish
