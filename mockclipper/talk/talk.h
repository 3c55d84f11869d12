/* A conversation with a container, and the language that scenarios are written in.
 *
 * A scenario says, in order, what is sent and what is expected. As soon as something
 * expected does not come, the conversation is over: every later call does nothing and returns at once, so no
 * scenario needs to look at results. Pointers returned after that point to harmless, empty things.
 *
 * Expectations are about the current session: the first one at first, then the one that was last expected
 * with talk_expect_new_session() or chosen with talk_turn_to().
 *
 * A failure names the requirement that is being checked: the first of the scenario's, or that of the last
 * talk_checking(); steps that every scenario takes (registering) name their own. Its verdict follows from the level
 * of the requirement and from the profile (verdict.h). */
#ifndef MOCKCLIPPER_TALK_TALK_H
#define MOCKCLIPPER_TALK_TALK_H

#include "engine/batch.h"
#include "engine/draft.h"
#include "engine/engine.h"
#include "engine/oracle.h"
#include "talk/scenario.h"

/* ---- Parameters ------------------------------------------------------------------------------------- */

duration talk_poll_timeout(const talk *t);     /* D */
duration talk_activity_timeout(const talk *t); /* TO */

/* How long the container takes from its start to its first message: as it did, or as a trial has measured it before;
 * 0 when neither is known. */
duration talk_start_time(const talk *t);

clipper_data_type talk_input_type(const talk *t);

/* What the scenario gives its conversation (scenario.h). */
const scenario_parameter *talk_parameter(const talk *t);

/* ---- Before the start ------------------------------------------------------------------------------- */

/* Skips the scenario where the kit has not started the container (--attach): for those that make it end. Functions that
 * change the container's start, or look at its process, do so by themselves. */
void talk_need_own_container(talk *t);

/* Skips it where that is so, or the container is that of an image: for those that look at its process or its files. */
void talk_need_own_process(talk *t);

/* Skips the scenario where NAME does not resolve to 127.0.0.1. */
void talk_need_host_name(talk *t, const char *name);

/* Clipper listens at another address of this machine, of which the container is told (CLIPPER_IP). Skipped where the
 * machine does not have it. A container that was started before is ended, and all begins anew. */
void talk_listen_at(talk *t, const char *address);

/* Skips the scenario where a trial has seen the model take longer than AT_MOST for an answer. */
void talk_need_quick_model(talk *t, duration at_most);

/* Changes the environment that the container is started with: "NAME=VALUE" sets, "NAME" removes. */
void talk_set_variable(talk *t, const char *change);

/* Clipper is not up yet: connections are refused until talk_listen_now(). */
void talk_listen_later(talk *t);
void talk_listen_now(talk *t);

/* A request of talk_slow_items() is to take DELAY: by itself, where the user has named an input that takes long, or
 * because the container's model waits where it offers that (CLIPPER_MODEL_DELAY_MS). See talk_expect_slow_model(). */
void talk_slow_model(talk *t, duration delay);

/* What D of the container's clock, which may be accelerated, is by ours. */
duration talk_by_container_clock(const talk *t, duration d);

/* Gives the container a wall clock of its own, by libfaketime; see talk_step_wall_clock(). Skipped where that library
 * is not on this machine. */
void talk_own_wall_clock(talk *t);

/* Starts the container. */
void talk_start(talk *t);

/* Starts a second container by the same command. The next session that begins becomes the current one. Expectations of
 * the process are about the first. */
void talk_start_another(talk *t);

/* The first session that begins after that has a routing identity of its own. */
void talk_expect_own_identity(talk *t);

/* Starts the container, and goes through the handshake as Clipper does; heartbeats are answered from then on.
 * With a container that is running, goes through the handshake of the current session. */
void talk_register(talk *t);

/* ---- How Clipper behaves ---------------------------------------------------------------------------- */

/* Clipper answers heartbeats and registers containers by itself from now on: keep-alive to those that are
 * registered, "send your metadata" to the others. */
