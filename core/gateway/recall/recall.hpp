// Answers out of caches, for the whole process whatever generation is current: looks them up on
// threads of its own, with little patience, and has writers keep new ones. A cache that fails, is
// slow or is left out (plugins.budgets) is a miss and nothing worse.
//
// look_up() and keep() are called by loops; figures() by any thread.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/log.hpp"
#include "gateway/recall/answer_store.hpp"
#include "gateway/recall/saved_answer.hpp"
#include "net/task.hpp"
#include "net/worker_pool.hpp"

namespace gomodel::gateway {
struct Generation;
struct RequestContext;
}  // namespace gomodel::gateway

namespace gomodel::gateway::recall {

struct Lookup;

// What came of it, since the start. How often it was left out is in the plugin's account.
struct Figures {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;      // the ones below included
    std::uint64_t get_errors = 0;  // lookups that failed or took too long
    std::uint64_t stored = 0;
    std::uint64_t put_errors = 0;
    std::uint64_t dropped = 0;  // there was no room or no time to keep them
};

class Recall {
public:
    static constexpr std::size_t kWriters = 2;
    static constexpr std::size_t kReaders = 16;                       // threads at most
    static constexpr std::size_t kKeyMakers = 2;                      // likewise
    static constexpr std::size_t kMostLookups = 4096;                 // at once
    static constexpr std::size_t kMostWaiting = 256;                  // answers to be kept
    static constexpr std::size_t kMostBytes = std::size_t{64} << 20;  // in them
    static constexpr base::Duration kLookupLimit = std::chrono::milliseconds(500);
    static constexpr base::Duration kWriteLimit = std::chrono::seconds(5);
    static constexpr base::Duration kRest = std::chrono::seconds(1);  // after a failure

    // first_cell: writers count their calls in the ledger as if they were the loops from this
    // number on. `log` must outlive it.
    Recall(base::Log& log, std::size_t first_cell) : log_(log), first_cell_(first_cell) {}
    ~Recall() { stop(); }
    Recall(const Recall&) = delete;
    Recall& operator=(const Recall&) = delete;

    // What is kept under the key. REQUIRES: the context's generation has a store.
    net::Task<std::optional<SavedAnswer>> look_up(RequestContext* context, std::string key);
    // Keeps the answer under the key, soon, if it is a whole one. REQUIRES: as look_up().
    void keep(std::shared_ptr<const Generation> generation, std::string key,
              dialect::Endpoint endpoint, SavedAnswer answer);
    // For keys that take too long for a loop. Not the readers: a plugin may hold them up.
    net::WorkerPool& key_makers() { return *key_makers_; }

    // Gives what waits to be kept kWriteLimit, then ends the threads. REQUIRES: the loops have
    // stopped.
    void stop();

    Figures figures() const;

private:
    struct Waiting {
        std::shared_ptr<const Generation> generation;  // owns the store
        std::string key;
        dialect::Endpoint endpoint = dialect::Endpoint::kChat;
        SavedAnswer answer;
    };
    using Counter = std::atomic<std::uint64_t>;

    net::Task<std::optional<SavedAnswer>> ask(RequestContext* context, std::string key);
    bool may_ask(AnswerStore& store, base::SteadyTime now);
    void find(const std::shared_ptr<Lookup>& lookup);
    static void found(Lookup& lookup);
    bool enqueue(Waiting one);
    void write(std::size_t writer);
    void write(const Waiting& one, std::size_t writer, base::SteadyTime limit);
    void start_writers();
    void drop();
    void called(AnswerStore& store, plugin::Function function, base::Duration took);
    void failed(AnswerStore& store, const base::Error& error);
    bool warn_now(std::atomic<base::SteadyTime::rep>& next);

    base::Log& log_;
    const std::size_t first_cell_;
    std::unique_ptr<net::WorkerPool> readers_ = std::make_unique<net::WorkerPool>(kReaders);
    std::unique_ptr<net::WorkerPool> key_makers_ = std::make_unique<net::WorkerPool>(kKeyMakers);
    std::atomic<std::size_t> lookups_ = 0;  // at readers

    std::mutex mutex_;
    std::condition_variable something_;
    std::deque<Waiting> waiting_;
    std::size_t waiting_bytes_ = 0;
    std::vector<std::thread> writers_;
    bool stopping_ = false;
    base::SteadyTime give_up_ = base::SteadyTime::max();

    Counter hits_{}, misses_{}, get_errors_{}, stored_{}, put_errors_{}, dropped_{};
    std::atomic<base::SteadyTime::rep> next_failure_warning_ = 0;
    std::atomic<base::SteadyTime::rep> next_drop_warning_ = 0;
};

}  // namespace gomodel::gateway::recall
