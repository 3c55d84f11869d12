/* suite: long */
/* Out of memory, at every allocation in turn: a clear error or a served request, and nothing leaks.
 *
 * The allocation functions are this program's own: they count, and refuse on demand, what the container's
 * code asks for. What libzmq and the C library ask for they always grant: libzmq ends the process when it is
 * refused. Not with AddressSanitizer, which has allocation functions of its own. */
#include "support_stream.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#if SANITIZED

int main(void) {
    puts("1..1\nok 1 - each allocation fails once # SKIP the sanitizer has allocation functions of its own");
    return 0;
}

#else

/* ---- Allocation ---------------------------------------------------------------------------------------- */

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void __libc_free(void *block);
extern const char __executable_start, etext;

static _Atomic int counting;      /* not 0: the container's allocations are counted */
static _Atomic long asked;        /* how many there were */
static _Atomic long refuse_from;  /* the first of them to be refused; 0: none */
static _Atomic long refuse_until; /* the last */
static _Atomic long refused;
static _Atomic long held; /* blocks that the container holds */

/* The blocks that are the container's. */
enum {
    MOST_BLOCKS = 4096
};
static void *_Atomic blocks[MOST_BLOCKS];

static void remember(void *block) {
    for (size_t i = 0; block != NULL; i = (i + 1) % MOST_BLOCKS) {
        void *nothing = NULL;
        if (atomic_compare_exchange_strong(&blocks[i], &nothing, block)) {
            atomic_fetch_add(&held, 1);
            return;
        }
    }
}

static void forget(void *block) {
    for (size_t i = 0; block != NULL && i < MOST_BLOCKS; i++) {
        void *known = block;
        if (atomic_load(&blocks[i]) == block && atomic_compare_exchange_strong(&blocks[i], &known, NULL)) {
            atomic_fetch_sub(&held, 1);
            return;
        }
    }
}

/* Was the caller at ADDRESS this program, and not a shared library? */
static int is_ours(const void *address) {
    return atomic_load(&counting) && (uintptr_t)address >= (uintptr_t)&__executable_start &&
           (uintptr_t)address < (uintptr_t)&etext;
}

static int is_refused(void) {
    const long number = atomic_fetch_add(&asked, 1) + 1;
    const long from = atomic_load(&refuse_from);
    if (from == 0 || number < from || number > atomic_load(&refuse_until))
        return 0;
    atomic_fetch_add(&refused, 1);
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size) {
    const int ours = is_ours(__builtin_return_address(0));
    void *block = ours && is_refused() ? NULL : __libc_malloc(size);
    if (ours)
        remember(block);
    return block;
}

void *calloc(size_t count, size_t size) {
    const int ours = is_ours(__builtin_return_address(0));
    void *block = ours && is_refused() ? NULL : __libc_calloc(count, size);
    if (ours)
        remember(block);
    return block;
}

void *realloc(void *old, size_t size) {
    const int ours = is_ours(__builtin_return_address(0));
    void *block;
    if (ours && is_refused())
        return NULL;
    if (ours)
        forget(old);
    block = __libc_realloc(old, size);
    if (ours)
        remember(block);
    return block;
}

void free(void *block) {
    if (atomic_load(&counting))
        forget(block);
    __libc_free(block);
}

static void begin_counting(long from, long until) {
    atomic_store(&asked, 0);
    atomic_store(&refused, 0);
    atomic_store(&refuse_from, from);
    atomic_store(&refuse_until, until);
    atomic_store(&counting, 1);
}

static void end_counting(void) {
    assert_int_equal(atomic_load(&held), 0);
    atomic_store(&counting, 0);
}

/* ---- One life ------------------------------------------------------------------------------------------ */

static test_peer clipper; /* large */

/* As many items as make everything grow, and as many bytes. */
enum {
    ITEMS = 60,
    OUTPUT_BYTES = 300,
    MOST_ATTEMPTS = 1000 /* at being answered, each of four heartbeats */
};

static int predict(void *model, const clipper_batch *batch, clipper_outputs *outputs) {
    static const char text[OUTPUT_BYTES];
    (void)model;
    for (size_t i = 0; i < clipper_batch_count(batch); i++) {
        if (i % 2 == 0)
            clipper_outputs_add_bytes(outputs, text, sizeof text);
        else
            clipper_outputs_add_input(outputs, batch, i);
    }
    return 0;
}

/* Asks until there is an answer; a few heartbeats without one mean that it was lost. Returns not 0 when there
 * was one. */
static int is_answered(int attempts) {
    const clipper_frame items[ITEMS] = {{"x", 1}};
    for (int i = 0; i < attempts; i++) {
        peer_send_request(&clipper, (uint32_t)i, CLIPPER_TYPE_STRINGS, items, ITEMS);
        for (int heartbeats = 0; heartbeats < 4; heartbeats++) {
            const clipper_kind kind = peer_receive(&clipper, PATIENCE_MS);
            if (kind == CLIPPER_PREDICTION_RESPONSE) {
                assert_int_equal(clipper.message.as.response.item_count, ITEMS);
                return 1;
            }
            assert_int_equal(kind, CLIPPER_HEARTBEAT);
            peer_send_heartbeat(&clipper, CLIPPER_KEEP_ALIVE);
        }
    }
    return 0;
}

