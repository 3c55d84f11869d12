#!/bin/sh
# suite: deep timed
# shellcheck disable=SC2016
# The source tarball and the kit folder in a fresh Debian 12, and what they need there: test_source.sh   (TAP)
set -u
. tests/tools/tap.sh
export DEBIAN_FRONTEND=noninteractive

if ! command -v debootstrap >/dev/null || [ "$(id -u)" != 0 ]; then
    skip "the source in a fresh Debian 12" "as root, and with debootstrap"
    finish
fi

root=$work/root
in_root() {
    chroot "$root" sh -c "$1"
}
# README's table of what is needed: $(needs WHAT) are the packages of that row.
needs() {
    sed -n "s/^| $1 *| \`apt-get install --no-install-recommends \(.*\)\` .*/\1/p" README.md
}
# count_packages WHAT PROMISED [MORE]: packages that came since the root was fresh, and MORE; they are told, and are what README promises
count_packages() {
    came=$(($(in_root 'dpkg-query -W | wc -l') - before + ${3:-0}))
    echo "$1: $came packages" >>"$work/needed"
    [ -n "$2" ] && [ $came -le "$2" ]
}
# install_needs WHAT: in the root
install_needs() {
    [ -n "$(needs "$1")" ] || return 1
    in_root "apt-get install -y --no-install-recommends $(needs "$1")" || return 1
    count_packages "$1" "$(sed -n "s/^| $1 *|.*| \([0-9]*\) |$/\1/p" README.md)"
}
unpack() {
    make -s dist && tests/build/fresh_root.sh "$root" && mkdir "$root/src" &&
        tar -xJf "$B"/clipper-rpc-*.tar.xz -C "$root/src" --strip-components=1 &&
        before=$(in_root 'dpkg-query -W | wc -l')
}
# README's commands for few packages; two more are unpacked, not installed.
fewest_build() {
    sed -n '/^apt-get install .* libczmq4 /,/^```/p' README.md | sed '/^```/d; s/apt-get install/& -y/' >"$root/commands"
    in_root 'cd src; set -e; . /commands' && [ "$(find "$root/src" -maxdepth 1 -name '*.deb' | wc -l)" = 2 ] &&
        count_packages 'mockclipper and clipper-container, the fewest' \
            "$(sed -n 's/^few packages matter.* and \([0-9]*\) are enough:$/\1/p' README.md)" 2 && [ $came -le 60 ]
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
# The GitHub Action's step, on a machine that has nothing yet.
action_builds_the_kit() {
    in_root 'cd src && COMMAND="clipper-container --model sum" REPORTS=/reports \
        OPTIONS="--model sum --scenario registration/fields:\* --scenario prediction/one-\*" .github/actions/check/check.sh && [ -s /reports/badge.json ]'
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
check "mockclipper and clipper-container build and install with at most 60 packages" fewest_build
check "mockclipper check -- clipper-container --model sum conforms there" conforms
check "unpacks in another one" unpack
check "the codec builds and installs with what README says it needs" codec_builds
check "mockclipper does" kit_builds
check "all does" all_builds
sed 's/^/# /' "$work/needed"
check "mockclipper check -- clipper-container --model sum conforms" conforms
check "README's container is built with README's commands, and conforms" first_container
check "the GitHub Action builds what it needs, and checks" action_builds_the_kit
check "uninstalled, it leaves nothing" uninstalls
check "the folder runs in a fresh Debian 12 without any package" folder_runs
rm -rf "$root"
finish
