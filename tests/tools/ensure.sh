#!/bin/sh
# Makes sure of what targets need: ensure.sh NAME...   (the names are those of the first column below)
#
# As root, or with sudo, on Debian or Ubuntu it installs what is missing. Elsewhere, or when that fails, it names
# exactly what is missing and how to get it, and ends with status 1. Nothing is done when nothing is missing.
# What is only wished for (cross compilers, say) is installed if it can be, and otherwise only named: the tests
# that need it are then reported as skipped.
set -u

# A line a need: what for ("build" is needed for everything), "must" or "wish", how to see that it is there, Debian
# packages.
needs='
build|must|command -v cc|gcc libc6-dev
build|must|command -v make|make
build|must|command -v pkg-config|pkg-config
build|must|pkg-config --exists libzmq|libzmq3-dev
build|must|pkg-config --exists libczmq|libczmq-dev
build|must|pkg-config --exists jansson|libjansson-dev
build|must|pkg-config --exists zlib|zlib1g-dev
build|must|pkg-config --exists libmicrohttpd|libmicrohttpd-dev
build|must|test -e /usr/include/libsvm/svm.h|libsvm-dev
build|must|python3 -c "import json"|python3
check coverage mutate model deb|must|test -e /usr/include/cmocka.h|libcmocka-dev
check|must|command -v g++|g++
check fuzz mutate|must|command -v clang|clang
check fuzz mutate|must|sanitizers_link|libclang-rt-14-dev
check|must|command -v valgrind|valgrind
coverage|must|command -v gcovr|gcovr
coverage|must|command -v clang-19|clang-19
coverage|must|command -v llvm-cov-19|llvm-19
coverage|must|profiles_link|libclang-rt-19-dev
prove|must|command -v frama-c|frama-c-base
prove|must|command -v why3|why3
prove|must|command -v z3|z3
prove|must|command -v cvc5|cvc5
model|must|command -v spin|spin
abi|must|command -v abidiff|abigail-tools
bench|must|command -v valgrind|valgrind
bench|must|test -e /usr/include/protobuf-c/protobuf-c.h|libprotobuf-c-dev
bench|must|command -v protoc-c|protobuf-c-compiler
bench|must|command -v protoc|protobuf-compiler
bench|must|command -v protoc-gen-nanopb|nanopb
bench|must|test -e /usr/include/pb.h|libnanopb-dev
bench|must|test -e /usr/include/msgpack.h|libmsgpack-dev
fuzz|wish|command -v afl-fuzz|afl++
check|wish|command -v spin|spin
check|wish|/usr/bin/python3 -c "import zmq"|python3-zmq
check|wish|/usr/bin/python3 -c "import jsonschema"|python3-jsonschema
check|wish|command -v faketime|faketime
check|wish|command -v ip|iproute2
deep|wish|command -v npm|nodejs npm
deep|wish|command -v javac|default-jdk-headless
deep|wish|test -e /usr/share/java/jeromq.jar|libjeromq-java
check|wish|test -e /usr/include/zmq.hpp|cppzmq-dev
deep|wish|command -v chromium|chromium
check|wish|command -v clang-format|clang-format
check|wish|command -v clang-tidy|clang-tidy
check|wish|command -v shellcheck|shellcheck
check|wish|command -v pyflakes3|pyflakes3
check|wish|command -v mandoc|mandoc
check|wish|command -v xmllint|libxml2-utils
check|wish|command -v xz|xz-utils
check|wish|/usr/bin/python3 -c "import yaml"|python3-yaml
deep|wish|command -v cmake|cmake
deep|wish|command -v musl-gcc|musl-tools
deb|must|command -v dh|debhelper
deb|must|command -v dpkg-buildpackage|dpkg-dev fakeroot
deep|wish|command -v dh|debhelper
deep|wish|command -v lintian|lintian
deep|wish|command -v fish|fish
deep|wish|command -v zsh|zsh
deep|wish|command -v debootstrap|debootstrap
deep|wish|command -v busybox|busybox-static
deep|wish|command -v qemu-aarch64-static|qemu-user-static
deep|wish|command -v podman|podman
deep|wish|command -v runc|runc
deep|wish|/usr/bin/python3 -c "import kubernetes"|python3-kubernetes
targets|wish|command -v qemu-s390x|qemu-user
targets|wish|command -v s390x-linux-gnu-gcc|gcc-s390x-linux-gnu libc6-dev-s390x-cross
targets|wish|command -v arm-linux-gnueabihf-gcc|gcc-arm-linux-gnueabihf libc6-dev-armhf-cross
targets|wish|command -v i686-linux-gnu-gcc|gcc-i686-linux-gnu libc6-dev-i386-cross
targets|wish|command -v aarch64-linux-gnu-gcc|gcc-aarch64-linux-gnu libc6-dev-arm64-cross
targets|wish|command -v riscv64-linux-gnu-gcc|gcc-riscv64-linux-gnu libc6-dev-riscv64-cross
targets|wish|command -v musl-gcc|musl-tools
targets|wish|command -v g++|g++
targets|wish|command -v clang|clang
'

