#!/bin/sh
# What codec and container promise about their build: test_build.sh   (TAP; from the project's root, after make)
#   freestanding: only memcpy and memset are undefined in codec and session, and the codec links without a C library
#   no allocation, no writable global data there
#   each public header compiles alone as C99 to C2x and as C++11 to C++20, warnings being errors; programs in both
#   languages use the libraries
#   the shared libraries export what the headers declare, nothing else
#   the container is compiled as POSIX, and passes its tests without Linux's calls and without libmicrohttpd
set -u
. tests/tools/tap.sh

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

headers=$(echo codec/include/clipper/*.h container/include/clipper/*.h)
includes='-Icodec/include -Icontainer/include'
warnings='-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wundef -Werror'

# headers_alone COMPILER LANGUAGE STANDARD...
headers_alone() {
    compiler=$1
    language=$2
    shift 2
    for standard; do
        for header in $headers; do
            $compiler "-std=$standard" -x "$language" $warnings $includes -fsyntax-only "$header" || return 1
        done
    done
}

# A use of every inline function and macro of the codec, in both languages.
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
                   clipper_f32_view(item) && clipper_data_width(CLIPPER_TYPE_INTS) == 4 && options.strict == 65 &&
                   clipper_error_name(CLIPPER_OK)
               ? 0
               : 1;
}
EOF

# A container and a model of the caller's own: what is linked must be found by its C name.
cat >$work/serve.c <<'EOF'
#include "clipper/container.h"
#include "clipper/log.h"
#include "clipper/session.h"
static int predict(void *model, const clipper_batch *batch, clipper_outputs *outputs) {
    size_t i;
    (void)model;
    for (i = 0; i < clipper_batch_count(batch); i++)
        clipper_outputs_add_input(outputs, batch, i);
    return 0;
}
int main(void) {
    clipper_container_config config = clipper_container_default_config();
    char error[CLIPPER_CONTAINER_ERROR_TEXT];
    clipper_container *container;
    size_t count = 0;
    int failed = !clipper_container_settings(&count) || count == 0 || clipper_latency_bounds_us[0] == 0 ||
                 clipper_session_default_config().poll_timeout_ms != CLIPPER_POLL_TIMEOUT_MS;
    config.model_name = "model";
    config.model_version = "1";
    config.predict = predict;
    container = clipper_container_new(&config, error);
    failed = failed || container == NULL;
    clipper_container_destroy(&container);
    return failed || container != NULL;
}
EOF

# program_runs COMPILER LANGUAGE SOURCE LIBRARY STANDARD...
program_runs() {
    compiler=$1
    language=$2
    source=$3
    library=$4
    shift 4
    for standard; do
        $compiler "-std=$standard" -x "$language" $warnings $includes -o $work/program "$source" -x none \
            "$B/libclipper-$library.so" "$B/libclipper-codec.so" && LD_LIBRARY_PATH=$B $work/program || return 1
    done
}

# exports_what_is_declared LIBRARY HEADERS...: clipper_model_v1 is the one name that its users define.
exports_what_is_declared() {
    library=$1
    shift
    sed -n '/^CLIPPER_API/,/;/p' "$@" | grep -oE '\bclipper_[a-z_0-9]+[([]' | tr -d '([' | sort -u >$work/declared
    nm -D --defined-only "$B/libclipper-$library.so" | awk '{print $3}' | sort -u >$work/exported
    diff $work/declared $work/exported
}

# No function of a public header is hidden: each is CLIPPER_API or inline.
no_function_is_hidden() {
    for header in $headers; do
        echo "#include \"clipper/$(basename "$header")\""
    done >$work/all.c
    gcc -std=c11 -Werror $includes -c -o $work/headers.out -aux-info $work/prototypes $work/all.c || return 1
    grep '/include/clipper/' $work/prototypes | grep -v ' \*/ static ' | grep -oE 'clipper_[a-z_0-9]+ \(' |
        tr -d ' (' | sort -u >$work/functions
    [ "$(wc -l <$work/functions)" -gt 50 ] || return 1
    nm -D --defined-only "$B/libclipper-codec.so" "$B/libclipper-container.so" | awk '{print $3}' | sort -u |
        comm -23 $work/functions - >$work/hidden
    cat $work/hidden
    [ ! -s $work/hidden ]
}

no_writable_data() {
    size -A $work/all.o | awk '$1 ~ /^\.(data|bss|tdata|tbss)$/ && $2 > 0 {print; bad = 1} END {exit bad}'
}

message_codec_size() {
    total=0
    for part in decode encode grammar readings diagnosis; do
        size=$(size -A $work/$part.o | awk '$1 ~ /^\.text/ {sum += $2} END {print sum}')
        total=$((total + size))
    done
    echo "text: $total bytes"
    [ "$(uname -m)" != x86_64 ] || [ $total -le 8192 ]
}

# On any POSIX system: what the feature test macro does not promise is not declared. Beside it, what the libraries need.
builds_without_linux() {
    flags="-std=c11 -O1 -Wall -Wextra -Wpedantic -Werror -pthread -D_POSIX_C_SOURCE=200809L -DCLIPPER_NO_EVENTFD"
    echo '#define CLIPPER_VERSION "0"' > "$work/version.h"
    flags="$flags -include $work/version.h $includes"
    objects=
    for source in codec/src/*.c container/src/*.c; do
        object=$work/posix_$(basename "$source" .c).o
        cc $flags -c "$source" -o "$object" || return 1
        objects="$objects $object"
    done
    for test in wakeup served stream; do
        cc $flags -iquote container/src -o $work/posix_test_$test tests/container/test_$test.c \
            tests/container/support_peer.c tests/container/support_stream.c $objects -lcmocka -lzmq || return 1
    done
    cc $flags -DCLIPPER_NO_METRICS -o $work/posix_container container/command/*.c $objects \
        -lzmq -lz -ldl -lm
}

# What make would do for METRICS=0.
metrics_can_be_left_out() {
    ${MAKE:-make} -n V=1 B=$work/unmetered METRICS=0 $work/unmetered/clipper-container >$work/commands || return 1
    grep -q CLIPPER_NO_METRICS $work/commands && ! grep microhttpd $work/commands
}

no_metrics_is_explained() {
    $work/posix_container --model noop --model-name m --model-version 1 --metrics-port 0 2>$work/complaint
    [ $? = 1 ] && grep 'METRICS=0' $work/complaint
}

check "codec and session compile freestanding" compile_freestanding
check "only memcpy and memset are undefined" only_memcpy_and_memset
check "links and runs without a C library" links_without_libc
check "no writable data" no_writable_data
check "the message codec is at most 8 KiB of text at -Os" message_codec_size
for compiler in gcc clang; do
    check "each header alone, C99 C11 C17 C2x, $compiler" headers_alone $compiler c c99 c11 c17 c2x
    check "headers in use, C99, $compiler" program_runs $compiler c $work/use.c codec c99
    check "a container, C99, $compiler" program_runs $compiler c $work/serve.c container c99
done
for compiler in g++ clang++; do
    check "each header alone, C++11 to C++20, $compiler" headers_alone $compiler c++ c++11 c++14 c++17 c++20
    check "headers in use, C++11 to C++20, $compiler" program_runs $compiler c++ $work/use.c codec \
        c++11 c++14 c++17 c++20
    check "a container, C++11 and C++20, $compiler" program_runs $compiler c++ $work/serve.c container c++11 c++20
done
check "libclipper-codec.so exports what its headers declare" \
    exports_what_is_declared codec codec/include/clipper/*.h
check "libclipper-container.so exports what its headers declare, and nothing of the codec" \
    exports_what_is_declared container container/include/clipper/*.h
check "no function of a public header is hidden" no_function_is_hidden
check "the container builds without Linux's calls" builds_without_linux
for test in wakeup served stream; do
    check "without Linux's calls: test_$test" $work/posix_test_$test
done
check "METRICS=0 needs no libmicrohttpd" metrics_can_be_left_out
check "without libmicrohttpd, --metrics-port is explained" no_metrics_is_explained
finish
