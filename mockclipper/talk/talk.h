/* What scenarios are written in: the kit's side of a conversation with a container.
 *
 * A scenario is a function that says, in order, what is sent and what is expected. As soon as something
 * expected does not come, the conversation is over: every later call does nothing and returns at once, so no
 * scenario needs to look at results. Pointers returned after that point to harmless, empty things.
 *
 * Expectations are about the current session: the first one at first, then the one that was last expected
 * with talk_expect_new_session() or chosen with talk_turn_to().
 *
 * A failure names the requirement that was being checked: the first of the scenario's, or what talk_checking()
 * said last; steps that every scenario takes (registering) name their own. Its verdict follows from the level
 * of the requirement and from the profile (verdict.h). */
#ifndef MOCKCLIPPER_TALK_TALK_H
#define MOCKCLIPPER_TALK_TALK_H

#include "engine/batch.h"
#include "engine/draft.h"
#include "engine/engine.h"
#include "engine/oracle.h"
#include "talk/scenario.h"

/* ---- Who is being talked to ------------------------------------------------------------------------- */

duration talk_poll_timeout(const talk *t);     /* D */
duration talk_activity_timeout(const talk *t); /* TO */
clipper_data_type talk_input_type(const talk *t);

/* What the scenario gives its conversation (scenario.h). */
const scenario_parameter *talk_parameter(const talk *t);

/* ---- Before the start ------------------------------------------------------------------------------- */

/* Skips the scenario where somebody else has started the container: for those that make it end. What changes the
 * container's start, or looks at its process, does so by itself. */
void talk_need_own_container(talk *t);

/* Skips the scenario where the host NAME is not this machine to itself. */
void talk_need_host_name(talk *t, const char *name);

/* Changes the environment that the container is started with: "NAME=VALUE" sets, "NAME" removes. */
void talk_set_variable(talk *t, const char *change);

/* Clipper is not there yet: connections are refused until talk_listen_now(). */
void talk_listen_later(talk *t);
void talk_listen_now(talk *t);

/* Has the container's model take so long for each request, if the container offers that
 * (CLIPPER_MODEL_DELAY_MS); see talk_expect_slow_model(). */
void talk_slow_model(talk *t, duration delay);

/* A time of the container's own clock, which may be accelerated, by ours. */
duration talk_by_container_clock(const talk *t, duration d);

/* Gives the container a wall clock of its own, by libfaketime; see talk_step_wall_clock(). Skipped where that library is
 * not on this machine. */
void talk_own_wall_clock(talk *t);

/* Starts the container. */
void talk_start(talk *t);

/* Starts a second one beside it, by the same command. The next session that begins becomes the current one.
 * What is expected of the process is expected of the first. */
void talk_start_another(talk *t);

/* Starts the container, and goes through the handshake as Clipper does; heartbeats are answered from then on.
 * With a container that is running, goes through the handshake of the current session. */
void talk_register(talk *t);

/* ---- How Clipper behaves ---------------------------------------------------------------------------- */

/* Clipper answers heartbeats and registers containers by itself from now on: keep-alive to those it knows,
 * "send your metadata" to the others. */
void talk_answer_heartbeats(talk *t);

/* Clipper answers nothing from now on. */
void talk_fall_silent(talk *t);

/* Clipper ends: it closes all connections, and refuses new ones until talk_listen_now(). */
void talk_stop_listening(talk *t);

/* The same, and a Clipper that knows nobody begins at once at the same address, and answers by itself. */
void talk_restart_clipper(talk *t);

/* Clipper forgets the current session's container. */
void talk_forget_container(talk *t);

/* Has something go wrong with a message: see fault_parse() for the text. A fault that never fires is an error
 * of the kit. */
void talk_inject(talk *t, const char *text);

/* ---- What is sent ----------------------------------------------------------------------------------- */

void talk_send_keep_alive(talk *t);
void talk_send_metadata_request(talk *t);

