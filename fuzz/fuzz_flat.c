/* The flat form: any stream, cut anyhow, and any message written and read back.
 *
 * Input: octet (bit 0: a message to be written, otherwise a stream; bit 1: limits follow), u32 (how to cut),
 * [4 numbers: limits], then frames as items (input.h) or the stream's bytes. */
#include <clipper/flat.h>

#include "check.h"
#include "input.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- The reader, fed piece by piece -------------------------------------------------------------------- */

/* All that a reader tells: bodies joined, one after another, and the frames by their sizes. */
typedef struct told {
    struct {
        uint64_t len;
        int more, whole;
        size_t index;
    } frame[4096];
    size_t frames;
    uint8_t *bodies;
    size_t bytes;
    clipper_error error;
    clipper_diagnosis diagnosis;
} told;

static void begin(told *t) {
    t->frames = t->bytes = 0;
    t->bodies = NULL;
    t->error = CLIPPER_OK;
    memset(&t->diagnosis, 0, sizeof t->diagnosis);
}

static uint32_t next_random(uint64_t *seed) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

/* For read_all: all at once. */
#define WHOLE SIZE_MAX

/* Notes one event; INPUT was given to the reader, and it has left REST of it. */
static void note(told *t, const clipper_flat_reader *r, clipper_flat_event event, clipper_frame data,
                 clipper_frame before, clipper_frame after) {
    const uint8_t *begin = before.base, *piece = data.base;
    PROMISE("F-5",
            after.len <= before.len &&
                (after.len == before.len || (const uint8_t *)after.base == begin + (before.len - after.len)),
            "the input is moved past what was used");
    PROMISE("F-5", event == CLIPPER_FLAT_DATA || (data.len == 0 && !data.base), "only DATA has data");
    if (event == CLIPPER_FLAT_FRAME) {
        PROMISE("F-3", t->frames == 0 || t->frame[t->frames - 1].whole,
                "a frame ends before the next begins");
        t->frame[t->frames].len = r->len;
        t->frame[t->frames].more = r->more != 0;
        t->frame[t->frames].index = r->index;
        t->frame[t->frames++].whole = 0;
    } else if (event == CLIPPER_FLAT_DATA) {
        PROMISE("F-5", data.len > 0 && piece >= begin && piece + data.len == begin + (before.len - after.len),
                "DATA is at least one byte, the last ones used");
        PROMISE("F-3", t->frames > 0 && !t->frame[t->frames - 1].whole, "data belongs to a frame");
        memcpy(t->bodies + t->bytes, data.base, data.len);
        t->bytes += data.len;
    } else if (event == CLIPPER_FLAT_END) {
        PROMISE("F-3", t->frames > 0 && !t->frame[t->frames - 1].whole, "a frame ends once");
        t->frame[t->frames - 1].whole = 1;
    } else if (event == CLIPPER_FLAT_STARVED) {
        PROMISE("F-5", after.len == 0, "a starved reader has used all");
    }
}

/* Reads STREAM at once, or in pieces of 1 to PIECE bytes. */
static void read_all(told *t, clipper_frame stream, const clipper_limits *limits, uint64_t seed,
                     size_t piece) {
    clipper_flat_reader *reader = exact_block(sizeof *reader);
    clipper_flat_event event = CLIPPER_FLAT_STARVED;
    size_t events = 0, pieces = 0;
    begin(t);
    clipper_flat_reader_init(reader, limits);
    t->bodies = exact_block(stream.len);
    while (event != CLIPPER_FLAT_ERROR) {
        size_t len = piece != WHOLE ? 1 + next_random(&seed) % piece : stream.len;
        uint8_t *block;
        clipper_frame in, before, data;
        if (len > stream.len)
            len = stream.len;
        pieces++;
        block = exact_copy(stream.base, len);
        in = (clipper_frame){block, len};
        do {
            before = in;
            event = clipper_flat_read(reader, &in, &data);
            note(t, reader, event, data, before, in);
            events++;
        } while (event > CLIPPER_FLAT_STARVED);
        free(block);
        if (len == 0)
            break;
        stream.base = (const uint8_t *)stream.base + len;
        stream.len -= len;
    }
    PROMISE("G-5", events <= pieces + 2 * t->frames + t->bytes + 1,
            "reading is done in as many calls as there is input");
    t->error = event == CLIPPER_FLAT_ERROR ? reader->diagnosis.error : CLIPPER_OK;
    t->diagnosis = reader->diagnosis;
    if (event == CLIPPER_FLAT_ERROR) {
        clipper_frame more = {"\0\0", 2}, data;
        PROMISE("F-5",
                clipper_flat_read(reader, &more, &data) == CLIPPER_FLAT_ERROR &&
                    same_diagnosis(&reader->diagnosis, &t->diagnosis) && more.len == 2,
                "an error stays");
    }
    free(reader);
}

