// The messages of Clipper's container RPC, from bytes and back: what container.cpp speaks. No socket, no
// clock.
//
// Written from the specification, spec/clipper-rpc.md, sections 3 to 6 and 10; what is in brackets, such as
// [MAL-7], is the requirement that a line is there for.
#pragma once

#include <array>
#include <cstdint>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <zmq.hpp>

namespace messages {

using Frames = std::vector<zmq::message_t>;

constexpr std::uint32_t version = 3;

enum MessageType : std::uint32_t {
    new_container,
    content,
    heartbeat
}; // [FRM-5]
enum RequestType : std::uint32_t {
    predict,
    feedback
};
enum HeartbeatType : std::uint32_t {
    keep_alive,
    send_metadata
}; // [HB-3]
enum DataType : std::uint64_t {
    bytes,
    ints,
    floats,
    doubles,
    strings
};

// The size of an item is a multiple of this.
constexpr std::array<std::size_t, 5> widths = {1, 4, 4, 8, 1};

// What is taken from a peer [LIM-1]: the number of items, the bytes of one, and of all in a message.
constexpr std::uint64_t max_items = 1 << 20;
constexpr std::uint64_t max_item_bytes = 1 << 30;
constexpr std::uint64_t max_total_bytes = 1 << 30;

// A message that is none of the specification's; section 10 has the names of the errors.
struct Malformed : std::runtime_error {
    Malformed(const std::string &error, std::size_t frame, const std::string &field, std::uint64_t expected,
              std::uint64_t actual)
        : std::runtime_error(error + " at frame " + std::to_string(frame) + " (" + field + "): expected " +
                             std::to_string(expected) + ", got " + std::to_string(actual)) {
    }
};

// The peer speaks another version: nothing after the tag can be trusted [VER-2, VER-7].
struct VersionMismatch : std::runtime_error {
    explicit VersionMismatch(std::uint64_t seen)
        : std::runtime_error("Clipper speaks RPC version " + std::to_string(seen) +
                             ", this container speaks " + std::to_string(version)) {
    }
};

struct Heartbeat {
    bool asks_for_metadata;
};

struct Request {
    std::uint32_t id;
    DataType type;
    Frames items;
};

// A feedback request; what follows its type has no defined meaning [FBK-1].
struct Feedback {
    std::uint32_t id;
};

using Message = std::variant<Heartbeat, Request, Feedback>;

// Integers are little-endian and have no alignment [FRM-4]: they are read byte by byte.
inline std::uint64_t load(const void *at, std::size_t width) {
    const auto *octets = static_cast<const unsigned char *>(at);
    std::uint64_t value = 0;
    for (std::size_t i = width; i-- > 0;)
        value = value << 8 | octets[i];
    return value;
}

inline void store(std::string &to, std::uint64_t value, std::size_t width) {
    for (std::size_t i = 0; i < width; i++)
        to.push_back(static_cast<char>(value >> 8 * i & 0xff));
}

inline const zmq::message_t &frame(const Frames &frames, std::size_t index, const char *field) {
    if (index >= frames.size())
        throw Malformed("truncated", index, field, index + 1, frames.size());
    return frames[index];
}

inline std::uint64_t integer(const Frames &frames, std::size_t index, const char *field, std::size_t width) {
    const zmq::message_t &data = frame(frames, index, field);
    if (data.size() != width) // [MAL-13]
        throw Malformed("wrong_width", index, field, width, data.size());
    return load(data.data(), width);
}

inline std::uint32_t u32(const Frames &frames, std::size_t index, const char *field) {
    return static_cast<std::uint32_t>(integer(frames, index, field, 4));
}

inline void ends_at(const Frames &frames, std::size_t count) {
    if (frames.size() > count) // [FRM-8, MAL-3]
        throw Malformed("extra_frame", count, "none", count, count + 1);
}

// Every word of the metadata is held against what is there [MAL-18], and then each item against its word.
inline Request decode_request(std::uint32_t id, Frames &&frames) {
    const std::uint64_t length = integer(frames, 5, "metadata_length", 8);
    const zmq::message_t &metadata = frame(frames, 6, "metadata");
    if (metadata.size() != length) // [PRED-3, MAL-4]
        throw Malformed("metadata_length", 6, "metadata", length, metadata.size());
    if (metadata.size() % 8 != 0 || metadata.size() < 16) // [MAL-5]
        throw Malformed("metadata_size", 6, "metadata", 8, metadata.size());
    const auto word = [&metadata](std::size_t i) { return load(metadata.data<char>() + 8 * i, 8); };
    const std::uint64_t type = word(0), count = metadata.size() / 8 - 2;
    if (type > strings) // [MAL-9]
        throw Malformed("unknown_data_type", 6, "data_type", strings, type);
    if (word(1) != count) // [MAL-6]
        throw Malformed("item_count", 6, "item_count", count, word(1));
    if (count > max_items)
        throw Malformed("too_many_items", 6, "item_count", max_items, count);
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < count; i++) {
        const std::uint64_t size = word(2 + i);
        if (size > max_item_bytes)
            throw Malformed("item_too_large", 6, "item_size", max_item_bytes, size);
        if (size % widths[type] != 0) // [MAL-8]
            throw Malformed("item_width", 6, "item_size", widths[type], size);
        total += size; // both are far from overflow here [MAL-7]
        if (total > max_total_bytes)
            throw Malformed("message_too_large", 6, "item_size", max_total_bytes, total);
    }
    for (std::size_t i = 0; i < count; i++) {
        if (7 + i >= frames.size()) // [PRED-4, MAL-2]
            throw Malformed("truncated", 7 + i, "item", 7 + count, frames.size());
        if (frames[7 + i].size() != word(2 + i)) // [MAL-7]
            throw Malformed("item_size", 7 + i, "item", word(2 + i), frames[7 + i].size());
    }
    ends_at(frames, 7 + count);
    return {id, static_cast<DataType>(type),
            Frames(std::make_move_iterator(frames.begin() + 7), std::make_move_iterator(frames.end()))};
}

