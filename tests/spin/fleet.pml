/* fleet.pml: N containers, and a Clipper that crashes, restarts, forgets, changes its version and loses messages.
 *
 * A container is a session (session.pml), the loop that drives it and workers for its model. The promises
 * (promises.pml) are stated where they could be broken, as assertions, or at the end, as LTL. They are judged by
 * what the world saw, not by what the session believes: what is marked "judge" is for that alone.
 */
#include "promises.pml"
#include "bugs.pml"
#include "session.pml"

#ifndef N
#define N 1     /* containers: 1 or 2 */
#endif
#ifndef JOBS
#define JOBS 1  /* requests that a container works on at a time: 1 or 2 */
#endif
#ifndef ROOM
#define ROOM 2  /* messages under way for each container, in each direction; in a calm world there is SPARE more */
#endif
#ifndef SPARE
#define SPARE 2
#endif
#ifndef KINDS
#define KINDS 2 /* 0: Clipper sends heartbeats only; 1: and good requests; 2: messages of every kind */
#endif
#ifndef FATE
#define FATE 2  /* 0: the world stays turbulent, but no connection is lost; 1: or becomes calm; 2: or becomes calm, or dead */
#endif
#define LAST (N - 1)

mtype = {
    heartbeat, metadata, response, /* what a container sends */
    no_socket, fresh, used,        /* its socket: none, with nothing sent on it yet, with something sent */
    turbulent, calm, dead          /* the world: see clock */
};

typedef job {
    byte id;     /* of its request; 0: no job */
    byte number; /* of the session that the request came in */
    bool done;   /* the model has its answer */
    bool old     /* judge: that session has ended */
}

typedef container {
    clipper_session session;
    byte number;     /* of the session: the smallest that no job has */
    mtype socket = no_socket;
    bool gone;       /* the process has exited */
    job jobs[JOBS];
    byte idle;       /* judge: ticks since the session opened or something came, TO at most */
    byte poll;       /* judge: ticks since that, or since the latest heartbeat was sent, D at most */
    byte waited;     /* judge: ticks of calm since it last had no room for a job, 2 D at most */
    bool taken[3];   /* judge: [id]: this request was received and not answered yet; [0] is not used */
    bool owes;       /* judge: it was asked for its metadata and has not sent it yet */
    bool known_once; /* judge: Clipper has registered it in this session */
    bool mismatch    /* judge: a message of another version came */
}
container c[N];

chan inbound[N] = [ROOM + SPARE] of {mtype, byte};  /* kind of message, message id */
chan outbound[N] = [ROOM + SPARE] of {mtype, byte};

bool up;        /* Clipper runs, */
bool foreign;   /* is of another version, */
bool known[N];  /* has the metadata of this container's connection, */
bool talked[N]; /* and has sent it something by itself in this tick */
mtype world = turbulent;

/* ---- The network ------------------------------------------------------------------------------------------ */

/* What finds no room is dropped, as by ZeroMQ's sockets where nobody waits. In a turbulent world any message may
 * be lost; whether it is lost here or further on makes no difference to who never sees it. */
#define has_way(channel) (len(channel) < ROOM || world == calm && len(channel) < ROOM + SPARE)

inline put(channel, kind, nr) {
    if
    :: has_way(channel) -> channel!kind, nr
    :: !has_way(channel) && !BUG_BLOCKING_SENDS -> skip
    :: full(channel) && BUG_BLOCKING_SENDS -> channel!kind, nr
    :: world == turbulent || BUG_LOSS_WHEN_CALM -> skip
    fi
}

inline drain(channel) {
    do
    :: nempty(channel) -> channel?_, _
    :: empty(channel) -> break
    od
}

/* ---- A container ------------------------------------------------------------------------------------------ */

/* Can it begin another job? If not, it leaves messages unread. */
#define has_room(i) (c[i].jobs[0].id == 0 || c[i].jobs[JOBS - 1].id == 0)
#define can_read(i) (c[i].socket == used && nempty(inbound[i]) && has_room(i))
/* Does its model work? Then it has the right to be too busy to read. */
#define works_on(i, j) (c[i].jobs[j].id != 0 && !c[i].jobs[j].done)
#define is_busy(i) (works_on(i, 0) || works_on(i, JOBS - 1) || BUG_STUCK_IS_BUSY)
/* A message that is already there goes first, and so does an answer that is ready: it makes room for one. */
#define time_is_up(i) \
    (c[i].socket == used && poll_is_over(c[i].session) && (empty(inbound[i]) || !has_room(i) || BUG_TIME_FIRST) && \
     (!can_answer(i, 0) && !can_answer(i, JOBS - 1) || BUG_ANSWERS_LAST))

