// The models that container.cpp can serve.
#pragma once

#include "messages.hpp"

#include <array>
#include <cstdio>
#include <cstring>
#include <string>

// ------------------------------------------------------------------------------------------------

inline std::uint32_t crc32(const zmq::message_t &item) {
    static const auto table = [] {
        std::array<std::uint32_t, 256> entries{};
        for (std::uint32_t i = 0; i < 256; i++) {
            entries[i] = i;
            for (int bit = 0; bit < 8; bit++)
                entries[i] = entries[i] & 1 ? entries[i] >> 1 ^ 0xedb88320 : entries[i] >> 1;
        }
        return entries;
    }();
    std::uint32_t crc = 0xffffffff;
    const auto *octets = item.data<unsigned char>();
    for (std::size_t i = 0; i < item.size(); i++)
        crc = crc >> 8 ^ table[(crc ^ octets[i]) & 0xff];
    return ~crc;
}

// An item's elements added in order, of integers exactly [PRED-19, PRED-20]. Copied, as they have no
// alignment.
template <typename Element, typename Bits, typename Sum> Sum add(const zmq::message_t &item) {
    Sum sum = 0;
    for (std::size_t at = 0; at < item.size(); at += sizeof(Bits)) {
        const auto bits = static_cast<Bits>(messages::load(item.data<char>() + at, sizeof(Bits)));
        Element element;
        static_assert(sizeof element == sizeof bits);
        std::memcpy(&element, &bits, sizeof element);
        sum += element;
    }
    return sum;
}

inline std::string real(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.17g", value);
    return text;
}

inline std::string sum(messages::DataType type, const zmq::message_t &item) {
    switch (type) {
    case messages::bytes: // unsigned [PRED-18]
        return std::to_string(add<std::uint8_t, std::uint8_t, std::int64_t>(item));
    case messages::ints:
        return std::to_string(add<std::int32_t, std::uint32_t, std::int64_t>(item));
    case messages::floats:
        return real(add<float, std::uint32_t, double>(item));
    case messages::doubles:
        return real(add<double, std::uint64_t, double>(item));
    case messages::strings:
        break;
    }
    return std::to_string(item.size());
}

// The output for one item.
inline std::string predict(const std::string &model, messages::DataType type, const zmq::message_t &item) {
    if (model == "sum")
        return sum(type, item);
    if (model == "noop")
        return "1.0";
    if (model == "echo")
        return item.to_string();
    char text[40];
    std::snprintf(text, sizeof text, "%zu:%08x", item.size() / messages::widths[type], crc32(item));
    return text;
}
