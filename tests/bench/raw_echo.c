/* raw_echo.c: the floor for a container: libzmq and nothing else. A DEALER that registers like a container,
 * then answers each request of n items with the frames that the noop model answers: n times "1.0", on the
 * release wire. It checks nothing. Endpoint from CLIPPER_IP and CLIPPER_PORT.
 *
 *     raw_echo            answers on the thread that receives
 *     raw_echo --thread   passes each request through a second thread, which does nothing with it: the floor
 *                         for a container with one worker */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

enum {
    HEARTBEAT_FRAMES = 4, /* "", version, message type, heartbeat type */
    REQUEST_HEAD = 7,
    ID_FRAME = 3,
    MOST_ITEMS = 1000,
    MOST_JOBS = 4096,         /* far more than any window of the load */
    BUFFER_BYTES = 256 * 1024 /* as the container has it */
};

static zmq_msg_t parts[REQUEST_HEAD + MOST_ITEMS];
static uint64_t words[1 + MOST_ITEMS];

/* What it takes to answer a request. */
typedef struct job {
    uint32_t id;
    uint32_t items;
} job;

typedef struct job_list {
    size_t count;
    job jobs[MOST_JOBS];
} job_list;

static void must(int result, const char *what) {
    if (result < 0) {
        fprintf(stderr, "raw_echo: %s: %s\n", what, zmq_strerror(zmq_errno()));
        exit(1);
    }
}

static void send_u32(void *socket, uint32_t value, int flags) {
    must(zmq_send(socket, &value, sizeof value, flags), "send");
}

static void send_heartbeat(void *socket) {
    must(zmq_send(socket, "", 0, ZMQ_SNDMORE), "send");
    send_u32(socket, 2, 0);
}

static void send_new_container(void *socket) {
    must(zmq_send(socket, "", 0, ZMQ_SNDMORE), "send");
    send_u32(socket, 0, ZMQ_SNDMORE);
    must(zmq_send(socket, "raw", 3, ZMQ_SNDMORE), "send");
    must(zmq_send(socket, "1", 1, ZMQ_SNDMORE), "send");
    must(zmq_send(socket, "3", 1, ZMQ_SNDMORE), "send");
    send_u32(socket, 3, 0);
}

/* Receives a whole message into parts. Returns the number of frames, 0 with ZMQ_DONTWAIT when there is none. */
static size_t receive(void *socket, int flags) {
    size_t count = 0;
    do {
        int length;
        if (count == sizeof parts / sizeof *parts) {
            fprintf(stderr, "raw_echo: too many frames\n");
            exit(1);
        }
        length = zmq_msg_recv(&parts[count], socket, flags);
        if (length < 0 && count == 0 && zmq_errno() == EAGAIN)
            return 0;
        must(length, "receive");
    } while (zmq_msg_more(&parts[count++]));
    return count;
}

static job requested(size_t frames) {
    job request;
    memcpy(&request.id, zmq_msg_data(&parts[ID_FRAME]), sizeof request.id);
    request.items = (uint32_t)(frames - REQUEST_HEAD);
    return request;
}

/* Answers Clipper's wish for metadata. */
static void register_when_asked(void *socket, size_t frames) {
    if (frames == HEARTBEAT_FRAMES && *(const uint8_t *)zmq_msg_data(&parts[3]) == 1)
        send_new_container(socket);
}

static void answer(void *socket, job request) {
    const size_t items = request.items;
    const uint64_t length = 8 * (1 + items);
    words[0] = items;
    must(zmq_send(socket, "", 0, ZMQ_SNDMORE), "send");
    send_u32(socket, 1, ZMQ_SNDMORE);
    send_u32(socket, request.id, ZMQ_SNDMORE);
    must(zmq_send(socket, &length, sizeof length, ZMQ_SNDMORE), "send");
    must(zmq_send(socket, words, length, items ? ZMQ_SNDMORE : 0), "send");
    for (size_t i = 0; i < items; i++)
        must(zmq_send(socket, "1.0", 3, i + 1 < items ? ZMQ_SNDMORE : 0), "send");
}

