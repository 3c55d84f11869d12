#include "engine/feed.h"

#include "base/heap.h"
#include "engine/describe.h"
#include "engine/samples.h"

#include <stdlib.h>
#include <string.h>

#define MOST_ELEMENTS 100000000

struct feed {
    clipper_data_type type;
    const feed_choice *choice;
    rows *samples; /* NULL without any */
    rows *slow;    /* NULL without any */
};

/* ---- What the user asks for ------------------------------------------------------------------------------- */

bool feed_parse_ranges(void *member, const char *text) {
    return range_list_parse(member, text);
}

bool feed_parse_elements(void *member, const char *text) {
    range_list list = {0};
    bool good = range_list_parse(&list, text) && list.count == 1 && list.ranges[0].last <= MOST_ELEMENTS;
    if (good)
        *(element_range *)member = (element_range){list.ranges[0].first, list.ranges[0].last};
    range_list_free(&list);
    return good;
}

bool feed_has_samples(const feed_choice *choice) {
    return choice->items != NULL || choice->items_dir != NULL;
}

char *feed_format_elements(const void *member) {
    const element_range *lengths = member;
    if (lengths->least == lengths->most)
        return lengths->least != 0 ? heap_format("%zu", lengths->least) : NULL;
    return heap_format("%zu-%zu", lengths->least, lengths->most);
}

char *feed_format_ranges(const void *member) {
    const range_list *list = member;
    char *all = NULL;
    for (size_t i = 0; i < list->count; i++) {
        const range *each = &list->ranges[i];
        char *last = each->last != SIZE_MAX ? heap_format("%zu", each->last) : heap_text("");
        char *longer =
            heap_format("%s%s%zu-%s", all != NULL ? all : "", all != NULL ? "," : "", each->first, last);
        free(last);
        free(all);
        all = longer;
    }
    return all;
}

size_t element_range_draw(const element_range *lengths, random_source *random, size_t elements) {
    if (lengths->least == 0)
        return elements;
    return lengths->least + (size_t)random_below(random, lengths->most - lengths->least + 1);
}

const char *feed_choice_problem(const feed_choice *choice) {
    bool reads_csv = choice->items != NULL || choice->slow_items != NULL || choice->slow_item != NULL;
    if (choice->items != NULL && choice->items_dir != NULL)
        return "--items goes with no --items-dir";
    if (feed_has_samples(choice) && choice->elements.least != 0)
        return "--elements is for items that are made up: it goes with neither --items nor --items-dir";
    if (choice->slow_items != NULL && choice->slow_item != NULL)
        return "--slow-items goes with no --slow-item";
    if (choice->rows.count != 0 && choice->items == NULL)
        return "--rows needs --items";
    if (choice->columns.count != 0 && !reads_csv)
        return "--columns needs --items";
    if (choice->any_shape && !feed_has_samples(choice) && choice->elements.least == 0)
        return "--any-shape needs --items, --items-dir or --elements";
    return NULL;
}

const char *feed_source(const feed_choice *choice) {
    return choice->items != NULL ? choice->items : choice->items_dir;
}

void feed_choice_free(feed_choice *choice) {
    range_list_free(&choice->rows);
    range_list_free(&choice->columns);
}

rows *feed_read_samples(const feed_choice *choice, clipper_data_type type, size_t label, char **problem) {
    if (choice->items_dir != NULL)
        return samples_read_folder(choice->items_dir, type, problem);
    if (samples_are_json_lines(choice->items))
        return samples_read_json_lines(choice->items, type, problem);
    return rows_read(choice->items, type, &choice->rows, &choice->columns, label, problem);
}

/* ---- A feed --------------------------------------------------------------------------------------------------- */

/* Puts the file that cannot be read before *PROBLEM. */
static void name_file(char **problem, const char *file) {
    char *full = heap_format("%s: %s", file, *problem);
    free(*problem);
    *problem = full;
}

static bool read_slow_items(feed *self, char **problem) {
    const feed_choice slow = {.items = self->choice->slow_items, .columns = self->choice->columns};
    if (slow.items != NULL) {
        self->slow = feed_read_samples(&slow, self->type, 0, problem);
        if (self->slow == NULL)
            name_file(problem, slow.items);
    } else if (self->choice->slow_item != NULL) {
        self->slow = rows_of_text(self->choice->slow_item, self->type, &slow.columns, problem);
        if (self->slow == NULL)
            name_file(problem, "--slow-item");
    }
    return self->slow != NULL || (slow.items == NULL && self->choice->slow_item == NULL);
}

feed *feed_new(const feed_choice *choice, clipper_data_type type, char **problem) {
    feed *self = heap_new(sizeof *self);
    bool good = true;
    self->type = type;
    self->choice = choice;
    if (feed_has_samples(choice)) {
        self->samples = feed_read_samples(choice, type, 0, problem);
        good = self->samples != NULL;
        if (!good)
            name_file(problem, feed_source(choice));
    }
    if (!good || !read_slow_items(self, problem))
        feed_destroy(&self);
    return self;
}

void feed_destroy(feed **self_p) {
    feed *self = *self_p;
    if (self == NULL)
        return;
    rows_destroy(&self->samples);
    rows_destroy(&self->slow);
    free(self);
    *self_p = NULL;
}

bool feed_keeps_shape(const feed *self) {
    return (self->samples != NULL || self->choice->elements.least != 0) && !self->choice->any_shape;
}

void feed_add_item(const feed *self, batch *to, random_source *random, size_t *next, size_t elements) {
    if (self != NULL && self->samples != NULL) {
        const batch *all = self->samples->items;
        const clipper_frame *item = &all->items[(*next)++ % all->count];
        batch_add_bytes(to, item->base, item->len);
        return;
    }
    if (self != NULL)
        elements = element_range_draw(&self->choice->elements, random, elements);
    batch_add_random(to, random, elements);
}

bool feed_has_slow_item(const feed *self) {
    return self->slow != NULL;
}

void feed_add_slow_item(const feed *self, batch *to) {
    batch_add_bytes(to, self->slow->items->items[0].base, self->slow->items->items[0].len);
}

/* ---- In words ------------------------------------------------------------------------------------------------- */

static char *count_elements(clipper_data_type type, const element_range *lengths) {
    int letters = (int)strlen(data_type_name(type)) - (lengths->most == 1); /* "1 double", "2 doubles" */
    if (type == CLIPPER_TYPE_STRINGS)
        return heap_format("an input of 1 string");
    if (lengths->least != lengths->most)
        return heap_format("an input of %zu to %zu %s", lengths->least, lengths->most, data_type_name(type));
    return heap_format("an input of %zu %.*s", lengths->least, letters, data_type_name(type));
}

char *feed_describe(const feed *self, size_t elements) {
    const element_range otherwise = {elements, elements};
    if (self->samples != NULL)
        return heap_format("item 1 of %s", feed_source(self->choice));
    return count_elements(self->type,
                          self->choice->elements.least != 0 ? &self->choice->elements : &otherwise);
}
