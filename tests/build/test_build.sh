#!/bin/sh
# What the codec promises about its build: test_build.sh CODEC_SOURCES...   (TAP; from the project's root)
#   freestanding: only memcpy and memset are undefined, and it links without a C library
#   the public headers compile alone as C99 and as C++11, warnings being errors
#   the shared library exports what the headers declare, nothing else
#   no allocation, no writable global data
set -u
work=build/test_build
rm -rf $work
mkdir -p $work
count=0
status=0

# check NAME COMMAND...: one TAP line
check() {
    name=$1
    shift
    count=$((count + 1))
    if "$@" >$work/log 2>&1; then
        echo "ok $count - $name"
    else
        echo "not ok $count - $name"
        sed 's/^/# /' $work/log
        status=1
    fi
}

compile_freestanding() {
    for source in codec/src/*.c container/src/session.c; do
        cc -std=c11 -Os -ffreestanding -fvisibility=hidden -Wall -Wextra -Wpedantic -Werror -Icodec/include \
            -Icontainer/include -c "$source" -o "$work/$(basename "$source" .c).o" || return 1
    done
}

only_memcpy_and_memset() {
    ld -r -o $work/all.o $work/*.o || return 1
    undefined=$(nm -u $work/all.o | awk '{print $2}' | sort | tr '\n' ' ')
    echo "undefined: $undefined"
    [ "$undefined" = "memcpy memset " ]
}

# No C library at all: memcpy and memset are given here.
links_without_libc() {
    cat >$work/start.c <<'EOF'
#include "clipper/flat.h"
void *memcpy(void *to, const void *from, size_t size) {
    char *t = to;
    const char *f = from;
    while (size--)
        *t++ = *f++;
    return to;
}
void *memset(void *to, int byte, size_t size) {
    char *t = to;
    while (size--)
        *t++ = (char)byte;
    return to;
}
void _start(void);
void _start(void) {
    clipper_frame frames[2] = {{0, 0}, {"\2\0\0\0", 4}};
    clipper_message message;
    long failed = clipper_decode(CLIPPER_TO_CLIPPER, frames, 2, 0, &message, 0) != CLIPPER_OK;
#if defined(__x86_64__)
    __asm__ volatile("syscall" : : "a"(60L), "D"(failed) : "memory");
#endif
    for (;;)
        ;
}
EOF
    cc -std=gnu11 -Os -ffreestanding -fno-builtin -fno-stack-protector -fno-tree-loop-distribute-patterns \
        -Icodec/include -nostdlib -static -o $work/alone $work/start.c codec/src/*.c -lgcc || return 1
    [ "$(uname -m)" != x86_64 ] || $work/alone
}

header_alone() {
    for header in codec/include/clipper/*.h; do
        "$1" "-std=$2" -x "$3" -Wall -Wextra -Wpedantic -Werror -Icodec/include -fsyntax-only "$header" || return 1
    done
}

# A use of every inline function and macro, in both languages.
headers_in_use() {
    cat >$work/use.c <<'EOF'
#include "clipper/codec.h"
#include "clipper/flat.h"
int main(void) {
    clipper_frame frames[CLIPPER_FRAMES_MAX(2)];
    unsigned char scratch[CLIPPER_SCRATCH_MAX(2)];
    double number = 0;
    clipper_frame item;
    clipper_options options = clipper_default_options();
    item.base = &number;
    item.len = sizeof number;
    options.strict = (int)sizeof scratch + (int)(sizeof frames / sizeof *frames);
    return clipper_f64_at(item, 0) == 0 && clipper_f64_copy(item, &number, 1) == 1 && clipper_i32_count(item) == 2 &&
                   clipper_f32_view(item) && clipper_data_width(CLIPPER_TYPE_INTS) == 4 && options.strict == 65
               ? 0
               : 1;
}
EOF
    "$1" "-std=$2" -x "$3" -Wall -Wextra -Wpedantic -Werror -Icodec/include -o $work/use $work/use.c && $work/use
}

exports_the_headers_functions() {
    sed -n '/^CLIPPER_API/,/;/p' codec/include/clipper/*.h | grep -oE 'clipper_[a-z_0-9]+\(' | tr -d '(' | sort -u >$work/declared
    nm -D --defined-only "$1" | awk '{print $3}' | sort -u >$work/exported
    diff $work/declared $work/exported
}

no_writable_data() {
    size -A $work/all.o | awk '$1 ~ /^\.(data|bss|tdata|tbss)$/ && $2 > 0 {print; bad = 1} END {exit bad}'
}

message_codec_size() {
    total=0
    for part in decode encode grammar diagnosis; do
        size=$(size -A $work/$part.o | awk '$1 ~ /^\.text/ {sum += $2} END {print sum}')
        total=$((total + size))
    done
    echo "text: $total bytes"
    [ "$(uname -m)" != x86_64 ] || [ $total -le 8192 ]
}

check "codec and session compile freestanding" compile_freestanding
check "only memcpy and memset are undefined" only_memcpy_and_memset
check "links and runs without a C library" links_without_libc
check "no writable data" no_writable_data
check "the message codec is at most 8 KiB of text at -Os" message_codec_size
for compiler in gcc clang; do
    check "headers alone, C99, $compiler" header_alone $compiler c99 c
    check "headers in use, C99, $compiler" headers_in_use $compiler c99 c
done
for compiler in g++ clang++; do
    check "headers alone, C++11, $compiler" header_alone $compiler c++11 c++
    check "headers in use, C++11, $compiler" headers_in_use $compiler c++11 c++
done
check "the shared library exports what the headers declare" exports_the_headers_functions build/libclipper-codec.so
echo "1..$count"
exit $status