static void check_same(const told *a, const told *b) {
    PROMISE("F-1", a->error == b->error && a->frames == b->frames && a->bytes == b->bytes,
            "how a stream is cut does not matter");
    PROMISE("F-1", a->bytes == 0 || memcmp(a->bodies, b->bodies, a->bytes) == 0, "nor to the bodies");
    PROMISE("F-1", same_diagnosis(&a->diagnosis, &b->diagnosis), "nor to the diagnosis");
    for (size_t i = 0; i < a->frames; i++)
        PROMISE("F-1",
                a->frame[i].len == b->frame[i].len && a->frame[i].more == b->frame[i].more &&
                    a->frame[i].index == b->frame[i].index && a->frame[i].whole == b->frame[i].whole,
                "nor to the frames");
}

/* ---- The same in the plainest way ---------------------------------------------------------------------- */

/* Reads STREAM, all of it at once and without limits, into T. Stops where it is wrong or ends. */
static void read_plainly(told *t, clipper_frame stream) {
    const uint8_t *at = stream.base;
    size_t left = stream.len, index = 0;
    begin(t);
    t->bodies = exact_block(stream.len);
    if (left > 0 && at[0] == 0xff) {
        size_t n = left < 64 ? left : 64;
        if ((n > 9 && at[9] != 0x7f) || (n > 10 && at[10] != 3)) {
            t->error = CLIPPER_FLAT_GREETING;
            return;
        }
        at += n;
        left -= n;
    }
    while (left > 0) {
        unsigned flags = at[0];
        size_t octets = flags & 2 ? 8 : 1, body;
        uint64_t len = 0;
        if (flags > 7 || (flags & 5) == 5) {
            t->error = CLIPPER_FLAT_FLAGS;
            return;
        }
        if (left < 1 + octets)
            return;
        for (size_t i = 0; i < octets; i++)
            len = len << 8 | at[1 + i];
        at += 1 + octets;
        left -= 1 + octets;
        body = len < left ? (size_t)len : left;
        if (!(flags & 4)) {
            t->frame[t->frames].len = len;
            t->frame[t->frames].more = flags & 1;
            t->frame[t->frames].index = index;
            t->frame[t->frames++].whole = body == len;
            index = flags & 1 ? index + 1 : 0;
            if (body != 0)
                memcpy(t->bodies + t->bytes, at, body);
            t->bytes += body;
        }
        at += body;
        left -= body;
    }
}

/* The limits that the reader derives from what a decodable message may have, as its manual says. */
static uint64_t add(uint64_t a, uint64_t b) {
    return b > UINT64_MAX - a ? UINT64_MAX : a + b;
}

static void check_limits(const told *t, const clipper_limits *limits) {
    uint64_t metadata = limits->items > UINT64_MAX / 8 - 2 ? UINT64_MAX : 8 * (limits->items + 2);
    uint64_t longest = metadata > limits->item_bytes ? metadata : limits->item_bytes, total = 0;
    if (limits->text_bytes > longest)
        longest = limits->text_bytes;
    for (size_t i = 0; i < t->frames; i++) {
        total = t->frame[i].index == 0 ? t->frame[i].len : add(total, t->frame[i].len);
        PROMISE("F-4", t->frame[i].len <= longest,
                "no frame is announced that is longer than could be decoded");
        PROMISE("F-4", t->frame[i].index < add(limits->items, 7), "nor more frames than could be decoded");
        PROMISE("F-4",
                limits->text_bytes > UINT64_MAX / 4 ||
                    total <= add(add(limits->total_bytes, metadata), add(3 * limits->text_bytes, 64)),
                "nor a message that is larger");
    }
    if (t->error == CLIPPER_FRAME_TOO_LARGE || t->error == CLIPPER_TOO_MANY_FRAMES ||
        t->error == CLIPPER_MESSAGE_TOO_LARGE)
        PROMISE("F-4", t->diagnosis.actual > t->diagnosis.expected || t->diagnosis.actual == UINT64_MAX,
                "a limit that is exceeded is");
}

