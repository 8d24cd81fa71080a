// What was spent of one budget in its present window, as far as this process knows: the sum that
// the storage had at some moment (the cut) and what requests have cost since, and what the ones
// under way may cost. It belongs to the process and outlives changes of the budget's amount.
//
// Where it says so the caller holds the meter's mutex; the other functions take it. Any thread.
#pragma once

#include <mutex>
#include <optional>

#include "gateway/limits/budget_window.hpp"

namespace gomodel::gateway::limits {

class BudgetMeter {
public:
    struct Reading {
        BudgetWindow window;
        double spent = 0;
        double reserved = 0;     // by requests under way
        bool has_usage = false;  // something with a price
        bool known = false;      // the storage was asked for it
    };

    BudgetMeter(std::int64_t period_seconds, const BudgetSettings& settings,
                std::optional<base::WallTime> last_reset, base::WallTime now);

    std::mutex& mutex() { return mutex_; }
    Reading read_locked(base::WallTime now);                 // REQUIRES: mutex() is held
    void reserve_locked(double cost) { reserved_ += cost; }  // REQUIRES: mutex() is held

    Reading read(base::WallTime now);
    // A request that had reserved so much is over. `cost`: what its row in the storage says, which
    // has the time `when`; nullopt: there is none, or it has no price.
    void settle(double reserved, std::optional<double> cost, base::WallTime when);

    // The window is another one from now on: what was spent in it is to be asked for.
    void configure(const BudgetSettings& settings, std::optional<base::WallTime> last_reset,
                   base::WallTime now);

    // What is to be asked of the storage: the sum of the rows from `start` on and before `cut`.
    struct Question {
        base::WallTime start{};
        base::WallTime cut{};
    };
    Question question(base::WallTime now);
    // Takes the answer, unless the window has changed since, and makes a new cut at `now`.
    void correct(const Question& asked, std::optional<double> spent, base::WallTime now);

private:
    void roll(base::WallTime now);
    void begin(const BudgetWindow& window);
    void make_cut(base::WallTime now);

    const std::int64_t period_seconds_;
    std::mutex mutex_;
    BudgetSettings settings_;
    std::optional<base::WallTime> last_reset_;
    BudgetWindow window_;
    base::WallTime cut_;
    double before_ = 0;  // the cut
    double since_ = 0;
    double reserved_ = 0;
    bool usage_before_ = false;  // something with a price
    bool usage_since_ = false;
    bool known_ = false;
};

}  // namespace gomodel::gateway::limits
