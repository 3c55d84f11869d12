/* What a container does when there is much to do. */
#include "scenarios/families.h"

/* Sends COUNT requests, a hundred at a time, and sees each answered once. */
static void serve(talk *t, uint32_t count) {
    for (uint32_t first = 0; first < count && !talk_is_over(t); first += 100) {
        for (uint32_t id = first; id < first + 100; id++)
            talk_send_varied(t, id);
        talk_expect_varied(t, first, 100);
    }
}

static void play_ten_thousand(talk *t) {
    talk_register(t);
    talk_try_varied(t);
    serve(t, 10000);
    talk_canary(t);
}

static const scenario ten_thousand = {
    .id = "load/ten-thousand",
    .title = "10,000 requests are answered exactly once each",
    .requirements = "LOAD-1 PRED-13 PRED-15 PRED-11 PRED-12 LOAD-3",
    .passes = "10,000 requests come, a hundred at a time, which differ in count, sizes and values of their "
              "items. Each is "
              "answered once, with its own id and outputs." LEARNT,
    .fails =
        "A request that is not answered, answered twice, or answered as another; a new session; a crash.",
    .heavy = true,
    .waits = {.seconds = 1},
    .requests = 10000,
    .play = play_ten_thousand,
};

static void play_queued_before_polling(talk *t) {
    talk_start(t);
    talk_expect_heartbeat(t);
    talk_send_metadata_request(t);
    for (uint32_t id = 0; id < 1000; id++)
        talk_send_varied(t, id);
    talk_expect_new_container(t);
    talk_answer_heartbeats(t);
    talk_expect_varied(t, 0, 1000);
    talk_learn_varied(t);
    talk_canary(t);
}

static const scenario queued_before_polling = {
    .id = "load/queued-before-polling",
    .title = "1,000 requests that were queued before the container polls are answered",
    .requirements = "LOAD-2 PRED-13 PRED-15 PRED-11 PRED-12 REG-14",
    .passes = "1,000 different requests are sent together with the request for metadata. The container "
              "registers and "
              "answers each once, as its own." LEARNT,
    .fails = "A request that is not answered, answered twice, or answered as another.",
    .heavy = true,
    .requests = 1000,
    .play = play_queued_before_polling,
};

static void play_registered_again_in_the_midst(talk *t) {
    talk_register(t);
    talk_try_varied(t);
    for (uint32_t id = 0; id < 400; id++) {
        if (id == 200)
            talk_send_metadata_request(t);
        talk_send_varied(t, id);
    }
    talk_expect_varied_and_new_container(t, 0, 400);
    talk_canary(t);
}

static const scenario registered_again_in_the_midst = {
    .id = "load/registered-again-in-the-midst",
    .title = "under load a request for metadata is answered, and no request lost",
    .requirements = "LOAD-3 REG-3 PRED-13 PRED-15 PRED-11 PRED-12",
    .passes = "In the midst of 400 different requests Clipper asks for the metadata. It comes once, and each "
              "request "
              "is answered once, as its own." LEARNT,
    .fails = "No metadata, a new session, or a request that is lost or answered as another.",
    .heavy = true,
    .requests = 400,
    .play = play_registered_again_in_the_midst,
};

enum {
    WINDOW = 4,     /* rounds of 2,000 requests in which memory may level off */
    ROUNDS_MAX = 20 /* a garbage collector's heap has found its size by then */
};

/* Memory levels off where it grows by no more than this in a window. */
static size_t level(size_t before) {
    return before + before / 50 + 2048;
}

/* A heap that is collected grows until it has found its size; what leaks grows on. */
static void play_memory(talk *t) {
    size_t sizes[1 + ROUNDS_MAX] = {0};
    talk_checking(t, "LOAD-1");
    talk_register(t);
    talk_try_varied(t);
    serve(t, 2000);
    sizes[0] = talk_resident_kilobytes(t);
    for (int round = 1; round <= ROUNDS_MAX && !talk_is_over(t); round++) {
        serve(t, 2000);
        sizes[round] = talk_resident_kilobytes(t);
        if (round >= WINDOW && sizes[round] <= level(sizes[round - WINDOW]))
            return;
    }
    talk_checking(t, "LOAD-5");
    talk_expect_memory_below(t, level(sizes[ROUNDS_MAX - WINDOW]));
}

static const scenario memory = {
    .id = "load/memory",
    .title = "memory does not grow with the number of requests",
    .requirements = "LOAD-5 LOAD-1 PROC-8",
    .passes =
        "The resident memory of the process is looked at after every 2,000 requests. Within 42,000 there are "
        "8,000 in which it grows by no more than 2 MiB and a fiftieth.",
    .fails = "Memory that grows on and on: a warning. A crash or an answer that does not come fails. (Where "
             "COMMAND starts the container through another program, that one is measured.)",
    .heavy = true,
    .waits = {.seconds = 1},
    .requests = 12000,
    .play = play_memory,
};

static const scenario_group groups[] = {ONE(ten_thousand), ONE(queued_before_polling),
                                        ONE(registered_again_in_the_midst), ONE(memory)};

const scenario_family load_family = {groups, COUNT(groups)};
