/* Bugs in what is made of the environment. */
#include "mutant.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void other_name_variable(mutant *m) {
    const char *name = getenv("MODEL_NAME");
    (void)m;
    setenv("CLIPPER_MODEL_NAME", name != NULL ? name : "default", 1);
}

static void numeric_ip_only(mutant *m) {
    const char *ip = getenv("CLIPPER_IP");
    struct in_addr address;
    (void)m;
    if (ip != NULL && inet_pton(AF_INET, ip, &address) != 1) {
        fprintf(stderr, "mutant: CLIPPER_IP: \"%s\" is no address\n", ip);
        _exit(2);
    }
}

static void ip_ignored(mutant *m) {
    (void)m;
    unsetenv("CLIPPER_IP");
}

static void version_ignored(mutant *m) {
    (void)m;
    if (getenv("CLIPPER_MODEL_VERSION") != NULL)
        setenv("CLIPPER_MODEL_VERSION", "1", 1);
}

static void type_ignored(mutant *m) {
    (void)m;
    setenv("CLIPPER_INPUT_TYPE", "doubles", 1);
}

static void port_7000(mutant *m) {
    (void)m;
    if (getenv("CLIPPER_PORT") != NULL)
        setenv("CLIPPER_PORT", "7000", 1);
}

/* Takes input types by the names in WORDS alone. */
static void take_types(const char *const words[], size_t count) {
    const char *type = getenv("CLIPPER_INPUT_TYPE");
    for (size_t i = 0; i < count; i++) {
        if (type == NULL || strcmp(type, words[i]) == 0)
            return;
    }
    fprintf(stderr, "mutant: CLIPPER_INPUT_TYPE: \"%s\" is no type\n", type);
    _exit(2);
}

static void no_short_types(mutant *m) {
    static const char *const words[] = {"bytes",    "byte",    "ints",  "int",    "integer",
                                        "integers", "floats",  "float", "double", "doubles",
                                        "string",   "strings", "str",   "strs"};
    (void)m;
    take_types(words, COUNT(words));
}

static void no_singular_types(mutant *m) {
    static const char *const words[] = {"bytes", "ints", "floats", "doubles", "strings",
                                        "b",     "i",    "f",      "d",       "s"};
    (void)m;
    take_types(words, COUNT(words));
}

static void default_bytes(mutant *m) {
    (void)m;
    setenv("CLIPPER_INPUT_TYPE", "bytes", 0);
}

static void needs_readiness_file(mutant *m) {
    /* As the kit has it: what is left in / by another container says nothing. */
    const char *named = getenv("MOCKCLIPPER_READINESS_FILE"),
               *path = named != NULL ? named : "/model_is_ready.check";
    (void)m;
    if (access(path, F_OK) != 0) {
        fprintf(stderr, "mutant: %s is not there\n", path);
        _exit(1);
    }
}

static void release_wire_only(mutant *m) {
    m->config.wire = CLIPPER_WIRE_RELEASE;
}

static void fixed_timeouts(mutant *m) {
    m->config.poll_timeout_ms = CLIPPER_POLL_TIMEOUT_MS;
    m->config.activity_timeout_ms = CLIPPER_ACTIVITY_TIMEOUT_MS;
}

static void own_timeouts(mutant *m) {
    m->config.poll_timeout_ms = 1000;
    m->config.activity_timeout_ms = 4000;
}

/* As the document's sample has it. */
static void sample_activity_timeout(mutant *m) {
    m->config.activity_timeout_ms = 60000;
}

static const bug bugs[] = {
    {"other-name-variable", "reads the model name from MODEL_NAME, and else calls itself \"default\"",
     "DEP-1 REG-5 PROC-3", .begin = other_name_variable},
    {"numeric-ip-only", "refuses a host name in CLIPPER_IP", "DEP-2", .begin = numeric_ip_only},
    {"clipper-ip-ignored", "connects to 127.0.0.1, whatever CLIPPER_IP says", "DEP-2", .begin = ip_ignored},
    {"version-ignored", "its version is 1, whatever CLIPPER_MODEL_VERSION says", "DEP-1 REG-6",
     .begin = version_ignored},
    {"type-ignored", "takes doubles, whatever CLIPPER_INPUT_TYPE says", "DEP-4 REG-8", .begin = type_ignored},
    {"port-7000", "connects to port 7000, whatever CLIPPER_PORT says", "DEP-3 FRM-2", .begin = port_7000},
    {"no-short-types", "refuses input types of one letter", "DEP-4", .begin = no_short_types},
    {"no-singular-types", "refuses input types in the singular: \"double\"", "DEP-4",
     .begin = no_singular_types},
    {"default-bytes", "without CLIPPER_INPUT_TYPE the type is bytes", "DEP-4", .begin = default_bytes},
    {"needs-readiness-file", "exits when the readiness file of released images is not there", "DEP-6",
     .begin = needs_readiness_file},
    {"release-wire-only", "speaks the release wire, whatever CLIPPER_WIRE says (released)",
     "DEP-10 REG-10 PRED-8", .configure = release_wire_only},
    {"fixed-timeouts", "D is 5 s and TO 30 s, whatever the environment says (released)", "DEP-9 HB-6",
     .configure = fixed_timeouts},
    {"own-timeouts", "D is 1 s and TO 4 s, whatever the environment says", "DEP-9 HB-6",
     .configure = own_timeouts},
    {"timeout-of-60-s", "TO is 60 s, as in the document's sample, whatever the environment says",
     "DEP-9 TMO-4", .configure = sample_activity_timeout},
};

const bug_group deployment_bugs = {bugs, COUNT(bugs)};