void talk_answer_heartbeats(talk *t);

/* Clipper answers nothing from now on. */
void talk_fall_silent(talk *t);

/* Clipper ends: it closes all connections, and refuses new ones until talk_listen_now(). */
void talk_stop_listening(talk *t);

/* The same, and a Clipper without any registration listens at once at the same address, and answers by itself. */
void talk_restart_clipper(talk *t);

/* Clipper drops the registration of the current session. */
void talk_forget_container(talk *t);

/* Injects a fault: see fault_parse() for the text. One that never fires is an error of the kit. */
void talk_inject(talk *t, const char *text);

/* ---- What is sent ----------------------------------------------------------------------------------- */

void talk_send_keep_alive(talk *t);
void talk_send_metadata_request(talk *t);

/* Sends any frames, and destroys the draft. */
void talk_send_draft(talk *t, draft *sent);

/* Sends a prediction request with a new message id, which is returned. */
uint32_t talk_send_request(talk *t, const batch *items);
void talk_send_request_as(talk *t, uint32_t id, const batch *items);

/* Sets the container's wall clock STEP ahead of the true time (behind it when negative); its monotonic clock goes on.
 * Skipped where libfaketime did not get into the process. */
void talk_step_wall_clock(talk *t, duration step);

/* Sends SIGNAL to the process, as a supervisor does. */
void talk_send_signal(talk *t, int signal);

/* ---- Batches ---------------------------------------------------------------------------------------- */

/* A batch of the container's input type, freed with the conversation. Empty: add items (batch.h). */
batch *talk_new_batch(talk *t);

/* COUNT items of ELEMENTS elements; where the user has said what the container is fed, such ones. (Not in scenarios with
 * items of their own.) */
batch *talk_uniform_batch(talk *t, size_t count, size_t elements);

/* The same, whatever the user has said: for what no model will see. */
batch *talk_random_batch(talk *t, size_t count, size_t elements);

/* COUNT items, the i-th of ELEMENTS[i] elements, or as talk_uniform_batch(). */
batch *talk_ragged_batch(talk *t, const size_t *elements, size_t count);

/* A request for ITEMS with a new message id, to be edited and sent. */
draft *talk_draft(talk *t, const batch *items);

/* The request drafted last must not be answered: MAL-20. */
void talk_must_not_answer(talk *t);

/* For whatever else is random. */
random_source *talk_random(talk *t);

/* ---- What is expected ------------------------------------------------------------------------------- */

/* The requirement that is checked from now on. */
void talk_checking(talk *t, const char *id);

/* The same, also for steps that name another requirement; NULL: no longer. */
void talk_checking_only(talk *t, const char *id);

/* The next message is a heartbeat. */
void talk_expect_heartbeat(talk *t);

/* The same as the first message, or the container ends with a failure before it: then the scenario is
 * skipped, for REASON. */
void talk_expect_heartbeat_or_refusal(talk *t, const char *reason);

/* The container sends nothing but heartbeats for HOW_LONG. */
void talk_expect_only_heartbeats(talk *t, duration how_long);

/* In silence, heartbeats come at D, 2D, ... after the last message to the container, until the session ends
 * and a new one begins: not before TO, not much later. The new session becomes the current one. */
void talk_expect_heartbeats_and_new_session(talk *t);

/* COUNT heartbeats, each a D after the message before it. */
void talk_expect_heartbeats_at_poll_timeout(talk *t, unsigned count);

/* A trial has seen that the container keeps the timers that its environment names. */
void talk_expect_told_timers(talk *t);

/* While messages keep coming every D/4, from BEGINNING until now, the current session has sent no more
 * heartbeats than BEFORE, a count of talk_heartbeats_so_far(). LONGEST_GAP: the longest time between two of our
 * messages. */
size_t talk_heartbeats_so_far(talk *t);
void talk_expect_no_heartbeat_since(talk *t, size_t before, instant beginning, duration longest_gap);