inline say(i) {
    PROMISE(MUTE_AFTER_MISMATCH, !c[i].mismatch);
    PROMISE(HEARTBEAT_FIRST, what == heartbeat || c[i].socket == used);
    if
    :: what == heartbeat ->
        PROMISE(HEARTBEAT_ONLY_WHEN_DUE, c[i].socket == fresh || c[i].poll >= D);
        PROMISE(NO_HEARTBEAT_AT_END, c[i].idle < TO);
        c[i].poll = 0
    :: what == metadata ->
        PROMISE(METADATA_ONLY_WHEN_ASKED, c[i].owes);
        c[i].owes = false
    fi;
    c[i].socket = used;
    put(outbound[i], what, 0)
}

/* Does a job of session number NR go on? */
#define job_of(i, j, nr) (c[i].jobs[j].id != 0 && c[i].jobs[j].number == nr)
#define has_job(i, nr) (job_of(i, 0, nr) || job_of(i, JOBS - 1, nr))

inline open_socket(i) {
    c[i].socket = (c[i].socket == no_socket -> fresh : c[i].socket);
    PROMISE(OWN_SOCKET, c[i].socket == fresh && empty(inbound[i]) && empty(outbound[i]));
    PROMISE(MUTE_AFTER_MISMATCH, !c[i].mismatch);
    c[i].number = (!has_job(i, 0) -> 0 : (!has_job(i, 1) -> 1 : 2))
}

inline close_socket(i) {
    if
    :: BUG_LEAKS_SOCKET -> skip
    :: else -> drain(inbound[i]); drain(outbound[i])
    fi;
    c[i].socket = (BUG_REUSES_SOCKET -> used : no_socket);
    c[i].jobs[0].old = c[i].jobs[0].id != 0;
    c[i].jobs[JOBS - 1].old = c[i].jobs[JOBS - 1].id != 0;
    known[i] = false;
    c[i].known_once = false;
    c[i].owes = false;
    c[i].taken[1] = false;
    c[i].taken[2] = false
}

/* What the judges make of what is about to happen to a container. */
inline judge_event(i) {
    WITNESS(SEEN_ASKED_AGAIN, event == asks_metadata && c[i].session.registered);
    if
    :: event == on_time || event == on_disconnect -> skip
    :: event == on_backlog -> c[i].idle = 0
    :: else ->
        c[i].idle = 0;
        c[i].poll = 0
    fi;
    c[i].owes = event == asks_metadata;
    c[i].mismatch = c[i].mismatch || event == other_version;
    c[i].taken[id] = c[i].taken[id] || event == request
}

/* What the judges make of what it decides to do. */
inline judge_action(i) {
    WITNESS(SEEN_BACKLOG, event == on_backlog && action == send_heartbeat);
    WITNESS(SEEN_END, action == reopen && event == on_time && world == dead && before.registered);
    PROMISE(ENDS_NOT_EARLY, action != reopen || event == on_disconnect || c[i].idle >= TO);
    PROMISE(UNREAD_IS_A_SIGN_OF_LIFE, action != reopen || event == on_disconnect || empty(inbound[i]) || !is_busy(i));
    PROMISE(EXIT_ONLY_AFTER_MISMATCH, action != exit || c[i].mismatch)
}

/* Sends what ACTION asks for. */
inline speak(i) {
    if
    :: action == send_heartbeat || BUG_GOODBYE && action == exit ||
       BUG_HEARTBEAT_AT_END && action == reopen && event == on_time -> what = heartbeat
    :: action == send_metadata && !(BUG_DROPS_METADATA && len(inbound[i]) > 0) -> what = metadata
    :: else -> what = none
    fi;
    do
    :: what == none -> break
    :: else ->
        say(i);
        what = (BUG_METADATA_TWICE && what == metadata -> metadata : none)
    od
}

inline start_job(i, j) {
    c[i].jobs[j].id = id;
    c[i].jobs[j].number = c[i].number
}

