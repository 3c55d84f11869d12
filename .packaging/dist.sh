#!/bin/sh
# The source tarball of the files that git knows, or, without git, of all but what was built: dist.sh NAME   (`make dist`)
set -eu
B=${B:-build}
name=$1
stage=$B/dist/$name
mkdir -p "$B"
exec 9>"$B/dist.lock" # for two at a time, as tests are
flock 9
rm -rf "$B/dist"
mkdir -p "$stage"
if [ -e .git ]; then
    git ls-files -z
else
    find . -path "./$B" -prune -o ! -type d -print0
fi | tar --null -T - -cf - | tar -xf - -C "$stage"
.packaging/pack.sh "$stage" "$B/$name.tar.xz"
