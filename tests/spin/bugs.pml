/* bugs.pml: the model with a bug in it. BUG=number puts it in; 0, the default, is the right model.
 *
 * Each names the promise (promises.pml) that it must break: model.py sees to it that spin finds that, and that no
 * promise is without a bug that breaks it. Those of the session are also replayed against the C session, which
 * must be seen to differ.
 */
#ifndef BUG
#define BUG 0
#endif

/* In the session (session.pml) */
#define BUG_ENDS_EARLY (BUG == 1)           /* ENDS_NOT_EARLY: ends a tick before TO */
#define BUG_NEVER_ENDS (BUG == 2)           /* silence_ends: never judges TO */
#define BUG_SENDING_IS_ACTIVITY (BUG == 3)  /* silence_ends: its own heartbeats prolong the session */
#define BUG_MESSAGE_IS_SILENCE (BUG == 4)   /* ENDS_NOT_EARLY: a message does not count as activity */
#define BUG_MALFORMED_IS_SILENCE (BUG == 5) /* ENDS_NOT_EARLY: a malformed message does not count as activity */
#define BUG_MESSAGE_KEEPS_POLL (BUG == 6)   /* HEARTBEAT_ONLY_WHEN_DUE: a message does not begin a new poll */
#define BUG_BACKLOG_IS_SILENCE (BUG == 7)   /* UNREAD_IS_A_SIGN_OF_LIFE: messages that wait unread do not count as activity */
#define BUG_NO_HEARTBEATS (BUG == 8)        /* HEARTBEAT_IN_TIME: is silent once it was asked for its metadata */
#define BUG_HANGS_UNANSWERED (BUG == 9)     /* registered: waits without end for the first answer, as released containers do */
#define BUG_ANSWERS_KEEP_ALIVE (BUG == 10)  /* HEARTBEAT_ONLY_WHEN_DUE: answers a keep-alive with a heartbeat */
#define BUG_METADATA_UNASKED (BUG == 11)    /* METADATA_ONLY_WHEN_ASKED: registers on keep-alives, too */
#define BUG_METADATA_AT_OPEN (BUG == 12)    /* HEARTBEAT_FIRST: registers at once, as before version 3 */
#define BUG_REGISTERS_ONCE (BUG == 13)      /* registered: ignores every asking after the first of a session */
#define BUG_REGISTERED_EARLY (BUG == 14)    /* REGISTERED_IS_TRUE: takes itself for registered when the metadata is sent */
#define BUG_NEVER_REGISTERED (BUG == 15)    /* REGISTERED_IN_TIME: does not see that Clipper knows it */
#define BUG_STATE_OUTLIVES (BUG == 16)      /* REGISTERED_IS_TRUE: carries what it knows into the next session */
#define BUG_VERSION_IGNORED (BUG == 17)     /* stays_ended: carries on after a version mismatch, as released containers do */
#define BUG_MALFORMED_EXITS (BUG == 18)     /* EXIT_ONLY_AFTER_MISMATCH: a malformed message ends it */
#define BUG_PREDICTS_WRONG_TYPE (BUG == 19) /* ANSWERED_ONCE: serves a request of another input type */

/* In the container (fleet.pml) */
#define BUG_REUSES_SOCKET (BUG == 20)            /* OWN_SOCKET: does not close the socket when a session ends */
#define BUG_LEAKS_SOCKET (BUG == 21)             /* OWN_SOCKET: the new session reads what came for the old one */
#define BUG_HEARTBEAT_AT_END (BUG == 22)         /* NO_HEARTBEAT_AT_END: sends one more heartbeat before it ends a session */
#define BUG_TIME_FIRST (BUG == 23)               /* UNREAD_IS_A_SIGN_OF_LIFE: looks at the clock before it reads what is there */
#define BUG_METADATA_TWICE (BUG == 24)           /* METADATA_ONLY_WHEN_ASKED: registers twice for one asking */
#define BUG_DROPS_METADATA (BUG == 25)           /* METADATA_WHEN_ASKED: forgets to send the metadata when another message waits */
#define BUG_ANSWERS_IN_LATER_SESSION (BUG == 26) /* ANSWERED_IN_ITS_SESSION: answers whatever session is open now */
#define BUG_ANSWERS_TWICE (BUG == 27)            /* ANSWERED_ONCE: sends a response again */
#define BUG_LOSES_ANSWER (BUG == 28)             /* answered: drops the answer */
#define BUG_GOODBYE (BUG == 29)                  /* MUTE_AFTER_MISMATCH: sends a last heartbeat before it exits */
#define BUG_COMES_BACK (BUG == 30)               /* MUTE_AFTER_MISMATCH: opens a new session instead of exiting */
#define BUG_NO_NEW_SESSION (BUG == 31)           /* goes_on: stops when a session ends for silence */
#define BUG_BLOCKING_SENDS (BUG == 32)           /* deadlock: container and Clipper block when there is no room to send */
#define BUG_STUCK_IS_BUSY (BUG == 33)            /* silence_ends: leaves messages unread as its answers find no way out, and takes them for a sign of life */
#define BUG_ANSWERS_LAST (BUG == 34)             /* registered: looks at the clock before it sends the answers that are ready */

/* In the world: what the promises take for granted, taken away */
#define BUG_LOSS_WHEN_CALM (BUG == 35)    /* registered: messages may be lost for ever */
#define BUG_SLOW_WHEN_CALM (BUG == 36)    /* registered: messages may always take longer than TO */
#define BUG_CHATTER_WHEN_CALM (BUG == 37) /* registered: Clipper speaks, unasked, to containers that it does not know */
#define BUG_UNFAIR (BUG == 38)            /* registered: processes may be kept from running for ever */
