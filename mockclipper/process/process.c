#include "process/process.h"

#include "base/heap.h"
#include "process/order.h"
#include "process/tail.h"
#include "process/warden.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

typedef struct output {
    int pipe; /* -1 once it has ended */
    tail tail;
} output;

struct process {
    pid_t pid;
    int link; /* to its minder; -1 when that is gone */
    bool ended;
    instant ended_at;
    int status;         /* of waitpid */
    unsigned survivors; /* of its end */
    bool stopped;       /* its minder was told to end it */
    unsigned left_behind;
    output outputs[2];
};

/* ---- Starting --------------------------------------------------------------------------------------- */

/* Whether the variable ENTRY ("NAME=VALUE") is the one that CHANGE ("NAME" or "NAME=VALUE") is about. */
static bool same_variable(const char *entry, const char *change) {
    size_t len = strcspn(change, "=");
    return strncmp(entry, change, len) == 0 && entry[len] == '=';
}

static bool is_changed(const char *entry, const char *const changes[]) {
    for (; *changes != NULL; changes++) {
        if (same_variable(entry, *changes))
            return true;
    }
    return false;
}

/* The environment of the new process: an array, which borrows its strings. */
static char **new_environment(const char *const changes[]) {
    size_t most = 1, count = 0;
    char **result;
    for (char **each = environ; *each != NULL; each++)
        most++;
    for (const char *const *each = changes; *each != NULL; each++)
        most++;
    result = heap_array(most, sizeof *result);
    for (char **each = environ; *each != NULL; each++) {
        if (!is_changed(*each, changes))
            result[count++] = *each;
    }
    for (; *changes != NULL; changes++) {
        if (strchr(*changes, '=') != NULL && !is_changed(*changes, changes + 1))
            memcpy(&result[count++], changes, sizeof *changes);
    }
    return result;
}

/* Appends the strings of LIST, each with its NUL, to BYTES. Returns how many they are. */
static uint32_t append(char **bytes, size_t *len, char *const list[]) {
    uint32_t count = 0;
    for (; list != NULL && list[count] != NULL; count++) {
        size_t more = strlen(list[count]) + 1;
        *bytes = heap_grow(*bytes, *len + more, 1);
        memcpy(*bytes + *len, list[count], more);
        *len += more;
    }
    return count;
}

static bool send_plan(int link, const process_plan *plan) {
    start_order order = {.grace = plan->grace};
    char **environment = new_environment(plan->changes), *strings = NULL;
    size_t len = 0;
    bool sent;
    order.words = append(&strings, &len, plan->command);
    order.variables = append(&strings, &len, environment);
    order.after = append(&strings, &len, plan->after);
    order.len = (uint32_t)len;
    sent = order_write(link, &order, sizeof order) && order_write(link, strings, len);
    free(environment);
    free(strings);
    return sent;
}

/* Has a minder start what is planned; returns 0 or an errno. ENDS are those of the link, the kit's first. */
static int start(const process_plan *plan, const int ends[2], const int outputs[2], pid_t *pid) {
    minder_report came;
    int number = warden_want_minder(ends[1], outputs);
    close(ends[1]);
    if (number != 0)
        return number;
    if (!send_plan(ends[0], plan) || !order_read(ends[0], &came, sizeof came))
        return ECHILD;
    *pid = came.value;
    return came.kind == REPORT_STARTED ? 0 : came.value;
}

static void close_pipe(int ends[2]) {
    close(ends[0]);
    close(ends[1]);
}

/* Opens the link to a minder, and a pipe for each output. Returns 0 or an errno. */
static int open_all(int ends[2], int outputs[2][2]) {
    int number;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return errno;
    for (int i = 0; i < 2; i++) {
        if (pipe2(outputs[i], O_CLOEXEC) != 0) {
            number = errno;
            close_pipe(ends);
            if (i == 1)
                close_pipe(outputs[0]);
            return number;
        }
        fcntl(outputs[i][0], F_SETFL, O_NONBLOCK);
    }
    return 0;
}

static process *adopt(pid_t pid, int link, int outputs[2][2]) {
    process *self = heap_new(sizeof *self);
    self->pid = pid;
    self->link = link;
    for (int i = 0; i < 2; i++) {
        self->outputs[i].pipe = outputs[i][0];
        tail_init(&self->outputs[i].tail, PROCESS_TAIL);
    }
    return self;
}

