/* How a container starts and ends as a process. */
#include "scenarios/families.h"

#include "base/heap.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

/* ---- Signals ---------------------------------------------------------------------------------------- */

/* Sends the signal, and sees the container end, its connection closed. */
static void end_by(talk *t, int number) {
    talk_send_signal(t, number);
    talk_expect_exit(t);
    talk_expect_connection_closed(t, talk_session(t));
    talk_checking(t, "PROC-6");
    talk_expect_exit_by(t, number);
}

static void on_sigterm(talk *t) {
    talk_register(t);
    talk_canary(t);
    end_by(t, SIGTERM);
}

static void on_sigint(talk *t) {
    talk_register(t);
    talk_canary(t);
    end_by(t, SIGINT);
}

static void sigterm_in_silence(talk *t) {
    talk_register(t);
    talk_fall_silent(t);
    talk_expect_only_heartbeats(t, talk_poll_timeout(t) + talk_poll_timeout(t) / 2);
    end_by(t, SIGTERM);
}

static void sigterm_without_clipper(talk *t) {
    talk_listen_later(t);
    talk_start(t);
    talk_expect_running_for(t, talk_poll_timeout(t));
    talk_send_signal(t, SIGTERM);
    talk_expect_exit(t);
    talk_checking(t, "PROC-6");
    talk_expect_exit_by(t, SIGTERM);
}

static void sigterm_at_work(talk *t) {
    batch *items = talk_uniform_batch(t, 1, 3);
    uint32_t id;
    talk_slow_model(t, talk_by_container_clock(t, 500 * MILLISECOND));
    talk_register(t);
    talk_expect_slow_model(t);
    id = talk_send_request(t, items);
    talk_expect_only_heartbeats(t, talk_by_container_clock(t, 100 * MILLISECOND));
    talk_send_signal(t, SIGTERM);
    talk_expect_response(t, id, items);
    talk_expect_exit(t);
    talk_checking(t, "PROC-6");
    talk_expect_exit_by(t, SIGTERM);
}

static void second_signal(talk *t) {
    talk_slow_model(t, talk_by_container_clock(t, 5 * SECOND));
    talk_register(t);
    talk_expect_slow_model(t);
    talk_send_request(t, talk_uniform_batch(t, 1, 3));
    talk_expect_only_heartbeats(t, talk_by_container_clock(t, 100 * MILLISECOND));
    talk_send_signal(t, SIGTERM);
    talk_expect_only_heartbeats(t, talk_by_container_clock(t, 100 * MILLISECOND));
    talk_send_signal(t, SIGTERM);
    talk_expect_exit(t);
}

/* ---- Settings --------------------------------------------------------------------------------------- */

/* Starts the container with a setting that is not right, and sees it end with an error that names it. */
static void refuse(talk *t, const char *change, const char *const words[]) {
    talk_set_variable(t, change);
    talk_start(t);
    talk_expect_exit(t);
    talk_expect_no_crash(t);
    talk_expect_failure_status(t);
    talk_expect_words(t, words);
}

static void missing_name(talk *t) {
    static const char *const words[] = {"CLIPPER_MODEL_NAME", "model name", "model-name", "model_name", NULL};
    refuse(t, "CLIPPER_MODEL_NAME", words);
}

static void missing_version(talk *t) {
    static const char *const words[] = {"CLIPPER_MODEL_VERSION", "model version", "model-version",
                                        "model_version", NULL};
    refuse(t, "CLIPPER_MODEL_VERSION", words);
}

static void bad_port(talk *t) {
    static const char *const words[] = {"port", NULL};
    refuse(t, "CLIPPER_PORT=x", words);
}

static void bad_input_type(talk *t) {
    static const char *const words[] = {"type", NULL};
    refuse(t, "CLIPPER_INPUT_TYPE=complex", words);
}

/* ---- The readiness file ----------------------------------------------------------------------------- */

static void readiness_file(talk *t) {
    static const char path[] = "/model_is_ready.check";
    struct stat found;
    talk_register(t);
    talk_canary(t);
    if (!talk_is_over(t) && stat(path, &found) != 0)
        talk_remark(
            t, NULL, heap_format("the file %s is written before connecting", path),
            heap_text("there is no such file: an image of this container needs another health check"));
}

