#!/bin/sh
# suite: deep timed
# shellcheck disable=SC2016
# The kit folder for arm64, made in a fresh Debian 12 as mockclipper/deploy/README.md says, and run in an empty root under
# qemu, which the kernel starts for each program of that machine: test_kit_arm64.sh   (TAP; from the project's root)
set -u
. tests/tools/tap.sh
export DEBIAN_FRONTEND=noninteractive

for need in debootstrap qemu-aarch64-static unshare; do
    if ! command -v $need >/dev/null || [ "$(id -u)" != 0 ]; then
        skip "the kit for arm64" "as root, and with $need"
        finish
    fi
done

root=$work/root
empty=$work/empty
# The page's commands for arm64, a line each.
commands() {
    sed -n '/^dpkg --add-architecture arm64/,/^```/p' mockclipper/deploy/README.md | sed '/^```/d'
}
builds() {
    commands | grep '^make kit ' && make -s dist && tests/build/fresh_root.sh "$root" && mkdir "$root/src" &&
        tar -xJf "$B"/clipper-rpc-*.tar.xz -C "$root/src" --strip-components=1 &&
        commands | sed 's/apt-get install/apt-get install -y/' >"$root/commands" && chroot "$root" sh -ec 'cd /src; . /commands'
}
unpacks() {
    mkdir "$empty" && tar -xJf "$root"/src/build/arm64/clipper-kit-*-aarch64.tar.xz -C "$empty" &&
        mv "$empty"/clipper-kit-* "$empty/kit"
}
every_file_is_arm64s() {
    readelf -h "$empty"/kit/mockclipper "$empty"/kit/clipper-container "$empty"/kit/lib/* | grep Machine: >"$work/machines"
    [ "$(wc -l <"$work/machines")" -gt 20 ] && ! grep -v AArch64 "$work/machines"
}
lists_packages_of_arm64() {
    grep -o 'pkg:deb/[^"]*' "$empty/kit/sbom.spdx.json" >"$work/listed"
    [ "$(wc -l <"$work/listed")" -gt 15 ] && ! grep -v '?arch=arm64$' "$work/listed"
}
# with_qemu COMMAND...: with programs of arm64 started by qemu; what is registered goes with the namespaces.
elf='\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00'
mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
with_qemu() {
    mkdir -p "$work/binfmt"
    unshare --map-root-user --mount sh -ec 'mount -t binfmt_misc none "$1"; echo "$2" >"$1/register"; shift 2; exec "$@"' \
        sh "$work/binfmt" ":clipper-arm64:M::$elf:$mask:$(command -v qemu-aarch64-static):F" "$@"
}
# With the protocol's own timers, and nothing that judges how fast a container starts or ends: an emulated one is slow.
conforms() {
    with_qemu chroot "$empty" /kit/mockclipper check --report tap --model sum --jobs 2 --scenario 'registration/fields:*' \
        --scenario 'prediction/*' --skip prediction/item-of-64-mib -- /kit/clipper-container --model sum
}

check "is built with arm64's packages beside this machine's, by the commands of the page" builds
check "unpacks" unpacks
check "every program and library is of arm64" every_file_is_arm64s
check "the list of what it bundles names arm64's packages" lists_packages_of_arm64
if with_qemu true 2>"$work/refused"; then
    check "a container in an empty root conforms" conforms
else
    skip "a container in an empty root conforms" "no binfmt_misc in a namespace: $(tail -n 1 "$work/refused")"
fi
rm -rf "$root"
finish
