#!/bin/sh
# Codec and session on other machines: targets.sh list|build|suites [MACHINE...]   (default: all)
#
#   list    the names of the machines
#   build   the test programs for each machine whose tools are there, into $B/targets/MACHINE
#   suites  what run_suites.py is to run, a line a program; a machine whose tools are not there is named as skipped
#
# Each machine runs them twice: as shipped, and checked for undefined behaviour ("MACHINE checked"). cmocka is not there
# for these machines: tests/targets stands in for it.
#
# i386 is what `gcc -m32` builds. Debian's gcc-multilib, which -m32 needs, cannot be installed together with its cross
# compilers, so i686-linux-gnu-gcc builds it, and clang, as a second compiler that sees 32 bits, with the same libc.
# Where the kernel runs 32-bit programs they run as they are, with AddressSanitizer, which qemu does not bear.
set -eu
cd "$(dirname "$0")/../.."
place=${B:-build}/targets

# A line a machine: name | compiler | emulator | folder of its libc, which qemu is told of | flags of the checked build.
# Where there is no runtime for UndefinedBehaviorSanitizer (riscv64, musl, clang's i386 and s390x), it traps.
undefined='-fsanitize=undefined -fno-sanitize-recover=all'
traps='-fsanitize=undefined -fsanitize-undefined-trap-on-error'
machines="
s390x|s390x-linux-gnu-gcc|qemu-s390x|/usr/s390x-linux-gnu|$undefined
s390x-clang|clang --target=s390x-linux-gnu|qemu-s390x|/usr/s390x-linux-gnu|$traps
armhf|arm-linux-gnueabihf-gcc|qemu-arm|/usr/arm-linux-gnueabihf|$undefined
i386|i686-linux-gnu-gcc|qemu-i386|/usr/i686-linux-gnu|$undefined
i386-clang|clang --target=i686-linux-gnu|qemu-i386|/usr/i686-linux-gnu|$traps
aarch64|aarch64-linux-gnu-gcc|qemu-aarch64|/usr/aarch64-linux-gnu|$undefined
riscv64|riscv64-linux-gnu-gcc|qemu-riscv64|/usr/riscv64-linux-gnu|$traps
musl|musl-gcc|||$traps
"
names=$(echo "$machines" | sed 's/|.*//')

# runs_32_bits: does the kernel run 32-bit programs, and does the cross compiler's libc for them?
runs_32_bits() {
    [ -e $place/runs-32-bits ] || {
        if i686-linux-gnu-gcc -fsanitize=address $native_32 -o $place/probe $place/probe.c 2>/dev/null &&
            $place/probe 2>/dev/null; then
            echo yes >$place/runs-32-bits
        else
            echo no >$place/runs-32-bits
        fi
    }
    [ "$(cat $place/runs-32-bits)" = yes ]
}
native_32='-Wl,-rpath,/usr/i686-linux-gnu/lib -Wl,--dynamic-linker=/usr/i686-linux-gnu/lib/ld-linux.so.2'

# links: does the compiler make a program for its machine?
links() {
    mkdir -p $place
    echo 'int main(void) { return 0; }' >$place/probe.c
    $compiler -o $place/probe $place/probe.c 2>/dev/null
}

# machine NAME: sets compiler, emulator, libc, checked, link and missing
machine() {
    line=$(echo "$machines" | grep "^$1|") || {
        echo "targets.sh: no machine '$1':" $names >&2
        exit 2
    }
    IFS='|' read -r _ compiler emulator libc checked <<END
$line
END
    link=
    missing=
    links || missing="$compiler${libc:+ with the libc in $libc}"
    case $1 in
    i386*)
        if runs_32_bits; then
            emulator=
            link=$native_32
            [ "$1" != i386 ] || checked="-fsanitize=address,undefined -fno-sanitize-recover=all"
        fi
        ;;
    esac
    [ -z "$emulator" ] || command -v "$emulator" >/dev/null || missing="${missing:+$missing, }$emulator"
}

# compile FOLDER SANITIZE
compile() {
    ${MAKE:-make} B="$1" CC="$compiler" SANITIZE="$2" LDFLAGS="$link" CMOCKA= CROSS_OBJ="$1/obj/tests/targets/cross.o" \
        CPPFLAGS=-Itests/targets codec-tests session-tests
}

build() {
    for name; do
        machine "$name"
        [ -z "$missing" ] || continue
        compile $place/"$name" ""
        compile $place/"$name"-checked "$checked"
    done
}

suites() {
    for name; do
        machine "$name"
        if [ -n "$missing" ]; then
            echo " | $name | 5 | echo 'ok 1 - $name # SKIP needs $missing'"
            continue
        fi
        for kind in "" -checked; do
            for source in tests/codec/test_*.c tests/session/test_*.c; do
                test=${source#tests/}
                test=${test%.c}
                echo " | $name${kind:+ checked} $test | 900 | ${emulator:+$emulator -L $libc }$place/$name$kind/tests/$test"
            done
        done
    done
}

what=${1:-}
[ $# = 0 ] || shift
[ $# -gt 0 ] || set -- $names
case $what in
list) echo "$names" ;;
build) build "$@" ;;
suites) suites "$@" ;;
*)
    echo "usage: targets.sh list|build|suites [MACHINE...]" >&2
    exit 2
    ;;
esac
