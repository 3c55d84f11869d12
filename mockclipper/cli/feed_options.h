/* The options of the feed (engine/feed.h), for the tables of the commands that send items. */
#ifndef MOCKCLIPPER_CLI_FEED_OPTIONS_H
#define MOCKCLIPPER_CLI_FEED_OPTIONS_H

#define FEED_NO_RANGES "is no list of ranges such as 1-64 or 1,3-"

/* Rows of the table of OPTIONS, a type with the member FEED, a feed_choice. LENGTH: what items have without them. */
#define FEED_OPTIONS(options, feed, length)                                                                  \
    {"elements",                                                                                             \
     CLI_PARSED,                                                                                             \
     "N|A-B",                                                                                                \
     offsetof(options, feed.elements),                                                                       \
     .parse = feed_parse_elements,                                                                           \
     .not_parsed = "is no number of elements such as 64, or 1-64",                                           \
     .format = feed_format_elements,                                                                         \
     .shown = length,                                                                                        \
     .for_repeat = true,                                                                                     \
     .help = "length of each item that is made up"},                                                         \
        {"items",                                                                                            \
         CLI_TEXT,                                                                                           \
         "FILE",                                                                                             \
         offsetof(options, feed.items),                                                                      \
         .for_repeat = true,                                                                                 \
         .help = "send these items: the rows of a CSV file, `-` for stdin, or JSON lines, each a string of " \
                 "hex digits (*.jsonl)"},                                                                    \
        {"items-dir",                                                                                        \
         CLI_TEXT,                                                                                           \
         "DIR",                                                                                              \
         offsetof(options, feed.items_dir),                                                                  \
         .for_repeat = true,                                                                                 \
         .help = "send these items: the bytes of each file of DIR are one"},                                 \
        {"rows",                                                                                             \
         CLI_PARSED,                                                                                         \
         "RANGES",                                                                                           \
         offsetof(options, feed.form.wanted),                                                                \
         .parse = feed_parse_ranges,                                                                         \
         .not_parsed = FEED_NO_RANGES,                                                                       \
         .format = feed_format_ranges,                                                                       \
         .for_repeat = true,                                                                                 \
         .help =                                                                                             \
             "only these rows of the CSV file, such as 1-100,200-, counted from 1 with a header and blank "  \
             "lines"},                                                                                       \
        {"columns",                                                                                          \
         CLI_PARSED,                                                                                         \
         "COLUMNS",                                                                                          \
         offsetof(options, feed.form.columns),                                                               \
         .parse = feed_parse_columns,                                                                        \
         .not_parsed = "is no list of columns such as 1-64, 3,1 or age,height",                              \
         .format = feed_format_columns,                                                                      \
         .for_repeat = true,                                                                                 \
         .shown = "all",                                                                                     \
         .help = "these columns of it, in this order: numbers, ranges, and with --header names (in quotes, " \
                 "where they look like numbers)"},                                                           \
        {"header",                                                                                           \
         CLI_FLAG,                                                                                           \
         NULL,                                                                                               \
         offsetof(options, feed.form.header),                                                                \
         .for_repeat = true,                                                                                 \
         .help = "its first row has the names of the columns"},                                              \
        {"delimiter",                                                                                        \
         CLI_PARSED,                                                                                         \
         "CHAR",                                                                                             \
         offsetof(options, feed.form.delimiter),                                                             \
         .parse = feed_parse_delimiter,                                                                      \
         .not_parsed = "is no ASCII character, nor tab, nor none",                                           \
         .format = feed_format_delimiter,                                                                    \
         .for_repeat = true,                                                                                 \
         .shown = "a comma",                                                                                 \
         .help = "what divides its fields: a character, tab, or none (each line is a string as it is)"},     \
    {                                                                                                        \
        "ragged", CLI_FLAG, NULL, offsetof(options, feed.form.ragged),                                       \
            .for_repeat = true, .help = "its rows may have different numbers of columns"                     \
    }

#endif
