#include "connection.hpp"

#include <cerrno>
#include <new>

namespace cache_redis {
namespace {

timeval time_until(Clock::time_point deadline, const std::string& name) {
    const auto left =
        std::chrono::duration_cast<std::chrono::microseconds>(deadline - Clock::now());
    if (left.count() <= 0) {
        throw gomodel::Error(GM_TIMEOUT, "Redis at " + name + " did not answer in time");
    }
    return {static_cast<time_t>(left.count() / 1'000'000),
            static_cast<suseconds_t>(left.count() % 1'000'000)};
}

// What the server's refusal means: its first word says.
gm_status_t meaning(std::string_view refusal) {
    const std::string_view code = refusal.substr(0, refusal.find(' '));
    if (code == "OOM") return GM_EXHAUSTED;
    if (code == "NOAUTH" || code == "NOPERM" || code == "WRONGPASS") return GM_DENIED;
    return GM_UNAVAILABLE;
}

}  // namespace

Connection::Connection(const RedisUrl& url, Clock::time_point deadline) : name_(url.name()) {
    context_.reset(
        redisConnectWithTimeout(url.host.c_str(), url.port, time_until(deadline, name_)));
    if (context_ == nullptr) throw std::bad_alloc();
    if (context_->err != 0) fail();
    log_in(url, deadline);
}

// What is refused here is told in our words: the server's might quote a secret.
void Connection::log_in(const RedisUrl& url, Clock::time_point deadline) {
    try {
        if (!url.password.empty() && url.user.empty()) ask({"AUTH", url.password}, deadline);
        if (!url.user.empty()) ask({"AUTH", url.user, url.password}, deadline);
    } catch (const Broken&) {
        throw;
    } catch (const gomodel::Error& error) {
        if (error.status() == GM_TIMEOUT) throw;
        throw gomodel::Error(GM_DENIED,
                             "Redis at " + name_ + " refuses the user or password in url");
    }
    if (url.database != 0) ask({"SELECT", std::to_string(url.database)}, deadline);
}

std::optional<std::string> Connection::ask(const std::vector<std::string_view>& words,
                                           Clock::time_point deadline) {
    sound_ = false;  // until its answer has been read
    send(words, deadline);
    const Reply reply = receive(deadline);
    sound_ = true;
    const std::string_view text(reply->str == nullptr ? "" : reply->str, reply->len);
    if (reply->type == REDIS_REPLY_ERROR) {
        throw gomodel::Error(meaning(text), "Redis at " + name_ + ": " + std::string(text));
    }
    if (reply->type == REDIS_REPLY_NIL) return std::nullopt;
    return std::string(text);
}

void Connection::send(const std::vector<std::string_view>& words, Clock::time_point deadline) {
    std::vector<const char*> parts;
    std::vector<std::size_t> lengths;
    for (const std::string_view word : words) {
        parts.push_back(word.data() == nullptr ? "" : word.data());
        lengths.push_back(word.size());
    }
    if (redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), parts.data(),
                               lengths.data()) != REDIS_OK)
        fail();
    for (int done = 0; done == 0;) {
        limit(deadline);
        if (redisBufferWrite(context_.get(), &done) != REDIS_OK) fail();
    }
}

// Each read may take what is left of the time, however many there are.
Connection::Reply Connection::receive(Clock::time_point deadline) {
    for (;;) {
        void* reply = nullptr;
        if (redisGetReplyFromReader(context_.get(), &reply) != REDIS_OK) fail();
        if (reply != nullptr) return {static_cast<redisReply*>(reply), &freeReplyObject};
        limit(deadline);
        if (redisBufferRead(context_.get()) != REDIS_OK) fail();
    }
}

void Connection::limit(Clock::time_point deadline) {
    redisSetTimeout(context_.get(), time_until(deadline, name_));
}

void Connection::fail() {
    const bool late = context_->err == REDIS_ERR_IO && (errno == EAGAIN || errno == ETIMEDOUT);
    if (late) throw gomodel::Error(GM_TIMEOUT, "Redis at " + name_ + " did not answer in time");
    throw Broken(GM_UNAVAILABLE, "Redis at " + name_ + ": " + context_->errstr);
}

}  // namespace cache_redis
