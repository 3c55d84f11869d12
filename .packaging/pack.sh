#!/bin/sh
# Packs a folder so that the same files give the same bytes, whoever packs them, where and when:
# pack.sh FOLDER ARCHIVE.tar.xz   (times are SOURCE_DATE_EPOCH)
set -eu
tar -C "$(dirname "$1")" --format=ustar --sort=name --owner=0 --group=0 --numeric-owner --mode=u+rw,go=rX \
    --mtime="@$SOURCE_DATE_EPOCH" -cf "$2.tar" "$(basename "$1")"
LC_ALL=C xz -6 -T1 <"$2.tar" >"$2.new"
rm "$2.tar"
mv "$2.new" "$2"
echo "$2: $(wc -c <"$2") bytes, sha256 $(sha256sum "$2" | cut -c-64)"
