/* The items of a prediction before version 3: all in one frame, split by the ends in the input header, by NULs, by
 * floats, or by the lengths that the frame itself begins with.
 *
 * Every function goes through its content once: it checks all of it, and puts views where there is room. So the
 * need is known, and nothing is copied. */
#include "era.h"

/* ---- Limits and room ----------------------------------------------------------------------------------- */

static uint64_t era_less(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* COUNT items, at byte OFFSET of the current frame. */
static clipper_error check_count(clipper_era_decoder *d, size_t offset, uint64_t count) {
    uint64_t most = era_less(d->options_.limits.items, CLIPPER_ERA_MOST);
    if (count == 0)
        return era_diagnose_item(d, CLIPPER_NO_ITEMS, CLIPPER_FIELD_ITEM_COUNT, 0, offset, 0, 0);
    if (count > most)
        return era_diagnose_item(d, CLIPPER_TOO_MANY_ITEMS, CLIPPER_FIELD_ITEM_COUNT, 0, offset, most, count);
    return CLIPPER_OK;
}

static clipper_error check_content(clipper_era_decoder *d, clipper_frame content) {
    uint64_t most = era_less(d->options_.limits.total_bytes, CLIPPER_ERA_MOST);
    if (content.len > most)
        return era_diagnose_item(d, CLIPPER_MESSAGE_TOO_LARGE, CLIPPER_FIELD_CONTENT, 0, 0, most,
                                 content.len);
    return CLIPPER_OK;
}

/* Item ITEM is the bytes from BEGIN to END of CONTENT. */
static clipper_error put_view(clipper_era_decoder *d, clipper_frame content, size_t item, size_t begin,
                              size_t end, const clipper_item_room *room) {
    uint64_t most = d->options_.limits.item_bytes;
    if (end - begin > most)
        return era_diagnose_item(d, CLIPPER_ITEM_TOO_LARGE, CLIPPER_FIELD_ITEM, item, begin, most,
                                 end - begin);
    if (item < room->capacity) {
        room->items[item].base = (const uint8_t *)content.base + begin;
        room->items[item].len = end - begin;
    }
    return CLIPPER_OK;
}

/* All COUNT items are right: was there room for them? */
static clipper_error finish_items(clipper_era_decoder *d, size_t count, clipper_data_type type,
                                  clipper_item_room *room) {
    clipper_prediction *prediction = &d->message.as.request;
    room->needed = count;
    if (count > room->capacity)
        return era_diagnose_item(d, CLIPPER_NO_SPACE, CLIPPER_FIELD_CONTENT, 0, 0, count, room->capacity);
    prediction->data_type = type;
    prediction->items = room->items;
    prediction->item_count = count;
    return CLIPPER_OK;
}

/* ---- The input header ---------------------------------------------------------------------------------- */

/* The ends e(1) to e(n-1) of numbers and bytes never descend; those of strings are 1 to n - 1, which is only
 * reported. */
static clipper_error check_ends(clipper_era_decoder *d, const uint8_t *words, size_t count, int strings) {
    uint32_t last = 0;
    size_t i;
    for (i = 1; i < count; i++) {
        uint32_t end = era_word(words, ERA_HEAD_WORDS + i - 1);
        size_t offset = ERA_WORD * (ERA_HEAD_WORDS + i - 1);
        if (strings && end != i) {
            if (d->options_.strict)
                return era_diagnose_item(d, CLIPPER_STRING_END, CLIPPER_FIELD_ITEM_SIZE, i - 1, offset, i,
                                         end);
            d->message.leniencies |= CLIPPER_LENIENCY_STRING_ENDS;
        }
        if (!strings && end < last)
            return era_diagnose_item(d, CLIPPER_END_DESCENDS, CLIPPER_FIELD_ITEM_SIZE, i - 1, offset, last,
                                     end);
        last = end;
    }
    return CLIPPER_OK;
}

clipper_error clipper_era_check_header_(clipper_era_decoder *d, clipper_frame frame) {
    const uint8_t *words = (const uint8_t *)frame.base;
    uint32_t type, count;
    clipper_error error;
    if (frame.len % ERA_WORD != 0 || frame.len / ERA_WORD < ERA_HEAD_WORDS)
        return era_diagnose_item(d, CLIPPER_METADATA_SIZE, CLIPPER_FIELD_METADATA, 0, 0, ERA_WORD, frame.len);
    type = era_word(words, 0);
    count = era_word(words, 1);
    if (type > CLIPPER_TYPE_STRINGS)
        return era_diagnose_item(d, CLIPPER_UNKNOWN_DATA_TYPE, CLIPPER_FIELD_DATA_TYPE, 0, 0,
                                 CLIPPER_TYPE_STRINGS, type);
    if (count != 0 && count != frame.len / ERA_WORD - 1)
        return era_diagnose_item(d, CLIPPER_ITEM_COUNT, CLIPPER_FIELD_ITEM_COUNT, 0, ERA_WORD,
                                 frame.len / ERA_WORD - 1, count);
    error = check_count(d, ERA_WORD, count);
    if (error != CLIPPER_OK)
        return error;
    d->message.as.request.data_type = (clipper_data_type)type;
    d->message.as.request.item_count = count;
    return check_ends(d, words, count, type == CLIPPER_TYPE_STRINGS);
}

/* ---- Requests ------------------------------------------------------------------------------------------ */

/* Bytes and numbers: item I goes from one end to the next, the last one to the end of the content. */
static clipper_error split_numbers(clipper_era_decoder *d, clipper_frame content, clipper_item_room *room) {
    const uint8_t *words = (const uint8_t *)d->held_.base;
    clipper_data_type type = d->message.as.request.data_type;
    size_t width = clipper_data_width(type), count = d->message.as.request.item_count;
    size_t elements = content.len / width, begin = 0, i;
    if (content.len % width != 0)
        return era_diagnose_item(d, CLIPPER_ITEM_WIDTH, CLIPPER_FIELD_CONTENT, 0, 0, width, content.len);
    if (elements == 0)
        return era_diagnose_item(d, CLIPPER_NO_ITEMS, CLIPPER_FIELD_CONTENT, 0, 0, 0, 0);
    for (i = 0; i < count; i++) {
        uint64_t end = i + 1 < count ? era_word(words, ERA_HEAD_WORDS + i) : elements;
        clipper_error error;
        if (end > elements)
            return era_diagnose_item(d, CLIPPER_CONTENT_SHORT, CLIPPER_FIELD_ITEM, i, content.len,
                                     width * end, content.len);
        error = put_view(d, content, i, width * begin, width * (size_t)end, room);
        if (error != CLIPPER_OK)
            return error;
        begin = (size_t)end;
    }
    return finish_items(d, count, type, room);
}

/* After the last string that was expected, bytes from AT on: strings too many, or a rest without a NUL. */
static clipper_error fail_rest(clipper_era_decoder *d, clipper_frame content, size_t at, size_t count) {
    const uint8_t *bytes = (const uint8_t *)content.base;
    uint64_t more = 0;
    size_t i;
    for (i = at; i < content.len; i++)
        more += bytes[i] == 0;
    if (more == 0)
        return era_diagnose_item(d, CLIPPER_BYTES_LEFT, CLIPPER_FIELD_CONTENT, 0, at, at, content.len);
    return era_diagnose_item(d, CLIPPER_STRING_COUNT, CLIPPER_FIELD_CONTENT, 0, at, count, count + more);
}

/* Strings: each goes to its NUL. */
static clipper_error split_strings(clipper_era_decoder *d, clipper_frame content, clipper_item_room *room) {
    const uint8_t *bytes = (const uint8_t *)content.base;
    size_t count = d->message.as.request.item_count, begin = 0, item = 0, i;
    for (i = 0; i < content.len && item < count; i++) {
        clipper_error error;
        if (bytes[i] != 0)
            continue;
        error = put_view(d, content, item, begin, i, room);
        if (error != CLIPPER_OK)
            return error;
        item++;
        begin = i + 1;
    }
    if (item == count && begin < content.len)
        return fail_rest(d, content, begin, count);
    if (begin < content.len)
        return era_diagnose_item(d, CLIPPER_NO_NUL, CLIPPER_FIELD_ITEM, item, content.len, 0, 0);
    if (item < count)
        return era_diagnose_item(d, CLIPPER_STRING_COUNT, CLIPPER_FIELD_CONTENT, 0, content.len, count, item);
    return finish_items(d, count, CLIPPER_TYPE_STRINGS, room);
}

clipper_error clipper_era_split_request_(clipper_era_decoder *d, clipper_frame content,
                                         clipper_item_room *room) {
    clipper_error error = check_content(d, content);
    if (error != CLIPPER_OK)
        return error;
    return d->message.as.request.data_type == CLIPPER_TYPE_STRINGS ? split_strings(d, content, room)
                                                                   : split_numbers(d, content, room);
}

/* ---- Responses ----------------------------------------------------------------------------------------- */

/* C to E: one float an output. */
static clipper_error split_floats(clipper_era_decoder *d, clipper_frame content, clipper_item_room *room) {
    size_t count = content.len / ERA_WORD, i;
    clipper_error error;
    if (content.len % ERA_WORD != 0)
        return era_diagnose_item(d, CLIPPER_ITEM_WIDTH, CLIPPER_FIELD_CONTENT, 0, 0, ERA_WORD, content.len);
    error = check_count(d, 0, count);
    for (i = 0; i < count && error == CLIPPER_OK; i++)
        error = put_view(d, content, i, ERA_WORD * i, ERA_WORD * (i + 1), room);
    return error == CLIPPER_OK ? finish_items(d, count, CLIPPER_TYPE_FLOATS, room) : error;
}

/* F: {n, length[n], the outputs}. */
static clipper_error split_texts(clipper_era_decoder *d, clipper_frame content, clipper_item_room *room) {
    const uint8_t *words = (const uint8_t *)content.base;
    uint64_t count, begin;
    clipper_error error;
    size_t i;
    if (content.len < ERA_WORD)
        return era_diagnose_item(d, CLIPPER_CONTENT_SHORT, CLIPPER_FIELD_ITEM_COUNT, 0, content.len, ERA_WORD,
                                 content.len);
    count = era_word(words, 0);
    error = check_count(d, 0, count);
    if (error != CLIPPER_OK)
        return error;
    begin = ERA_WORD * (1 + count);
    if (begin > content.len)
        return era_diagnose_item(d, CLIPPER_CONTENT_SHORT, CLIPPER_FIELD_ITEM_SIZE, 0, content.len, begin,
                                 content.len);
    for (i = 0; i < count; i++) {
        uint64_t end = begin + era_word(words, 1 + i);
        if (end > content.len)
            return era_diagnose_item(d, CLIPPER_CONTENT_SHORT, CLIPPER_FIELD_ITEM, i, content.len, end,
                                     content.len);
        error = put_view(d, content, i, (size_t)begin, (size_t)end, room);
        if (error != CLIPPER_OK)
            return error;
        begin = end;
    }
    if (begin < content.len)
        return era_diagnose_item(d, CLIPPER_BYTES_LEFT, CLIPPER_FIELD_CONTENT, 0, (size_t)begin, begin,
                                 content.len);
    return finish_items(d, (size_t)count, CLIPPER_TYPE_STRINGS, room);
}

clipper_error clipper_era_split_response_(clipper_era_decoder *d, clipper_frame content,
                                          clipper_item_room *room) {
    clipper_error error = check_content(d, content);
    if (error != CLIPPER_OK)
        return error;
    return d->options_.era == CLIPPER_ERA_F ? split_texts(d, content, room) : split_floats(d, content, room);
}
