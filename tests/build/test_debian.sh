#!/bin/sh
# suite: deep timed
# shellcheck disable=SC2016
# The Debian packages: lintian has nothing to say, and in a fresh Debian 12 they install, work and go: test_debian.sh   (TAP)
set -u
. tests/tools/tap.sh
root=$work/root
export DEBIAN_FRONTEND=noninteractive

for need in dh lintian debootstrap; do
    if ! command -v $need >/dev/null || [ "$(id -u)" != 0 ]; then
        skip "the Debian packages" "as root, and with $need"
        finish
    fi
done

are_built() {
    make -s deb && ls "$B"/deb/*.deb >"$work/built" &&
        for package in libclipper-codec0 libclipper-codec-dev libclipper-container0 libclipper-container-dev mockclipper \
            clipper-container; do
            grep -q "/${package}_" "$work/built" || { echo "not built: $package" && return 1; }
        done
}
pass_lintian() {
    lintian --allow-root --fail-on error,warning "$B"/deb/*.changes
}
in_root() {
    chroot "$root" "$@"
}
installed() {
    in_root dpkg-query -W -f '${Package}\n' | sort
}
install_commands() {
    tests/build/fresh_root.sh "$root" && installed >"$work/before" && mkdir "$root/debs" &&
        cp "$B"/deb/*.deb "$root/debs" && rm "$root"/debs/*dbgsym* &&
        in_root sh -c 'apt-get install -y --no-install-recommends /debs/mockclipper_*.deb /debs/clipper-container_*.deb' &&
        installed | comm -13 "$work/before" - >"$work/new"
}
conform() {
    in_root mockclipper check --report tap --model sum -- clipper-container --model sum
}
# What a C programmer installs beside a compiler is enough for README's examples.
build_examples() {
    sed -n '/^#include <clipper\/container.h>/,/^```/p' README.md | sed '/^```/d' >"$root/total.c" &&
        in_root sh -c 'apt-get install -y --no-install-recommends /debs/lib*.deb gcc libc6-dev pkg-config &&
            cc -o total total.c $(pkg-config --cflags --libs clipper-container)' &&
        in_root mockclipper check --report tap --scenario 'prediction/*' --input-type doubles --poll-timeout 100 \
            --activity-timeout 600 -- ./total
}
show_pages() {
    for page in share/man/man1/mockclipper.1 share/man/man1/clipper-container.1 share/man/man3/clipper_decode.3 \
        share/man/man3/clipper_container_run.3 share/man/man3/clipper_f64_at.3; do
        zcat -f "$root/usr/$page.gz" | grep -q '^\.Sh NAME' || { echo "no page $page" && return 1; }
    done
}
leave_nothing() {
    in_root apt-get purge -y '?name(clipper)' && ! find "$root/usr" "$root/etc" "$root/var/lib/dpkg/info" -name '*clipper*' | grep .
}

check "the packages are built, and the tests of codec and session pass" are_built
check "lintian finds neither error nor warning" pass_lintian
check "mockclipper and clipper-container install in a fresh Debian 12" install_commands
echo "# packages that came with them: $(grep -vc clipper "$work/new")"
check "mockclipper check -- clipper-container --model sum conforms" conform
check "README's container is built with libclipper-container-dev, and conforms" build_examples
check "the manual pages are there" show_pages
check "purged, they leave nothing" leave_nothing
rm -rf "$root"
finish
