/* promises.pml: what the fleet promises. model.py reads the sentences from here.
 *
 * Those with a number are assertions in fleet.pml; ONLY=number judges that one alone. The others are judged by spin
 * itself (deadlock) or are the LTL formulas at the end of fleet.pml.
 *
 *   deadlock      nothing is stuck for ever: no container and no Clipper waits for what cannot come
 *   registered    Clipper up long enough leads to registered: once the world is calm, every container is registered
 *                 in the end and stays so, unless another version had come to it (REG-18, TMO-12)
 *   answered      in a calm world every request taken is answered, or its session ends (PRED-13)
 *   silence_ends  when Clipper is gone for good, each session ends, again and again (TMO-4, TMO-8)
 *   goes_on       after a session another one opens, unless a mismatch ended it (TMO-7)
 *   stays_ended   after a version mismatch the session ends, the container exits, and both stay so (VER-2)
 */
#ifndef ONLY
#define ONLY 0
#endif
#define PROMISE(NAME, kept) assert((kept) || ONLY != 0 && ONLY != NAME)

#define ANSWERED_ONCE 1            /* a response answers a request that was taken and is not answered yet (PRED-13) */
#define ANSWERED_IN_ITS_SESSION 2  /* a response never goes out on a later session (TMO-14) */
#define OWN_SOCKET 3               /* a session begins on a socket that nothing was sent or received on (TMO-1, TMO-6) */
#define HEARTBEAT_FIRST 4          /* the first message on a socket is a heartbeat (REG-1) */
#define HEARTBEAT_ONLY_WHEN_DUE 5  /* heartbeats are sent at the opening and when D passed with nothing received (HB-5, HB-7) */
#define HEARTBEAT_IN_TIME 6        /* when D has passed with nothing received, one is sent, or the session ends (HB-6) */
#define NO_HEARTBEAT_AT_END 7      /* none is sent once TO has gone by in silence: the session ends then (TMO-4, TMO-9) */
#define ENDS_NOT_EARLY 8           /* no session ends for silence before TO has gone by in silence (TMO-5, HB-8, HB-9) */
#define UNREAD_IS_A_SIGN_OF_LIFE 9 /* no session ends for silence while a message waits to be read and the model works */
#define METADATA_ONLY_WHEN_ASKED 10 /* a registration is sent when asked for, and once for each asking (REG-2, REG-3) */
#define METADATA_WHEN_ASKED 11     /* each asking is answered with a registration, at any time of a session (REG-3) */
#define REGISTERED_IS_TRUE 12      /* a session takes itself for registered only when Clipper has registered it */
#define REGISTERED_IN_TIME 13      /* in a calm world 2 D are enough to be registered */
#define MUTE_AFTER_MISMATCH 14     /* after a version mismatch nothing is sent and no session opens (VER-2, VER-3) */
#define EXIT_ONLY_AFTER_MISMATCH 15 /* nothing else makes a container exit (MAL-1, VER-6) */

/* Promises kept in a world in which nothing happens would be worth nothing. Each of these must be seen to happen. */
#define WITNESS(NAME, happens) assert(ONLY != NAME || !(happens))
#define SEEN_SETTLED 51     /* all containers are registered, and Clipper knows them, in a calm world */
#define SEEN_BACKLOG 52     /* a container too busy to read sends a heartbeat all the same */
#define SEEN_OLD_ANSWER 53  /* an answer is dropped, since its session has ended */
#define SEEN_ASKED_AGAIN 54 /* a registered container is asked for its metadata again */
#define SEEN_END 55         /* a registered session ends because Clipper is gone */
#define SEEN_ONE_LEFT 56    /* of two containers one has exited, and the other one is registered */