usage() {
    echo "usage: ensure.sh NAME...    $(echo "$needs" | sed 's/|.*//' | tr ' ' '\n' | sort -u | tr '\n' ' ')" >&2
    exit 2
}

# A name that is not in the table would be met by nothing at all.
[ $# -gt 0 ] || usage
for name; do
    echo "$needs" | sed 's/|.*//' | tr ' ' '\n' | grep -qx -- "$name" || usage
done
for_what=" build $* "

sanitizers_link() {
    folder=$(mktemp -d) || return 1
    echo 'int main(void) { return 0; }' >"$folder/a.c"
    clang -fsanitize=address,undefined -o "$folder/a" "$folder/a.c"
    status=$?
    rm -rf "$folder"
    return $status
}

profiles_link() {
    folder=$(mktemp -d) || return 1
    echo 'int main(void) { return 0; }' >"$folder/a.c"
    clang-19 -fprofile-instr-generate -fcoverage-mapping -o "$folder/a" "$folder/a.c"
    status=$?
    rm -rf "$folder"
    return $status
}

# wanted WHAT...: one of them is asked for
wanted() {
    for name; do
        case $for_what in *" $name "*) return 0 ;; esac
    done
    return 1
}

# missing_lines LEVEL: the packages of that level whose need is not met, a line a need
missing_lines() {
    echo "$needs" | while IFS='|' read -r what level test packages; do
        [ "${level:-}" = "$1" ] && wanted $what || continue
        eval "$test" >/dev/null 2>&1 </dev/null || echo "$packages"
    done
}

# missing LEVEL: the same in one line
missing() {
    missing_lines "$1" | tr '\n' ' '
}

# --no-remove: never at the cost of something that is installed.
install_packages() {
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-remove --no-install-recommends -o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1 </dev/null
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        return 1
    fi
}

must=$(missing must)
wish=$(missing wish)
[ -n "$must$wish" ] || exit 0

if command -v apt-get >/dev/null 2>&1; then
    echo "Installing what is missing: $must$wish"
    log=$(mktemp)
    as_root apt-get update >"$log" 2>&1
    [ -z "$must" ] || install_packages $must
    # What is wished for may be missing by itself: all at once, or else each need alone.
    [ -z "$wish" ] || install_packages $wish || missing_lines wish | while read -r packages; do
        install_packages $packages
    done
    must=$(missing must)
    wish=$(missing wish)
    [ -z "$must" ] || tail -n 5 "$log" >&2
    rm -f "$log"
fi
[ -z "$wish" ] || echo "Not there, tests that need it are skipped (Debian packages): $wish"
[ -z "$must" ] && exit 0
echo "Missing (names of Debian packages): $must" >&2
echo "Get them with:  apt-get install $must" >&2
echo "or, on another system, the packages that provide the same, and run make again." >&2
exit 1
