#!/bin/sh
# `make kit`: the folder runs in a root that has nothing else, and in one of musl: test_kit.sh   (TAP; from the root)
# suite: deep timed
# Roots are entered as root, or in a user namespace.
set -u
. tests/tools/tap.sh
unset B

if chroot / /bin/true 2>/dev/null; then
    enter=chroot
elif unshare -r chroot / /bin/true 2>/dev/null; then
    enter='unshare -r chroot'
else
    enter=
fi
short='--poll-timeout 100 --activity-timeout 600'

folder=$(ls -d "${work%/test_kit}"/clipper-kit-*/ 2>/dev/null | head -n 1)
makes_the_folder() {
    make -s kit B="${work%/test_kit}" && folder=$(echo "${work%/test_kit}"/clipper-kit-*[!z]) && [ -x "$folder/mockclipper" ]
}
the_same_again() {
    cp "$folder.tar.xz" "$work/first.xz" && make -s kit B="${work%/test_kit}" && cmp "$folder.tar.xz" "$work/first.xz"
}
# The unpacked archive, in a root with nothing else.
empty_root() {
    mkdir "$work/empty" && tar -xJf "$folder.tar.xz" -C "$work/empty" && mv "$work"/empty/clipper-kit-* "$work/empty/kit"
}
# What the kit cannot see there, without /proc, it says nothing of.
checks_in_empty_root() {
    empty_root && $enter "$work/empty" /kit/mockclipper check $short --report tap --model sum -- \
        /kit/clipper-container --model sum >"$work/said"
    result=$?
    cat "$work/said"
    [ $result = 0 ] && ! grep -q '^  requirement: "PROC-10"' "$work/said"
}
# status_is NUMBER COMMAND...
status_is() {
    expected=$1
    shift
    "$@"
    [ $? = "$expected" ]
}
says_what_is_missing() {
    status_is 3 $enter "$work/empty" /kit/mockclipper check --accelerate 10 -- /kit/clipper-container --model sum \
        2>"$work/said" && cat "$work/said" && grep -q 'needs libfaketime' "$work/said"
}
is_found_by_link_and_path() {
    ln -s kit/mockclipper "$work/empty/link" && $enter "$work/empty" /link --version &&
        (cd / && PATH=$folder:$PATH mockclipper --version) && (cd "$folder/lib" && ../mockclipper --version)
}
# Programs of a root whose C library is musl; what is checked must not find the kit's libraries.
musl_root() {
    mkdir -p "$work/musl/lib" "$work/musl/bin" && cp -R "$work/empty/kit" "$work/musl/kit" &&
        cp -L /lib/ld-musl-*.so.1 "$work/musl/lib/" && cat >"$work/start.c" <<'EOF'
#include <stdio.h>
#include <string.h>
#include <unistd.h>
extern char **environ;
int main(int argc, char **argv) {
    for (char **each = environ; *each != NULL; each++)
        if (strncmp(*each, "LD_", 3) == 0 || strstr(*each, "/kit/lib") != NULL)
            return 9;
    execv(argv[argc > 1], argv + 1);
    return 8;
}
EOF
    musl-gcc -o "$work/musl/bin/start" "$work/start.c" && readelf -l "$work/musl/bin/start" | grep ld-musl
}
checks_in_musl_root() {
    musl_root && $enter "$work/musl" /kit/mockclipper check $short --report tap --model sum --scenario 'registration/*' \
        --scenario 'process/*' -- /bin/start /kit/clipper-container --model sum
}
lists_what_it_bundles() {
    /usr/bin/python3 - "$folder" <<'EOF'
import hashlib, json, os, re, sys
folder = sys.argv[1]
with open(folder + "/sbom.spdx.json", encoding="utf-8") as file:
    sbom = json.load(file)
assert sbom["spdxVersion"] == "SPDX-2.3" and sbom["packages"][0]["licenseDeclared"] == "MIT"
licenses = {row["licenseId"]: row["extractedText"] for row in sbom["hasExtractedLicensingInfos"]}
listed = {}
for package in sbom["packages"][1:]:
    assert len(licenses[package["licenseDeclared"]]) > 200, package["name"]
    assert os.path.exists(f"{folder}/licenses/{package['name'].split(':')[0]}.copyright"), package["name"]
    listed.update(re.findall(r"lib/(\S+) \(sha256 (\w+)\)", package["comment"]))
loader = [name for name in listed if name.startswith("ld-")]
assert len(loader) == 1, loader
listed["loader"] = listed.pop(loader[0])
there = {}
for name in os.listdir(folder + "/lib"):
    with open(f"{folder}/lib/{name}", "rb") as file:
        there[name] = hashlib.sha256(file.read()).hexdigest()
del there["mockclipper"], there["clipper-container"]
assert there == listed, there.keys() ^ listed.keys()
print(len(listed), "files of", len(licenses), "packages")
EOF
}

check "makes the folder" makes_the_folder
check "makes the same archive again" the_same_again
check "lists each library it has, its package and license" lists_what_it_bundles
if [ -n "$enter" ]; then
    check "a container in an empty root conforms" checks_in_empty_root
    check "--accelerate says that libfaketime is not there" says_what_is_missing
    check "is found through a link, by PATH and from another folder" is_found_by_link_and_path
    if command -v musl-gcc >/dev/null; then
        check "a container in a musl root conforms, and its environment knows nothing of the kit" checks_in_musl_root
    else
        skip "a container in a musl root conforms" "no musl-gcc"
    fi
else
    skip "a container in an empty root conforms" "neither root nor user namespaces"
fi
finish