/* Sends a message of one's own making, and destroys it. */
void talk_send_draft(talk *t, draft *sent);

/* Sends a prediction request with a message id of its own, which is returned. */
uint32_t talk_send_request(talk *t, const batch *items);
void talk_send_request_as(talk *t, uint32_t id, const batch *items);

/* Puts the container's wall clock so many hours ahead of (or behind) the true time; its monotonic clock goes on.
 * Skipped where libfaketime did not get into the process. */
void talk_step_wall_clock(talk *t, int hours);

/* To the process, as a supervisor does. */
void talk_send_signal(talk *t, int signal);

/* ---- Batches ---------------------------------------------------------------------------------------- */

/* A batch of the container's input type, freed with the conversation. Empty: add items (batch.h). */
batch *talk_new_batch(talk *t);

/* COUNT random items of ELEMENTS elements. */
batch *talk_uniform_batch(talk *t, size_t count, size_t elements);

/* Random items of so many elements each. */
batch *talk_ragged_batch(talk *t, const size_t *elements, size_t count);

/* A message with a request for ITEMS, with a message id of its own, to be edited and sent. */
draft *talk_draft(talk *t, const batch *items);

/* For items of one's own. */
random_source *talk_random(talk *t);

/* ---- What is expected ------------------------------------------------------------------------------- */

/* Names the requirement that is checked from now on. */
void talk_checking(talk *t, const char *id);

/* The same, for whatever is found from now on, also by steps that name another requirement. */
void talk_checking_only(talk *t, const char *id);

/* The next message is a heartbeat. */
void talk_expect_heartbeat(talk *t);

/* The same as the first message, or the container ends with a failure before it: then the scenario is
 * skipped, for that reason. */
void talk_expect_heartbeat_or_refusal(talk *t, const char *reason);

/* The container is silent, but for heartbeats, for so long. */
void talk_expect_only_heartbeats(talk *t, duration how_long);

/* In silence, heartbeats come at D, 2D, ... after the last message to the container, until the session ends
 * and a new one begins: not before TO, not much later. The new session becomes the current one. */
void talk_expect_heartbeats_and_new_session(talk *t);

/* COUNT heartbeats, each a D after the message before it. */
void talk_expect_heartbeats_at_poll_timeout(talk *t, unsigned count);

/* While messages keep coming every D/4, from BEGINNING until now, the current session has sent no more
 * heartbeats than BEFORE, which is what talk_heartbeats_so_far() was. LONGEST_GAP: what passed at most between two of our messages. */
size_t talk_heartbeats_so_far(talk *t);
void talk_expect_no_heartbeat_since(talk *t, size_t before, instant beginning, duration longest_gap);

/* Clipper stays silent until so long after its last message to the container, which may send heartbeats
 * meanwhile. Where this machine cannot keep that time, the scenario is inconclusive. */
void talk_stay_silent_for(talk *t, duration since_last_sent);

/* A new session begins, with a heartbeat; it becomes the current one. */
void talk_expect_new_session(talk *t);

/* A new session begins while the model still works on a request. Where it does not, as the answer comes
 * first, the scenario is skipped. */
void talk_expect_new_session_while_working(talk *t);

/* Clipper answers by itself: the container registers, in this session or in another, which becomes the
 * current one. WITHIN: the time for that, beside what a new session may take. */
void talk_expect_registration(talk *t, duration within);

/* The connection of that earlier session closes. */
void talk_expect_connection_closed(talk *t, const session *s);

/* Nothing came by the closed connection of that earlier session after the current one began. */
void talk_expect_no_parting_heartbeat(talk *t, session *old);

/* The next message but heartbeats is a new container message. Only what is needed to go on is checked. */
void talk_expect_new_container(talk *t);

/* The same, of whatever input type. */
void talk_expect_any_new_container(talk *t);

/* As talk_expect_new_container(), with every field held against what the container was told. */
void talk_expect_exact_new_container(talk *t);

