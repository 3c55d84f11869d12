#!/bin/sh
# suite: timed
# What `make install` installs, and that it serves: test_install.sh   (TAP; from the project's root, after make)
# README's examples in C are built against what was installed, with pkg-config, with CMake and with static libraries, and run.
set -u
. tests/tools/tap.sh
unset DESTDIR PREFIX
root=$work/root
mkdir -p "$work/readme"

# An unusual place, so that nothing works because it is where everything is.
prefix="$root/opt/clipper"
libraries=lib/$(cc -print-multiarch)
installs() {
    make -s DESTDIR="$root" PREFIX=/opt/clipper LIBDIR="/opt/clipper/$libraries" install
}
packages() {
    PKG_CONFIG_SYSROOT_DIR=$root PKG_CONFIG_PATH=$prefix/$libraries/pkgconfig pkg-config "$@"
}
with_libraries() {
    LD_LIBRARY_PATH=$prefix/$libraries "$@"
}

libraries_have_versions() {
    version=$("$prefix/bin/mockclipper" --version | grep -oE '[0-9]+\.[0-9]+\.[0-9]+') || return 1
    for library in codec container; do
        [ "$(packages --modversion clipper-$library)" = "$version" ] || return 1
        file=$prefix/$libraries/libclipper-$library.so
        [ -f "$file.$version" ] && [ ! -L "$file.$version" ] && [ "$(readlink "$file.0")" = "libclipper-$library.so.$version" ] &&
            [ "$(readlink "$file")" = "libclipper-$library.so.0" ] &&
            readelf -d "$file" | grep -q "soname: .libclipper-$library.so.0.$" || return 1
    done
    readelf -d "$prefix/$libraries/libclipper-container.so" | grep NEEDED | grep -q libclipper-codec.so.0
}