static const scenario scenarios[] = {
    {
        .id = "process/sigterm",
        .title = "SIGTERM ends the container promptly, with its sockets closed",
        .requirements = "PROC-1 PROC-6",
        .passes = "After a prediction the process is sent SIGTERM. It ends within a few seconds; its exit "
                  "status is "
                  "0, or says death by that signal.",
        .fails = "A process that goes on. Another exit status is a warning.",
        .play = on_sigterm,
    },
    {
        .id = "process/sigint",
        .title = "SIGINT ends the container promptly, with its sockets closed",
        .requirements = "PROC-2 PROC-6",
        .passes = "As for SIGTERM.",
        .fails = "As for SIGTERM.",
        .play = on_sigint,
    },
    {
        .id = "process/sigterm-in-silence",
        .title = "SIGTERM ends the container while Clipper is silent",
        .requirements = "PROC-1 PROC-6",
        .passes = "Clipper has not answered for one and a half D when SIGTERM comes. The process ends all "
                  "the same.",
        .fails = "A process that goes on, or waits for a timeout.",
        .polls = 1.5,
        .play = sigterm_in_silence,
    },
    {
        .id = "process/sigterm-without-clipper",
        .title = "SIGTERM ends a container that has never reached Clipper",
        .requirements = "PROC-1 PROC-6",
        .passes =
            "Nobody listens. After a D the process is sent SIGTERM, and ends, though its heartbeat was never "
            "delivered.",
        .fails = "A process that goes on, such as one that waits for its socket to linger.",
        .polls = 1,
        .play = sigterm_without_clipper,
    },
    {
        .id = "process/sigterm-at-work",
        .title = "SIGTERM leaves time for the answer that is being worked on",
        .requirements = "PROC-7 PROC-6",
        .passes =
            "The model is made to take half a second for a request (CLIPPER_MODEL_DELAY_MS). SIGTERM comes "
            "meanwhile: the request is answered, then the process ends.",
        .fails = "No answer: a warning. Skipped where the container does not offer CLIPPER_MODEL_DELAY_MS.",
        .seconds = 1,
        .play = sigterm_at_work,
    },
    {
        .id = "process/second-signal",
        .title = "a second SIGTERM ends the container at once",
        .requirements = "PROC-7",
        .passes = "The model is made to take five seconds for a request (CLIPPER_MODEL_DELAY_MS). Two "
                  "SIGTERMs come "
                  "meanwhile: the process does not wait for the answer.",
        .fails = "A process that waits: a warning. Skipped where the container does not offer "
                 "CLIPPER_MODEL_DELAY_MS.",
        .seconds = 5,
        .play = second_signal,
    },
    {
        .id = "process/missing-name",
        .title = "without CLIPPER_MODEL_NAME the container ends with an error that says so",
        .requirements = "PROC-3 DEP-1",
        .passes = "The process exits at once with a status other than 0, and names the setting.",
        .fails = "A container that runs all the same, an exit status of 0, a crash, or no word about it.",
        .play = missing_name,
    },
    {
        .id = "process/missing-version",
        .title = "without CLIPPER_MODEL_VERSION the container ends with an error that says so",
        .requirements = "PROC-3 DEP-1",
        .passes = "The process exits at once with a status other than 0, and names the setting.",
        .fails = "A container that runs all the same, an exit status of 0, a crash, or no word about it.",
        .play = missing_version,
    },
    {
        .id = "process/bad-port",
        .title = "an impossible CLIPPER_PORT is refused",
        .requirements = "PROC-4",
        .passes = "With CLIPPER_PORT=x the process exits at once with a status other than 0, and names the "
                  "setting.",
        .fails = "Anything else: a warning.",
        .play = bad_port,
    },
    {
        .id = "process/bad-input-type",
        .title = "an impossible CLIPPER_INPUT_TYPE is refused",
        .requirements = "PROC-4",
        .passes =
            "With CLIPPER_INPUT_TYPE=complex the process exits at once with a status other than 0, and names "
            "the setting.",
        .fails = "Anything else, such as a container that serves another type: a warning.",
        .play = bad_input_type,
    },
    {
        .id = "process/readiness-file",
        .title = "the readiness file of released images is there once the container serves",
        .requirements = "DEP-6",
        .passes = "/model_is_ready.check exists when the container has answered a prediction.",
        .fails = "Nothing: a container without it is recorded as info.",
        .play = readiness_file,
    },
};

const scenario_family process_family = {scenarios, COUNT(scenarios)};
