/* Bugs in what is made of another RPC version. */
#include "mutant.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static fate ignores_version(mutant *m, message *in) {
    (void)m;
    return is_version_mismatch(in) ? DROP : PASS;
}

static fate ignores_version_of_heartbeats(mutant *m, message *in) {
    (void)m;
    return is_version_mismatch(in) && message_u32(in, IN_MESSAGE_TYPE) == 2 ? DROP : PASS;
}

static fate serves_any_version(mutant *m, message *in) {
    (void)m;
    if (is_version_mismatch(in))
        message_set_u32(in, IN_VERSION, CLIPPER_RPC_VERSION);
    return PASS;
}

/* Reads the whole message before it looks at the version: what is malformed otherwise is dropped. */
static fate version_looked_at_last(mutant *m, message *in) {
    message same = {0};
    bool malformed;
    (void)m;
    if (!is_version_mismatch(in))
        return PASS;
    message_copy(&same, in->frames, in->count);
    message_set_u32(&same, IN_VERSION, CLIPPER_RPC_VERSION);
    malformed = is_malformed(&same);
    message_clear(&same);
    return malformed ? DROP : PASS;
}

static fate serves_swapped_version(mutant *m, message *in) {
    (void)m;
    if (message_u32(in, IN_VERSION) == CLIPPER_RPC_VERSION << 24)
        message_set_u32(in, IN_VERSION, CLIPPER_RPC_VERSION);
    return PASS;
}

static fate serves_later_versions(mutant *m, message *in) {
    (void)m;
    if (is_version_mismatch(in) && message_u32(in, IN_VERSION) > CLIPPER_RPC_VERSION)
        message_set_u32(in, IN_VERSION, CLIPPER_RPC_VERSION);
    return PASS;
}

static fate crashes_on_version(mutant *m, message *in) {
    (void)m;
    if (is_version_mismatch(in))
        abort();
    return PASS;
}

static fate hangs_on_version(mutant *m, message *in) {
    (void)m;
    while (is_version_mismatch(in))
        pause();
    return PASS;
}

static fate raises_on_version(mutant *m, message *in) {
    (void)m;
    if (is_version_mismatch(in)) {
        fputs("Traceback (most recent call last):\n  File \"container.py\", line 1, in <module>\n"
              "ValueError: another RPC version\n",
              stderr);
        _exit(1);
    }
    return PASS;
}

static fate answers_and_exits(mutant *m, message *in) {
    message out = {0};
    if (!is_version_mismatch(in))
        return PASS;
    make_response(m, &out, message_u32(in, IN_ID));
    edge_send(m, &out);
    message_clear(&out);
    return PASS;
}

static fate exits_late(mutant *m, message *in) {
    if (!is_version_mismatch(in))
        return PASS;
    m->alarm_us = edge_now(m) + 60 * UINT64_C(1000000);
    return DROP;
}

static void exit_now(mutant *m) {
    (void)m;
    _exit(3);
}

static fate exits_silently(mutant *m, message *in) {
    if (is_version_mismatch(in))
        exit_now(m);
    return PASS;
}

static int status_0(mutant *m, int status) {
    (void)m;
    return status == 3 ? 0 : status;
}

static fate wrong_width_is_mismatch(mutant *m, message *in) {
    (void)m;
    if (in->count > IN_VERSION && in->frames[IN_VERSION].len != 4) {
        fprintf(stderr, "mutant: another RPC version\n");
        _exit(3);
    }
    return PASS;
}

static const bug bugs[] = {
    {"ignores-version", "drops messages of another version, and carries on (released)", "VER-2",
     .received = ignores_version},
    {"ignores-version-of-heartbeats", "drops heartbeats of another version, and carries on", "VER-2",
     .received = ignores_version_of_heartbeats},
    {"version-looked-at-last", "drops a message of another version that is malformed, and carries on",
     "VER-7 VER-2", .received = version_looked_at_last},
    {"serves-any-version", "takes messages of another version for its own", "VER-3 VER-2",
     .received = serves_any_version},
    {"serves-swapped-version", "takes a version tag in the other byte order for its own", "VER-3 VER-2 FRM-4",
     .received = serves_swapped_version},
    {"serves-later-versions", "takes messages of any later version for its own", "VER-3 VER-2",
     .received = serves_later_versions},
    {"crashes-on-version", "aborts when another version is seen", "VER-2", .received = crashes_on_version},
    {"hangs-on-version", "neither exits nor goes on when another version is seen", "VER-3 VER-2",
     .received = hangs_on_version},
    {"raises-on-version", "ends by an uncaught exception when another version is seen", "VER-2",
     .received = raises_on_version},
    {"answers-and-exits", "answers a request of another version before it exits", "VER-3",
     .received = answers_and_exits},
    {"version-exit-late", "exits a minute after another version was seen", "VER-4 VER-2",
     .received = exits_late, .alarm = exit_now},
    {"version-exit-silent", "exits on another version without saying why", "VER-4",
     .received = exits_silently},
    {"version-exit-0", "exits on another version with the status 0 (released JVM)", "VER-5",
     .leaving = status_0},
    {"wrong-width-is-mismatch", "takes a version frame of another width for another version", "VER-6 MAL-13",
     .received = wrong_width_is_mismatch},
};

const bug_group version_bugs = {bugs, COUNT(bugs)};
