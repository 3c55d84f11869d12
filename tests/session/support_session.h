/* Sessions under test and the messages that Clipper sends them, written down as bytes. */
#ifndef SUPPORT_SESSION_H
#define SUPPORT_SESSION_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "clipper/session.h"

/* D and TO of the sessions under test. */
enum {
    D = 5000,
    TO = 30000
};

/* A view of a text. */
clipper_frame text_frame(const char *text);

/* Model "digits", version "7", input type doubles, release wire, D and TO as above. */
clipper_session_config test_config(void);

/* A session with CONFIG, or with test_config() when that is NULL; not open yet. */
void start_session(clipper_session *session, const clipper_session_config *config);

/* Delivers a message from Clipper to SESSION at NOW. */
clipper_session_action receive_keep_alive(clipper_session *session, uint64_t now);
clipper_session_action receive_send_metadata(clipper_session *session, uint64_t now);
clipper_session_action receive_heartbeat_of_version(clipper_session *session, uint32_t version, uint64_t now);
/* A prediction request with one item of SIZE bytes. */
clipper_session_action receive_request(clipper_session *session, uint32_t id, clipper_data_type type,
                                       size_t size, uint64_t now);
clipper_session_action receive_feedback(clipper_session *session, uint32_t id, uint64_t now);
clipper_session_action receive_new_container(clipper_session *session, uint64_t now);
clipper_session_action receive_garbage(clipper_session *session, uint64_t now);

/* Fails the test unless frame INDEX of what SESSION wants sent is these bytes. */
void assert_frame(const clipper_session *session, size_t index, const void *bytes, size_t len);
/* Fails the test unless SESSION wants a heartbeat sent, byte for byte. */
void assert_heartbeat_frames(const clipper_session *session);

#endif
