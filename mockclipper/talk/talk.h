/* What scenarios are written in: the kit's side of a conversation with a container.
 *
 * A scenario is a function that says, in order, what is sent and what is expected. As soon as something
 * expected does not come, the conversation is over: every later call does nothing and returns at once, so no
 * scenario needs to look at results. Pointers returned after that point to harmless, empty things.
 *
 * Expectations are about the current session: the first one at first, then the one that was last expected
 * with expect_new_session() or chosen with turn_to().
 *
 * A failure names the requirement that was being checked: the first of the scenario's, or what checking()
 * said last; steps that every scenario takes (registering) name their own. Its verdict follows from the level
 * of the requirement and from the profile (verdict.h). */
#ifndef MOCKCLIPPER_TALK_CONVERSATION_H
#define MOCKCLIPPER_TALK_CONVERSATION_H

#include "engine/batch.h"
#include "engine/draft.h"
#include "engine/engine.h"
#include "engine/oracle.h"
#include "talk/outcome.h"
#include "talk/run_parameters.h"

typedef struct conversation conversation;

/* ---- Who is being talked to ------------------------------------------------------------------------- */

duration poll_timeout(const conversation *c);     /* D */
duration activity_timeout(const conversation *c); /* TO */
clipper_data_type input_type(const conversation *c);
profile profile_of(const conversation *c);

/* ---- Before the start ------------------------------------------------------------------------------- */

/* Skips the scenario where somebody else has started the container: for those that make it end. What changes the
 * container's start, or looks at its process, does so by itself. */
void need_own_container(conversation *c);

/* Skips the scenario where the host NAME is not this machine to itself. */
void need_host_name(conversation *c, const char *name);

/* Changes the environment that the container is started with: "NAME=VALUE" sets, "NAME" removes. */
void set_variable(conversation *c, const char *change);

/* Clipper is not there yet: connections are refused until listen_now(). */
void listen_later(conversation *c);
void listen_now(conversation *c);

/* Has the container's model take so long for each request, if the container offers that
 * (CLIPPER_MODEL_DELAY_MS); see expect_slow_model(). */
void slow_model(conversation *c, duration delay);

/* A time of the container's own clock, which may be accelerated, by ours. */
duration by_container_clock(const conversation *c, duration d);

/* Gives the container a wall clock of its own, by libfaketime; see step_wall_clock(). Skipped where that library is
 * not on this machine. */
void own_wall_clock(conversation *c);

/* Starts the container. */
void start_container(conversation *c);

/* Starts a second one beside it, by the same command. The next session that begins becomes the current one.
 * What is expected of the process is expected of the first. */
void start_another(conversation *c);

/* Starts the container, and goes through the handshake as Clipper does; heartbeats are answered from then on.
 * With a container that is running, goes through the handshake of the current session. */
void register_container(conversation *c);

/* ---- How Clipper behaves ---------------------------------------------------------------------------- */

/* Clipper answers heartbeats and registers containers by itself from now on: keep-alive to those it knows,
 * "send your metadata" to the others. */
void answer_heartbeats(conversation *c);

/* Clipper answers nothing from now on. */
void fall_silent(conversation *c);

/* Clipper ends: it closes all connections, and refuses new ones until listen_now(). */
void stop_listening(conversation *c);

/* The same, and a Clipper that knows nobody begins at once at the same address, and answers by itself. */
void restart_clipper(conversation *c);

/* Clipper forgets the current session's container. */
void forget_container(conversation *c);

/* Has something go wrong with a message: see fault_parse() for the text. A fault that never fires is an error
 * of the kit. */
void inject(conversation *c, const char *text);

/* ---- What is sent ----------------------------------------------------------------------------------- */

void send_keep_alive(conversation *c);
void send_metadata_request(conversation *c);

/* Sends a message of one's own making, and destroys it. */
void send_draft(conversation *c, draft *sent);

/* Sends a prediction request with a message id of its own, which is returned. */
uint32_t send_request(conversation *c, const batch *items);
void send_request_as(conversation *c, uint32_t id, const batch *items);

/* Puts the container's wall clock so many hours ahead of (or behind) the true time; its monotonic clock goes on.
 * Skipped where libfaketime did not get into the process. */
void step_wall_clock(conversation *c, int hours);

/* To the process, as a supervisor does. */
void send_signal(conversation *c, int signal);

/* ---- Batches ---------------------------------------------------------------------------------------- */

/* A batch of the container's input type, freed with the conversation. Empty: add items (batch.h). */
batch *new_batch(conversation *c);

/* COUNT random items of ELEMENTS elements. */
batch *uniform_batch(conversation *c, size_t count, size_t elements);

/* Random items of so many elements each. */
batch *ragged_batch(conversation *c, const size_t *elements, size_t count);

/* A message with a request for ITEMS, with a message id of its own, to be edited and sent. */
draft *draft_of(conversation *c, const batch *items);

/* For items of one's own. */
random_source *randomness(conversation *c);

/* ---- What is expected ------------------------------------------------------------------------------- */

/* Names the requirement that is checked from now on. */
void checking(conversation *c, const char *id);

/* The same, for whatever is found from now on, also by steps that name another requirement. */
void checking_only(conversation *c, const char *id);

/* The next message is a heartbeat. */
void expect_heartbeat(conversation *c);

/* The same as the first message, or the container ends with a failure before it: then the scenario is
 * skipped, for that reason. */
void expect_heartbeat_or_refusal(conversation *c, const char *reason);

/* The container is silent, but for heartbeats, for so long. */
void expect_only_heartbeats(conversation *c, duration how_long);

