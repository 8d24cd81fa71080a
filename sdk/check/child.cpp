#include "child.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>

// Only defined in a build with AddressSanitizer.
extern "C" int __lsan_do_recoverable_leak_check() __attribute__((weak));  // NOLINT: its name

namespace gomodel::check {
namespace {

using Clock = std::chrono::steady_clock;

void send(int fd, const Result& result) {
    std::string text(1, static_cast<char>('0' + static_cast<int>(result.status)));
    text += result.message;
    for (std::string_view rest = text; !rest.empty();) {
        const ssize_t written = write(fd, rest.data(), rest.size());
        if (written <= 0) return;
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
}

// Everything the child sends until it closes its end. False when the time is up first.
bool receive(int fd, Clock::time_point until, std::string& text) {
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
        if (left <= 0) return false;
        pollfd ready{fd, POLLIN, 0};
        if (poll(&ready, 1, static_cast<int>(left)) <= 0) continue;
        char buffer[4096];
        const ssize_t got = read(fd, buffer, sizeof buffer);
        if (got == 0 || (got < 0 && errno != EINTR)) return true;
        if (got > 0) text.append(buffer, static_cast<std::size_t>(got));
    }
}

// An empty folder to work in, so that a plugin which writes files leaves none behind and finds
// none.
class WorkFolder {
public:
    WorkFolder() {
        std::string name =
            (std::filesystem::temp_directory_path() / "plugin-check-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) {
            throw std::runtime_error(name + ": " + std::strerror(errno));
        }
        path_ = name;
    }
    ~WorkFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

[[noreturn]] void be_child(const std::function<std::string()>& body, int fd) {
    Result result = run_here(body);
    if (result.status == Status::kPass && __lsan_do_recoverable_leak_check != nullptr &&
        __lsan_do_recoverable_leak_check() != 0) {
        result = {Status::kFail, "memory was leaked (see above)"};
    }
    send(fd, result);
    // Without the parent's exit handlers, and whatever threads the plugin left behind.
    _exit(0);
}

std::string death(int wait_status) {
    if (WIFSIGNALED(wait_status)) {
        return std::string("killed by ") + strsignal(WTERMSIG(wait_status));
    }
    return "exited with status " + std::to_string(WEXITSTATUS(wait_status));
}

}  // namespace

Result run_here(const std::function<std::string()>& body) {
    try {
        return {Status::kPass, body()};
    } catch (const Result& result) {
        return result;
    } catch (const std::exception& error) {
        return {Status::kFail, error.what()};
    }
}

Result run_in_child(const std::function<std::string()>& body, std::chrono::seconds timeout) {
    const WorkFolder folder;
    int ends[2];
    if (pipe(ends) != 0) throw std::runtime_error("pipe: " + std::string(std::strerror(errno)));
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("fork: " + std::string(std::strerror(errno)));
    if (child == 0) {
        close(ends[0]);
        std::filesystem::current_path(folder.path());
        be_child(body, ends[1]);
    }
    close(ends[1]);
    std::string text;
    const bool in_time = receive(ends[0], Clock::now() + timeout, text);
    close(ends[0]);
    if (!in_time) kill(child, SIGKILL);
    int wait_status = 0;
    while (waitpid(child, &wait_status, 0) < 0 && errno == EINTR)
        continue;
    if (!in_time) {
        return {Status::kCrash, "not finished within " + std::to_string(timeout.count()) + " s"};
    }
    if (text.empty() || wait_status != 0) return {Status::kCrash, death(wait_status)};
    return {static_cast<Status>(text[0] - '0'), text.substr(1)};
}

}  // namespace gomodel::check