static void *connected_socket(void) {
    void *socket = zmq_socket(zmq_ctx_new(), ZMQ_DEALER);
    const char *ip = getenv("CLIPPER_IP"), *port = getenv("CLIPPER_PORT");
    const int bytes = BUFFER_BYTES;
    char endpoint[64];
    snprintf(endpoint, sizeof endpoint, "tcp://%s:%s", ip ? ip : "127.0.0.1", port ? port : "7000");
    must(zmq_setsockopt(socket, ZMQ_SNDBUF, &bytes, sizeof bytes), "SNDBUF");
    must(zmq_setsockopt(socket, ZMQ_RCVBUF, &bytes, sizeof bytes), "RCVBUF");
    must(zmq_connect(socket, endpoint), "connect");
    return socket;
}

/* ---- Through a second thread --------------------------------------------------------------------------- */

static struct {
    pthread_mutex_t mutex;
    job_list waiting, done;
    int idle;    /* the second thread sleeps, or is about to */
    int awaited; /* so does the first one */
    sem_t work;
    int wakeup; /* an eventfd */
} passage = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void move_all(job_list *to, job_list *from) {
    memcpy(to->jobs + to->count, from->jobs, from->count * sizeof *from->jobs);
    to->count += from->count;
    from->count = 0;
}

/* Passes on what there is, all at once. */
static void *pass(void *unused) {
    static job_list mine;
    const uint64_t one = 1;
    (void)unused;
    for (;;) {
        int awaited;
        pthread_mutex_lock(&passage.mutex);
        move_all(&passage.done, &mine);
        awaited = passage.awaited && passage.done.count > 0;
        passage.awaited &= !awaited;
        move_all(&mine, &passage.waiting);
        passage.idle = mine.count == 0;
        pthread_mutex_unlock(&passage.mutex);
        if (awaited)
            must((int)write(passage.wakeup, &one, sizeof one), "wake");
        while (mine.count == 0 && sem_wait(&passage.work) != 0)
            ;
    }
    return NULL;
}

/* Hands over all of NEW. Returns not 0 when there is nothing to answer yet. */
static int hand_over(job_list *new) {
    int rouse, nothing_done;
    pthread_mutex_lock(&passage.mutex);
    rouse = passage.idle && new->count > 0;
    passage.idle &= !rouse;
    move_all(&passage.waiting, new);
    nothing_done = passage.done.count == 0;
    passage.awaited = nothing_done;
    pthread_mutex_unlock(&passage.mutex);
    if (rouse)
        sem_post(&passage.work);
    return nothing_done;
}

static void take_back(job_list *done) {
    pthread_mutex_lock(&passage.mutex);
    passage.awaited = 0;
    move_all(done, &passage.done);
    pthread_mutex_unlock(&passage.mutex);
}

static void wait_for_either(int socket_descriptor) {
    struct pollfd items[2] = {{passage.wakeup, POLLIN, 0}, {socket_descriptor, POLLIN, 0}};
    uint64_t count;
    must(poll(items, 2, -1), "poll");
    if (items[0].revents != 0)
        must((int)read(passage.wakeup, &count, sizeof count), "wakeup");
}

static void echo_through_a_thread(void *socket) {
    static job_list new, done;
    int descriptor;
    size_t size = sizeof descriptor, frames;
    pthread_t thread;
    must(zmq_getsockopt(socket, ZMQ_FD, &descriptor, &size), "descriptor");
    passage.wakeup = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    must(passage.wakeup, "eventfd");
    sem_init(&passage.work, 0, 0);
    must(-pthread_create(&thread, NULL, pass, NULL), "thread");
    for (;;) {
        take_back(&done);
        for (size_t i = 0; i < done.count; i++)
            answer(socket, done.jobs[i]);
        done.count = 0;
        while (new.count < MOST_JOBS / 2 && (frames = receive(socket, ZMQ_DONTWAIT)) != 0) {
            if (frames >= REQUEST_HEAD)
                new.jobs[new.count++] = requested(frames);
            else
                register_when_asked(socket, frames);
        }
        if (hand_over(&new))
            wait_for_either(descriptor);
    }
}

/* ---- The program --------------------------------------------------------------------------------------- */

static void echo(void *socket) {
    for (;;) {
        const size_t frames = receive(socket, 0);
        if (frames >= REQUEST_HEAD)
            answer(socket, requested(frames));
        else
            register_when_asked(socket, frames);
    }
}

int main(int argc, char **argv) {
    void *socket = connected_socket();
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        zmq_msg_init(&parts[i]);
    for (size_t i = 1; i <= MOST_ITEMS; i++)
        words[i] = 3;
    send_heartbeat(socket);
    if (argc > 1 && strcmp(argv[1], "--thread") == 0)
        echo_through_a_thread(socket);
    echo(socket);
}
