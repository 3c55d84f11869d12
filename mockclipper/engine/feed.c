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

bool feed_parse_columns(void *member, const char *text) {
    return column_list_parse(member, text);
}

bool feed_parse_column(void *member, const char *text) {
    column_list *list = member;
    column_list_free(list);
    return column_list_parse(list, text) && column_list_is_one(list);
}

/* Delimiters that are awkward to type. */
static const struct {
    const char *word;
    char delimiter;
} delimiters[] = {
    {"comma", ','}, {"tab", '\t'}, {"\\t", '\t'}, {"semicolon", ';'}, {"none", CSV_PLAIN_LINES}};

bool feed_parse_delimiter(void *member, const char *text) {
    char *delimiter = member;
    for (size_t i = 0; i < sizeof delimiters / sizeof *delimiters; i++) {
        if (strcmp(text, delimiters[i].word) == 0) {
            *delimiter = delimiters[i].delimiter;
            return true;
        }
    }
    *delimiter = *text;
    return (*text == '\t' || (*text >= ' ' && *text <= '~')) && *text != '"' && text[1] == '\0';
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
        char *each = range_text(&list->ranges[i]);
        char *longer = heap_format("%s%s%s", all != NULL ? all : "", all != NULL ? "," : "", each);
        free(each);
        free(all);
        all = longer;
    }
    return all;
}

char *feed_format_columns(const void *member) {
    return column_list_format(member);
}

char *feed_format_delimiter(const void *member) {
    const char *delimiter = member;
    if (*delimiter == CSV_PLAIN_LINES)
        return heap_text("none");
    if (*delimiter == '\t')
        return heap_text("tab");
    return *delimiter != '\0' ? heap_format("%c", *delimiter) : NULL;
}

size_t element_range_draw(const element_range *lengths, random_source *random, size_t elements) {
    if (lengths->least == 0)
        return elements;
    return lengths->least + (size_t)random_below(random, lengths->most - lengths->least + 1);
}

/* Why the form of CHOICE cannot be, in words; NULL when it can. */
static const char *form_problem(const feed_choice *choice) {
    const rows_form *form = &choice->form;
    bool reads_csv = choice->items != NULL || choice->slow_items != NULL;
    bool names = column_list_has_names(&form->columns);
    if (form->wanted.count != 0 && choice->items == NULL)
        return "--rows needs --items";
    if (form->columns.count != 0 && !reads_csv && choice->slow_item == NULL)
        return "--columns needs --items";
    if (form->header && !reads_csv)
        return "--header needs --items";
    if (form->ragged && !reads_csv)
        return "--ragged needs --items";
    if (form->delimiter != '\0' && !reads_csv && choice->slow_item == NULL)
        return "--delimiter needs --items";
    if ((names || column_list_has_names(&form->label)) && !form->header)
        return "a column is known by its name with --header only";
    if (names && choice->slow_item != NULL)
        return "--slow-item has no names of columns: give --columns by number";
    return NULL;
}

const char *feed_choice_problem(const feed_choice *choice) {
    if (choice->items != NULL && choice->items_dir != NULL)
        return "--items goes with no --items-dir";
    if (feed_has_samples(choice) && choice->elements.least != 0)
        return "--elements is for items that are made up: it goes with neither --items nor --items-dir";
    if (choice->slow_items != NULL && choice->slow_item != NULL)
        return "--slow-items goes with no --slow-item";
    if (choice->any_shape && !feed_has_samples(choice) && choice->elements.least == 0)
        return "--any-shape needs --items, --items-dir or --elements";
    return form_problem(choice);
}

const char *feed_source(const feed_choice *choice) {
    if (choice->items == NULL)
        return choice->items_dir;
    return strcmp(choice->items, "-") == 0 ? "stdin" : choice->items;
}

void feed_choice_free(feed_choice *choice) {
    range_list_free(&choice->form.wanted);
    column_list_free(&choice->form.columns);
    column_list_free(&choice->form.label);
    file_free(&choice->items_text);
}

/* ---- Samples -------------------------------------------------------------------------------------------------- */

/* Puts the file that cannot be read before *PROBLEM. */
static void name_file(char **problem, const char *file) {
    char *full = heap_format("%s: %s", file, *problem);
    free(*problem);
    *problem = full;
}

bool feed_choice_read(feed_choice *choice, char **problem) {
    if (choice->items == NULL || file_read(&choice->items_text, choice->items, problem))
        return true;
    name_file(problem, feed_source(choice));
    return false;
}

static rows *read_text(const char *path, const file_text *text, clipper_data_type type, const rows_form *form,
                       char **problem) {
    if (samples_are_json_lines(path, text))
        return samples_read_json_lines(text, type, problem);
    return rows_read(text->bytes, text->len, type, form, problem);
}

static rows *read_file(const char *path, clipper_data_type type, const rows_form *form, char **problem) {
    file_text text;
    rows *result = file_read(&text, path, problem) ? read_text(path, &text, type, form, problem) : NULL;
    file_free(&text);
    return result;
}

rows *feed_read_samples(const feed_choice *choice, clipper_data_type type, char **problem) {
    if (choice->items_dir != NULL)
        return samples_read_folder(choice->items_dir, type, problem);
    if (choice->items_text.bytes != NULL)
        return read_text(choice->items, &choice->items_text, type, &choice->form, problem);
    return read_file(choice->items, type, &choice->form, problem);
}

/* ---- A feed --------------------------------------------------------------------------------------------------- */

static bool read_slow_items(feed *self, char **problem) {
    const feed_choice *choice = self->choice;
    const char *file = choice->slow_items, *row = choice->slow_item;
    rows_form form = choice->form;
    form.wanted = (range_list){NULL, 0};
    form.label = (column_list){NULL, 0};
    if (file == NULL && row == NULL)
        return true;
    if (file == NULL)
        form.header = false;
    self->slow = file != NULL ? read_file(file, self->type, &form, problem)
                              : rows_read(row, strlen(row), self->type, &form, problem);
    if (self->slow == NULL)
        name_file(problem, file != NULL ? file : "--slow-item");
    return self->slow != NULL;
}

feed *feed_new(const feed_choice *choice, clipper_data_type type, char **problem) {
    feed *self = heap_new(sizeof *self);
    bool good = true;
    self->type = type;
    self->choice = choice;
    if (feed_has_samples(choice)) {
        self->samples = feed_read_samples(choice, type, problem);
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
