/* The flat form: ZMTP 3's message framing, written and read.
 *
 * The reader is a state machine over octets: flags, length, body. A split is a reader that is given the whole
 * input at once.
 *
 * Invariant: a frame's length is within the limits before the frame is reported, so message_bytes_ never
 * exceeds message_limit_. */
#include "clipper/flat.h"
#include "wire.h"

enum {
    FLAG_MORE = 1,
    FLAG_LONG = 2,
    FLAG_COMMAND = 4,
    FLAGS_KNOWN = 7
};

/* The greeting of ZMTP 3: its first octet, which no flags octet can be, and what is checked. */
enum {
    GREETING_FIRST = 0xff,
    GREETING_SIZE = 64,
    GREETING_END_OF_SIGNATURE = 9, /* offset of an octet 7F */
    GREETING_MAJOR = 10            /* offset of the major version, 3 */
};

enum flat_state {
    AT_STREAM, /* nothing read yet: a greeting or a flags octet */
    IN_GREETING,
    AT_FLAGS,
    IN_LENGTH,
    AT_BODY, /* the length is known; the body, possibly empty, is next */
    IN_BODY,
    FLAT_FAILED
};

/* ---- Writing ------------------------------------------------------------------------------------------- */

size_t clipper_flat_header(uint64_t len, int more, uint8_t header[CLIPPER_FLAT_HEADER_MAX]) {
    size_t i;
    header[0] = more ? FLAG_MORE : 0;
    if (len <= 255) {
        header[1] = (uint8_t)len;
        return 2;
    }
    header[0] |= FLAG_LONG;
    /*@ loop invariant 0 <= i <= 8;
        loop assigns i, header[1 .. 8];
        loop variant 8 - i; */
    for (i = 0; i < 8; i++)
        header[1 + i] = (uint8_t)(len >> (56 - 8 * i));
    return CLIPPER_FLAT_HEADER_MAX;
}

static size_t header_size(size_t len) {
    return len <= 255 ? 2 : CLIPPER_FLAT_HEADER_MAX;
}

/* All bytes of COUNT frames, or SIZE_MAX when that does not fit. */
static size_t flat_size(const clipper_frame *frames, size_t count) {
    size_t size = 0, i;
    /*@ loop invariant 0 <= i <= count && size == flat_bytes(frames, i);
        loop invariant \forall integer j; 0 <= j <= i ==> 0 <= flat_bytes(frames, j) <= size;
        loop assigns i, size;
        loop variant count - i; */
    for (i = 0; i < count; i++) {
        size_t header = header_size(frames[i].len);
        if (header > SIZE_MAX - size || frames[i].len > SIZE_MAX - size - header)
            return SIZE_MAX;
        size += header + frames[i].len;
    }
    return size;
}

clipper_error clipper_flat_write(const clipper_frame *frames, size_t count, clipper_span out, size_t *used) {
    uint8_t *to = (uint8_t *)out.base;
    size_t size = flat_size(frames, count), i;
    *used = size;
    if (count == 0)
        return CLIPPER_EMPTY_MESSAGE;
    if (size > out.len || size == SIZE_MAX)
        return CLIPPER_NO_SPACE;
    /*@ loop invariant 0 <= i <= count && to == (uint8_t *)out.base + flat_bytes{Pre}(frames, i);
        loop assigns i, to, ((uint8_t *)out.base)[0 .. out.len - 1];
        loop variant count - i; */
    for (i = 0; i < count; i++) {
        uint8_t header[CLIPPER_FLAT_HEADER_MAX];
        size_t header_len = clipper_flat_header(frames[i].len, i + 1 < count, header);
        //@ assert frames[i].len == \at(frames[\at(i, Here)].len, Pre);
        //@ assert flat_bytes{Pre}(frames, i + 1) == flat_bytes{Pre}(frames, i) + header_len + frames[i].len;
        //@ assert 0 <= flat_bytes{Pre}(frames, i) && flat_bytes{Pre}(frames, i + 1) <= size <= out.len;
        memcpy(to, header, header_len);
        to += header_len;
        if (frames[i].len != 0)
            memcpy(to, (const uint8_t *)frames[i].base, frames[i].len);
        to += frames[i].len;
    }
    return CLIPPER_OK;
}

/* ---- Reading ------------------------------------------------------------------------------------------- */

static uint64_t add(uint64_t a, uint64_t b) {
    return b > UINT64_MAX - a ? UINT64_MAX : a + b;
}

