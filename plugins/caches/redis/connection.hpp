// One connection to a Redis server. Every function throws Error, whose message has no secret in it;
// after any but a refusal by the server the connection is of no use any more. One thread at a time.
#pragma once

#include <hiredis/hiredis.h>
#include <gomodel/error.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redis_url.hpp"

namespace cache_redis {

using Clock = std::chrono::steady_clock;

// The server, or the way to it, failed before it had answered. Another connection may do better.
class Broken : public gomodel::Error {
public:
    using Error::Error;
};

class Connection {
public:
    // Connects and logs in by the deadline.
    Connection(const RedisUrl& url, Clock::time_point deadline);

    // Sends a command and takes its answer: a string, or nullopt for nil. Throws Broken, or an
    // Error with GM_TIMEOUT when the deadline passes first or what the server's refusal means.
    std::optional<std::string> ask(const std::vector<std::string_view>& words,
                                   Clock::time_point deadline);
    // False: it must not be used again.
    bool sound() const { return sound_; }

private:
    using Reply = std::unique_ptr<redisReply, decltype(&freeReplyObject)>;

    void log_in(const RedisUrl& url, Clock::time_point deadline);
    void send(const std::vector<std::string_view>& words, Clock::time_point deadline);
    Reply receive(Clock::time_point deadline);
    void limit(Clock::time_point deadline);
    [[noreturn]] void fail();

    const std::string name_;
    std::unique_ptr<redisContext, decltype(&redisFree)> context_{nullptr, &redisFree};
    bool sound_ = true;
};

}  // namespace cache_redis