/* Clipper stays silent until SINCE_LAST_SENT after its last message to the container, which may send heartbeats
 * meanwhile. Where this machine is late, the scenario is inconclusive. */
void talk_stay_silent_for(talk *t, duration since_last_sent);

/* For how long, since FROM, this machine may have kept kit or container from doing anything. */
duration talk_time_lost_since(talk *t, instant from);

/* How long silence is watched; 0: the end of the session is not waited for. */
typedef struct silence_patience {
    duration heartbeat;
    duration session;
} silence_patience;

/* What came in it, after our last message; 0: nothing did. */
typedef struct silence_seen {
    duration heartbeat;  /* the first */
    duration session;    /* the next session */
    hindrance hindrance; /* meanwhile, and in a D before */
} silence_seen;

/* Watches what the container does while Clipper is silent. Nothing is judged. */
void talk_observe_silence(talk *t, silence_patience patience, silence_seen *seen);

/* A new session begins, with a heartbeat; it becomes the current one. */
void talk_expect_new_session(talk *t);

/* A new session begins while the model still works on a request. Where it does not, as the answer comes
 * first, the scenario is skipped. */
void talk_expect_new_session_while_working(talk *t);

/* For HOW_LONG nothing but heartbeats comes on the current session. What comes on HOME, that of an unanswered request,
 * is in its place: the scenario is skipped then. */
void talk_expect_no_answer_elsewhere(talk *t, session *home, duration how_long);

/* Clipper answers by itself: the container registers, in this session or in another, which becomes the
 * current one. WITHIN: the time for that, beside what a new session may take. */
void talk_expect_registration(talk *t, duration within);

/* The connection of that earlier session closes. */
void talk_expect_connection_closed(talk *t, const session *s);

/* Nothing came by the closed connection of that earlier session after the current one began. */
void talk_expect_no_parting_heartbeat(talk *t, session *old);

/* The next message but heartbeats is a new container message of the right input type. */
void talk_expect_new_container(talk *t);

/* The same, of any input type. */
void talk_expect_any_new_container(talk *t);

/* As talk_expect_new_container(), with every field compared with the environment of the container. */
void talk_expect_exact_new_container(talk *t);

/* The next message but answered heartbeats is the response to that request: id, form, number of outputs and,
 * where the model is known, the outputs. */
void talk_expect_response(talk *t, uint32_t id, const batch *items);

/* The same, but when no answer comes, that is a finding, and the conversation goes on: the next request may bring it to
 * light. */
void talk_expect_response_if_any(talk *t, uint32_t id, const batch *items);

/* Sends a request with that id and items that depend on it: no two of 512 with consecutive ids are alike, in count, sizes
 * and values, as far as the container's feed allows. */
void talk_send_varied(talk *t, uint32_t id);

/* Each of COUNT such requests with ids from FIRST on is answered once, in any order, with its own outputs. */
void talk_expect_varied(talk *t, uint32_t first, size_t count);

/* The same, and one new container message among them. */
void talk_expect_varied_and_new_container(talk *t, uint32_t first, size_t count);

/* Finds out what the items of such requests are answered alone, where no model is known, and compares the outputs with that:
 * those that have come, and those that will. */
void talk_learn_varied(talk *t);

/* The same before a flight, with a single request tried. The scenario is skipped where that fails: batches are the
 * matter of others. */
void talk_try_varied(talk *t);

/* talk_send_request() and talk_expect_response(). That no answer comes breaches a requirement of predictions: what is
 * being checked, if it is one. */
void talk_predict(talk *t, const batch *items);

/* The same of a batch. Without a known model some of its items are asked alone, too, and must get the same answers, unless
 * the model gives another answer each time: that is information. */
void talk_predict_compared(talk *t, const batch *items);

/* A plain prediction that the container must answer, to show that it still serves. Nothing, where it is known that it
 * answers none. */
void talk_canary(talk *t);

