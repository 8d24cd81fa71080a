#include "record/line_sink.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <new>

namespace gomodel::record {
namespace {

// Lines that come together are written together.
constexpr auto kGatherLines = std::chrono::milliseconds(50);
constexpr std::size_t kKeepCapacity = 64 * 1024;

bool is_file(int fd) {
    struct stat about {};
    return ::fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
}

}  // namespace

LineSink::LineSink(int fd) : fd_(fd), may_block_(!is_file(fd)), thread_([this] { work(); }) {}

LineSink::~LineSink() {
    {
        const std::lock_guard lock(lines_mutex_);
        stop_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

std::uint64_t LineSink::dropped() const {
    const std::lock_guard lock(lines_mutex_);
    return dropped_;
}

void LineSink::sink_it_(const spdlog::details::log_msg& message) {
    bool first = false;
    {
        const std::lock_guard lock(lines_mutex_);
        first = pending_.empty();
        if (!append(message)) {
            ++dropped_;
            return;
        }
    }
    if (first) wake_.notify_one();
}

// False: there is no room for the line.
bool LineSink::append(const spdlog::details::log_msg& message) {
    try {
        line_.clear();
        formatter_->format(message, line_);
        if (pending_.size() + line_.size() > kMaxPending) return false;
        pending_.append(line_.data(), line_.size());
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    }
}

void LineSink::flush_() {
    {
        const std::lock_guard lock(lines_mutex_);
        urgent_ = true;
    }
    wake_.notify_one();
}

void LineSink::work() {
    std::string batch;
    std::unique_lock lock(lines_mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return stop_ || !pending_.empty(); });
        wake_.wait_for(lock, kGatherLines, [this] { return stop_ || urgent_; });
        urgent_ = false;
        if (pending_.empty()) return;  // stopped
        batch.swap(pending_);
        lock.unlock();
        write_all(batch);
        batch.clear();
        if (batch.capacity() > kKeepCapacity) batch.shrink_to_fit();
        lock.lock();
    }
}

// What cannot be written (disk full, pipe closed) is given up: logging must not stop the gateway.
void LineSink::write_all(std::string_view text) {
    if (inside_line_ && put("\n") == 0) return;
    const std::size_t done = put(text);
    inside_line_ = done != 0 && text[done - 1] != '\n';
}

// Returns how much was written.
std::size_t LineSink::put(std::string_view text) const {
    std::size_t done = 0;
    while (done < text.size() && (!may_block_ || wait_for_room())) {
        const std::size_t piece = may_block_ ? PIPE_BUF : text.size();  // for which there is room
        const ssize_t count = ::write(fd_, text.data() + done, std::min(text.size() - done, piece));
        if (count > 0) {
            done += static_cast<std::size_t>(count);
        } else if (count < 0 && errno != EINTR && errno != EAGAIN) {
            break;
        }
    }
    return done;
}

// False: it is time to end, and nobody reads.
bool LineSink::wait_for_room() const {
    constexpr std::chrono::milliseconds kLookAgain(50);
    std::chrono::milliseconds waited_at_end{};
    pollfd ready{fd_, POLLOUT, 0};
    while (::poll(&ready, 1, static_cast<int>(kLookAgain.count())) == 0) {
        if (stop_ && (waited_at_end += kLookAgain) >= kPatience) return false;
    }
    return true;
}

}  // namespace gomodel::record
