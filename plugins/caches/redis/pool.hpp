// Up to so many connections to one Redis server, made when they are needed and made again when the
// server has closed them. Any thread.
#pragma once

#include <gomodel/call.hpp>

#include <condition_variable>
#include <mutex>

#include "connection.hpp"

namespace cache_redis {

class Pool {
public:
    // Connects once and asks the server whether it is there, for at most kFirstAnswer. Throws
    // Error.
    Pool(std::string_view url, std::size_t most);

    // Has the server do a command; see Connection::ask(). One that finds its connection closed is
    // sent again on a new one: REQUIRES: doing it twice is no harm.
    std::optional<std::string> ask(gomodel::Call call, const std::vector<std::string_view>& words);

    static constexpr std::chrono::seconds kFirstAnswer{5};
    static constexpr std::chrono::seconds kUsualLimit{5};  // of a call without a deadline

private:
    class Lent;

    std::unique_ptr<Connection> take(Clock::time_point deadline);
    void give_back(std::unique_ptr<Connection> connection);
    void forget_idle();

    const RedisUrl url_;
    const std::size_t most_;
    std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<std::unique_ptr<Connection>> idle_;
    std::size_t lent_ = 0;
};

}  // namespace cache_redis
