// The environment of the specification's section 13, for container.cpp.
#pragma once

#include "messages.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

// What is missing or impossible ends the process, by name [PROC-3, PROC-4].
[[noreturn]] inline void stop(const std::string &text) {
    std::fprintf(stderr, "container: %s\n", text.c_str());
    std::exit(2);
}

struct Settings {
    std::string name = required("CLIPPER_MODEL_NAME"); // byte for byte [DEP-1, REG-5, REG-6]
    std::string version = required("CLIPPER_MODEL_VERSION");
    std::string ip = value("CLIPPER_IP", "127.0.0.1");
    long port = number("CLIPPER_PORT", 7000, 1, 65535);
    messages::DataType input_type = data_type("CLIPPER_INPUT_TYPE");
    bool release = choice("CLIPPER_WIRE", {"release", "document"}) == "release";
    std::chrono::milliseconds poll_timeout{number("CLIPPER_POLL_TIMEOUT_MS", 5000, 1, most)};
    std::chrono::milliseconds activity_timeout{number("CLIPPER_ACTIVITY_TIMEOUT_MS", 30000, 1, most)};
    std::string model = choice("CLIPPER_MODEL", {"probe", "sum", "noop", "echo"});
    std::chrono::milliseconds delay{number("CLIPPER_MODEL_DELAY_MS", 0, 0, most)};
    std::string bug = choice("CLIPPER_BUG", {"none", "reuse-socket"});

  private:
    static constexpr long most = 2147483647;

    static std::string value(const char *variable, const std::string &preset) {
        const char *text = std::getenv(variable);
        return text && *text ? text : preset;
    }

    static std::string required(const char *variable) {
        const std::string text = value(variable, "");
        if (text.empty())
            stop(std::string(variable) + " is not set");
        return text;
    }

    // One of CHOICES, of which the first is the default.
    static std::string choice(const char *variable, const std::vector<std::string> &choices) {
        const std::string text = value(variable, choices.front());
        std::string all;
        for (const std::string &one : choices) {
            if (one == text)
                return text;
            all += (all.empty() ? "" : ", ") + one;
        }
        stop(std::string(variable) + ": '" + text + "' is none of " + all);
    }

    static long number(const char *variable, long preset, long least, long greatest) {
        const std::string text = value(variable, std::to_string(preset));
        const bool digits = text.size() <= 10 && text.find_first_not_of("0123456789") == std::string::npos;
        const long number = digits ? std::strtol(text.c_str(), nullptr, 10) : -1;
        if (number < least || number > greatest)
            stop(std::string(variable) + ": '" + text + "' is no number from " + std::to_string(least) +
                 " to " + std::to_string(greatest));
        return number;
    }

    // [DEP-4]: the first letter tells.
    static messages::DataType data_type(const char *variable) {
        const std::string text =
            choice(variable, {"doubles", "double", "d", "b", "bytes", "byte", "i", "ints", "int", "integer",
                              "integers", "f", "floats", "float", "s", "strings", "string", "strs", "str"});
        return static_cast<messages::DataType>(std::string("bifds").find(text[0]));
    }
};