static uint64_t times(uint64_t a, uint64_t b) {
    return a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

static uint64_t larger(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

void clipper_flat_reader_init(clipper_flat_reader *reader, const clipper_limits *limits) {
    clipper_limits chosen = limits ? *limits : clipper_default_limits();
    uint64_t metadata = times(add(chosen.items, TYPED_WORDS), WORD);
    memset(reader, 0, sizeof *reader);
    reader->frame_limit_ = larger(metadata, larger(chosen.item_bytes, chosen.text_bytes));
    reader->frames_limit_ = add(chosen.items, CLIPPER_FRAMES_MAX(0));
    reader->message_limit_ = add(add(chosen.total_bytes, metadata), add(times(chosen.text_bytes, 3), 64));
}

static clipper_flat_event fail_stream(clipper_flat_reader *r, clipper_error error, clipper_field field,
                                      size_t offset, uint64_t expected, uint64_t actual) {
    (void)clipper_diagnose_(&r->diagnosis, error, field, r->index, expected, actual);
    r->diagnosis.offset = offset;
    r->state_ = FLAT_FAILED;
    return CLIPPER_FLAT_ERROR;
}

/* Checks the octets of the greeting that only a ZMTP 3 peer sends. remaining_ counts down from 64. */
static int greeting_fails(clipper_flat_reader *r, uint8_t octet) {
    size_t offset = (size_t)(GREETING_SIZE - r->remaining_);
    uint8_t expected = offset == GREETING_END_OF_SIGNATURE ? 0x7f : offset == GREETING_MAJOR ? 3 : octet;
    if (octet != expected) {
        (void)fail_stream(r, CLIPPER_FLAT_GREETING, CLIPPER_FIELD_GREETING, offset, expected, octet);
        return 1;
    }
    r->remaining_--;
    if (r->remaining_ == 0)
        r->state_ = AT_FLAGS;
    return 0;
}

static int flags_fail(clipper_flat_reader *r, uint8_t octet) {
    if (!(octet & FLAG_COMMAND) && r->next_ == 0)
        r->message_bytes_ = 0;
    if ((octet & ~FLAGS_KNOWN) != 0 || ((octet & FLAG_COMMAND) && (octet & FLAG_MORE))) {
        r->index = r->next_;
        (void)fail_stream(r, CLIPPER_FLAT_FLAGS, CLIPPER_FIELD_FLAGS, 0, 0, octet);
        return 1;
    }
    r->flags_ = octet;
    r->len = 0;
    r->remaining_ = (octet & FLAG_LONG) ? 8 : 1;
    r->state_ = IN_LENGTH;
    return 0;
}

/* The length is complete: is it within the limits? */
static int length_fails(clipper_flat_reader *r) {
    if (r->len > r->frame_limit_) {
        (void)fail_stream(r, CLIPPER_FRAME_TOO_LARGE, CLIPPER_FIELD_NONE, 0, r->frame_limit_, r->len);
    } else if (r->flags_ & FLAG_COMMAND) {
        /* no part of a message: only its length is limited */
    } else if (r->index >= r->frames_limit_) {
        (void)fail_stream(r, CLIPPER_TOO_MANY_FRAMES, CLIPPER_FIELD_NONE, 0, r->frames_limit_,
                          (uint64_t)r->index + 1);
    } else if (r->len > r->message_limit_ - r->message_bytes_) {
        (void)fail_stream(r, CLIPPER_MESSAGE_TOO_LARGE, CLIPPER_FIELD_NONE, 0, r->message_limit_,
                          add(r->message_bytes_, r->len));
    } else {
        r->message_bytes_ += r->len;
    }
    return r->state_ == FLAT_FAILED;
}

/* Takes one octet outside a body. Returns not 0 when the stream is found wrong. */
static int octet_fails(clipper_flat_reader *r, uint8_t octet) {
    if (r->state_ == AT_STREAM) {
        r->state_ = AT_FLAGS;
        if (octet == GREETING_FIRST) {
            r->state_ = IN_GREETING;
            r->remaining_ = GREETING_SIZE;
        }
    }
    if (r->state_ == IN_GREETING)
        return greeting_fails(r, octet);
    if (r->state_ == AT_FLAGS)
        return flags_fail(r, octet);
    //@ admit r->len < 0x100000000000000 ==> (r->len << 8) == 256 * r->len;
    //@ admit r->len < 0x100000000000000 ==> (r->len << 8 | octet) == 256 * r->len + octet;
    r->len = r->len << 8 | octet;
    r->remaining_--;
    if (r->remaining_ != 0)
        return 0;
    r->remaining_ = r->len;
    r->state_ = AT_BODY;
    r->index = r->next_;
    if (!(r->flags_ & FLAG_COMMAND))
        r->more = (r->flags_ & FLAG_MORE) != 0;
    return length_fails(r);
}

static clipper_frame take(clipper_frame *input, size_t len) {
    clipper_frame taken;
    taken.base = input->base;
    taken.len = len;
    input->base = (const uint8_t *)input->base + len;
    input->len -= len;
    return taken;
}

/* Takes what INPUT has of the body, and the end of it. */
static clipper_flat_event read_body(clipper_flat_reader *r, clipper_frame *input, clipper_frame *data) {
    size_t piece = input->len < r->remaining_ ? input->len : (size_t)r->remaining_;
    if (r->remaining_ == 0) {
        r->state_ = AT_FLAGS;
        if (!(r->flags_ & FLAG_COMMAND))
            r->next_ = r->more ? r->index + 1 : 0;
        return CLIPPER_FLAT_END;
    }
    if (piece == 0)
        return CLIPPER_FLAT_STARVED;
    *data = take(input, piece);
    r->remaining_ -= piece;
    return CLIPPER_FLAT_DATA;
}

clipper_flat_event clipper_flat_read(clipper_flat_reader *reader, clipper_frame *input, clipper_frame *data) {
    memset(data, 0, sizeof *data);
    /*@ loop invariant sound(reader);
        loop invariant moved{Pre, Here}(input);
        loop invariant reader->next_ <= \at(reader->next_, Pre);
        loop invariant begun(reader->state_) - begun(\at(reader->state_, Pre)) <=
            \at(input->len, Pre) - input->len;
        loop invariant data->base == \null && data->len == 0;
        loop invariant to_do(reader->state_, input->len) <= \at(to_do(reader->state_, input->len), Pre);
        loop assigns *reader, *input, *data;
        loop variant to_do(reader->state_, input->len); */
    while (reader->state_ != FLAT_FAILED) {
        int command = (reader->flags_ & FLAG_COMMAND) != 0;
        if (reader->state_ == AT_BODY) {
            reader->state_ = IN_BODY;
            if (!command)
                return CLIPPER_FLAT_FRAME;
        } else if (reader->state_ == IN_BODY) {
            clipper_flat_event event = read_body(reader, input, data);
            //@ assert moved{Pre, Here}(input);
            if (!command || event == CLIPPER_FLAT_STARVED)
                return event;
            memset(data, 0, sizeof *data);
            //@ assert data->base == \null && data->len == 0;
            //@ assert sound(reader) && reader->next_ <= \at(reader->next_, Pre);
            //@ assert input->len <= \at(input->len, Pre);
            //@ assert moved{Pre, Here}(input);
            /*@ assert to_do(reader->state_, input->len) <
                    \at(to_do(reader->state_, input->len), LoopCurrent); */
        } else if (input->len == 0) {
            return CLIPPER_FLAT_STARVED;
        } else if (octet_fails(reader, *(const uint8_t *)take(input, 1).base)) {
            return CLIPPER_FLAT_ERROR;
        }
    }
    return CLIPPER_FLAT_ERROR;
}

/* ---- A whole message ----------------------------------------------------------------------------------- */

clipper_error clipper_flat_split(clipper_frame bytes, const clipper_limits *limits, clipper_frame *frames,
                                 size_t capacity, size_t *count, size_t *used, clipper_diagnosis *diagnosis) {
    clipper_flat_reader reader;
    clipper_flat_event event;
    clipper_frame input = bytes, data;
    clipper_diagnosis wrong;
    size_t taken = 0;
    int whole = 0;
    memset(&wrong, 0, sizeof wrong);
    clipper_flat_reader_init(&reader, limits);
    /*@ loop invariant input.len <= bytes.len;
        loop invariant (uint8_t *)input.base + input.len == (uint8_t *)bytes.base + bytes.len;
        loop invariant reader.next_ <= taken;
        loop invariant taken + begun(reader.state_) <= bytes.len - input.len;
        loop invariant sound(&reader);
        loop assigns reader, event, input, data, taken, whole, frames[0 .. capacity - 1];
        loop variant to_do(reader.state_, input.len); */
    do {
        event = clipper_flat_read(&reader, &input, &data);
        //@ assert (uint8_t *)input.base + input.len == (uint8_t *)bytes.base + bytes.len;
        if (event == CLIPPER_FLAT_FRAME && taken < capacity) {
            frames[taken].base = input.base; /* an empty frame, unless data comes */
            frames[taken].len = 0;
        } else if (event == CLIPPER_FLAT_DATA && taken < capacity) {
            frames[taken] = data;
        } else if (event == CLIPPER_FLAT_END) {
            taken++;
            whole = !reader.more;
        }
    } while (event > CLIPPER_FLAT_STARVED && !whole);

    if (event == CLIPPER_FLAT_ERROR)
        wrong = reader.diagnosis;
    else if (event == CLIPPER_FLAT_STARVED)
        (void)clipper_diagnose_(&wrong, CLIPPER_FLAT_TRUNCATED, CLIPPER_FIELD_NONE, taken, 0, 0);
    else if (taken > capacity)
        wrong.error = CLIPPER_NO_SPACE;
    //@ assert wrong.error == CLIPPER_OK ==> taken <= capacity;
    *count = wrong.error == CLIPPER_OK || wrong.error == CLIPPER_NO_SPACE ? taken : 0;
    *used = wrong.error == CLIPPER_OK ? bytes.len - input.len : 0;
    /*@ assert wrong.error == CLIPPER_OK ? *count <= capacity && *used <= bytes.len
            : *used == 0 && (wrong.error == CLIPPER_NO_SPACE || *count == 0); */
    if (diagnosis)
        *diagnosis = wrong;
    return wrong.error;
}