/* The same before a scenario that is about predictions, unless one has been answered in this run. Skips the scenario
 * where it is known that none is. */
void talk_first_prediction(talk *t);

/* What was sent last is dropped: nothing is sent for it, and two plain predictions are answered. */
void talk_expect_dropped(talk *t);

/* One item that the model is to take long for. */
const batch *talk_slow_items(talk *t);

/* The model is as slow as talk_slow_model() wants, tried with one request; else the scenario is skipped. */
void talk_expect_slow_model(talk *t);

/* Skips the scenario where that takes longer than AT_MOST. */
void talk_need_slow_model_within(talk *t, duration at_most);

/* The process ends within a few seconds. */
void talk_expect_exit(talk *t);

/* Waits so long, or until the process has ended. */
void talk_allow_exit_for(talk *t, duration how_long);

/* The process ends by itself within a few seconds, and sends nothing but heartbeats until its connection closes: any
 * other message breaches the requirement that is checked, a crash is a failure, and a process that goes on, or ends by
 * an uncaught exception, breaches the requirement REFUSED. One that goes on must serve. */
void talk_expect_graceful_exit(talk *t, const char *refused);

/* The process that ended did so by itself, not by a signal; an uncaught exception is a breach of PROC-9. */
void talk_expect_no_crash(talk *t);

/* The process does not leave SIGNAL at its default, which it would not get as process 1 of an image. */
void talk_expect_handler(talk *t, int signal);

/* It ended with status 0, or by SIGNAL, and not by an uncaught exception. A crash breaches the requirement ENDED. */
void talk_expect_exit_by(talk *t, const char *ended, int signal);

/* It ended with a status other than 0. */
void talk_expect_failure_status(talk *t);

/* The process still runs after HOW_LONG. */
void talk_expect_running_for(talk *t, duration how_long);

/* How many bytes the container has written to stdout and stderr. */
size_t talk_output_so_far(talk *t);

/* It has written AT_LEAST to AT_MOST bytes since BEFORE. */
void talk_expect_output_since(talk *t, size_t before, size_t at_least, size_t at_most);

/* Only what the container writes from now on counts for talk_expect_words(). */
void talk_note_output(talk *t);

/* One of WORDS (ended with NULL) is on stdout or stderr. */
void talk_expect_words(talk *t, const char *const words[]);

/* The resident memory of the process, in KiB; 0 when unknown. */
size_t talk_resident_kilobytes(talk *t);

/* It is at most KILOBYTES. */
void talk_expect_memory_below(talk *t, size_t kilobytes);

/* No unexpected message has come, but heartbeats. */
void talk_expect_nothing_more(talk *t);

/* ---- Sessions --------------------------------------------------------------------------------------- */

/* The current session. Never NULL: a blank one before the first. */
session *talk_session(talk *t);
void talk_turn_to(talk *t, session *s);

/* The expected message that came last. Never NULL: an empty one when the conversation is over. Valid until the next
 * expectation. */
const message *talk_latest(const talk *t);

/* ---- Judging ---------------------------------------------------------------------------------------- */

/* A finding that ends the conversation. EXPECTED and ACTUAL become the outcome's. ID: the requirement, or NULL for the
 * one that is being checked. */
void talk_breach(talk *t, const char *id, char *expected, char *actual);

/* A finding; the conversation goes on. */
void talk_remark(talk *t, const char *id, char *expected, char *actual);

/* A departure from what one profile asks for and the other tolerates: lenient, or a failure under that profile. */
void talk_depart(talk *t, profile from, const char *id, char *expected, char *actual);

/* Until talk_excuse(t, NULL): a breach would prove nothing; the scenario is skipped then, for REASON. */
void talk_excuse(talk *t, const char *reason);

/* Skips the scenario: there is nothing to be judged, for REASON. */
void talk_skip(talk *t, const char *reason);

/* Whether the conversation is over. */
bool talk_is_over(const talk *t);

#endif