static void check_against_plain(const told *t, clipper_frame stream) {
    static told plain;
    size_t frames = t->frames;
    int limited = t->error == CLIPPER_FRAME_TOO_LARGE || t->error == CLIPPER_TOO_MANY_FRAMES ||
                  t->error == CLIPPER_MESSAGE_TOO_LARGE;
    read_plainly(&plain, stream);
    PROMISE("F-6", limited || plain.error == t->error, "a stream is wrong where ZMTP 3 says so");
    PROMISE("F-6", limited ? frames <= plain.frames : frames == plain.frames, "it has the frames of ZMTP 3");
    PROMISE("F-6",
            t->bytes <= plain.bytes && (limited || t->bytes == plain.bytes) &&
                (t->bytes == 0 || memcmp(t->bodies, plain.bodies, t->bytes) == 0),
            "with the bodies of ZMTP 3");
    for (size_t i = 0; i < frames; i++)
        PROMISE("F-6",
                t->frame[i].len == plain.frame[i].len && t->frame[i].more == plain.frame[i].more &&
                    t->frame[i].index == plain.frame[i].index && t->frame[i].whole == plain.frame[i].whole,
                "and the sizes of ZMTP 3");
    if (t->error == CLIPPER_FLAT_GREETING)
        PROMISE("F-5", t->diagnosis.offset < 64 && t->diagnosis.expected != t->diagnosis.actual,
                "the diagnosis is about an octet of the greeting");
    else
        PROMISE("F-5", t->diagnosis.offset == 0, "the diagnosis is about the flags or the frame");
    free(plain.bodies);
}

/* ---- A message that is all there ----------------------------------------------------------------------- */

/* The frames of the first message in T; 0 where it is not whole. */
static size_t first_message(const told *t) {
    for (size_t i = 0; i < t->frames; i++)
        if (t->frame[i].whole && !t->frame[i].more)
            return i + 1;
    return 0;
}

static void check_split(const told *t, clipper_frame stream, const clipper_limits *limits, size_t capacity) {
    size_t count, used, expected = first_message(t), offset = 0;
    clipper_diagnosis diagnosis;
    clipper_frame *list = exact_block(capacity * sizeof *list);
    clipper_error error = clipper_flat_split(stream, limits, list, capacity, &count, &used, &diagnosis);
    PROMISE("F-3", diagnosis.error == error, "the diagnosis has the error that is returned");
    if (expected == 0) {
        PROMISE("F-3", count == 0 && used == 0, "no message, no frames");
        PROMISE("F-3", error == (t->error != CLIPPER_OK ? t->error : CLIPPER_FLAT_TRUNCATED),
                "split finds what the reader finds");
        PROMISE("F-3", t->error == CLIPPER_OK || same_diagnosis(&diagnosis, &t->diagnosis),
                "at the same place");
    } else if (expected > capacity) {
        PROMISE("F-3", error == CLIPPER_NO_SPACE && count == expected && used == 0,
                "split says what it needs");
    } else {
        const uint8_t *begin = stream.base, *end = begin;
        PROMISE("F-3", error == CLIPPER_OK && count == expected && used <= stream.len,
                "split finds the message");
        PROMISE("F-3", all_zero(&diagnosis, sizeof diagnosis), "on success the diagnosis is zero");
        for (size_t i = 0; i < count; i++) {
            const uint8_t *base = list[i].base;
            PROMISE("F-3",
                    list[i].len == t->frame[i].len && base >= end && base + list[i].len <= begin + used,
                    "frames are in the stream, in their order");
            PROMISE("F-3", list[i].len == 0 || memcmp(base, t->bodies + offset, list[i].len) == 0,
                    "with their bodies");
            end = base + list[i].len;
            offset += list[i].len;
        }
        PROMISE("F-3", end == begin + used, "what is used ends with the last frame");
    }
    free(list);
}

