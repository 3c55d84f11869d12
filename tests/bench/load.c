/* load.c: puts containers under the same load, in turns, and says what each request cost them.
 *
 *     load [--rounds N] [--slice MS] [--in-flight N] [--shapes NAME,...] [--cores one|two]
 *          [--allocations count_allocations.so] NAME=COMMAND...
 *
 * Each COMMAND is a container, started once, with the environment that a container reads. Then for each
 * shape, in each round, each of them gets the same number of requests: about --slice milliseconds' worth. All
 * processes share one core
 * (--cores one) or the containers have one to themselves. Prints a JSON object a slice:
 *
 *     {"shape", "round", "peer", "in_flight", "requests", "wall_ns", "cpu_ns" of the container, "load_cpu_ns"
 * of this program, "p50_ns" and "p99_ns" of the round trip (in flight 1), "rss_kib", "peak_kib",
 *      "allocations" and "own_allocations" of the container's process (with --allocations)}
 *
 * and before that one per container: {"peer", "idle_anonymous_kib"}. */
#include "load_traffic.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

enum {
    MOST_PEERS = 8,
    MOST_BYTES_IN_FLIGHT = 64 << 20,
    LEAST_WINDOWS = 3, /* of requests in a slice */
    LEAST_ROUND_TRIPS = 30,
    CALIBRATIONS = 3,
    IDLE_MS = 100 /* after registration, before memory is looked at */
};

static const load_shape shapes[] = {{"1x8B", 1, 8},          {"1x8KiB", 1, 8192},  {"100x8B", 100, 8},
                                    {"100x8KiB", 100, 8192}, {"1000x8B", 1000, 8}, {"1x16MiB", 1, 16 << 20}};

typedef struct options {
    size_t rounds;
    int64_t slice_ns;
    size_t in_flight;
    const char *shapes; /* NULL: all */
    int two_cores;
    const char *counter;
    load_peer peers[MOST_PEERS];
    size_t peer_count;
} options;

/* ---- Slices ------------------------------------------------------------------------------------------- */

static int64_t own_cpu_ns(void) {
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (int64_t)used.tv_sec * 1000000000 + used.tv_nsec;
}

