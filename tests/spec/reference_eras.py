"""The same of Appendix B of spec/clipper-rpc.md: a second reading of the eras before version 3. See reference.py."""
import struct

from reference import DEFAULT_LIMITS, TYPES, WIDTHS, Cursor, Wrong, feedback, heartbeat, result, text_of

MOST = 2**31 - 1


def u32s(raw):
    return struct.unpack("<%dI" % (len(raw) // 4), raw)


def is_old(era):
    """Without message types: C and D."""
    return era in "CD"


def decode(era, direction, frames, strict=False, limits=None):
    """Returns what a vector of ERA expects of a valid message, or raises Wrong."""
    limits = limits or DEFAULT_LIMITS
    if not frames:
        raise Wrong("empty_message", 0, "none")
    c = Cursor(frames)
    if c.take("delimiter"):
        raise Wrong("no_delimiter", 0, "delimiter", 0, len(frames[0]))
    inbound = direction == "to_container"
    if is_old(era):
        return request(era, c, strict, limits) if inbound else bare_outbound(era, c, strict, limits)
    kind = c.up_to("message_type", 2, "unknown_message_type")
    if kind == 2:
        message = heartbeat(c, inbound)
        message.pop("version", None)
        return result(message)
    if kind == 0 and inbound:
        raise Wrong("illegal_new_container", c.index, "message_type")
    if kind == 0:
        return new_container(era, c, strict, limits)
    return request(era, c, strict, limits) if inbound else response(era, c, strict, limits)


def bare_outbound(era, c, strict, limits):
    """C and D: the number of frames tells a response from a new container."""
    frames = c.frames
    if len(frames) == 3:
        id, content = frames[1:]
        wide = era == "D" and not strict and len(id) == 8 and id[4:] == bytes(4)
        if len(id) != 4 and not wide and (not content or len(content) % 4):
            raise Wrong("truncated", 3, "input_type", 4, 3)
        return response(era, c, strict, limits)
    return new_container(era, c, strict, limits)


def new_container(era, c, strict, limits):
    def text(field):
        raw = c.take(field)
        return raw, c.index, field

    def within(raw, index, field):
        if len(raw) > limits["text_bytes"]:
            raise Wrong("text_too_long", index, field, limits["text_bytes"], len(raw))
        return raw

    name = text("name")
    if not is_old(era):
        within(*name)
    version = text("model_version")
    name, version, type = within(*name), within(*version), within(*text("input_type"))
    if type[:1] not in (b"0", b"1", b"2", b"3", b"4"):
        raise Wrong("bad_input_type", c.index, "input_type")
    if len(type) > 1 and (era != "F" or strict or type[1:2].isdigit()):
        raise Wrong("bad_input_type", c.index, "input_type", offset=1)
    c.end()
    message = {"kind": "new_container", "name": text_of(name), "model_version": text_of(version),
               "input_type": TYPES[int(type[:1])], "rpc_version": None}
    return result(message, "any", ["input_type_tail"] if len(type) > 1 else [])


# ---- Requests


def request(era, c, strict, limits):
    id = c.integer("id")
    if c.up_to("request_type", 1, "unknown_request_type") == 1:
        found = feedback(c, id, limits)
        del found["message"]["version"]
        return found
    header = sized(era, c, "metadata_length", "metadata")
    if len(header) % 4 or len(header) < 8:
        raise Wrong("metadata_size", c.index, "metadata", 4, len(header))
    type, count, *ends = u32s(header)
    if type > 4:
        raise Wrong("unknown_data_type", c.index, "data_type", 4, type)
    if count == 0:
        raise Wrong("no_items", c.index, "item_count", offset=4)
    if count != len(ends) + 1:
        raise Wrong("item_count", c.index, "item_count", len(ends) + 1, count, 4)
    check_count(c, count, 4, limits)
    odd = check_ends(c, ends, type == 4, strict)
    content = sized(era, c, "content_length", "content")
    check_total(c, content, limits)
    split = split_strings if type == 4 else split_numbers
    items = [content[a:b] for a, b in split(c, content, WIDTHS[type], count, ends, limits)]
    c.end()
    return result({"kind": "prediction_request", "id": id, "input_type": TYPES[type],
                   "items": [i.hex() for i in items]},
                  "any", ["string_ends"] if odd else [])


def sized(era, c, length_field, field):
    declared = None if era == "C" else c.integer(length_field, 8)
    frame = c.take(field)
    if declared is not None and len(frame) != declared:
        raise Wrong("metadata_length", c.index, field, declared, len(frame))
    return frame


def check_count(c, count, offset, limits):
    most = min(limits["items"], MOST)
    if count > most:
        raise Wrong("too_many_items", c.index, "item_count", most, count, offset)


def check_total(c, content, limits):
    most = min(limits["total_bytes"], MOST)
    if len(content) > most:
        raise Wrong("message_too_large", c.index, "content", most, len(content))


def check_ends(c, ends, strings, strict):
    """Whether ends of strings are others than 1 to n - 1."""
    odd, last = False, 0
    for i, end in enumerate(ends):
        if strings:
            odd |= end != i + 1
            if strict and end != i + 1:
                raise Wrong("string_end", c.index, "item_size", i + 1, end, 8 + 4 * i, i)
        elif end < last:
            raise Wrong("end_descends", c.index, "item_size", last, end, 8 + 4 * i, i)
        last = end
    return odd


def item(c, begin, end, index, limits):
    if end - begin > limits["item_bytes"]:
        raise Wrong("item_too_large", c.index, "item", limits["item_bytes"], end - begin, begin, index)
    return begin, end


def split_numbers(c, content, width, count, ends, limits):
    if len(content) % width:
        raise Wrong("item_width", c.index, "content", width, len(content))
    if not content:
        raise Wrong("no_items", c.index, "content")
    begin = 0
    for i, end in enumerate([*(width * e for e in ends), len(content)]):
        if end > len(content):
            raise Wrong("content_short", c.index, "item", end, len(content), len(content), i)
        yield item(c, begin, end, i, limits)
        begin = end


def split_strings(c, content, width, count, ends, limits):
    *strings, rest = content.split(b"\0")
    begin = 0
    for i, string in enumerate(strings[:count]):
        yield item(c, begin, begin + len(string), i, limits)
        begin += len(string) + 1
    if len(strings) > count:
        raise Wrong("string_count", c.index, "content", count, len(strings), begin)
    if rest and len(strings) == count:
        raise Wrong("bytes_left", c.index, "content", begin, len(content), begin)
    if rest:
        raise Wrong("no_nul", c.index, "item", offset=len(content), item=len(strings))
    if len(strings) < count:
        raise Wrong("string_count", c.index, "content", count, len(strings), len(content))


# ---- Responses


def response(era, c, strict, limits):
    id, leniencies = c.take("id"), []
    if len(id) == 8 and era != "C" and not strict:
        leniencies = ["wide_id"]
    elif len(id) != 4:
        raise Wrong("wrong_width", c.index, "id", 4, len(id))
    value = int.from_bytes(id, "little")
    if value >= 2**32:
        raise Wrong("id_too_large", c.index, "id", 2**32 - 1, value)
    content = c.take("content")
    check_total(c, content, limits)
    split, type = (split_texts, "strings") if era == "F" else (split_floats, "floats")
    items = [content[a:b].hex() for a, b in split(c, content, limits)]
    c.end()
    return result({"kind": "prediction_response", "id": value, "data_type": type, "items": items}, "any", leniencies)


def split_floats(c, content, limits):
    if len(content) % 4:
        raise Wrong("item_width", c.index, "content", 4, len(content))
    if not content:
        raise Wrong("no_items", c.index, "item_count")
    check_count(c, len(content) // 4, 0, limits)
    for i in range(len(content) // 4):
        yield item(c, 4 * i, 4 * i + 4, i, limits)


def split_texts(c, content, limits):
    size = len(content)
    if size < 4:
        raise Wrong("content_short", c.index, "item_count", 4, size, size)
    count = u32s(content[:4])[0]
    if count == 0:
        raise Wrong("no_items", c.index, "item_count")
    check_count(c, count, 0, limits)
    begin = 4 + 4 * count
    if begin > size:
        raise Wrong("content_short", c.index, "item_size", begin, size, size, 0)
    for i, length in enumerate(u32s(content[4:begin])):
        if begin + length > size:
            raise Wrong("content_short", c.index, "item", begin + length, size, size, i)
        yield item(c, begin, begin + length, i, limits)
        begin += length
    if begin < size:
        raise Wrong("bytes_left", c.index, "content", begin, size, begin)
