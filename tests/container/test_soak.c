/* suite: long */
/* A million requests, with a Clipper that is restarted and falls silent at random: no request is answered
 * twice, none is lost while its session lives, and memory stays flat.
 *
 * SOAK_REQUESTS=N sets how many, SOAK_SEED=N the places of the restarts. */
#include "support_peer.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "internal.h"

/* Unanswered requests at a time; interruptions; how much the resident set may grow after the first tenth. */
enum {
    WINDOW = 64,
    INTERRUPTIONS = 24,
    MOST_GROWTH_KIB = 4096
};

static test_peer clipper; /* large */

typedef struct soak_test {
    served_container served;
    uint64_t total, random;
    uint64_t sent, answered;
    uint64_t lost;                /* sent and never to be answered: their connection is gone */
    uint64_t stale;               /* answers that came on a connection made after their request's */
    unsigned char *unanswered;    /* for each id: 1, until it is answered */
    uint64_t first_of_connection; /* the first id that was sent on the present one */
    int registered;
    unsigned restarts, silences;
    uint64_t next_interruption;
    long early_kib; /* resident after the first tenth */
} soak_test;

static int echo(void *model, const clipper_batch *batch, clipper_outputs *outputs) {
    (void)model;
    for (size_t i = 0; i < clipper_batch_count(batch); i++)
        clipper_outputs_add_input(outputs, batch, i);
    return 0;
}

static long resident_kib(void) {
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%*d %ld", &pages), 1);
    fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static uint64_t from_environment(const char *name, uint64_t otherwise) {
    const char *text = getenv(name);
    return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static uint64_t under_way(const soak_test *soak) {
    return soak->sent - soak->answered - soak->lost;
}

/* The connection is gone: unanswered requests of it are not waited for. */
static void forget_connection(soak_test *soak) {
    soak->lost += under_way(soak);
    soak->first_of_connection = soak->sent;
    soak->registered = 0;
}

static void fill_window(soak_test *soak) {
    while (soak->registered && under_way(soak) < WINDOW && soak->sent < soak->total) {
        const uint64_t content = soak->sent;
        const clipper_frame items[2] = {{&content, sizeof content}, {"and a little more", 17}};
        peer_send_request(&clipper, (uint32_t)soak->sent, CLIPPER_TYPE_STRINGS, items, 1 + soak->sent % 2);
        soak->sent++;
    }
}

static void take_response(soak_test *soak) {
    const clipper_prediction *response = &clipper.message.as.response;
    uint64_t content;
    assert_true(response->id < soak->sent);
    assert_int_equal(response->item_count, 1 + response->id % 2);
    assert_int_equal(response->items[0].len, sizeof content);
    memcpy(&content, response->items[0].base, sizeof content);
    assert_int_equal(content, response->id);
    assert_int_equal(soak->unanswered[response->id], 1);
    soak->unanswered[response->id] = 0;
    if (response->id < soak->first_of_connection)
        soak->stale++;
    else
        soak->answered++;
}

/* Takes the next message. A heartbeat from an identity that is not known means a new connection. */
static void take_message(soak_test *soak) {
    static char identity[256];
    static size_t size;
    const clipper_kind kind = peer_receive(&clipper, PATIENCE_MS);
    const int known =
        soak->registered && size == clipper.identity_size && memcmp(identity, clipper.identity, size) == 0;
    assert_int_not_equal(kind, CLIPPER_NO_MESSAGE);
    if (kind == CLIPPER_PREDICTION_RESPONSE) {
        take_response(soak);
    } else if (kind == CLIPPER_HEARTBEAT) {
        if (!known)
            forget_connection(soak);
        peer_send_heartbeat(&clipper, known ? CLIPPER_KEEP_ALIVE : CLIPPER_SEND_METADATA);
    } else {
        memcpy(identity, clipper.identity, size = clipper.identity_size);
        soak->registered = 1;
    }
}

static void interrupt(soak_test *soak) {
    soak->next_interruption =
        soak->sent + clipper_random_between(&soak->random, 1, 2 * soak->total / INTERRUPTIONS);
    if (clipper_random_next(&soak->random) % 4 == 0) {
        const uint64_t before = clipper_container_counters(soak->served.container).sessions;
        soak->silences++;
        while (clipper_container_counters(soak->served.container).sessions == before)
            poll(NULL, 0, 10); /* until TO has passed */
    } else {
        char endpoint[sizeof clipper.endpoint];
        memcpy(endpoint, clipper.endpoint, sizeof endpoint);
        soak->restarts++;
        peer_close(&clipper);
        peer_open(&clipper, endpoint);
        forget_connection(soak);
    }
}

static void soak_in(soak_test *soak) {
    while (soak->sent < soak->total || under_way(soak) > 0) {
        fill_window(soak);
        take_message(soak);
        if (soak->sent >= soak->next_interruption && soak->sent < soak->total)
            interrupt(soak);
        if (soak->early_kib == 0 && soak->sent > soak->total / 10)
            soak->early_kib = resident_kib();
    }
}

static void a_million_requests(void **state) {
    static soak_test soak;
    clipper_container_config config;
    clipper_counters counters;
    long late_kib;
    (void)state;
    soak.total = from_environment("SOAK_REQUESTS", SANITIZED ? 100000 : 1000000);
    soak.random = from_environment("SOAK_SEED", 1);
    soak.next_interruption = soak.total / INTERRUPTIONS;
    soak.unanswered = malloc(soak.total);
    memset(soak.unanswered, 1, soak.total); /* all of it is resident from the start */
    peer_open(&clipper, NULL);
    config = served_config(&clipper, echo);
    config.activity_timeout_ms = 600;
    served_start(&soak.served, &config);
    soak_in(&soak);
    late_kib = resident_kib();
    counters = clipper_container_counters(soak.served.container);
    print_message(
        "# %llu requests: %llu answered, %llu lost with their connection (%llu answers came after); %u "
        "restarts, %u silences, %llu sessions\n# resident set: %ld KiB after a tenth, %ld KiB at the end\n",
        (unsigned long long)soak.sent, (unsigned long long)soak.answered, (unsigned long long)soak.lost,
        (unsigned long long)soak.stale, soak.restarts, soak.silences, (unsigned long long)counters.sessions,
        soak.early_kib, late_kib);
    assert_int_equal(soak.answered + soak.lost, soak.total);
    /* A heartbeat of the old socket, read after one of the new, makes for a window more. On a busy machine
     * sessions end that are not meant to. */
    assert_true(soak.lost <= (soak.restarts + 2 * counters.sessions) * WINDOW);
    assert_true(counters.sessions >= 1 + soak.silences);
    assert_int_equal(counters.bad_messages, 0);
    assert_int_equal(counters.prediction_errors, 0);
    if (!SANITIZED)
        assert_true(late_kib - soak.early_kib < MOST_GROWTH_KIB);
    assert_int_equal(served_stop(&soak.served), CLIPPER_RUN_STOPPED);
    peer_close(&clipper);
    free(soak.unanswered);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_million_requests)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