/* The next message but answered heartbeats is the response to that request: id, form, number of outputs and,
 * where the model is known, the outputs. */
void talk_expect_response(talk *t, uint32_t id, const batch *items);

/* Each of COUNT requests with consecutive ids from FIRST_ID on, all with the same items, is answered once, in
 * whatever order. */
void talk_expect_responses(talk *t, uint32_t first_id, size_t count, const batch *items);

/* The same, and one new container message in their midst. */
void talk_expect_responses_and_new_container(talk *t, uint32_t first_id, size_t count, const batch *items);

/* send_request and expect_response. */
void talk_predict(talk *t, const batch *items);

/* A small prediction that the container must answer, to show that it is still in order. */
void talk_canary(talk *t);

/* The container took what was just sent for what it is, malformed: nothing is sent for it, and a canary is
 * answered. */
void talk_expect_dropped(talk *t);

/* The model is as slow as talk_slow_model() asked for: tried with one request. Where the container does not offer
 * that, the scenario is skipped. */
void talk_expect_slow_model(talk *t);

/* The process ends, soon. */
void talk_expect_exit(talk *t);

/* The process ends by itself, soon, and nothing but heartbeats is sent until its connection closes: whatever else is
 * sent breaches what is being checked, a crash is a failure, and a process that goes on breaches the requirement REFUSED. */
void talk_expect_graceful_exit(talk *t, const char *refused);

/* The process ended (after expect_exit) by itself, not by a signal. */
void talk_expect_no_crash(talk *t);

/* It ended with status 0, or as one that dies of that signal. */
void talk_expect_exit_by(talk *t, int signal);

/* It ended with a status other than 0. */
void talk_expect_failure_status(talk *t);

/* The process is still there, after so long. */
void talk_expect_running_for(talk *t, duration how_long);

/* How many bytes the container has written to stdout and stderr. */
size_t talk_output_so_far(talk *t);

/* It has written so many bytes since BEFORE. */
void talk_expect_output_since(talk *t, size_t before, size_t at_least, size_t at_most);

/* What the container writes from now on is what is looked at for words. */
void talk_note_output(talk *t);

/* It said one of WORDS (ended with NULL) on stdout or stderr, since talk_note_output(). */
void talk_expect_words(talk *t, const char *const words[]);

/* The resident memory of the process, in KiB; 0 when it cannot be told. */
size_t talk_resident_kilobytes(talk *t);

/* It is at most so much. */
void talk_expect_memory_below(talk *t, size_t kilobytes);

/* No message has come that was not expected, but heartbeats. */
void talk_expect_nothing_more(talk *t);

/* ---- Sessions --------------------------------------------------------------------------------------- */

/* The current session. Never NULL: a blank one before the first. */
session *talk_session(talk *t);
void talk_turn_to(talk *t, session *s);

/* The message that was last expected and came. Never NULL: an empty one when the conversation is over. Valid
 * until the next expectation. */
const message *talk_latest(const talk *t);

/* ---- Judging ---------------------------------------------------------------------------------------- */

/* What was expected did not come: notes it, and the conversation is over. EXPECTED and ACTUAL are freed by
 * the outcome. ID may be NULL for the one that is being checked. */
void talk_breach(talk *t, const char *id, char *expected, char *actual);

/* The same, but the conversation goes on. */
void talk_remark(talk *t, const char *id, char *expected, char *actual);

/* A departure from one side that the other side lives with: lenient, or a failure under that profile. */
void talk_depart(talk *t, profile from, const char *id, char *expected, char *actual);

/* Until talk_excuse(t, NULL): a breach would prove nothing, for a reason that is told; the scenario is skipped then. */
void talk_excuse(talk *t, const char *reason);

/* There is nothing to be judged, for a reason that is told. */
void talk_skip(talk *t, const char *reason);

/* Whether the conversation is over. */
bool talk_is_over(const talk *t);

#endif