// The message from Clipper in a whole list of frames [FRM-9]. The first thing that is wrong is thrown.
inline Message decode(Frames &&frames) {
    if (frames.empty())
        throw Malformed("empty_message", 0, "none", 0, 0);
    if (frames[0].size() > 0) // [FRM-1, MAL-14]
        throw Malformed("no_delimiter", 0, "delimiter", 0, frames[0].size());
    const std::uint32_t seen = u32(frames, 1, "version"); // a tag of another width is malformed [VER-6]
    if (seen != version)
        throw VersionMismatch(seen);
    const std::uint32_t message_type = u32(frames, 2, "message_type");
    if (message_type == heartbeat) {
        const std::uint32_t heartbeat_type = u32(frames, 3, "heartbeat_type");
        if (heartbeat_type > send_metadata) // [HB-10]
            throw Malformed("unknown_heartbeat_type", 3, "heartbeat_type", 1, heartbeat_type);
        ends_at(frames, 4);
        return Heartbeat{heartbeat_type == send_metadata};
    }
    if (message_type == new_container) // [MAL-15]
        throw Malformed("illegal_new_container", 2, "message_type", 0, 0);
    if (message_type != content) // [MAL-11]
        throw Malformed("unknown_message_type", 2, "message_type", 2, message_type);
    const std::uint32_t id = u32(frames, 3, "id");
    const std::uint32_t request_type = u32(frames, 4, "request_type");
    if (request_type == feedback)
        return Feedback{id};
    if (request_type != predict) // [MAL-12]
        throw Malformed("unknown_request_type", 4, "request_type", 1, request_type);
    return decode_request(id, std::move(frames));
}

// Outbound messages: a string for each frame.
using Outbound = std::vector<std::string>;

inline std::string u32_frame(std::uint32_t value) {
    std::string frame;
    store(frame, value, 4);
    return frame;
}

inline Outbound encode_heartbeat() {
    return {"", u32_frame(heartbeat)}; // [HB-1, FRM-6]
}

// [REG-4 to REG-6]; the input type is one digit [REG-8], the version frame the release wire's alone [REG-9,
// REG-10].
inline Outbound encode_new_container(bool release, const std::string &name, const std::string &model_version,
                                     DataType input_type) {
    Outbound frames = {"", u32_frame(new_container), name, model_version, std::to_string(input_type)};
    if (release)
        frames.push_back(u32_frame(version));
    return frames;
}

// [PRED-5]; the document's metadata has a data type [PRED-8, PRED-17], the release's has none [PRED-9].
inline Outbound encode_response(bool release, std::uint32_t id, std::vector<std::string> &&outputs) {
    std::string metadata, length;
    if (!release)
        store(metadata, strings, 8);
    store(metadata, outputs.size(), 8);
    for (const std::string &output : outputs)
        store(metadata, output.size(), 8);
    store(length, metadata.size(), 8);
    Outbound frames = {"", u32_frame(content), u32_frame(id), length, metadata};
    frames.insert(frames.end(), std::make_move_iterator(outputs.begin()),
                  std::make_move_iterator(outputs.end()));
    return frames;
}

} // namespace messages
