/* A model that does what stops a process from ending. Its path: "open-blocks", "close-blocks"; an item: "sleep",
 * "spin", "fail". */
#include <clipper/model.h>
#include <string.h>
#include <unistd.h>

static int blocks_on_close;

static void block(void) {
    for (;;)
        pause();
}

static int stubborn_open(const char *path, void **state, char *error, size_t capacity) {
    (void)state;
    (void)error;
    (void)capacity;
    if (strcmp(path, "open-blocks") == 0)
        block();
    blocks_on_close = strcmp(path, "close-blocks") == 0;
    return 0;
}

static int is(clipper_frame item, const char *text) {
    return item.len == strlen(text) && memcmp(item.base, text, item.len) == 0;
}

static int stubborn_predict(void *state, const clipper_batch *batch, clipper_outputs *outputs) {
    (void)state;
    for (size_t i = 0; i < clipper_batch_count(batch); i++) {
        const clipper_frame item = clipper_batch_item(batch, i);
        if (is(item, "sleep"))
            block();
        while (is(item, "spin"))
            ;
        if (is(item, "fail"))
            return 1;
        clipper_outputs_add_input(outputs, batch, i);
    }
    return 0;
}

static void stubborn_close(void *state) {
    (void)state;
    if (blocks_on_close)
        block();
}

const clipper_model clipper_model_v1 = {
    .name = "stubborn", .open = stubborn_open, .predict = stubborn_predict, .close = stubborn_close};
