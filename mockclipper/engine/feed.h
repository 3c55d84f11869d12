/* The feed: where the items come from that containers are sent. A real model takes one shape of input, which the user
 * names or gives samples of; without either, items are random and as long as the sender likes. */
#ifndef MOCKCLIPPER_ENGINE_FEED_H
#define MOCKCLIPPER_ENGINE_FEED_H

#include "base/file.h"
#include "engine/rows.h"

/* Lengths of items, in elements. */
typedef struct element_range {
    size_t least; /* 0: none were asked for */
    size_t most;
} element_range;

/* What the user asks for. Texts belong to somebody else. */
typedef struct feed_choice {
    const char *items;     /* a file of samples, "-" for stdin, or NULL */
    file_text items_text;  /* what it has, once that was read: a pipe can be read only once */
    const char *items_dir; /* a folder of them, or NULL */
    rows_form form;        /* of a CSV file */
    element_range elements;
    bool any_shape;         /* other shapes may be sent, too */
    const char *slow_items; /* a file of samples that a model takes long for, or NULL */
    const char *slow_item;  /* one such, as a row of a CSV file, or NULL */
} feed_choice;

/* For the options: MEMBER is an element_range, a range_list, a column_list, a column_list of one, a char. */
bool feed_parse_elements(void *member, const char *text);
bool feed_parse_ranges(void *member, const char *text);
bool feed_parse_columns(void *member, const char *text);
bool feed_parse_column(void *member, const char *text);
bool feed_parse_delimiter(void *member, const char *text);

/* And back; NULL for none. The caller's to free. */
char *feed_format_elements(const void *member);
char *feed_format_ranges(const void *member);
char *feed_format_columns(const void *member);
char *feed_format_delimiter(const void *member);

/* A length among them; ELEMENTS where none were asked for. */
size_t element_range_draw(const element_range *lengths, random_source *random, size_t elements);

/* Why CHOICE cannot be, in words; NULL when it can. */
const char *feed_choice_problem(const feed_choice *choice);

/* Whether samples were given. */
bool feed_has_samples(const feed_choice *choice);

/* The file or folder of them; NULL without any. */
const char *feed_source(const feed_choice *choice);
void feed_choice_free(feed_choice *choice);

/* Reads the file of items, for those who read it as several types. False when it cannot be read: *PROBLEM, which names
 * it, is the caller's to free. */
bool feed_choice_read(feed_choice *choice, char **problem);

/* The samples of CHOICE as elements of TYPE: rows of a CSV file as rows_read() has them; JSON lines (a file whose name
 * ends in .json, .jsonl or .ndjson, or whose first line is such), each a string of hex digits, or an object whose
 * member "items" is a list of them, as `decode` writes them; with a folder one item a file, its bytes. NULL on
 * failure, with *PROBLEM a text to be freed. */
rows *feed_read_samples(const feed_choice *choice, clipper_data_type type, char **problem);

/* A feed for containers of one type. It is never changed, so that threads may share it. */
typedef struct feed feed;

/* NULL when samples cannot be read as elements of TYPE, with *PROBLEM a text to be freed. */
feed *feed_new(const feed_choice *choice, clipper_data_type type, char **problem);
void feed_destroy(feed **self_p);

/* Whether items have a shape that the user chose, and no other may be sent. */
bool feed_keeps_shape(const feed *self);

/* Adds an item to TO: the next sample after *NEXT others, or a random one. ELEMENTS: its length, where nothing else
 * was asked for. (SELF may be NULL: random.) */
void feed_add_item(const feed *self, batch *to, random_source *random, size_t *next, size_t elements);

/* Whether the user named an item that takes long; adds the first such to TO. */
bool feed_has_slow_item(const feed *self);
void feed_add_slow_item(const feed *self, batch *to);

/* The first item in words: "item 1 of digits.csv", "an input of 1 double", "an input of 64 doubles". ELEMENTS as for
 * feed_add_item(). The caller's to free. */
char *feed_describe(const feed *self, size_t elements);

#endif
