/* Counts the steps (basic blocks) that the codec takes: linear SHAPE N prints one number.
 *
 * The codec is compiled with -fsanitize-coverage=trace-pc, which calls us at each step; this file is not.
 * SHAPE is a message of N items, or a stream of N frames, that is hard on the codec in some way; N at
 * least 2. */
#include <clipper/flat.h>

#include <stdio.h>
#include <stdlib.h>

static unsigned long long steps;

void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void) {
    steps++;
}

typedef struct shape {
    const char *name;
    int inbound, feedback, typed;
    uint64_t type, size; /* of every item */
    int wrong_last;      /* the last item is a byte longer than it should be */
    int extra;           /* frames too many */
    int just;            /* the limits are just kept: nothing can be accepted at first sight */
} shape;

static const shape shapes[] = {
    {"request", 1, 0, 1, 3, 8, 0, 0, 0},
    {"request-just-within-limits", 1, 0, 1, 3, 8, 0, 0, 1},
    {"request-last-item-wrong", 1, 0, 1, 0, 5, 1, 0, 0},
    {"request-extra-frame", 1, 0, 1, 0, 5, 0, 1, 0},
    {"response-release", 0, 0, 0, 0, 5, 0, 0, 0},
    {"response-document", 0, 0, 1, 4, 5, 0, 0, 0},
    {"response-last-item-wrong", 0, 0, 0, 0, 5, 1, 0, 0},
    {"feedback", 1, 1, 0, 0, 5, 0, 0, 0},
};

static void store(uint8_t *out, uint64_t value, unsigned octets) {
    for (unsigned i = 0; i < octets; i++)
        out[i] = (uint8_t)(value >> 8 * i);
}

/* Decodes the message of that shape, both ways, and encodes it again where it is right. */
static void run_message(const shape *s, size_t n) {
    size_t head = s->inbound ? s->feedback ? 5 : 7 : 5, words = s->feedback ? 0 : n + (s->typed ? 2 : 1);
    size_t count = head + n + (size_t)s->extra, i, at = 1;
    clipper_frame *frames = calloc(count, sizeof *frames), *encoded = calloc(count, sizeof *frames);
    uint8_t *bytes = calloc(64 + 8 * words, 1), *scratch = calloc(64 + 8 * words, 1), *next = bytes;
    clipper_options options = clipper_default_options();
    clipper_storage storage = {encoded, count, scratch, 64 + 8 * words};
    clipper_message message;
    clipper_encoded used;
    clipper_decoder decoder;
    const uint32_t inbound[] = {3, 1, 7, (uint32_t)s->feedback}, outbound[] = {1, 7};
    for (i = 0; i < (s->inbound ? 4u : 2u); i++, next += 4) {
        store(next, s->inbound ? inbound[i] : outbound[i], 4);
        frames[at++] = (clipper_frame){next, 4};
    }
    if (!s->feedback) {
        store(next, 8 * words, 8);
        frames[at++] = (clipper_frame){next, 8};
        next += 8;
        frames[at++] = (clipper_frame){next, 8 * words};
        if (s->typed)
            store(next, s->type, 8);
        store(next + 8 * (words - n - 1), n, 8);
        for (i = 0; i < n; i++)
            store(next + 8 * (words - n + i), s->size, 8);
    }
    for (i = 0; i < n; i++)
        frames[head + i] = (clipper_frame){(const void *)(uintptr_t)1, (size_t)s->size};
    frames[head + n - 1].len += (size_t)s->wrong_last;
    if (s->just)
        options.limits = (clipper_limits){n, s->size, n * s->size, 0};
    if (clipper_decode(s->inbound ? CLIPPER_TO_CONTAINER : CLIPPER_TO_CLIPPER, frames, count, &options,
                       &message, NULL) == CLIPPER_OK)
        (void)clipper_encode(&message, message.wire, &storage, &used, NULL);
    clipper_decoder_init(&decoder, s->inbound ? CLIPPER_TO_CONTAINER : CLIPPER_TO_CLIPPER, &options);
    for (i = 0; i < count; i++)
        if (clipper_decoder_push(&decoder, frames[i], i + 1 < count) == CLIPPER_EVENT_ERROR)
            break;
    free(frames);
    free(encoded);
    free(bytes);
    free(scratch);
}

/* A stream of N commands and then N empty frames, byte by byte, and split. */
static void run_stream(size_t n) {
    uint8_t *stream = calloc(4 * n, 1);
    clipper_frame *frames = calloc(n, sizeof *frames), data;
    clipper_flat_reader reader;
    size_t i, count, used;
    for (i = 0; i < n; i++)
        stream[2 * i] = 4;
    for (i = n; i + 1 < 2 * n; i++)
        stream[2 * i] = 1;
    (void)clipper_flat_split((clipper_frame){stream, 4 * n}, NULL, frames, n, &count, &used, NULL);
    clipper_flat_reader_init(&reader, NULL);
    for (i = 0; i < 4 * n; i++) {
        clipper_frame input = {stream + i, 1};
        while (clipper_flat_read(&reader, &input, &data) > CLIPPER_FLAT_STARVED)
            ;
    }
    free(stream);
    free(frames);
}

int main(int argc, char **argv) {
    size_t n = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    if (argc == 1) { /* the names of the shapes */
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
            printf("%s\n", shapes[i].name);
        printf("stream\n");
        return 0;
    }
    if (n < 2)
        return 2;
    if (strcmp(argv[1], "stream") == 0)
        run_stream(n);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (strcmp(argv[1], shapes[i].name) == 0)
            run_message(&shapes[i], n);
    printf("%llu\n", steps);
    return steps == 0;
}
