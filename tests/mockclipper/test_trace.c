/* Uncaught exceptions are found in what a container wrote, and nothing else is taken for one. */
#include "base/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void finds(const char *language, const char *expected, const char *text) {
    char *message;
    const char *found = trace_find(text, strlen(text), &message);
    assert_non_null(found);
    assert_string_equal(found, language);
    assert_string_equal(message, expected);
    free(message);
}

static void each_language(void **state) {
    (void)state;
    finds("Python", "ValueError: bad",
          "starting\nTraceback (most recent call last):\n  File \"c.py\", line 3, in <module>\n    f()\n"
          "    ~^^\nValueError: bad\n");
    finds("Python", "SyntaxError: invalid syntax",
          "  File \"c.py\", line 1\n    a b\n      ^\nSyntaxError: invalid syntax\n");
    finds("Java", "Exception in thread \"main\" java.lang.RuntimeException: bad",
          "Exception in thread \"main\" java.lang.RuntimeException: bad\n"
          "\tat Container.main(Container.java:12)\n");
    finds("Java", "Caused by: java.io.IOException: no",
          "java.lang.Error: x\n\tat A.b(A.java:1)\nCaused by: java.io.IOException: no\n"
          "\tat java.base/java.lang.Thread.run(Unknown Source)\n\t... 1 more\n");
    finds("Java", "kotlin.Error: bad", "kotlin.Error: bad\r\n\tat MainKt.main(Main.kt:3)\r\n");
    finds(
        "Node.js", "Error: bad",
        "/c.js:3\n    throw new Error('bad');\n    ^\n\nError: bad\n    at Object.<anonymous> (/c.js:3:11)\n"
        "    at node:internal/main:22:47\n\nNode.js v18.19.0\n");
    finds("C++", "terminate called after throwing an instance of 'std::runtime_error' what():  bad",
          "terminate called after throwing an instance of 'std::runtime_error'\n  what():  bad\n");
    finds("C++", "terminate called without an active exception",
          "terminate called without an active exception\n");
    finds("C++", "libc++abi: terminating due to uncaught exception of type std::bad_alloc: std::bad_alloc",
          "libc++abi: terminating due to uncaught exception of type std::bad_alloc: std::bad_alloc\n");
    finds("Go", "panic: bad", "panic: bad\n\ngoroutine 1 [running]:\nmain.main()\n\t/c.go:4 +0x39\n");
    finds("Go", "fatal error: all goroutines are asleep - deadlock!",
          "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive]:\n");
    finds("Rust", "thread 'main' panicked at src/main.rs:2:5: bad",
          "thread 'main' panicked at src/main.rs:2:5:\nbad\nnote: run with `RUST_BACKTRACE=1`\n");
    finds("Rust", "thread 'main' panicked at 'bad', src/main.rs:2:5",
          "thread 'main' panicked at 'bad', src/main.rs:2:5\n");
    finds("R", "Error in f() : bad", "Error in f() : bad\nCalls: f\nExecution halted\n");
    finds("R", "Error in f(1) : a long message", "Error in f(1) : \n  a long message\nExecution halted\n");
    finds("R", "Error: bad", "Error: bad\nExecution halted\n");
    finds(".NET", "Unhandled exception. System.Exception: bad",
          "Unhandled exception. System.Exception: bad\n   at Program.Main() in /c.cs:line 3\n");
    finds("Ruby", "c.rb:3:in `f': bad (RuntimeError)", "c.rb:3:in `f': bad (RuntimeError)\n\tfrom c.rb:5\n");
    finds("Julia", "ERROR: LoadError: bad", "ERROR: LoadError: bad\nStacktrace:\n [1] error(s::String)\n");
}

static void the_last_one_counts(void **state) {
    (void)state;
    finds("Python", "KeyError: 'b'",
          "Traceback (most recent call last):\n  File \"c.py\", line 3, in f\nValueError: a\n\nDuring "
          "handling of "
          "the above exception, another exception occurred:\n\nTraceback (most recent call last):\n"
          "  File \"c.py\", line 5, in f\nKeyError: 'b'\nbye\n");
}

/* The kit keeps the end of an output: the beginning of a long trace is lost. */
static void cut_off(void **state) {
    char *message;
    (void)state;
    finds("Python", "RecursionError: deep", "  File \"c.py\", line 3, in f\n    g()\nRecursionError: deep\n");
    finds("Python", "", "Traceback (most recent call last):\n  File \"c.py\", line 3");
    finds("Java", "", "\tat A.b(A.java:1)\n\tat A.c(A.java:2)\n");
    finds("Node.js", "", "    at f (/c.js:3:11)\n");
    finds("Rust", "thread 'x' panicked at src/main.rs:2:5:", "thread 'x' panicked at src/main.rs:2:5:");
    assert_null(trace_find("", 0, &message));
    assert_null(message);
}

static void any_bytes(void **state) {
    static const char zeros[] = "\0\0\nTraceback (most recent call last):\n\0\xff\n\n";
    char *message, long_line[1000];
    (void)state;
    assert_string_equal(trace_find(zeros, sizeof zeros - 1, &message), "Python");
    free(message);
    memset(long_line, 'x', sizeof long_line);
    memcpy(long_line, "panic: ", 7);
    memcpy(long_line + 900, "\ngoroutine 1", 12);
    assert_string_equal(trace_find(long_line, sizeof long_line, &message), "Go");
    assert_int_equal(strlen(message), 300);
    free(message);
}

static void nothing_else(void **state) {
    static const char *const texts[] = {
        "Error in configuration: no CLIPPER_MODEL_NAME\n",
        "Error: this container speaks version 3, Clipper 4\n",
        "ERROR: Clipper speaks version 4\n",
        "ERROR main - RPC version mismatch, exiting\n",
        "panic: Clipper speaks another version\n",
        "    at line 3:4\n",
        "  look at http://localhost:80:1\n",
        "at 10:30:12 Clipper went away\n",
        "connected\n    at tcp://127.0.0.1:7000\n",
        "the file \"model.rb\" is missing (see c.rb:3)\n",
        "File \"model.pkl\", line 3 of the config, is missing\n",
        "Exception in version check: exiting\n",
        "thread 3 panicked\n",
        "terminated\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *message;
        assert_null(trace_find(texts[i], strlen(texts[i]), &message));
        assert_null(message);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_language), cmocka_unit_test(the_last_one_counts), cmocka_unit_test(cut_off),
        cmocka_unit_test(any_bytes),     cmocka_unit_test(nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
