#include "plugin/trial.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

namespace gomodel::plugin {
namespace {

// What the child begins with: nothing blocked, nothing to read, nowhere to write.
class SpawnOptions {
public:
    SpawnOptions() {
        sigset_t none;
        ::sigemptyset(&none);
        ::posix_spawnattr_init(&attributes_);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
        ::posix_spawn_file_actions_init(&files_);
        for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
            ::posix_spawn_file_actions_addopen(&files_, fd, "/dev/null", O_RDWR, 0);
        }
    }
    ~SpawnOptions() {
        ::posix_spawnattr_destroy(&attributes_);
        ::posix_spawn_file_actions_destroy(&files_);
    }
    SpawnOptions(const SpawnOptions&) = delete;
    SpawnOptions& operator=(const SpawnOptions&) = delete;

    const posix_spawnattr_t* attributes() const { return &attributes_; }
    const posix_spawn_file_actions_t* files() const { return &files_; }

private:
    posix_spawnattr_t attributes_;
    posix_spawn_file_actions_t files_;
};

// True iff the process ended within the limit.
bool ends_within(pid_t child, base::Duration limit) {
    const int fd = static_cast<int>(::syscall(SYS_pidfd_open, child, 0));
    if (fd < 0) return true;  // a kernel older than 5.3: waitpid() waits without a limit
    pollfd ended{fd, POLLIN, 0};
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
    const int count = ::poll(&ended, 1, static_cast<int>(milliseconds));
    ::close(fd);
    return count > 0;
}

}  // namespace

base::Status try_in_process(const std::filesystem::path& program, const std::filesystem::path& file,
                            base::Duration limit) {
    std::string words[] = {program.string(), "plugins", "check", file.string()};
    std::array<char*, 5> arguments{};
    for (std::size_t i = 0; i < std::size(words); ++i)
        arguments[i] = words[i].data();
    const SpawnOptions options;
    pid_t child = 0;
    const int failure = ::posix_spawn(&child, program.c_str(), options.files(),
                                      options.attributes(), arguments.data(), ::environ);
    if (failure != 0) return {};  // no process to spare: then without a trial
    const bool ended = ends_within(child, limit);
    if (!ended) ::kill(child, SIGKILL);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!ended) return base::Error{base::Code::kTimeout, "loading it did not end in time"};
    if (WIFSIGNALED(status)) {
        return base::Error{base::Code::kInvalid,
                           "loading it crashes (" + std::string(::strsignal(WTERMSIG(status))) +
                               "): it is damaged or has a fault; it was tried in another process"};
    }
    return {};
}

}  // namespace gomodel::plugin
