/* caller.pml: one session, and a caller that may do anything at any time: every event in every state.
 *
 * Spin's exhaustive search goes through each step of it once; with PRINTF it shows them, and that is the whole
 * automaton of the session (tests/spin/automaton.py). Spin's simulations are random walks through it.
 */
#include "bugs.pml"
#include "session.pml"

clipper_session session;

active proctype caller() {
    mtype event, action;
    do
    :: d_step {
           grow_older(0, session)
       }
    :: atomic {
           if
           :: event = on_open
           :: event = keep_alive
           :: event = asks_metadata
           :: event = request
           :: event = wrong_type
           :: event = feedback_request
           :: event = malformed
           :: event = other_version
           :: event = on_activity
           :: event = on_time
           :: event = on_backlog
           :: event = on_disconnect
           fi;
           d_step {
               call(0, session, event, action);
               event = none;
               action = none
           }
       }
    od
}