static void check_stream(clipper_frame stream, const clipper_limits *limits, uint64_t seed) {
    static told whole, cut;
    const clipper_limits usual = clipper_default_limits();
    read_all(&whole, stream, limits, 0, WHOLE);
    read_all(&cut, stream, limits, seed, 1 + seed % 19);
    check_same(&whole, &cut);
    check_limits(&whole, limits ? limits : &usual);
    check_against_plain(&whole, stream);
    check_split(&whole, stream, limits, seed % 12);
    check_split(&whole, stream, limits, first_message(&whole));
    free(whole.bodies);
    free(cut.bodies);
}

/* ---- A message that is written ------------------------------------------------------------------------- */

static void check_header(uint64_t len, int more) {
    uint8_t *header = exact_block(CLIPPER_FLAT_HEADER_MAX);
    size_t octets = clipper_flat_header(len, more, header);
    uint64_t told = 0;
    PROMISE("F-2", octets == (len <= 255 ? 2 : 9), "a length has 1 or 8 octets");
    for (size_t i = 1; i < octets; i++)
        told = told << 8 | header[i];
    PROMISE("F-2", told == len && header[0] == ((more ? 1 : 0) | (len > 255 ? 2 : 0)),
            "flags and length are right");
    free(header);
}

static void check_write(const frames *all, const clipper_limits *limits, uint64_t seed) {
    size_t need, used;
    uint8_t *bytes;
    clipper_message message;
    clipper_options options = clipper_default_options();
    clipper_error error = clipper_flat_write(all->list, all->count, (clipper_span){NULL, 0}, &need);
    for (size_t i = 0; i < all->count; i++)
        check_header(all->list[i].len, i + 1 < all->count);
    if (all->count == 0) {
        PROMISE("F-2", error == CLIPPER_EMPTY_MESSAGE && need == 0, "a message without frames is none");
        return;
    }
    PROMISE("F-2", error == CLIPPER_NO_SPACE, "no message fits nowhere");
    for (size_t i = 0; i < all->count; i++)
        if (all->list[i].base == UNREADABLE)
            return; /* there is no memory for what it claims */
    bytes = exact_block(need - 1);
    PROMISE("F-2",
            clipper_flat_write(all->list, all->count, (clipper_span){bytes, need - 1}, &used) ==
                    CLIPPER_NO_SPACE &&
                used == need && (need == 1 || bytes[0] == 0xa5),
            "one byte less is no space, and nothing is written");
    free(bytes);
    bytes = exact_block(need);
    PROMISE("F-2",
            clipper_flat_write(all->list, all->count, (clipper_span){bytes, need}, &used) == CLIPPER_OK &&
                used == need,
            "what was needed is what is used");
    {
        clipper_frame *list = exact_block(all->count * sizeof *list);
        size_t count;
        const clipper_limits none = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX};
        PROMISE("F-2",
                clipper_flat_split((clipper_frame){bytes, need}, &none, list, all->count, &count, &used,
                                   NULL) == CLIPPER_OK &&
                    count == all->count && used == need,
                "what is written is read");
        for (size_t i = 0; i < count; i++)
            PROMISE("F-2", same_bytes(list[i], all->list[i]), "what is written is read back");
        if (limits)
            options.limits = *limits;
        for (int to = CLIPPER_TO_CONTAINER; to <= CLIPPER_TO_CLIPPER; to++)
            if (clipper_decode((clipper_direction)to, all->list, all->count, &options, &message, NULL) ==
                CLIPPER_OK)
                PROMISE("F-4",
                        clipper_flat_split((clipper_frame){bytes, need}, limits, list, all->count, &count,
                                           &used, NULL) == CLIPPER_OK,
                        "what could be decoded passes the limits");
        free(list);
    }
    check_stream((clipper_frame){bytes, need}, limits, seed);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input in = {data, size};
    unsigned flags = input_octet(&in);
    uint64_t seed = input_u32(&in);
    clipper_options options;
    const clipper_limits *limits = NULL;
    judging(CLIPPER_TO_CONTAINER, NULL, 0);
    if (flags & 2) {
        (void)input_options(&in, OPTION_LIMITS, &options);
        limits = &options.limits;
    }
    if (in.left > 4000)
        return 0;
    if (flags & 1) {
        frames all = input_items(&in);
        judging(CLIPPER_TO_CONTAINER, all.list, all.count);
        check_write(&all, limits, seed);
        frames_free(&all);
    } else {
        uint8_t *stream = exact_copy(in.at, in.left);
        check_stream((clipper_frame){stream, in.left}, limits, seed);
        free(stream);
    }
    return 0;
}
