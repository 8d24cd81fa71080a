// The time that plugins take: how long every call of an interface function took, by plugin. Loops
// count without locks, each in cells of its own, and a scrape adds the cells up; what a call costs
// is two reads of the clock and four additions. And what they did that they must not.
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "plugin/bypass.hpp"
#include "plugin/rule.hpp"

namespace gomodel::plugin {

// The functions of plugins that requests call.
enum class Function : std::uint8_t {
    kOpen,
    kNext,
    kHead,
    kFeed,
    kEnd,
    kClose,
    kRequest,
    kGet,
    kPut
};
inline constexpr std::size_t kFunctions = 9;
std::string_view to_string(Function function);  // "open", as in gm_provider_t

// Which build of a plugin: the one that serves, or the new one on trial beside it.
enum class Build : std::uint8_t { kCurrent, kCanary };
std::string_view to_string(Build build);  // "current", "canary"

// Upper ends of the buckets, in nanoseconds. A call is expected to take microseconds.
inline constexpr std::array<std::uint64_t, 13> kCallBounds = {
    500,     1'000,     2'500,     5'000,      10'000,      50'000,       100'000,
    500'000, 1'000'000, 5'000'000, 25'000'000, 100'000'000, 1'000'000'000};

// What was counted of one function.
struct CallTimes {
    std::array<std::uint64_t, kCallBounds.size() + 1> buckets{};  // not cumulative
    std::uint64_t calls = 0;
    base::Duration sum{};
    base::Duration worst{};
};

// What a warning says of a plugin's calls that took longer than its budget.
struct OverBudget {
    std::uint64_t calls = 0;              // since the last warning
    base::Duration worst{};               // of them
    Function function = Function::kOpen;  // in which the worst was
};

// Of one build of one plugin.
class Account {
public:
    static constexpr base::Duration kBetweenWarnings = std::chrono::minutes(1);

    // log: hears of what the plugin did wrong; must outlive it. nullptr: nobody does.
    Account(std::string plugin, Build build, std::size_t loops, base::Log* log = nullptr);

    const std::string& plugin() const { return plugin_; }
    Build build() const { return build_; }

    // Counts a call. REQUIRES: `loop` is below the number of loops, and is the calling thread's.
    void called(std::size_t loop, Function function, base::Duration took) {
        Cell& cell = loops_[loop][static_cast<std::size_t>(function)];
        const auto nanoseconds = static_cast<std::uint64_t>(took.count());
        std::size_t bucket = 0;
        while (bucket < kCallBounds.size() && nanoseconds > kCallBounds[bucket])
            ++bucket;
        add(cell.buckets[bucket], 1);
        add(cell.sum, nanoseconds);
        if (nanoseconds > cell.worst.load(std::memory_order_relaxed)) {
            cell.worst.store(nanoseconds, std::memory_order_relaxed);
        }
    }
    // The sum of all loops. Any thread.
    CallTimes times(Function function) const;

    // Counts a call that took longer than the budget. A value: it is time for a warning. Any
    // thread.
    std::optional<OverBudget> over_budget(base::SteadyTime now, Function function,
                                          base::Duration took);
    std::uint64_t over_budget() const { return over_budget_; }  // calls, ever

    // Counts what the plugin did wrong, and warns of the first time. Any thread.
    void misbehaved(Rule rule);
    std::uint64_t misbehaviour(Rule rule) const {
        return misbehaviour_[static_cast<std::size_t>(rule)].load(std::memory_order_relaxed);
    }

    // Calls that may block and have not returned. Any thread.
    void entered() { ++inside_; }
    void returned() { --inside_; }
    int inside() const { return inside_; }

    // Whether the plugin should be left out now; for kinds that a request can do without.
    Bypass& bypass() { return bypass_; }
    const Bypass& bypass() const { return bypass_; }
    // Counts a request that did without it. Any thread.
    void left_out() { ++left_out_; }
    std::uint64_t times_left_out() const { return left_out_; }

private:
    using Counter = std::atomic<std::uint64_t>;
    struct alignas(64) Cell {
        std::array<Counter, kCallBounds.size() + 1> buckets{};
        Counter sum{};
        Counter worst{};
    };

    // Only one thread writes a cell: no need for an atomic addition.
    static void add(Counter& counter, std::uint64_t amount) {
        counter.store(counter.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
    }

    const std::string plugin_;
    const Build build_;
    base::Log* const log_;
    std::vector<std::array<Cell, kFunctions>> loops_;
    Bypass bypass_;
    Counter over_budget_{};
    Counter left_out_{};
    std::atomic<int> inside_ = 0;
    std::array<Counter, kRules> misbehaviour_{};
    std::mutex warning_mutex_;
    OverBudget unwarned_;
    base::SteadyTime next_warning_ = base::SteadyTime::min();
};

// All accounts of the process. They are never taken back: counters must not go down.
class Ledger {
public:
    explicit Ledger(std::size_t loops = 1, base::Log* log = nullptr) : loops_(loops), log_(log) {}

    // The account of a build of a plugin, made when it is first asked for. Any thread.
    std::shared_ptr<Account> account(std::string_view plugin, Build build = Build::kCurrent);
    // In order of plugin id. Any thread.
    std::vector<std::shared_ptr<const Account>> accounts() const;
    // The plugins that calls are waited for, with commas. Any thread.
    std::string inside() const;

private:
    const std::size_t loops_;
    base::Log* const log_;
    mutable std::mutex mutex_;
    std::map<std::pair<std::string, Build>, std::shared_ptr<Account>> accounts_;
};

}  // namespace gomodel::plugin