process *process_start(const process_plan *plan, char **problem) {
    int ends[2] = {-1, -1}, outputs[2][2] = {{-1, -1}, {-1, -1}};
    pid_t pid = 0;
    int number = open_all(ends, outputs);
    if (number == 0) {
        const int given[2] = {outputs[0][1], outputs[1][1]};
        number = start(plan, ends, given, &pid);
        close(given[0]);
        close(given[1]);
        if (number == 0)
            return adopt(pid, ends[0], outputs);
        close(ends[0]);
        close(outputs[0][0]);
        close(outputs[1][0]);
    }
    *problem = heap_format("cannot start %s: %s", plan->command[0], strerror(number));
    return NULL;
}

/* ---- While it runs ---------------------------------------------------------------------------------- */

pid_t process_pid(const process *self) {
    return self->pid;
}

int process_poll_items(process *self, zmq_pollitem_t items[PROCESS_ITEMS]) {
    int count = 0;
    for (int i = 0; i < 2; i++) {
        if (self->outputs[i].pipe >= 0)
            items[count++] = (zmq_pollitem_t){.fd = self->outputs[i].pipe, .events = ZMQ_POLLIN};
    }
    if (self->link >= 0)
        items[count++] = (zmq_pollitem_t){.fd = self->link, .events = ZMQ_POLLIN};
    return count;
}

/* Reads at most 64 KiB, so that a flood cannot hold the reader. */
static void drain(output *from) {
    char buffer[16 * 1024];
    for (int i = 0; from->pipe >= 0 && i < 4; i++) {
        ssize_t got = read(from->pipe, buffer, sizeof buffer);
        if (got > 0) {
            tail_add(&from->tail, buffer, (size_t)got);
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            close(from->pipe);
            from->pipe = -1;
        } else {
            return;
        }
    }
}

/* Receives a report. False when there is none now. */
static bool take_report(process *self) {
    minder_report came;
    struct pollfd item = {.fd = self->link, .events = POLLIN};
    if (self->link < 0 || poll(&item, 1, 0) <= 0)
        return false;
    if (!order_read(self->link, &came, sizeof came)) {
        close(self->link);
        self->link = -1;
        return false;
    }
    if (came.kind == REPORT_ENDED) {
        self->ended = true;
        self->ended_at = came.at;
        self->status = came.value;
        self->survivors = came.running;
    } else if (came.kind == REPORT_GONE) {
        self->left_behind = (unsigned)came.value;
    }
    return true;
}

void process_update(process *self) {
    while (take_report(self))
        ;
    drain(&self->outputs[0]);
    drain(&self->outputs[1]);
}

static void order(process *self, int what) {
    if (self->link >= 0)
        (void)order_write(self->link, &what, sizeof what);
}

void process_signal(process *self, int signal) {
    if (!self->ended)
        order(self, signal);
}

void process_stop(process *self) {
    if (!self->stopped)
        order(self, ORDER_END);
    self->stopped = true;
}

/* The minder bounds how long that takes. */
void process_await_gone(process *self) {
    process_stop(self);
    while (self->link >= 0) {
        zmq_pollitem_t items[PROCESS_ITEMS];
        zmq_poll(items, process_poll_items(self, items), -1);
        process_update(self);
    }
}

unsigned process_left_behind(const process *self) {
    return self->left_behind;
}

void process_destroy(process **self_p) {
    process *self = *self_p;
    if (self == NULL)
        return;
    process_await_gone(self);
    for (int i = 0; i < 2; i++) {
        if (self->outputs[i].pipe >= 0)
            close(self->outputs[i].pipe);
        tail_free(&self->outputs[i].tail);
    }
    free(self);
    *self_p = NULL;
}

/* ---- Its end ---------------------------------------------------------------------------------------- */

bool process_ended(const process *self) {
    return self->ended;
}

instant process_ended_at(const process *self) {
    return self->ended_at;
}

int process_exit_status(const process *self) {
    return self->ended && WIFEXITED(self->status) ? WEXITSTATUS(self->status) : -1;
}

int process_end_signal(const process *self) {
    return self->ended && WIFSIGNALED(self->status) ? WTERMSIG(self->status) : 0;
}

unsigned process_survivors(const process *self) {
    return self->survivors;
}

char *process_end_text(const process *self) {
    int signal = process_end_signal(self);
    if (!self->ended)
        return heap_text("running");
    if (signal != 0)
        return heap_format("killed by signal %d (%s)", signal, strsignal(signal));
    return heap_format("exited with status %d", process_exit_status(self));
}

char *process_tail(const process *self, int stream, size_t *len, size_t *total) {
    const tail *kept = &self->outputs[stream == STDERR_FILENO].tail;
    *total = (size_t)kept->total;
    return tail_copy(kept, len);
}