/* In silence, heartbeats come at D, 2D, ... after the last message to the container, until the session ends
 * and a new one begins: not before TO, not much later. The new session becomes the current one. */
void expect_heartbeats_and_new_session(conversation *c);

/* COUNT heartbeats, each a D after the message before it. */
void expect_heartbeats_at_poll_timeout(conversation *c, unsigned count);

/* While messages keep coming every D/4, from BEGINNING until now, the current session has sent no more
 * heartbeats than BEFORE, which is what heartbeats_so_far() was. LONGEST_GAP: what passed at most between two of our messages. */
size_t heartbeats_so_far(conversation *c);
void expect_no_heartbeat_since(conversation *c, size_t before, instant beginning, duration longest_gap);

/* Clipper stays silent until so long after its last message to the container, which may send heartbeats
 * meanwhile. Where this machine cannot keep that time, the scenario is inconclusive. */
void stay_silent_for(conversation *c, duration since_last_sent);

/* A new session begins, with a heartbeat; it becomes the current one. */
void expect_new_session(conversation *c);

/* A new session begins while the model still works on a request. Where it does not, as the answer comes
 * first, the scenario is skipped. */
void expect_new_session_while_working(conversation *c);

/* Clipper answers by itself: the container registers, in this session or in another, which becomes the
 * current one. WITHIN: the time for that, beside what a new session may take. */
void expect_registration(conversation *c, duration within);

/* The connection of that earlier session closes. */
void expect_connection_closed(conversation *c, const session *s);

/* Nothing came by the closed connection of that earlier session after the current one began. */
void expect_no_parting_heartbeat(conversation *c, session *old);

/* The next message but heartbeats is a new container message. Only what is needed to go on is checked. */
void expect_new_container(conversation *c);

/* The same, with every field held against what the container was told. */
void expect_exact_new_container(conversation *c);

/* The next message but answered heartbeats is the response to that request: id, form, number of outputs and,
 * where the model is known, the outputs. */
void expect_response(conversation *c, uint32_t id, const batch *items);

/* Each of COUNT requests with consecutive ids from FIRST_ID on, all with the same items, is answered once, in
 * whatever order. */
void expect_responses(conversation *c, uint32_t first_id, size_t count, const batch *items);

/* The same, and one new container message in their midst. */
void expect_responses_and_new_container(conversation *c, uint32_t first_id, size_t count, const batch *items);

/* send_request and expect_response. */
void predict(conversation *c, const batch *items);

/* A small prediction that the container must answer, to show that it is still in order. */
void canary(conversation *c);

/* The container took what was just sent for what it is, malformed: nothing is sent for it, and a canary is
 * answered. */
void expect_dropped(conversation *c);

/* The model is as slow as slow_model() asked for: tried with one request. Where the container does not offer
 * that, the scenario is skipped. */
void expect_slow_model(conversation *c);

/* The process ends, soon. */
void expect_exit(conversation *c);

/* The process ends by itself, soon, and nothing but heartbeats is sent until its connection closes: whatever else is
 * sent breaches what is being checked, a crash is a failure, and a process that goes on breaches the requirement REFUSED. */
void expect_graceful_exit(conversation *c, const char *refused);

/* The process ended (after expect_exit) by itself, not by a signal. */
void expect_no_crash(conversation *c);

/* It ended with status 0, or as one that dies of that signal. */
void expect_exit_by(conversation *c, int signal);

/* It ended with a status other than 0. */
void expect_failure_status(conversation *c);

/* The process is still there, after so long. */
void expect_running_for(conversation *c, duration how_long);

/* How many bytes the container has written to stdout and stderr. */
size_t output_so_far(conversation *c);

/* It has written so many bytes since BEFORE. */
void expect_output_since(conversation *c, size_t before, size_t at_least, size_t at_most);

/* What the container writes from now on is what is looked at for words. */
void note_output(conversation *c);

/* It said one of WORDS (ended with NULL) on stdout or stderr, since note_output(). */
void expect_words(conversation *c, const char *const words[]);

/* The resident memory of the process, in KiB; 0 when it cannot be told. */
size_t resident_kilobytes(conversation *c);

/* It is at most so much. */
void expect_memory_below(conversation *c, size_t kilobytes);

/* No message has come that was not expected, but heartbeats. */
void expect_nothing_more(conversation *c);

/* ---- Sessions --------------------------------------------------------------------------------------- */

/* The current session. Never NULL: a blank one before the first. */
session *current_session(conversation *c);
void turn_to(conversation *c, session *s);

/* The message that was last expected and came. Never NULL: an empty one when the conversation is over. Valid
 * until the next expectation. */
const message *latest_message(const conversation *c);

/* ---- Judging ---------------------------------------------------------------------------------------- */

/* What was expected did not come: notes it, and the conversation is over. EXPECTED and ACTUAL are freed by
 * the outcome. ID may be NULL for the one that is being checked. */
void breach(conversation *c, const char *id, char *expected, char *actual);

/* The same, but the conversation goes on. */
void remark(conversation *c, const char *id, char *expected, char *actual);

/* A departure from one side that the other side lives with: lenient, or a failure under that profile. */
void depart(conversation *c, profile from, const char *id, char *expected, char *actual);

/* Until excuse(c, NULL): a breach would prove nothing, for a reason that is told; the scenario is skipped then. */
void excuse(conversation *c, const char *reason);

/* There is nothing to be judged, for a reason that is told. */
void skip(conversation *c, const char *reason);

/* Whether the conversation is over. */
bool is_over(const conversation *c);

#endif