static int compare(const void *a, const void *b) {
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void print_latencies(int64_t *latencies, size_t count) {
    qsort(latencies, count, sizeof *latencies, compare);
    printf(", \"p50_ns\": %lld, \"p99_ns\": %lld", (long long)latencies[count / 2],
           (long long)latencies[count * 99 / 100]);
}

static void measure_slice(load_peer *peer, const load_shape *shape, size_t round, size_t count,
                          size_t window) {
    int64_t *latencies = window == 1 ? malloc(count * sizeof *latencies) : NULL;
    int64_t wall, cpu, own;
    allocation_counts before = {0, 0, 0};
    load_traffic(peer, shape, window, window, NULL); /* warms up */
    if (peer->allocations)
        before = *peer->allocations;
    cpu = load_peer_cpu_ns(peer);
    own = own_cpu_ns();
    wall = load_now_ns();
    load_traffic(peer, shape, count, window, latencies);
    wall = load_now_ns() - wall;
    own = own_cpu_ns() - own;
    cpu = load_peer_cpu_ns(peer) - cpu;
    printf("{\"shape\": \"%s\", \"round\": %zu, \"peer\": \"%s\", \"in_flight\": %zu, \"requests\": %zu, "
           "\"wall_ns\": %lld, \"cpu_ns\": %lld, \"load_cpu_ns\": %lld, \"rss_kib\": %ld, \"peak_kib\": %ld",
           shape->name, round, peer->name, window, count, (long long)wall, (long long)cpu, (long long)own,
           load_peer_memory(peer, "VmRSS:"), load_peer_memory(peer, "VmHWM:"));
    if (peer->allocations)
        printf(", \"allocations\": %llu, \"own_allocations\": %llu",
               (unsigned long long)(peer->allocations->all - before.all),
               (unsigned long long)(peer->allocations->own - before.own));
    if (latencies)
        print_latencies(latencies, count);
    printf("}\n");
    fflush(stdout);
    free(latencies);
}

/* The quickest of a few runs of COUNT requests: a hiccup of the machine must not make the slices too short.
 */
static int64_t quickest(load_peer *peer, const load_shape *shape, size_t count, size_t window) {
    int64_t least = INT64_MAX;
    for (int i = 0; i < CALIBRATIONS; i++) {
        int64_t took = load_now_ns();
        load_traffic(peer, shape, count, window, NULL);
        took = load_now_ns() - took;
        if (took < least)
            least = took;
    }
    return least;
}

/* How many requests take about a slice, but not too few to be counted. */
static size_t requests_for(load_peer *peer, const load_shape *shape, size_t window, int64_t slice_ns) {
    const size_t least = window > 1 ? LEAST_WINDOWS * window : LEAST_ROUND_TRIPS;
    size_t count = window;
    for (;;) {
        const int64_t took = quickest(peer, shape, count, window);
        if (took > slice_ns / 8) {
            count = (size_t)((double)count * (double)slice_ns / (double)took) + 1;
            return count > least ? count : least;
        }
        count *= 2;
    }
}

/* In each round another container comes first. */
static void measure_shape(options *o, const load_shape *shape) {
    const size_t bytes = shape->items * shape->item_bytes;
    size_t window = o->in_flight, count;
    if (window > 1 && window > MOST_BYTES_IN_FLIGHT / bytes)
        window = MOST_BYTES_IN_FLIGHT / bytes;
    count = requests_for(&o->peers[0], shape, window, o->slice_ns);
    for (size_t round = 0; round < o->rounds; round++)
        for (size_t i = 0; i < o->peer_count; i++)
            measure_slice(&o->peers[(round + i) % o->peer_count], shape, round, count, window);
}

/* Is NAME one of the names in LIST, which commas part? */
static int is_listed(const char *list, const char *name) {
    const size_t length = strlen(name);
    for (const char *at = list; at != NULL; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strncmp(at, name, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return 1;
    return 0;
}

/* ---- Cores -------------------------------------------------------------------------------------------- */

static void run_on(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)core, &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0)
        load_fail("core", "cannot be had");
}

/* Takes one core for this program, and says which one the containers get. */
static int choose_cores(int two) {
    cpu_set_t set;
    int first = -1, last = -1;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        load_fail("cores", "unknown");
    for (int core = 0; core < CPU_SETSIZE; core++)
        if (CPU_ISSET((size_t)core, &set)) {
            first = first < 0 ? core : first;
            last = core;
        }
    if (two && first == last)
        load_fail("--cores two", "there is only one");
    run_on(last);
    return two ? first : last;
}

/* ---- The program -------------------------------------------------------------------------------------- */

static void usage(void) {
    fprintf(stderr,
            "usage: load [--rounds N] [--slice MS] [--in-flight N] [--shapes NAME,...] [--cores one|two]\n"
            "            [--allocations SO] NAME=COMMAND...\n");
    exit(2);
}

/* A whole number from 1 to MOST. */
static size_t number(const char *text, size_t most) {
    char *end;
    const unsigned long value = strtoul(text, &end, 10);
    if (*end != '\0' || value == 0 || value > most)
        usage();
    return value;
}

/* Returns the index of the first NAME=COMMAND. */
static int read_options(options *o, int argc, char **argv) {
    int i = 1;
    for (; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
        const char *value = argv[i + 1];
        if (strcmp(argv[i], "--rounds") == 0)
            o->rounds = number(value, 10000);
        else if (strcmp(argv[i], "--slice") == 0)
            o->slice_ns = (int64_t)number(value, 100000) * 1000000;
        else if (strcmp(argv[i], "--in-flight") == 0)
            o->in_flight = number(value, TRAFFIC_MOST_WINDOW);
        else if (strcmp(argv[i], "--shapes") == 0)
            o->shapes = value;
        else if (strcmp(argv[i], "--cores") == 0)
            o->two_cores = strcmp(value, "two") == 0;
        else if (strcmp(argv[i], "--allocations") == 0)
            o->counter = value;
        else
            usage();
    }
    if (i >= argc || argc - i > MOST_PEERS)
        usage();
    return i;
}

static void start_peers(options *o, void *context, int core, char **arguments, size_t count) {
    const struct timespec idle = {0, IDLE_MS * 1000000L};
    for (size_t i = 0; i < count; i++) {
        char *equals = strchr(arguments[i], '=');
        if (equals == NULL)
            usage();
        *equals = '\0';
        load_peer_start(&o->peers[i], context, arguments[i], equals + 1, core, o->counter);
        o->peer_count++;
    }
    nanosleep(&idle, NULL);
    for (size_t i = 0; i < count; i++)
        printf("{\"peer\": \"%s\", \"idle_anonymous_kib\": %ld}\n", o->peers[i].name,
               load_peer_memory(&o->peers[i], "RssAnon:"));
}

int main(int argc, char **argv) {
    options o = {.rounds = 5, .slice_ns = 40000000, .in_flight = 64};
    const int first = read_options(&o, argc, argv);
    const int core = choose_cores(o.two_cores);
    void *context = zmq_ctx_new();
    start_peers(&o, context, core, argv + first, (size_t)(argc - first));
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (o.shapes == NULL || is_listed(o.shapes, shapes[i].name))
            measure_shape(&o, &shapes[i]);
    for (size_t i = 0; i < o.peer_count; i++)
        load_peer_stop(&o.peers[i]);
    zmq_ctx_term(context);
    return 0;
}
