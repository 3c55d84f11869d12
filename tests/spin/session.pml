/* session.pml: clipper_session (container/src/session.c) in Promela, rule by rule and in the same order.
 *
 * Time is counted in ticks. Where the C session keeps moments (poll_began_, last_activity_, now_), the model keeps
 * what has gone by since, and no more of it than can make a difference: D ticks of a poll, TO ticks of silence.
 *
 * fleet.pml puts sessions into containers; caller.pml puts one before a caller that may do anything. Both include
 * this text, so what is proved of the one is what the other replays against the C session.
 */
#ifndef D
#define D 2 /* the poll timeout in ticks */
#endif
#ifndef TO
#define TO 3 /* the activity timeout in ticks */
#endif

mtype = {
    /* Events: calls of the session, those of clipper_session_on_message by what came. */
    on_open, keep_alive, asks_metadata, request, wrong_type, feedback_request, malformed, other_version,
    on_activity, on_time, on_backlog, on_disconnect,
    tick, /* no call: a tick goes by */
    /* Actions, as clipper_session_action_name has them; "none" where the call returns nothing. */
    none, wait, send_heartbeat, send_metadata, predict, feedback, wrong_input_type, bad_message, reopen, exit
};

typedef clipper_session {
    bool open;
    bool asked;      /* metadata_sent */
    bool registered;
    byte poll;       /* ticks since the poll began, D at most; 0 when not open */
    byte idle;       /* ticks since the latest activity, TO at most; 0 when not open */
}

#define poll_is_over(self) (self.open && self.poll >= D)

/* ---- Telling what is done: only in simulations, and where pan is compiled with PRINTF ------------------- */

hidden clipper_session before;
hidden mtype told_event, told_action;

inline remember(self) {
    before.open = self.open;
    before.asked = self.asked;
    before.registered = self.registered;
    before.poll = self.poll;
    before.idle = self.idle
}

/* CALL container event, the state before, action, the state after */
inline tell(i, self, event, action) {
    told_event = event; /* printm takes no constant */
    told_action = action;
    printf("CALL %d ", i);
    printm(told_event);
    printf(" %d %d %d %d %d ", before.open, before.asked, before.registered, before.poll, before.idle);
    printm(told_action);
    printf(" %d %d %d %d %d\n", self.open, self.asked, self.registered, self.poll, self.idle)
}

/* ---- The session's calls ---------------------------------------------------------------------------------- */

inline activity(self) {
    self.poll = 0;
    self.idle = 0
}

inline send_the_metadata(self, action) {
    self.asked = true;
    self.registered = BUG_REGISTERED_EARLY;
    action = send_metadata
}

inline end_session(self, why, action) {
    self.open = false;
    self.asked = self.asked && BUG_STATE_OUTLIVES;
    self.registered = self.registered && BUG_STATE_OUTLIVES;
    activity(self);
    action = why
}

inline call_open(self, action) {
    self.open = true;
    self.asked = self.asked && BUG_STATE_OUTLIVES;
    self.registered = self.registered && BUG_STATE_OUTLIVES;
    activity(self);
    action = (BUG_METADATA_AT_OPEN -> send_metadata : send_heartbeat)
}

/* A message is a sign of life, and begins a new poll. */
inline message_activity(self, event) {
    self.poll = (BUG_MESSAGE_KEEPS_POLL -> self.poll : 0);
    self.idle = (BUG_MESSAGE_IS_SILENCE || (BUG_MALFORMED_IS_SILENCE && event == malformed) -> self.idle : 0)
}

inline call_on_message(self, event, action) {
    if
    :: !self.open ->
        action = wait
    :: else ->
        message_activity(self, event);
        if
        :: event == other_version && !BUG_VERSION_IGNORED || event == malformed && BUG_MALFORMED_EXITS ->
            end_session(self, exit, action)
        :: event == asks_metadata && !(BUG_REGISTERS_ONCE && self.asked) ->
            send_the_metadata(self, action)
        :: event == keep_alive ->
            self.registered = self.asked && !BUG_NEVER_REGISTERED;
            action = (BUG_ANSWERS_KEEP_ALIVE -> send_heartbeat :
                      (BUG_METADATA_UNASKED -> send_metadata : wait))
        :: event == request ->
            self.registered = self.asked && !BUG_NEVER_REGISTERED;
            action = predict
        :: event == wrong_type ->
            self.registered = self.asked && !BUG_NEVER_REGISTERED;
            action = (BUG_PREDICTS_WRONG_TYPE -> predict : wrong_input_type)
        :: event == feedback_request ->
            action = feedback
        :: event == malformed && !BUG_MALFORMED_EXITS ->
            action = bad_message
        :: event == other_version && BUG_VERSION_IGNORED || event == asks_metadata && BUG_REGISTERS_ONCE && self.asked ->
            action = wait
        fi
    fi
}

inline call_on_activity(self, action) {
    activity(self);
    action = none
}

inline call_on_time(self, action) {
    if
    :: !poll_is_over(self) || (BUG_HANGS_UNANSWERED && !self.asked) ->
        action = wait
    :: else ->
        if
        :: self.idle >= TO - BUG_ENDS_EARLY && !BUG_NEVER_ENDS ->
            end_session(self, reopen, action)
        :: else ->
            self.poll = 0;
            self.idle = (BUG_SENDING_IS_ACTIVITY -> 0 : self.idle);
            action = (BUG_NO_HEARTBEATS && self.asked -> wait : send_heartbeat)
        fi
    fi
}

inline call_on_backlog(self, action) {
    if
    :: !poll_is_over(self) ->
        action = wait
    :: BUG_BACKLOG_IS_SILENCE && poll_is_over(self) && self.idle >= TO ->
        end_session(self, reopen, action)
    :: else ->
        self.poll = 0;
        self.idle = (BUG_BACKLOG_IS_SILENCE -> self.idle : 0);
        action = send_heartbeat
    fi
}

inline call(i, self, event, action) {
    remember(self);
    if
    :: event == on_open -> call_open(self, action)
    :: event == on_activity -> call_on_activity(self, action)
    :: event == on_time -> call_on_time(self, action)
    :: event == on_backlog -> call_on_backlog(self, action)
    :: event == on_disconnect -> end_session(self, reopen, action)
    :: else -> call_on_message(self, event, action)
    fi;
    tell(i, self, event, action)
}

/* A tick goes by. */
inline grow_older(i, self) {
    remember(self);
    if
    :: self.open ->
        self.poll = (self.poll < D -> self.poll + 1 : self.poll);
        self.idle = (self.idle < TO -> self.idle + 1 : self.idle)
    :: else
    fi;
    tell(i, self, tick, none)
}
