/* Bugs that show under load. */
#include "mutant.h"

#include <stdlib.h>

static fate one_in_5000_lost(mutant *m, message *out) {
    return is_response(out) && ++m->number % 5000 == 0 ? DROP : PASS;
}

static fate id_reused_under_load(mutant *m, message *out) {
    if (is_response(out) && ++m->number > 1000)
        message_set_u32(out, OUT_ID, message_u32(out, OUT_ID) & 0x3ff);
    return PASS;
}

/* At most 500 in any 4 seconds. M->KEPT has the beginning of the current ones; M->NUMBER counts. */
static fate five_hundred_at_a_time(mutant *m, message *in) {
    const uint64_t now = edge_now(m);
    if (!is_request(in))
        return PASS;
    if (m->kept.count == 0 || now - message_word(&m->kept, 0, 0) > 4000000) {
        message_truncate(&m->kept, 0);
        message_insert(&m->kept, 0, NULL, 8);
        message_set_u64(&m->kept, 0, now);
        m->number = 0;
    }
    return ++m->number > 500 ? DROP : PASS;
}

/* M->NUMBER is when the latest request came. */
static fate metadata_starves(mutant *m, message *in) {
    if (is_request(in))
        m->number = edge_now(m);
    return is_metadata_request(in) && m->number != 0 && edge_now(m) - m->number < 1000000 ? DROP : PASS;
}

static fate session_lost_under_load(mutant *m, message *in) {
    if (is_request(in) && ++m->number == 300)
        m->lost = true;
    return PASS;
}

static fate leaks_memory(mutant *m, message *in) {
    static void *volatile leaked;
    (void)m;
    if (is_request(in)) {
        leaked = malloc(4096);
        if (leaked != NULL)
            memset(leaked, 1, 4096);
    }
    return PASS;
}

/* 600 bytes for each request. */
static fate leaks_a_little(mutant *m, message *in) {
    static void *volatile leaked;
    (void)m;
    if (is_request(in) && (leaked = malloc(600)) != NULL)
        memset(leaked, 1, 600);
    return PASS;
}

static fate crashes_under_load(mutant *m, message *in) {
    if (is_request(in) && ++m->number == 1500)
        abort();
    return PASS;
}

static fate crashes_on_large_item(mutant *m, message *in) {
    (void)m;
    if (is_request(in) && in->count > IN_ITEMS && in->frames[IN_ITEMS].len >= 1000000)
        abort();
    return PASS;
}

static const bug bugs[] = {
    {"one-in-5000-lost", "one request in 5,000 is not answered", "LOAD-1 PRED-13",
     .sending = one_in_5000_lost},
    {"ids-cut-under-load", "after 1,000 responses only ten bits of the message id are kept",
     "LOAD-1 PRED-6 PRED-13", .sending = id_reused_under_load},
    {"500-at-a-time", "drops what is more than 500 requests in four seconds", "LOAD-2 LOAD-1 PRED-13",
     .received = five_hundred_at_a_time},
    {"metadata-starves", "does not answer when asked for its metadata amid requests", "LOAD-3 REG-3 TMO-12",
     .received = metadata_starves},
    {"session-lost-under-load", "begins a new session at its 300th request", "LOAD-3 LOAD-1 PRED-13",
     .received = session_lost_under_load},
    {"crashes-under-load", "aborts at its 1,500th request", "PROC-8 LOAD-1 LOAD-3",
     .received = crashes_under_load},
    {"crashes-on-large-item", "aborts at an item of a million bytes", "PROC-8 PRED-26",
     .received = crashes_on_large_item},
    {"leaks-a-little", "keeps 600 bytes of memory for each request", "LOAD-5", .received = leaks_a_little},
    {"leaks-memory", "keeps 4 KiB of memory for each request", "LOAD-5", .received = leaks_memory},
};

const bug_group load_bugs = {bugs, COUNT(bugs)};
