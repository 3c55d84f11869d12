/* How a container starts and ends as a process. */
#include "scenarios/families.h"

#include "base/heap.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

/* Sends the signal, and sees the container end, its connection closed. */
static void end_by(talk *t, int number) {
    talk_send_signal(t, number);
    talk_expect_exit(t);
    talk_expect_connection_closed(t, talk_session(t));
    talk_checking(t, "PROC-6");
    talk_expect_exit_by(t, number == SIGINT ? "PROC-2" : "PROC-1", number);
}

static void play_sigint(talk *t) {
    talk_register(t);
    talk_canary(t);
    end_by(t, SIGINT);
}

static void play_sigterm(talk *t) {
    talk_register(t);
    talk_canary(t);
    talk_checking(t, "PROC-10");
    talk_expect_handler(t, SIGTERM);
    talk_checking(t, "PROC-1");
    end_by(t, SIGTERM);
}

static const scenario sigterm = {
    .id = "process/sigterm",
    .title = "SIGTERM ends the container promptly, with its sockets closed",
    .requirements = "PROC-1 PROC-6 PROC-10",
    .passes = "After a prediction the process is sent SIGTERM. It ends within a few seconds; its exit status "
              "is 0, or says "
              "death by that signal. It does not leave SIGTERM at its default (SigCgt and SigBlk of "
              "/proc/PID/status).",
    .fails =
        "A process that goes on, or a crash. Another exit status is a warning, an uncaught exception too, "
        "and "
        "so is a process that leaves SIGTERM at its default: as process 1 of an image it ignores it. A shell "
        "that starts the container needs `exec`.",
    .play = play_sigterm,
};

static const scenario sigint = {
    .id = "process/sigint",
    .title = "SIGINT ends the container promptly, with its sockets closed",
    .requirements = "PROC-2 PROC-6",
    .passes = "After a prediction the process is sent SIGINT. It ends within a few seconds; its exit status "
              "is 0, or says "
              "death by that signal.",
    .fails = "A process that goes on, or a crash. Another exit status is a warning, and so is an uncaught "
             "exception (but for Python's KeyboardInterrupt, which is its word for the signal).",
    .play = play_sigint,
};

static void play_sigterm_in_silence(talk *t) {
    talk_register(t);
    talk_fall_silent(t);
    talk_checking(t, "PROC-5");
    talk_expect_only_heartbeats(t, talk_poll_timeout(t) + talk_poll_timeout(t) / 2);
    talk_checking(t, "PROC-1");
    end_by(t, SIGTERM);
}

static const scenario sigterm_in_silence = {
    .id = "process/sigterm-in-silence",
    .title = "SIGTERM ends the container while Clipper is silent",
    .requirements = "PROC-1 PROC-5 PROC-6",
    .passes = "Clipper has not answered for one and a half D when SIGTERM comes. The process ends all the "
              "same.",
    .fails = "A process that goes on, or waits for a timeout.",
    .waits = {.polls = 1.5},
    .play = play_sigterm_in_silence,
};

static void play_sigterm_without_clipper(talk *t) {
    talk_listen_later(t);
    talk_start(t);
    talk_expect_running_for(t, talk_start_time(t) + talk_poll_timeout(t));
    talk_send_signal(t, SIGTERM);
    talk_expect_exit(t);
    talk_checking(t, "PROC-6");
    talk_expect_exit_by(t, "PROC-1", SIGTERM);
}

static const scenario sigterm_without_clipper = {
    .id = "process/sigterm-without-clipper",
    .title = "SIGTERM ends a container that has never reached Clipper",
    .requirements = "PROC-1 PROC-6",
    .passes = "Nobody listens. After a D the process is sent SIGTERM, and ends, though its heartbeat was "
              "never delivered.",
    .fails = "A process that goes on, such as one that waits for its socket to linger.",
    .waits = {.polls = 1},
    .play = play_sigterm_without_clipper,
};

static void play_sigterm_at_work(talk *t) {
    const batch *items;
    uint32_t id;
    talk_slow_model(t, talk_by_container_clock(t, 500 * MILLISECOND));
    items = talk_slow_items(t);
    talk_register(t);
    talk_expect_slow_model(t);
    talk_need_slow_model_within(t, 2 * SECOND);
    id = talk_send_request(t, items);
    talk_expect_only_heartbeats(t, talk_by_container_clock(t, 100 * MILLISECOND));
    talk_send_signal(t, SIGTERM);
    talk_expect_response(t, id, items);
    talk_expect_exit(t);
    talk_checking(t, "PROC-6");
    talk_expect_exit_by(t, "PROC-1", SIGTERM);
}

static const scenario sigterm_at_work = {
    .id = "process/sigterm-at-work",
    .title = "SIGTERM leaves time for the answer that is being worked on",
    .requirements = "PROC-7 PROC-1 PROC-6 PROC-8",
    .passes = "The model is made to take half a second for a request (CLIPPER_MODEL_DELAY_MS, or an input of "
              "--slow-items). SIGTERM comes "
              "meanwhile: the request is answered, then the process ends.",
    .fails = "No answer: a warning. A crash fails. Skipped where the container does not offer "
             "CLIPPER_MODEL_DELAY_MS, and "
             "no input that takes so long is named.",
    .waits = {.seconds = 1},
    .play = play_sigterm_at_work,
};

static void play_second_signal(talk *t) {
    talk_slow_model(t, talk_by_container_clock(t, 5 * SECOND));
    talk_register(t);
    talk_expect_slow_model(t);
    talk_send_request(t, talk_slow_items(t));
    talk_expect_only_heartbeats(t, talk_by_container_clock(t, 100 * MILLISECOND));
    talk_send_signal(t, SIGTERM);
    talk_allow_exit_for(t, talk_by_container_clock(t, 100 * MILLISECOND));
    talk_send_signal(t, SIGTERM);
    talk_expect_exit(t);
}

