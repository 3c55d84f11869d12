#!/bin/sh
# Builds the Debian packages from the source tarball: deb.sh TARBALL FOLDER   (`make deb`)
# debian/ belongs at the root of the source package; here it is .packaging/debian.
set -eu
tarball=$1
folder=$2
name=$(basename "$tarball" .tar.xz)
rm -rf "$folder"
mkdir -p "$folder"
cp "$tarball" "$folder/${name%-*}_${name##*-}.orig.tar.xz"
tar -xJf "$tarball" -C "$folder"
cp -R .packaging/debian "$folder/$name/debian"
[ "${name##*-}" = "$(dpkg-parsechangelog -l "$folder/$name/debian/changelog" -S Version | sed 's/-[^-]*$//')" ] ||
    { echo "deb.sh: debian/changelog is of another version than $name" >&2 && exit 1; }
(
    cd "$folder/$name"
    unset B MAKEFLAGS MFLAGS MAKELEVEL
    dpkg-buildpackage -us -uc ${DEB_BUILD_FLAGS:-}
) >"$folder/log" 2>&1 || { tail -n 40 "$folder/log" >&2 && exit 1; }
ls "$folder"/*.deb
