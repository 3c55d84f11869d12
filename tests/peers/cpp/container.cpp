// A model container for Clipper in C++: an example for implementers.
//
// It is written from the specification, spec/clipper-rpc.md; what is in brackets, such as [TMO-4], is the
// requirement that a line is there for. It needs C++17, POSIX and cppzmq (Debian: cppzmq-dev). messages.hpp
// beside it has the messages, settings.hpp the environment.
//
//     g++ -std=c++17 -O2 -pthread -o container container.cpp -lzmq
//     CLIPPER_MODEL_NAME=digits CLIPPER_MODEL_VERSION=1 ./container
//
// The settings are those of the specification's section 13, and: CLIPPER_MODEL is probe (default), sum, noop
// or echo; with CLIPPER_MODEL_DELAY_MS each request takes so much longer; CLIPPER_BUG=reuse-socket switches
// on a fault, for tests: when a session ends, the next one goes on with its socket.
//
// Two threads: the main one owns the socket and never works, the other one runs the model [HB-11].
#include "messages.hpp"
#include "models.hpp"
#include "settings.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <deque>
#include <fcntl.h>
#include <mutex>
#include <optional>
#include <thread>
#include <unistd.h>

#include <zmq_addon.hpp>

namespace {

using Clock = std::chrono::steady_clock; // never steps [TMO-11]
using std::chrono::milliseconds;

constexpr int burst = 100;          // messages read before answers are sent
constexpr milliseconds grace{1000}; // in which an answer may still become ready after SIGTERM [PROC-7]
constexpr milliseconds linger{200}; // for what is not yet written to the network when the process ends

// ---- Signals
// -----------------------------------------------------------------------------------------------

// A byte in this pipe ends the poll: a response is ready, or a signal came.
int wake_pipe[2];
std::atomic<int> signals{0}; // that came; lock-free, so a handler may count

void wake() {
    const ssize_t written = write(wake_pipe[1], "", 1);
    (void)written; // when the pipe is full, the poll returns anyhow
}

extern "C" void on_signal(int) {
    const int saved = errno;
    signals++;
    wake();
    errno = saved;
}

void clear_wake() {
    char buffer[4096];
    while (read(wake_pipe[0], buffer, sizeof buffer) > 0) {
    }
}

void listen_to_signals() {
    if (pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        stop(std::string("no pipe: ") + std::strerror(errno));
    struct sigaction action = {};
    action.sa_handler = on_signal;
    for (const int number : {SIGTERM, SIGINT})
        sigaction(number, &action, nullptr);
}

// Lines on standard error, ten a second at the most [MAL-19].
void log(const std::string &text) {
    static std::mutex mutex;
    static std::chrono::seconds second{};
    static int lines = 0;
    const std::lock_guard lock(mutex);
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(Clock::now().time_since_epoch());
    if (now != second) {
        if (lines > 10)
            std::fprintf(stderr, "container: %d more lines like these\n", lines - 10);
        second = now;
        lines = 0;
    }
    if (++lines <= 10)
        std::fprintf(stderr, "container: %s\n", text.c_str());
}

// ---- The model's thread
// ------------------------------------------------------------------------------------

// Requests go in, responses come out, each with the number of its session.
class Worker {
  public:
    using Response = std::pair<int, std::optional<messages::Outbound>>;

    explicit Worker(const Settings &its_settings) : settings(its_settings) {
        std::thread(&Worker::work, this).detach();
    }

    void add(int session, messages::Request &&request) {
        {
            const std::lock_guard lock(mutex);
            requests.emplace_back(session, std::move(request));
        }
        ready.notify_one();
    }

    std::vector<Response> take_responses() {
        const std::lock_guard lock(mutex);
        return std::exchange(responses, {});
    }

  private:
    void work() {
        for (;;) {
            std::unique_lock lock(mutex);
            ready.wait(lock, [this] { return !requests.empty(); });
            auto [session, request] = std::move(requests.front());
            requests.pop_front();
            lock.unlock();
            auto response = answer(request);
            lock.lock();
            responses.emplace_back(session, std::move(response));
            lock.unlock();
            wake();
        }
    }

    // A request that the model cannot answer is not answered [PRED-29].
    std::optional<messages::Outbound> answer(const messages::Request &request) const {
        try {
            std::this_thread::sleep_for(settings.delay);
            std::vector<std::string> outputs; // one for each input, in order [PRED-11, PRED-12]
            for (const zmq::message_t &item : request.items)
                outputs.push_back(predict(settings.model, request.type, item));
            return messages::encode_response(settings.release, request.id, std::move(outputs)); // [PRED-6]
        } catch (const std::exception &error) {
            log("request " + std::to_string(request.id) + " is not answered: " + error.what());
            return std::nullopt;
        }
    }

    const Settings &settings;
    std::mutex mutex;
    std::condition_variable ready;
    std::deque<std::pair<int, messages::Request>> requests;
    std::vector<Response> responses;
};

// ---- The session
// -------------------------------------------------------------------------------------------

class Container {
  public:
    explicit Container(const Settings &its_settings) : settings(its_settings), worker(its_settings) {
    }

    // Returns the exit status. The number of sessions has no limit [TMO-8, PROC-5].
    int run() {
        int status = 0; // [PROC-6]
        try {
            do {
                session++;
                outstanding = 0;
                if (!socket || settings.bug != "reuse-socket")
                    open_socket(); // a session has a socket of its own [TMO-1]
            } while (serve());
        } catch (const messages::VersionMismatch &mismatch) { // [VER-2 to VER-5]
            std::fprintf(stderr, "container: %s: it ends\n", mismatch.what());
            status = 3;
        }
        socket.close();
        context.close();
        return status;
    }

  private:
    void open_socket() {
        socket = zmq::socket_t(context,
                               zmq::socket_type::dealer); // closes the last one; no identity [FRM-10, TMO-6]
        socket.set(zmq::sockopt::linger, 0); // what a dead Clipper did not take is of no use to the next one
        socket.set(zmq::sockopt::sndhwm,
                   0); // never block in send: the answers are bounded by Clipper's requests
        // A larger frame is refused before memory is taken [MAL-18].
        socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(messages::max_total_bytes));
        // ZeroMQ paces its attempts to connect, with jitter [TMO-16]: 100 ms to 200 ms.
        const std::string endpoint = "tcp://" + settings.ip + ":" + std::to_string(settings.port);
        try {
            socket.connect(endpoint); // [FRM-2]
        } catch (const zmq::error_t &error) {
            stop("CLIPPER_IP: cannot connect to " + endpoint + ": " + error.what());
        }
    }

    // One session. True: Clipper was silent for TO. False: asked to stop.
    bool serve() {
        send(messages::encode_heartbeat()); // [REG-1]
        auto last_activity = Clock::now();  // silence is counted from the opening [TMO-10]
        auto poll_began = last_activity;
        for (;;) {
            // The time is taken first, then the socket is read, then the time is judged: what came while the process
            // was held up is read before the session is given up. ZeroMQ's thread was held up as well: it gets as
            // long.
            const auto now = Clock::now();
            const auto late = std::chrono::floor<milliseconds>(now - poll_began - settings.poll_timeout);
            const bool due = late >= milliseconds{0};                                    // D has passed
            const bool ending = due && now - last_activity >= settings.activity_timeout; // [TMO-4, TMO-5]
            poll(socket.handle(), !due     ? -late
                                  : ending ? std::min(late, settings.poll_timeout)
                                           : milliseconds{0});
            send_responses();
            if (signals > 0) {
                finish();
                return false;
            }
            if (receive()) {
                last_activity = poll_began = Clock::now(); // any message [HB-8, HB-9], and only those [TMO-3]
            } else if (ending) {
                log("Clipper is silent: a new session");
                return true;
            } else if (due) {
                send(messages::encode_heartbeat()); // [HB-6]
                poll_began = Clock::now();
            }
        }
    }

    // Waits for the socket, if there is one to wait for, and for the pipe.
    static void poll(void *handle, milliseconds timeout) {
        zmq::pollitem_t items[] = {{nullptr, wake_pipe[0], ZMQ_POLLIN, 0}, {handle, 0, ZMQ_POLLIN, 0}};
        try {
            zmq::poll(items, handle ? 2 : 1, timeout);
        } catch (const zmq::error_t &error) {
            if (error.num() != EINTR)
                throw;
        }
        clear_wake();
    }

    // Reads what is there, a whole message at a time [FRM-9], and says whether there was anything.
    bool receive() {
        for (int count = 0; count < burst; count++) {
            messages::Frames frames;
            if (!zmq::recv_multipart(socket, std::back_inserter(frames), zmq::recv_flags::dontwait))
                return count > 0;
            try {
                auto message = messages::decode(std::move(frames));
                std::visit([this](auto &one) { on_message(one); }, message);
            } catch (const messages::Malformed &malformed) {
                log(std::string("message dropped: ") +
                    malformed.what()); // and the next one is served [MAL-1]
            }
        }
        return true;
    }

    void on_message(const messages::Heartbeat &heartbeat) {
        if (heartbeat
                .asks_for_metadata) // each time, at any time [REG-2, REG-3]; a keep-alive: nothing [HB-5]
            send(messages::encode_new_container(settings.release, settings.name, settings.version,
                                                settings.input_type));
    }

    void on_message(messages::Request &request) {
        if (request.type != settings.input_type) { // [MAL-10]
            log("request " + std::to_string(request.id) + " dropped: it has another type than the model");
            return;
        }
        outstanding++;
        worker.add(session, std::move(request));
    }

    void on_message(const messages::Feedback &feedback) {
        log("feedback request " + std::to_string(feedback.id) + " dropped"); // [FBK-2]
    }

    void send(const messages::Outbound &frames) {
        for (const std::string &frame : frames)
            socket.send(zmq::buffer(frame),
                        &frame == &frames.back() ? zmq::send_flags::none : zmq::send_flags::sndmore);
    }

    // A response goes out in the session of its request, or not at all [TMO-14].
    void send_responses() {
        for (const auto &[its_session, frames] : worker.take_responses()) {
            if (its_session != session)
                continue;
            outstanding--;
            if (frames)
                send(*frames);
        }
    }

    // Answers what the model works on, for a bounded time; a second signal ends that, too [PROC-7].
    void finish() {
        const auto end = Clock::now() + grace;
        while (outstanding > 0 && signals < 2 && Clock::now() < end) {
            poll(nullptr, std::chrono::ceil<milliseconds>(std::max(end - Clock::now(), Clock::duration{0})));
            send_responses();
        }
        socket.set(zmq::sockopt::linger, static_cast<int>(linger.count()));
    }

    const Settings &settings;
    Worker worker;
    zmq::context_t context;
    zmq::socket_t socket;
    int session = 0;     // its number
    int outstanding = 0; // requests of this session that are with the model
};

} // namespace

int main(int count, char **arguments) {
    if (count > 1)
        stop(std::string("unknown argument '") + arguments[1] + "': all settings come from the environment");
    const Settings settings;
    listen_to_signals();
    Container container(settings);
    std::_Exit(container.run()); // a model that still works is not waited for
}
