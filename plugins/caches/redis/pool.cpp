#include "pool.hpp"

namespace cache_redis {

// A place in the pool, and the connection that has it.
class Pool::Lent {
public:
    Lent(Pool& pool, Clock::time_point deadline)
        : pool_(pool), connection_(pool.take(deadline)), reused_(connection_ != nullptr) {
        if (reused_) return;
        try {
            renew(deadline);
        } catch (...) {
            pool_.give_back(nullptr);
            throw;
        }
    }
    ~Lent() { pool_.give_back(std::move(connection_)); }
    Lent(const Lent&) = delete;
    Lent& operator=(const Lent&) = delete;

    Connection& operator*() { return *connection_; }
    // It was not made for this call: the server may have closed it long ago.
    bool reused() const { return reused_; }
    void renew(Clock::time_point deadline) {
        connection_.reset();
        reused_ = false;
        connection_ = std::make_unique<Connection>(pool_.url_, deadline);
    }

private:
    Pool& pool_;
    std::unique_ptr<Connection> connection_;
    bool reused_;
};

Pool::Pool(std::string_view url, std::size_t most) : url_(parse_url(url)), most_(most) {
    const Clock::time_point deadline = Clock::now() + kFirstAnswer;
    auto connection = std::make_unique<Connection>(url_, deadline);
    connection->ask({"PING"}, deadline);
    idle_.push_back(std::move(connection));
}

std::optional<std::string> Pool::ask(gomodel::Call call,
                                     const std::vector<std::string_view>& words) {
    const auto left = call.remaining();
    const Clock::time_point deadline = Clock::now() + left.value_or(kUsualLimit);
    if (left && left->count() == 0) {
        throw gomodel::Error(GM_TIMEOUT, "the deadline has passed");
    }
    Lent connection(*this, deadline);
    try {
        return (*connection).ask(words, deadline);
    } catch (const Broken&) {
        if (!connection.reused()) throw;
    }
    forget_idle();  // what closed one has closed them all
    connection.renew(deadline);
    return (*connection).ask(words, deadline);
}

// Null: there is room for a new one.
std::unique_ptr<Connection> Pool::take(Clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    const bool free = returned_.wait_until(lock, deadline, [this] { return lent_ < most_; });
    if (!free) {
        throw gomodel::Error(GM_TIMEOUT, "all " + std::to_string(most_) + " connections to " +
                                             "Redis at " + url_.name() + " are in use");
    }
    ++lent_;
    if (idle_.empty()) return nullptr;
    std::unique_ptr<Connection> connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
    {
        const std::lock_guard lock(mutex_);
        --lent_;
        if (connection != nullptr && connection->sound()) idle_.push_back(std::move(connection));
    }
    returned_.notify_one();
}

void Pool::forget_idle() {
    std::vector<std::unique_ptr<Connection>> closed;
    const std::lock_guard lock(mutex_);
    closed.swap(idle_);
}

}  // namespace cache_redis
