// Where log lines go: collected in memory and written by a thread of its own, so that a slow disk
// or a full pipe never holds up a loop. Any thread: it has a lock of its own in place of the
// base's.
#pragma once

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace gomodel::record {

class LineSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
public:
    // Past this many unwritten bytes lines are dropped and counted, as they are without memory.
    static constexpr std::size_t kMaxPending = 8 * 1024 * 1024;

    // At the end, what nobody takes for so long is given up.
    static constexpr std::chrono::milliseconds kPatience{1000};

    // Writes to `fd`, which it does not own.
    explicit LineSink(int fd);
    // Writes what is left, unless nobody reads it.
    ~LineSink() override;

    std::uint64_t dropped() const;

protected:
    void sink_it_(const spdlog::details::log_msg& message) override;
    // Has what was logged written now rather than soon; does not wait for it.
    void flush_() override;

private:
    bool append(const spdlog::details::log_msg& message);
    void work();
    void write_all(std::string_view text);
    std::size_t put(std::string_view text) const;
    bool wait_for_room() const;

    const int fd_;
    const bool may_block_;  // no file: somebody has to read what is written
    mutable std::mutex lines_mutex_;
    spdlog::memory_buf_t line_;  // the one being formatted
    std::condition_variable wake_;
    std::string pending_;
    std::uint64_t dropped_ = 0;
    bool inside_line_ = false;  // the disk was full in the middle of it; the thread's own
    bool urgent_ = false;
    std::atomic<bool> stop_ = false;
    std::thread thread_;  // last: it uses the others
};

}  // namespace gomodel::record