/* Does the rest of what ACTION asks for. */
inline follow(i) {
    if
    :: action == predict && c[i].jobs[0].id == 0 -> start_job(i, 0)
    :: action == predict && c[i].jobs[0].id != 0 -> start_job(i, JOBS - 1)
    :: action == reopen ->
        close_socket(i);
        c[i].gone = BUG_NO_NEW_SESSION && event == on_time
    :: action == exit ->
        close_socket(i);
        c[i].gone = !BUG_COMES_BACK
    :: else
    fi;
    PROMISE(METADATA_WHEN_ASKED, !c[i].owes);
    PROMISE(REGISTERED_IS_TRUE, !c[i].session.registered || c[i].known_once);
    event = none;
    action = none;
    id = 0
}

#define is_current(i, j) \
    (c[i].session.open && (c[i].jobs[j].number == c[i].number || BUG_ANSWERS_IN_LATER_SESSION))
/* A response waits for room. That of a session that has ended is dropped: nobody waits for it. */
#define can_answer(i, j) (c[i].jobs[j].done && (!is_current(i, j) || has_way(outbound[i])))

inline answer(i, j) {
    WITNESS(SEEN_OLD_ANSWER, c[i].jobs[j].old);
    if
    :: is_current(i, j) && !BUG_LOSES_ANSWER ->
        PROMISE(MUTE_AFTER_MISMATCH, !c[i].mismatch);
        PROMISE(ANSWERED_IN_ITS_SESSION, !c[i].jobs[j].old);
        PROMISE(ANSWERED_ONCE, c[i].taken[c[i].jobs[j].id]);
        c[i].taken[c[i].jobs[j].id] = false;
        put(outbound[i], response, 0)
    :: else
    fi;
    if
    :: BUG_ANSWERS_TWICE -> skip
    :: else ->
        c[i].jobs[j].id = 0;
        c[i].jobs[j].number = 0;
        c[i].jobs[j].done = false;
        c[i].jobs[j].old = false
    fi
}

active [N] proctype serve() {
    mtype event = none, action = none, what = none;
    byte id;
    do
    :: atomic {
           if
           :: !c[_pid].session.open && !c[_pid].gone -> event = on_open; open_socket(_pid)
           :: can_read(_pid) -> inbound[_pid]?event, id
           :: can_read(_pid) && world == turbulent -> /* out of memory: of this message is left that it came */
               inbound[_pid]?_, _;
               event = on_activity
           :: time_is_up(_pid) ->
               event = (len(inbound[_pid]) > 0 && is_busy(_pid) && !BUG_TIME_FIRST -> on_backlog : on_time)
           :: c[_pid].session.open && world == turbulent && FATE > 0 -> /* the transport loses the connection */
               event = on_disconnect
           fi;
           d_step {
               judge_event(_pid);
               call(_pid, c[_pid].session, event, action);
               judge_action(_pid)
           };
           speak(_pid);
           d_step { follow(_pid) }
       }
    :: atomic { can_answer(_pid, 0) -> answer(_pid, 0) }
    :: atomic { JOBS > 1 && can_answer(_pid, JOBS - 1) -> answer(_pid, JOBS - 1) }
    :: c[_pid].gone -> break
    od
}

/* A prediction may take any time. */
active [N * JOBS] proctype work() {
    byte i = (_pid - N) / JOBS, j = (_pid - N) % JOBS;
end:
    do
    :: c[i].jobs[j].id != 0 && !c[i].jobs[j].done -> c[i].jobs[j].done = true
    od
}

/* ---- Clipper ------------------------------------------------------------------------------------------------ */

/* Takes a message of container I, and answers it. */
inline hear_container(i) {
    outbound[i]?kind, _;
    if
    :: kind == heartbeat && foreign -> put(inbound[i], other_version, 0)
    :: kind == heartbeat && !foreign && known[i] -> put(inbound[i], keep_alive, 0)
    :: kind == heartbeat && !foreign && !known[i] -> put(inbound[i], asks_metadata, 0)
    :: kind == metadata && !foreign ->
        known[i] = true;
        c[i].known_once = true
    :: kind == metadata && foreign || kind == response -> skip
    fi;
    kind = none
}

#define may_talk(i) (up && c[i].socket == used && !talked[i])
/* An id may come again when its answer has. */
#define id_is_free(i, n) (KINDS && n <= JOBS && !c[i].taken[n] && !(inbound[i]??[request, n]))

