// The limits of a gateway: budgets of user paths, and rates of requests, tokens and concurrency. A
// request reserves what it may use of all that apply to it, or nothing, before it goes to a
// provider; when it has been recorded the truth takes the reservation's place. Nothing here asks a
// storage: the counters are in memory and belong to the process, whatever generation is current.
//
// reserve() and reservations are used by loops, publish() by whoever keeps the budgets.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/published.hpp"
#include "config/rate_limits.hpp"
#include "gateway/limits/budget_meter.hpp"
#include "gateway/limits/rate_meter.hpp"

namespace gomodel::gateway::limits {

struct Budget {
    std::string user_path;  // "/" or "/team/alpha"
    std::int64_t period_seconds = 0;
    double amount = 0;
    std::optional<base::WallTime> last_reset = {};
};

struct MeteredBudget {
    Budget budget;
    std::shared_ptr<BudgetMeter> meter;
};

// By user path, ascending, then by period, descending: the order in which they refuse.
using BudgetSet = std::vector<MeteredBudget>;

struct MeteredRate {
    config::RateLimit limit;
    std::shared_ptr<RateMeters> meters;
};

// Of one generation.
using RateLimits = std::vector<MeteredRate>;

// Whose request it is, and what for.
struct Subject {
    std::string_view key;        // the id of the credential; empty: none
    std::string_view user_path;  // "/": none
    std::string_view provider;
    std::string_view model;     // the upstream's name; empty: unknown
    std::string_view selector;  // "<provider>/<model>"
};

struct Times {
    base::SteadyTime steady{};
    base::WallTime wall{};
};

struct Estimate {
    std::int64_t tokens = 0;
    double cost = 0;
};

enum class Refused : std::uint8_t { kBudget, kBudgetUnknown, kRequests, kTokens, kConcurrency };
inline constexpr std::size_t kRefusedKinds = 5;
std::string_view to_string(Refused kind);  // "budget", "budget_unknown", "requests", ...

struct Refusal {
    Refused kind = Refused::kBudget;
    std::string message;
    base::Duration retry_after{};
};

// The limit that is nearest to being reached, as clients are told.
struct Standing {
    std::int64_t limit = 0;  // 0: there is none
    std::int64_t remaining = 0;
    base::Duration reset{};  // until all of it is there again
};

// True iff `path` is `ancestor` or below it. Both normalised and not empty.
bool contains(std::string_view ancestor, std::string_view path);

// What a request holds of the limits. Gives back what it holds when it ends.
class Reservation {
public:
    Reservation() = default;
    Reservation(const Reservation&) = delete;
    Reservation& operator=(const Reservation&) = delete;
    ~Reservation();

    bool empty() const { return rates_.empty() && budgets_.empty(); }
    bool has_budget() const { return !budgets_.empty(); }

    // The truth: what was used, and what the row of it says that it cost. The first call counts.
    void settle(std::int64_t tokens, std::optional<double> cost, const Times& now);

    // Others may run in its place.
    void free_slots();

    const Standing& requests() const { return requests_; }
    const Standing& tokens() const { return tokens_; }

private:
    friend class Limits;
    struct HeldRate {
        std::shared_ptr<RateMeter> meter;
        bool of_target = false;  // it is the provider's or the model's
        bool counts_tokens = false;
        bool has_slot = false;
        std::int64_t tokens = 0;
        std::int64_t slice = 0;  // of the tokens
    };
    void settle(HeldRate& held, std::int64_t tokens, base::SteadyTime now);
    static void free_slot(HeldRate& held);

    std::vector<HeldRate> rates_;
    std::vector<std::shared_ptr<BudgetMeter>> budgets_;
    double cost_ = 0;  // reserved of each of the budgets
    bool settled_ = false;
    Standing requests_;
    Standing tokens_;
};

class Limits {
public:
    // The limits that apply to a request, found before it is known how much it may use.
    struct Matches {
        struct Rate {
            const config::RateLimit* limit = nullptr;
            std::shared_ptr<RateMeter> meter;
            std::string_view subject;
        };
        std::shared_ptr<const BudgetSet> set;  // that the budgets are in
        std::vector<const MeteredBudget*> budgets;
        std::vector<Rate> rates;

        bool empty() const { return budgets.empty() && rates.empty(); }
    };

    // The meters of the rates of a generation: those of the one before where it had them.
    RateLimits with_meters(const std::vector<config::RateLimit>& rates);

    // Replaces the budgets; what was spent of one that stays is still known.
    void publish(std::vector<Budget> budgets, const BudgetSettings& settings, base::WallTime now);
    std::shared_ptr<const BudgetSet> budgets() const { return budgets_.get(); }
    bool has_budgets() const { return has_budgets_.load(std::memory_order_acquire); }

    // `rates` and the texts of `subject` must outlive the result. `spends`: budgets, too.
    Matches match(const RateLimits* rates, const Subject& subject, bool spends,
                  base::SteadyTime now) const;
    // All of it or nothing. nullopt: it may go on.
    std::optional<Refusal> reserve(const Matches& matches, const Estimate& estimate,
                                   const Times& now, Reservation& reservation);
    // Another provider or model is asked in place of the one before: gives back what was held of
    // that one's limits and reserves of this one's. Budgets, keys and user paths stay as they are.
    std::optional<Refusal> retarget(const Matches& matches, const Estimate& estimate,
                                    const Times& now, Reservation& reservation);

    std::uint64_t refusals(Refused kind) const {
        return refusals_[static_cast<std::size_t>(kind)].load(std::memory_order_relaxed);
    }

private:
    static void hold(const Matches& matches, const Estimate& estimate, base::SteadyTime now,
                     Reservation& reservation);
    std::optional<Refusal> refuse(std::optional<Refusal> refusal);

    std::mutex mutex_;  // of publish() and with_meters()
    std::vector<std::pair<config::RateLimit, std::weak_ptr<RateMeters>>> meters_;
    base::Published<BudgetSet> budgets_;
    std::atomic<bool> has_budgets_ = false;
    std::array<std::atomic<std::uint64_t>, kRefusedKinds> refusals_{};
};

}  // namespace gomodel::gateway::limits
