#include "support_session.h"

clipper_frame text_frame(const char *text) {
    clipper_frame frame = {text, strlen(text)};
    return frame;
}

clipper_session_config test_config(void) {
    clipper_session_config config = clipper_session_default_config();
    config.poll_timeout_ms = D;
    config.activity_timeout_ms = TO;
    config.name = text_frame("digits");
    config.model_version = text_frame("7");
    return config;
}

void start_session(clipper_session *session, const clipper_session_config *config) {
    const clipper_session_config usual = test_config();
    assert_int_equal(clipper_session_init(session, config ? config : &usual), CLIPPER_SESSION_ERROR_OK);
}

static void put_u32(uint8_t *bytes, uint32_t value) {
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
}

static void put_u64(uint8_t *bytes, uint64_t value) {
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
}

static clipper_session_action receive_heartbeat(clipper_session *session, uint32_t version, uint32_t type,
                                                uint64_t now) {
    uint8_t words[3][4];
    const clipper_frame frames[] = {{NULL, 0}, {words[0], 4}, {words[1], 4}, {words[2], 4}};
    put_u32(words[0], version);
    put_u32(words[1], 2);
    put_u32(words[2], type);
    return clipper_session_on_message(session, frames, 4, now);
}

clipper_session_action receive_keep_alive(clipper_session *session, uint64_t now) {
    return receive_heartbeat(session, 3, 0, now);
}

clipper_session_action receive_send_metadata(clipper_session *session, uint64_t now) {
    return receive_heartbeat(session, 3, 1, now);
}

clipper_session_action receive_heartbeat_of_version(clipper_session *session, uint32_t version,
                                                    uint64_t now) {
    return receive_heartbeat(session, version, 0, now);
}

clipper_session_action receive_request(clipper_session *session, uint32_t id, clipper_data_type type,
                                       size_t size, uint64_t now) {
    uint8_t words[4][4], length[8], metadata[24];
    /* The item's bytes are nowhere: the session must not look at them. */
    const clipper_frame frames[] = {{NULL, 0},     {words[0], 4}, {words[1], 4},  {words[2], 4},
                                    {words[3], 4}, {length, 8},   {metadata, 24}, {NULL, size}};
    put_u32(words[0], 3);
    put_u32(words[1], 1);
    put_u32(words[2], id);
    put_u32(words[3], 0);
    put_u64(length, sizeof metadata);
    put_u64(metadata, (uint64_t)type);
    put_u64(metadata + 8, 1);
    put_u64(metadata + 16, size);
    return clipper_session_on_message(session, frames, 8, now);
}

clipper_session_action receive_feedback(clipper_session *session, uint32_t id, uint64_t now) {
    uint8_t words[4][4];
    const clipper_frame frames[] = {{NULL, 0},     {words[0], 4}, {words[1], 4},
                                    {words[2], 4}, {words[3], 4}, {"like", 4}};
    put_u32(words[0], 3);
    put_u32(words[1], 1);
    put_u32(words[2], id);
    put_u32(words[3], 1);
    return clipper_session_on_message(session, frames, 6, now);
}

clipper_session_action receive_new_container(clipper_session *session, uint64_t now) {
    uint8_t words[2][4];
    const clipper_frame frames[] = {{NULL, 0}, {words[0], 4}, {words[1], 4}, {"digits", 6}};
    put_u32(words[0], 3);
    put_u32(words[1], 0);
    return clipper_session_on_message(session, frames, 4, now);
}

clipper_session_action receive_garbage(clipper_session *session, uint64_t now) {
    const clipper_frame frames[] = {{"garbage", 7}};
    return clipper_session_on_message(session, frames, 1, now);
}

void assert_frame(const clipper_session *session, size_t index, const void *bytes, size_t len) {
    assert_true(index < session->frame_count);
    assert_int_equal(session->frames[index].len, len);
    if (len != 0)
        assert_memory_equal(session->frames[index].base, bytes, len);
}

void assert_heartbeat_frames(const clipper_session *session) {
    assert_int_equal(session->frame_count, 2);
    assert_frame(session, 0, "", 0);
    assert_frame(session, 1, "\2\0\0\0", 4);
}