every_function_has_a_page() {
    sed -n '/^CLIPPER_\(API\|INLINE\)/,/[;{]/p' "$prefix"/include/clipper/*.h | grep -oE '\bclipper_[a-z_0-9]+\(' |
        tr -d '(' | sort -u >"$work/functions"
    [ "$(wc -l <"$work/functions")" -gt 60 ] || return 1
    while read -r each; do
        [ -e "$prefix/share/man/man3/$each.3" ] || { echo "no page: $each" && return 1; }
        grep -q "^\.Nm $each" "$prefix/share/man/man3/$each.3" || { echo "another page: $each" && return 1; }
    done <"$work/functions"
    [ -e "$prefix/share/man/man3/clipper_f64_at.3" ] && [ -e "$prefix/share/man/man3/clipper_container.3" ]
}
pages_have_no_flaw() {
    (cd "$prefix/share/man/man3" && mandoc -T lint -- *.3) |
        grep -vE 'referenced manual not found|operating system explicitly' >"$work/flaws"
    cat "$work/flaws"
    [ ! -s "$work/flaws" ] &&
        (cd "$prefix/share/man/man3" && grep -ohE '^\.Xr \S+ 3' -- *.3 | sort -u | while read -r _ page _; do
            [ -e "$page.3" ] || { echo "no page: $page" && exit 1; }
        done)
}

# The blocks of C in README: what has a main is a program, the other one is given a main.
readme_examples() {
    awk -v folder="$work/readme" '/^```c$/ {name = folder "/example" ++n ".c"; next} /^```/ {name = ""} name {print >name}' README.md
    for source in "$work"/readme/example*.c; do
        if grep -q '^int main' "$source"; then
            mv "$source" "$work/readme/total.c"
        else
            cat "$source" - >"$work/readme/reader.c" <<'EOF'
int main(void) {
    clipper_frame frames[] = {{"", 0}, {"\3\0\0\0", 4}, {"\1\0\0\0", 4}, {"\7\0\0\0", 4}, {"\0\0\0\0", 4},
                              {"\30\0\0\0\0\0\0\0", 8}, {"\3\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\10\0\0\0\0\0\0\0", 24},
                              {"\0\0\0\0\0\0\4\100", 8}};
    on_message(frames, 8);
    frames[7].len = 7;
    on_message(frames, 8);
    return 0;
}
EOF
            rm "$source"
        fi
    done
    ls "$work/readme"
    [ -e "$work/readme/total.c" ] && [ -e "$work/readme/reader.c" ]
}
# reads COMMAND...: the codec's example says what README says it does
reads() {
    "$@" >"$work/said" || return 1
    cat "$work/said"
    [ "$(cat "$work/said")" = "2.5
frame 7 (item 0): size does not match the metadata (expected 8, got 7)" ]
}
# conforms COMMAND...: the container's example, and its sums are right
conforms() {
    "$B/mockclipper" check --scenario 'prediction/*' --scenario 'registration/*' --input-type doubles --model none --report tap \
        --poll-timeout 100 --activity-timeout 600 -- "$@" || return 1
    echo '1.5,2,3,6.5' >"$work/row.csv"
    "$B/mockclipper" serve --csv "$work/row.csv" --label 4 --columns 1-3 --min-accuracy 100 --input-type doubles -- "$@"
}
cflags='-std=c11 -Wall -Wextra -Werror'
built_with_pkg_config() {
    cc $cflags -o "$work/reader" "$work/readme/reader.c" $(packages --cflags --libs clipper-codec) &&
        cc $cflags -o "$work/total" "$work/readme/total.c" $(packages --cflags --libs clipper-container) \
            -Wl,-rpath-link,"$prefix/$libraries"
}
built_statically() {
    cc $cflags -o "$work/reader-static" "$work/readme/reader.c" $(packages --cflags clipper-codec) "$prefix/$libraries/libclipper-codec.a" &&
        cc $cflags -o "$work/total-static" "$work/readme/total.c" $(packages --cflags clipper-container) \
            "$prefix/$libraries/libclipper-container.a" "$prefix/$libraries/libclipper-codec.a" $(pkg-config --libs libzmq) -pthread
}
built_with_cmake() {
    version=$(packages --modversion clipper-codec)
    cat >"$work/readme/CMakeLists.txt" <<EOF
cmake_minimum_required(VERSION 3.13)
project(examples C)
find_package(clipper-container $version REQUIRED)
add_executable(reader reader.c)
target_link_libraries(reader clipper::codec)
add_executable(total total.c)
target_link_libraries(total clipper::container)
add_executable(total-static total.c)
target_link_libraries(total-static clipper::container-static)
find_package(clipper-codec 99.0 QUIET)
if(clipper-codec_FOUND)
  message(FATAL_ERROR "version 99 was found")
endif()
EOF
    cmake -S "$work/readme" -B "$work/cmake" -DCMAKE_PREFIX_PATH="$prefix" &&
        make -s -C "$work/cmake" && reads "$work/cmake/reader" && ldd "$work/cmake/total" | grep "libclipper-codec.so.0 => $prefix"
}
shells_find_completions() {
    for program in mockclipper clipper-container; do
        grep -q "^complete .* $program$" "$prefix/share/bash-completion/completions/$program" &&
            grep -q "^#compdef $program" "$prefix/share/zsh/site-functions/_$program" &&
            grep -q "^complete -c $program " "$prefix/share/fish/vendor_completions.d/$program.fish" || return 1
    done
}
# Two files in one's own project.
built_by_amalgamation() {
    make -s amalgamation && cp "$B/clipper-codec.c" "$B/clipper-codec.h" "$work/readme/" &&
        sed 's|<clipper/codec.h>|"clipper-codec.h"|' "$work/readme/reader.c" >"$work/readme/alone.c" &&
        (cd "$work/readme" && cc $cflags -o ../alone alone.c clipper-codec.c)
}

nothing_is_left() {
    make -s DESTDIR="$root" PREFIX=/opt/clipper LIBDIR="/opt/clipper/$libraries" uninstall || return 1
    find "$root" ! -type d -o -name '*clipper*' ! -path "$prefix" | tee "$work/left"
    [ ! -s "$work/left" ]
}
# Only what a C program needs that links with the codec: nothing is asked of other libraries.
codec_alone() {
    make -s DESTDIR="$root" PREFIX=/usr PKG_CONFIG=false install-codec || return 1
    [ -e "$root/usr/lib/libclipper-codec.so.0" ] && [ ! -e "$root/usr/bin/mockclipper" ] &&
        PKG_CONFIG_SYSROOT_DIR=$root PKG_CONFIG_LIBDIR=$root/usr/lib/pkgconfig pkg-config --exists clipper-codec
}

check "installs into DESTDIR" installs
check "shared libraries have soname, version and links; the container's is linked with the codec's" libraries_have_versions
check "each public function has a page of section 3" every_function_has_a_page
if command -v mandoc >/dev/null; then
    check "mandoc finds no flaw in these pages, and each page they refer to is there" pages_have_no_flaw
else
    skip "mandoc finds no flaw in these pages" "no mandoc"
fi
check "README has a program for each library" readme_examples
check "README's examples are built with pkg-config" built_with_pkg_config
check "the codec's example says what README says" reads with_libraries "$work/reader"
check "the container's example conforms" with_libraries conforms "$work/total"
check "README's examples are built with the static libraries" built_statically
check "and say the same" reads "$work/reader-static"
if command -v cmake >/dev/null; then
    check "README's examples are built with CMake, and run" built_with_cmake
else
    skip "README's examples are built with CMake, and run" "no cmake"
fi
check "README's example is built with the codec as two files" built_by_amalgamation
check "and says the same" reads "$work/alone"
check "the shells find completions where they look" shells_find_completions
check "uninstall leaves nothing" nothing_is_left
check "the codec alone installs without any other library" codec_alone
finish