/* Sends container I something unasked; in a calm world once a tick at most. */
inline talk(i) {
    if
    :: !foreign && known[i] && id_is_free(i, 1) -> put(inbound[i], request, 1)
    :: !foreign && known[i] && id_is_free(i, 2) -> put(inbound[i], request, 2)
    :: !foreign && known[i] && KINDS == 2 && world == turbulent -> put(inbound[i], wrong_type, 1)
    :: KINDS == 2 && world == turbulent -> put(inbound[i], feedback_request, 0)
    :: KINDS == 2 && (world == turbulent || BUG_CHATTER_WHEN_CALM) -> put(inbound[i], malformed, 0)
    :: foreign && world == turbulent -> put(inbound[i], other_version, 0)
    fi;
    talked[i] = world == calm
}

#define can_talk(i) \
    (may_talk(i) && (world == turbulent && (KINDS == 2 || foreign) || BUG_CHATTER_WHEN_CALM || \
                     !foreign && known[i] && (id_is_free(i, 1) || id_is_free(i, 2))))

active proctype clipper() {
    mtype kind = none;
end:
    do
    :: atomic { up && nempty(outbound[0]) -> hear_container(0) }
    :: atomic { up && nempty(outbound[LAST]) && N > 1 -> hear_container(LAST) }
    :: atomic { can_talk(0) -> talk(0) }
    :: atomic { can_talk(LAST) && N > 1 -> talk(LAST) }
    :: d_step { /* it takes a silent container for dead */
           world == turbulent && known[0] -> known[0] = false }
    :: d_step { world == turbulent && known[LAST] && N > 1 -> known[LAST] = false }
    :: atomic { /* it crashes, and knows nobody any more */
           world == turbulent && up -> up = false;
           foreign = false;
           known[0] = false;
           known[LAST] = false
       }
    :: atomic { /* it is started, maybe as another version */
           world == turbulent && !up -> up = true;
           if
           :: foreign = true
           :: foreign = false
           fi
       }
    od
}

/* ---- Time, and the world ------------------------------------------------------------------------------------ */

/* In a turbulent world anything may take any time: a tick goes by whenever it likes. In a calm one, and in a dead
 * one, every message arrives and every container acts within the tick; only models take their time. */
#define is_still(i) \
    ((c[i].session.open || c[i].gone) && !can_answer(i, 0) && !can_answer(i, JOBS - 1) && \
     (!c[i].session.open || !poll_is_over(c[i].session) && (empty(inbound[i]) || !has_room(i))) && \
     (!up || empty(outbound[i])))
#define still (is_still(0) && is_still(LAST))
#define is_served(i) (c[i].session.registered && known[i])
#define settled(i) (c[i].mismatch || is_served(i))

inline judge_tick(i) {
    PROMISE(HEARTBEAT_IN_TIME, world == turbulent || !c[i].session.open || c[i].poll < D);
    PROMISE(REGISTERED_IN_TIME, c[i].waited < 2 * D || settled(i) || TO <= D);
    c[i].waited = (world != calm || !has_room(i) -> 0 :
                   (c[i].waited < 2 * D -> c[i].waited + 1 : c[i].waited));
    c[i].idle = (c[i].session.open && c[i].idle < TO -> c[i].idle + 1 : c[i].idle);
    c[i].poll = (c[i].session.open && c[i].poll < D -> c[i].poll + 1 : c[i].poll);
    grow_older(i, c[i].session);
    talked[i] = false
}

active proctype clock() {
end:
    do
    :: d_step {
           (world == turbulent || still || BUG_SLOW_WHEN_CALM) && (!c[0].gone || !c[LAST].gone) ->
           WITNESS(SEEN_SETTLED, world == calm && is_served(0) && is_served(LAST));
           WITNESS(SEEN_ONE_LEFT, world == calm && is_served(0) && c[LAST].gone);
           judge_tick(0);
           if
           :: N > 1 -> judge_tick(LAST)
           :: else
           fi
       }
    :: d_step { FATE > 0 && world == turbulent && up && !foreign -> world = calm }
    :: d_step {
           FATE > 1 && world == turbulent -> world = dead;
           up = false;
           foreign = false;
           known[0] = false;
           known[LAST] = false
       }
    od
}

/* ---- What comes of it in the end (promises.pml) ------------------------------------------------------------- */

ltl registered { [] (world == calm -> <> [] (settled(0) && settled(LAST))) }
ltl answered { [] (world == calm && c[0].taken[1] -> <> !c[0].taken[1]) }
ltl silence_ends { [] (world == dead -> [] <> !c[0].session.open) }
ltl goes_on { [] (!c[0].session.open -> <> (c[0].session.open || c[0].mismatch)) }
ltl stays_ended { [] (c[0].mismatch -> <> [] (c[0].gone && !c[0].session.open)) }