static const scenario second_signal = {
    .id = "process/second-signal",
    .title = "a second SIGTERM ends the container at once",
    .requirements = "PROC-7 PROC-8",
    .passes = "The model is made to take five seconds for a request (CLIPPER_MODEL_DELAY_MS, or an input of "
              "--slow-items). Two SIGTERMs "
              "come meanwhile: the process does not wait for the answer, be it for the second or the first.",
    .fails = "A process that waits: a warning. Skipped where the container does not offer "
             "CLIPPER_MODEL_DELAY_MS, and no input that takes so long is named.",
    .waits = {.seconds = 5},
    .play = play_second_signal,
};

/* With a setting that is wrong, the container ends with an error that names it. */
static void play_refused_setting(talk *t) {
    talk_set_variable(t, talk_parameter(t)->setting.change);
    talk_start(t);
    talk_expect_exit(t);
    talk_expect_no_crash(t);
    talk_expect_failure_status(t);
    talk_expect_words(t, talk_parameter(t)->setting.words);
}

static const char *const name_words[] = {"CLIPPER_MODEL_NAME", "model name", "model-name", "model_name",
                                         NULL};
static const char *const version_words[] = {"CLIPPER_MODEL_VERSION", "model version", "model-version",
                                            "model_version", NULL};
static const char *const port_words[] = {"port", NULL};
static const char *const type_words[] = {"type", NULL};
static const scenario refused_settings[] = {
    {"process/missing-name", "without CLIPPER_MODEL_NAME the container ends with an error that says so",
     "PROC-3 DEP-1 PROC-9",
     .passes = "The process exits at once with a status other than 0, and names the setting.",
     .fails = "A container that runs all the same, an exit status of 0, a crash, or no word about it. An "
              "uncaught exception that names the setting is a warning.",
     .play = play_refused_setting, .with.setting = {"CLIPPER_MODEL_NAME", name_words}},
    {"process/missing-version", "without CLIPPER_MODEL_VERSION the container ends with an error that says so",
     "PROC-3 DEP-1 PROC-9",
     .passes = "The process exits at once with a status other than 0, and names the setting.",
     .fails = "A container that runs all the same, an exit status of 0, a crash, or no word about it. An "
              "uncaught exception that names the setting is a warning.",
     .play = play_refused_setting, .with.setting = {"CLIPPER_MODEL_VERSION", version_words}},
    {"process/bad-port", "an impossible CLIPPER_PORT is refused", "PROC-4 PROC-9",
     .passes =
         "With CLIPPER_PORT=x the process exits at once with a status other than 0, and names the setting.",
     .fails = "Anything else: a warning.", .play = play_refused_setting,
     .with.setting = {"CLIPPER_PORT=x", port_words}},
    {"process/kubernetes-port", "the CLIPPER_PORT that Kubernetes sets for a Service is refused",
     "PROC-4 PROC-9",
     .passes = "With CLIPPER_PORT=tcp://10.0.0.1:7000, which Kubernetes sets where a Service is called "
               "clipper, the process exits at once with a status other than 0, and names the setting. (The "
               "remedy is enableServiceLinks: false in the pod's specification.)",
     .fails = "Anything else: a warning.", .play = play_refused_setting,
     .with.setting = {"CLIPPER_PORT=tcp://10.0.0.1:7000", port_words}},
    {"process/bad-input-type", "an impossible CLIPPER_INPUT_TYPE is refused", "PROC-4 PROC-9",
     .passes = "With CLIPPER_INPUT_TYPE=complex the process exits at once with a status other than 0, and "
               "names the setting.",
     .fails = "Anything else, such as a container that serves another type: a warning.",
     .play = play_refused_setting, .with.setting = {"CLIPPER_INPUT_TYPE=complex", type_words}},
};

/* Whether the file was not written between the two looks at it. */
static bool is_as_before(const struct stat *before, const struct stat *after) {
    return before->st_ino == after->st_ino && before->st_mtim.tv_sec == after->st_mtim.tv_sec &&
           before->st_mtim.tv_nsec == after->st_mtim.tv_nsec;
}

static void play_readiness_file(talk *t) {
    /* A test names a place that nobody else writes to. */
    const char *named = getenv("MOCKCLIPPER_READINESS_FILE"),
               *path = named != NULL ? named : "/model_is_ready.check", *actual = NULL;
    struct stat before, found;
    bool was_there = stat(path, &before) == 0;
    talk_need_own_process(t);
    talk_register(t);
    talk_canary(t);
    if (stat(path, &found) != 0)
        actual = "there is no such file: an image of this container needs another health check";
    else if (was_there && is_as_before(&before, &found))
        actual = "it was there before, left by another container, and is not written anew";
    if (!talk_is_over(t) && actual != NULL)
        talk_remark(t, NULL, heap_format("the file %s is written before connecting", path),
                    heap_text(actual));
}

static const scenario readiness_file = {
    .id = "process/readiness-file",
    .title = "the readiness file of released images is there once the container serves",
    .requirements = "DEP-6 PROC-8",
    .passes = "/model_is_ready.check has been written since the container's start, when it has answered a "
              "prediction. "
              "What was there before proves nothing, and no other container runs meanwhile.",
    .fails = "Nothing: a container without it is recorded as info.",
    .alone = true,
    .play = play_readiness_file,
};

static const scenario_group groups[] = {
    ONE(sigterm),         ONE(sigint),        ONE(sigterm_in_silence), ONE(sigterm_without_clipper),
    ONE(sigterm_at_work), ONE(second_signal), ALL(refused_settings),   ONE(readiness_file)};

const scenario_family process_family = {groups, COUNT(groups)};
