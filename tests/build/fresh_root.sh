#!/bin/sh
# Makes FOLDER a minimal Debian 12 that has nothing but its base packages: fresh_root.sh FOLDER
# The first one is downloaded (debootstrap, as root), the others are copies of it.
set -eu
B=${B:-build}
base=$B/roots/base
mkdir -p "$B/roots"
exec 9>"$B/roots/lock"
flock 9
if [ ! -e "$base/.complete" ]; then
    rm -rf "$base"
    debootstrap --variant=minbase bookworm "$base" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" >"$B/roots/log" 2>&1 ||
        { tail -n 5 "$B/roots/log" >&2 && exit 1; }
    cp -L /etc/resolv.conf "$base/etc/resolv.conf"
    chroot "$base" apt-get update -qq
    touch "$base/.complete"
fi
rm -rf "$1"
mkdir -p "$(dirname "$1")"
cp -a "$base" "$1"
