/* What a container does when there is much to do. */
#include "scenarios/families.h"

/* Sends COUNT requests in one go, and sees each answered once. */
static void round_of(conversation *c, uint32_t first_id, size_t count, const batch *items) {
    for (size_t i = 0; i < count && !is_over(c); i++)
        send_request_as(c, first_id + (uint32_t)i, items);
    expect_responses(c, first_id, count, items);
}

static void ten_thousand(conversation *c) {
    batch *items = uniform_batch(c, 2, 3);
    register_container(c);
    for (uint32_t id = 0; id < 10000 && !is_over(c); id += 100)
        round_of(c, id, 100, items);
    canary(c);
}

static void queued_before_polling(conversation *c) {
    batch *items = uniform_batch(c, 1, 3);
    start_container(c);
    expect_heartbeat(c);
    send_metadata_request(c);
    for (uint32_t id = 0; id < 1000; id++)
        send_request_as(c, id, items);
    expect_new_container(c);
    answer_heartbeats(c);
    expect_responses(c, 0, 1000, items);
    canary(c);
}

static void registered_again_in_the_midst(conversation *c) {
    batch *items = uniform_batch(c, 2, 3);
    register_container(c);
    for (uint32_t id = 0; id < 400; id++) {
        if (id == 200)
            send_metadata_request(c);
        send_request_as(c, id, items);
    }
    expect_responses_and_new_container(c, 0, 400, items);
    canary(c);
}

static void memory(conversation *c) {
    batch *items = uniform_batch(c, 4, 64);
    size_t before;
    register_container(c);
    for (uint32_t id = 0; id < 2000 && !is_over(c); id += 100)
        round_of(c, id, 100, items);
    before = resident_kilobytes(c);
    for (uint32_t id = 0; id < 10000 && !is_over(c); id += 100)
        round_of(c, id, 100, items);
    expect_memory_below(c, before + before / 4 + 4096);
}

static const scenario scenarios[] = {
    {
        .id = "load/ten-thousand",
        .title = "10,000 requests are answered exactly once each",
        .requirements = "LOAD-1 PRED-13 PRED-15 LOAD-3",
        .passes = "10,000 requests come, a hundred at a time. Each is answered once, with its own id.",
        .fails = "A request that is not answered or answered twice; a new session; a crash.",
        .seconds = 1,
        .heavy = true,
        .play = ten_thousand,
    },
    {
        .id = "load/queued-before-polling",
        .title = "1,000 requests that were queued before the container polls are answered",
        .requirements = "LOAD-2 PRED-13 REG-14",
        .passes =
            "1,000 requests are sent together with the request for metadata. The container registers and "
            "answers each once.",
        .fails = "A request that is not answered or answered twice.",
        .heavy = true,
        .play = queued_before_polling,
    },
    {
        .id = "load/registered-again-in-the-midst",
        .title = "under load a request for metadata is answered, and no request lost",
        .requirements = "LOAD-3 REG-3 PRED-13",
        .passes =
            "In the midst of 400 requests Clipper asks for the metadata. It comes once, and each request is "
            "answered once.",
        .fails = "No metadata, a new session, or a lost request: a warning.",
        .heavy = true,
        .play = registered_again_in_the_midst,
    },
    {
        .id = "load/memory",
        .title = "memory does not grow with the number of requests",
        .requirements = "LOAD-5",
        .passes = "The resident memory of the process after 12,000 requests is at most a quarter and 4 MiB "
                  "more than "
                  "after 2,000.",
        .fails = "More: a warning. (Where COMMAND starts the container through another program, that one is "
                 "measured.)",
        .seconds = 1,
        .heavy = true,
        .play = memory,
    },
};

const scenario_family load_family = {scenarios, COUNT(scenarios)};