/* A container with this many WORKERS, from its making to its end, while allocations FROM to UNTIL are
 * refused. When they are all refused, they are granted again after a while, and then it must serve. Returns
 * how many were refused. */
static long live(unsigned workers, long from, long until) {
    clipper_container_config config;
    char error[CLIPPER_CONTAINER_ERROR_TEXT] = "";
    served_container served;
    peer_open(&clipper, NULL);
    config = served_config(&clipper, predict);
    config.workers = workers;
    config.poll_timeout_ms = 15;
    begin_counting(from, until);
    served.container = clipper_container_new(&config, error);
    if (served.container == NULL) {
        assert_non_null(strstr(error, "out of memory"));
        assert_true(atomic_load(&refused) > 0);
    } else {
        served_run(&served);
        peer_register(&clipper);
        if (until > from)
            (void)is_answered(2);
        if (until > from)
            atomic_store(&refuse_from, 0);
        assert_true(is_answered(MOST_ATTEMPTS));
        assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
    }
    end_counting();
    peer_close(&clipper);
    return atomic_load(&refused);
}

/* ---- Tests --------------------------------------------------------------------------------------------- */

static void each_allocation_fails_once(void **state) {
    (void)state;
    for (unsigned workers = 0; workers < 2; workers++) {
        long number = 1;
        while (live(workers, number, number) > 0)
            number++;
        print_message("# %u workers: %ld allocations were refused in turn\n", workers, number - 1);
        assert_in_range(number, 12, 200);
    }
}

static void all_allocations_fail_for_a_while(void **state) {
    (void)state;
    for (unsigned workers = 0; workers < 2; workers++) {
        long number = 1;
        while (live(workers, number, INT32_MAX) > 0)
            number++;
        assert_in_range(number, 12, 200);
    }
}

/* After the first few requests nothing is allocated any more. */
static void the_steady_state_allocates_nothing(void **state) {
    (void)state;
    for (unsigned workers = 0; workers < 2; workers++) {
        clipper_container_config config;
        served_container served;
        long before;
        peer_open(&clipper, NULL);
        config = served_config(&clipper, predict);
        config.workers = workers;
        config.poll_timeout_ms = NEVER_MS;
        begin_counting(0, 0);
        served_start(&served, &config);
        peer_register(&clipper);
        for (int i = 0; i < 20; i++)
            assert_true(is_answered(1));
        before = atomic_load(&asked);
        for (int i = 0; i < 500; i++)
            assert_true(is_answered(1));
        assert_int_equal(atomic_load(&asked), before);
        assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
        end_counting();
        peer_close(&clipper);
    }
}

/* Has a request answered over a byte stream. */
static void be_answered(stream_peer *peer) {
    static const double numbers[ITEMS * 8];
    clipper_frame items[ITEMS];
    for (size_t i = 0; i < ITEMS; i++) {
        items[i].base = numbers;
        items[i].len = 8 * i;
    }
    stream_peer_register(peer);
    for (int attempts = 0; attempts < MOST_ATTEMPTS; attempts++) {
        stream_peer_request(peer, 1, items, ITEMS, 100000);
        for (int heartbeats = 0; heartbeats < 4; heartbeats++) {
            if (!stream_peer_try(peer)) {
                stream_peer_register(peer); /* the connection had to be given up */
                break;
            }
            if (peer->message.kind == CLIPPER_PREDICTION_RESPONSE)
                return;
            stream_peer_heartbeat(peer, CLIPPER_KEEP_ALIVE);
        }
    }
    fail();
}

/* The same over a byte stream. Returns how many allocations were refused. */
static long live_on_stream(long number) {
    clipper_container_config config = served_config(NULL, predict);
    char error[CLIPPER_CONTAINER_ERROR_TEXT] = "";
    served_container served;
    stream_peer peer;
    stream_peer_open(&peer, 1);
    config.input_type = CLIPPER_TYPE_DOUBLES;
    config.poll_timeout_ms = 15;
    begin_counting(number, number);
    if (clipper_stream_transport_new(&config.transport, peer.address, NULL, error) == 0) {
        served.container = clipper_container_new(&config, error);
        if (served.container == NULL)
            config.transport.call->destroy(config.transport.self); /* it is still ours */
    } else {
        served.container = NULL;
    }
    if (served.container == NULL) {
        assert_non_null(strstr(error, "out of memory"));
    } else {
        served_run(&served);
        be_answered(&peer);
        assert_int_equal(served_stop(&served), CLIPPER_RUN_STOPPED);
    }
    end_counting();
    stream_peer_close(&peer);
    return atomic_load(&refused);
}

static void each_allocation_fails_once_on_a_stream(void **state) {
    long number = 1;
    (void)state;
    while (live_on_stream(number) > 0)
        number++;
    print_message("# on a stream: %ld allocations were refused in turn\n", number - 1);
    assert_in_range(number, 12, 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_fails_once),
        cmocka_unit_test(all_allocations_fail_for_a_while),
        cmocka_unit_test(the_steady_state_allocates_nothing),
        cmocka_unit_test(each_allocation_fails_once_on_a_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
