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
    {
        .name = "ignores-version",
        .what = "drops messages of another version, and carries on (released)",
        .requirements = "VER-2",
        .received = ignores_version,
    },
    {
        .name = "ignores-version-of-heartbeats",
        .what = "drops heartbeats of another version, and carries on",
        .requirements = "VER-2",
        .received = ignores_version_of_heartbeats,
    },
    {
        .name = "version-looked-at-last",
        .what = "drops a message of another version that is malformed, and carries on",
        .requirements = "VER-7 VER-2",
        .received = version_looked_at_last,
    },
    {
        .name = "serves-any-version",
        .what = "takes messages of another version for its own",
        .requirements = "VER-3 VER-2",
        .received = serves_any_version,
    },
    {
        .name = "serves-swapped-version",
        .what = "takes a version tag in the other byte order for its own",
        .requirements = "VER-3 VER-2 FRM-4",
        .received = serves_swapped_version,
    },
    {
        .name = "serves-later-versions",
        .what = "takes messages of any later version for its own",
        .requirements = "VER-3 VER-2",
        .received = serves_later_versions,
    },
    {
        .name = "crashes-on-version",
        .what = "aborts when another version is seen",
        .requirements = "VER-2",
        .received = crashes_on_version,
    },
    {
        .name = "answers-and-exits",
        .what = "answers a request of another version before it exits",
        .requirements = "VER-3",
        .received = answers_and_exits,
    },
    {
        .name = "version-exit-late",
        .what = "exits a minute after another version was seen",
        .requirements = "VER-4 VER-2",
        .received = exits_late,
        .alarm = exit_now,
    },
    {
        .name = "version-exit-silent",
        .what = "exits on another version without saying why",
        .requirements = "VER-4",
        .received = exits_silently,
    },
    {
        .name = "version-exit-0",
        .what = "exits on another version with the status 0 (released JVM)",
        .requirements = "VER-5",
        .leaving = status_0,
    },
    {
        .name = "wrong-width-is-mismatch",
        .what = "takes a version frame of another width for another version",
        .requirements = "VER-6 MAL-13",
        .received = wrong_width_is_mismatch,
    },
};

const bug_group version_bugs = {bugs, COUNT(bugs)};
