#!/bin/sh
# `make dist`: of the same files the same bytes, and a source that builds: test_dist.sh   (TAP; from the project's root)
set -u
. tests/tools/tap.sh
unset B SOURCE_DATE_EPOCH

# dist TREE OUTPUT ARGUMENT...: the tarball of TREE is OUTPUT
dist() {
    tree=$1
    output=$2
    shift 2
    make -s -C "$tree" dist "$@" && cp "$tree"/build/clipper-rpc-*.tar.xz "$output"
}
# A copy of the tree with one commit, of its own time; what is not committed here is in it, too.
copy() {
    mkdir "$work/$1" && git ls-files -zco --exclude-standard | tar --null -T - --ignore-failed-read -cf - | tar -xf - -C "$work/$1"
    (cd "$work/$1" && git init -q . && git add -A && GIT_AUTHOR_DATE='@1700000000 +0000' GIT_COMMITTER_DATE='@1700000000 +0000' \
        git -c user.name=n -c user.email=e -c core.hooksPath=/dev/null commit -qm all)
}
twice() {
    copy one && (umask 077 && copy two) && dist "$work/one" "$work/1.xz" && sleep 1 && touch "$work/two/Makefile" &&
        (umask 077 && dist "$work/two" "$work/2.xz" LC_ALL=C.UTF-8) && cmp "$work/1.xz" "$work/2.xz"
}
times_are_the_commits() {
    tar -tvJf "$work/1.xz" --full-time >"$work/list" && [ "$(grep -c . "$work/list")" -gt 300 ] &&
        ! grep -vE ' 0/0 .* 2023-11-1[45] ' "$work/list"
}
from_itself() {
    mkdir "$work/unpacked" && tar -xJf "$work/1.xz" -C "$work/unpacked" &&
        dist "$work"/unpacked/clipper-rpc-* "$work/3.xz" && cmp "$work/1.xz" "$work/3.xz"
}
has_all_that_git_knows() {
    (cd "$work/one" && git ls-files | sort) >"$work/known"
    tar -tJf "$work/1.xz" | grep -v '/$' | sed 's|^[^/]*/||' | sort | diff "$work/known" -
}
builds() {
    make -s -C "$work"/unpacked/clipper-rpc-* CC=cc DESTDIR="$work/root" install-codec && ls "$work/root/usr/local/lib/libclipper-codec.so"
}

check "two trees, at two times, by two users: the same bytes" twice
check "its times are the commit's, its owner is root" times_are_the_commits
check "it has all that git knows, and nothing else" has_all_that_git_knows
check "unpacked, it makes itself again" from_itself
check "unpacked, it builds and installs" builds
finish
