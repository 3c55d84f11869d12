#!/bin/sh
# suite: deep timed
# shellcheck disable=SC2016
# The source tarball and the kit folder in a fresh Debian 12, and what they need there: test_source.sh   (TAP)
set -u
B=${B:-build}
work=$(cd "$B" && pwd)/test_source
export DEBIAN_FRONTEND=noninteractive
unset MAKEFLAGS MFLAGS MAKELEVEL T
rm -rf "$work"
mkdir -p "$work"
count=0
status=0

# check NAME COMMAND...: one TAP line
check() {
    name=$1
    shift
    count=$((count + 1))
    if "$@" >"$work/log" 2>&1; then
        echo "ok $count - $name"
    else
        echo "not ok $count - $name"
        tail -n 60 "$work/log" | sed 's/^/# /'
        status=1
    fi
}
if ! command -v debootstrap >/dev/null || [ "$(id -u)" != 0 ]; then
    echo "ok 1 - the source in a fresh Debian 12 # SKIP as root, and with debootstrap"
    echo "1..1"
    exit 0
fi

root=$work/root
in_root() {
    chroot "$root" sh -c "$1"
}
# README's table of what is needed: $(needs WHAT) are the packages of that row.
needs() {
    sed -n "s/^| $1 *| \`apt-get install --no-install-recommends \(.*\)\` .*/\1/p" README.md
}
# install_needs WHAT: in the root; how many packages that are is told
install_needs() {
    [ -n "$(needs "$1")" ] || return 1
    before=$(in_root 'dpkg-query -W | wc -l')
    in_root "apt-get install -y --no-install-recommends $(needs "$1")" || return 1
    echo "$1: $(($(in_root 'dpkg-query -W | wc -l') - before)) packages" >>"$work/needed"
}
unpack() {
    make -s dist && tests/build/fresh_root.sh "$root" && mkdir "$root/src" &&
        tar -xJf "$B"/clipper-rpc-*.tar.xz -C "$root/src" --strip-components=1
}
codec_builds() {
    install_needs codec && in_root 'cd src && make -s install-codec && ldconfig && [ -e /usr/local/lib/libclipper-codec.so.0 ]'
}
kit_builds() {
    install_needs mockclipper && in_root 'cd src && make -s -j2 install-mockclipper && mockclipper --version'
}
all_builds() {
    install_needs everything && in_root 'cd src && make -s -j2 install && ldconfig'
}
conforms() {
    in_root 'mockclipper check --report tap --model sum -- clipper-container --model sum'
}
first_container() {
    sed -n '/^#include <clipper\/container.h>/,/^```/p' README.md | sed '/^```/d' >"$root/total.c"
    in_root 'apt-get install -y --no-install-recommends pkg-config &&
        cc -o total total.c $(pkg-config --cflags --libs clipper-container) &&
        mockclipper check --report tap --scenario "prediction/*" --input-type doubles --poll-timeout 100 --activity-timeout 600 -- ./total'
}
uninstalls() {
    in_root 'cd src && make -s uninstall' && ! find "$root/usr" -name '*clipper*' | grep .
}
folder_runs() {
    make -s kit && rm -rf "$root" && tests/build/fresh_root.sh "$root" && tar -xJf "$B"/clipper-kit-*.tar.xz -C "$root" &&
        in_root 'cd clipper-kit-* && ./mockclipper check --report tap --model sum -- ./clipper-container --model sum'
}

: >"$work/needed"
check "the tarball unpacks in a fresh Debian 12" unpack
check "the codec builds and installs with what README says it needs" codec_builds
check "mockclipper does" kit_builds
check "all does" all_builds
sed 's/^/# /' "$work/needed"
check "mockclipper check -- clipper-container --model sum conforms" conforms
check "README's container is built with README's commands, and conforms" first_container
check "uninstalled, it leaves nothing" uninstalls
check "the folder runs in a fresh Debian 12 without any package" folder_runs
rm -rf "$root"
echo "1..$count"
exit $status
