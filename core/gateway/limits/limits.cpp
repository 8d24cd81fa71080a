#include "gateway/limits/limits.hpp"

#include <algorithm>
#include <cstdio>

namespace gomodel::gateway::limits {
namespace {

using config::LimitScope;
using config::RateLimit;

// For a slot that may be free any moment.
constexpr auto kSoon = std::chrono::seconds(1);

bool is_of_target(LimitScope scope) {
    return scope == LimitScope::kProvider || scope == LimitScope::kModel;
}

std::string six_digits(double amount) {
    char text[400];
    const int size = std::snprintf(text, sizeof text, "%.6f", amount);
    return {text, static_cast<std::size_t>(size)};
}

// Who of a scope makes the request; a view without data if the limit is not for it.
std::string_view subject_of(const RateLimit& limit, const Subject& subject) {
    const auto one = [&](std::string_view name) {
        if (limit.each()) return name.data() == nullptr ? std::string_view("", 0) : name;
        return name == limit.match ? std::string_view(limit.match) : std::string_view();
    };
    switch (limit.scope) {
        case LimitScope::kGateway:
            return {"", 0};
        case LimitScope::kKey:
            return one(subject.key);
        case LimitScope::kUserPath:
            if (limit.each()) return subject.user_path;
            return contains(limit.match, subject.user_path) ? std::string_view(limit.match)
                                                            : std::string_view();
        case LimitScope::kProvider:
            return one(subject.provider);
        case LimitScope::kModel:
            if (subject.model.empty()) return {};
            if (limit.each() || limit.match == subject.selector) return one(subject.selector);
            return one(subject.model);
    }
    return {};
}

// "model up/gpt-test"
std::string described(const Limits::Matches::Rate& rate) {
    switch (rate.limit->scope) {
        case LimitScope::kGateway:
            return "this gateway";
        case LimitScope::kKey:
            return rate.subject.empty() ? "requests without a key"
                                        : "key " + std::string(rate.subject);
        case LimitScope::kUserPath:
            return "user path " + std::string(rate.subject);
        case LimitScope::kProvider:
            return "provider " + std::string(rate.subject);
        case LimitScope::kModel:
            break;
    }
    return "model " + std::string(rate.subject);
}

Refusal rate_refusal(const Limits::Matches::Rate& rate, Refused kind, std::int64_t used,
                     base::Duration wait) {
    const RateLimit& limit = *rate.limit;
    std::string text = "rate limit exceeded for " + described(rate) + ": ";
    if (kind == Refused::kConcurrency) {
        text += std::to_string(used) + " requests of at most " + std::to_string(limit.concurrency) +
                " are running";
    } else {
        const bool tokens = kind == Refused::kTokens;
        text += "used " + std::to_string(used) + " of " +
                std::to_string(tokens ? limit.tokens : limit.requests) +
                (tokens ? " tokens" : " requests") + " per " +
                std::string(config::period_word(limit.per));
    }
    return {kind, std::move(text), std::max(wait, base::Duration(kSoon))};
}

// Of several refusals the one that lasts longest.
void keep_longest(std::optional<Refusal>& kept, Refusal refusal) {
    if (!kept || refusal.retry_after > kept->retry_after) kept = std::move(refusal);
}

// REQUIRES: the meter's mutex is held.
void check(const Limits::Matches::Rate& rate, base::SteadyTime now,
           std::optional<Refusal>& refusal) {
    const RateLimit& limit = *rate.limit;
    RateMeter& meter = *rate.meter;
    if (limit.requests > 0) {
        const std::int64_t used = meter.requests.used(now);
        if (used >= limit.requests)
            keep_longest(refusal, rate_refusal(rate, Refused::kRequests, used,
                                               meter.requests.until(now, limit.requests - 1)));
    }
    if (limit.tokens > 0) {
        const std::int64_t used = meter.tokens.used(now);
        if (used >= limit.tokens)
            keep_longest(refusal, rate_refusal(rate, Refused::kTokens, used,
                                               meter.tokens.until(now, limit.tokens - 1)));
    }
    if (limit.concurrency > 0 && meter.running >= limit.concurrency)
        keep_longest(refusal, rate_refusal(rate, Refused::kConcurrency, meter.running, kSoon));
}

std::optional<Refusal> check(const Budget& budget, const BudgetMeter::Reading& reading,
                             base::WallTime now) {
    if (!reading.known) return Refusal{Refused::kBudgetUnknown, "budget check failed", kSoon};
    if (reading.spent + reading.reserved < budget.amount) return std::nullopt;
    std::string text = "budget exceeded for " + budget.user_path + " " +
                       period_label(budget.period_seconds) + " limit: spent " +
                       six_digits(reading.spent);
    // The requests under way may still turn out to cost less than they might.
    const bool spent = reading.spent >= budget.amount;
    if (!spent) text += " and requests under way may cost " + six_digits(reading.reserved);
    text += " of " + six_digits(budget.amount);
    return Refusal{
        Refused::kBudget, std::move(text),
        spent ? std::max(reading.window.end - now, base::Duration(0)) : base::Duration(kSoon)};
}

void note_standing(Standing& standing, SlidingWindow& window, std::int64_t limit,
                   base::SteadyTime now) {
    const std::int64_t remaining = std::max<std::int64_t>(limit - window.used(now), 0);
    if (standing.limit > 0 && remaining >= standing.remaining) return;
    standing = {limit, remaining, window.until(now, 0)};
}

void add_budgets(const BudgetSet& set, std::string_view path, Limits::Matches& matches) {
    auto at = std::lower_bound(set.begin(), set.end(), path, [](const auto& each, auto wanted) {
        return each.budget.user_path < wanted;
    });
    for (; at != set.end() && at->budget.user_path == path; ++at)
        matches.budgets.push_back(&*at);
}

template <typename Meter>
std::vector<std::unique_lock<std::mutex>> lock_all(std::vector<Meter*> meters,
                                                   std::mutex& (*mutex)(Meter&)) {
    std::sort(meters.begin(), meters.end(), std::less<Meter*>());
    meters.erase(std::unique(meters.begin(), meters.end()), meters.end());
    std::vector<std::unique_lock<std::mutex>> locks;
    locks.reserve(meters.size());
    for (Meter* const meter : meters)
        locks.emplace_back(mutex(*meter));
    return locks;
}

}  // namespace

std::string_view to_string(Refused kind) {
    constexpr std::array<std::string_view, kRefusedKinds> kNames = {
        "budget", "budget_unknown", "requests", "tokens", "concurrency"};
    return kNames[static_cast<std::size_t>(kind)];
}

bool contains(std::string_view ancestor, std::string_view path) {
    if (ancestor == "/") return true;
    return path.starts_with(ancestor) &&
           (path.size() == ancestor.size() || path[ancestor.size()] == '/');
}

RateLimits Limits::with_meters(const std::vector<RateLimit>& rates) {
    const std::lock_guard lock(mutex_);
    std::erase_if(meters_, [](const auto& each) { return each.second.expired(); });
    RateLimits result;
    for (const RateLimit& rate : rates) {
        std::shared_ptr<RateMeters> meters;
        for (const auto& [limit, known] : meters_) {
            if (limit.same_subject(rate)) meters = known.lock();
        }
        if (meters == nullptr) {
            meters = std::make_shared<RateMeters>(rate.per);
            meters_.emplace_back(rate, meters);
        }
        result.push_back({rate, std::move(meters)});
    }
    return result;
}

void Limits::publish(std::vector<Budget> budgets, const BudgetSettings& settings,
                     base::WallTime now) {
    const std::lock_guard lock(mutex_);
    const std::shared_ptr<const BudgetSet> before = budgets_.get();
    auto set = std::make_shared<BudgetSet>();
    for (Budget& budget : budgets) {
        std::shared_ptr<BudgetMeter> meter;
        for (const MeteredBudget& known : before == nullptr ? BudgetSet() : *before) {
            if (known.budget.user_path == budget.user_path &&
                known.budget.period_seconds == budget.period_seconds)
                meter = known.meter;
        }
        if (meter == nullptr) {
            meter = std::make_shared<BudgetMeter>(budget.period_seconds, settings,
                                                  budget.last_reset, now);
        } else {
            meter->configure(settings, budget.last_reset, now);
        }
        set->push_back({std::move(budget), std::move(meter)});
    }
    std::sort(set->begin(), set->end(), [](const MeteredBudget& a, const MeteredBudget& b) {
        if (a.budget.user_path != b.budget.user_path)
            return a.budget.user_path < b.budget.user_path;
        return a.budget.period_seconds > b.budget.period_seconds;
    });
    const bool any = !set->empty();
    budgets_.publish(std::move(set));
    has_budgets_.store(any, std::memory_order_release);
}

Limits::Matches Limits::match(const RateLimits* rates, const Subject& subject, bool spends,
                              base::SteadyTime now) const {
    Matches matches;
    if (spends && has_budgets()) {
        matches.set = budgets_.get();
        add_budgets(*matches.set, "/", matches);
        for (std::size_t end = 1; end < subject.user_path.size(); ++end) {
            end = std::min(subject.user_path.find('/', end), subject.user_path.size());
            add_budgets(*matches.set, subject.user_path.substr(0, end), matches);
        }
    }
    if (rates == nullptr) return matches;
    for (const MeteredRate& rate : *rates) {
        const std::string_view who = subject_of(rate.limit, subject);
        if (who.data() != nullptr)
            matches.rates.push_back({&rate.limit, rate.meters->of(who, now), who});
    }
    return matches;
}

std::optional<Refusal> Limits::refuse(std::optional<Refusal> refusal) {
    refusals_[static_cast<std::size_t>(refusal->kind)].fetch_add(1, std::memory_order_relaxed);
    return refusal;
}

// REQUIRES: the meters are locked.
void Limits::hold(const Matches& matches, const Estimate& estimate, base::SteadyTime now,
                  Reservation& reservation) {
    if (!matches.budgets.empty()) reservation.cost_ = estimate.cost;
    for (const MeteredBudget* const each : matches.budgets) {
        each->meter->reserve_locked(estimate.cost);
        reservation.budgets_.push_back(each->meter);
    }
    for (const Matches::Rate& each : matches.rates) {
        RateMeter& meter = *each.meter;
        Reservation::HeldRate held{each.meter, is_of_target(each.limit->scope)};
        meter.requests.add(now, 1);
        held.counts_tokens = each.limit->tokens > 0;
        held.tokens = held.counts_tokens ? estimate.tokens : 0;
        if (held.counts_tokens) held.slice = meter.tokens.add(now, held.tokens);
        held.has_slot = each.limit->concurrency > 0;
        if (held.has_slot) ++meter.running;
        reservation.rates_.push_back(std::move(held));
    }
}

// Every meter is locked while it is looked at and added to, budgets before rates and each kind in
// the order of addresses, so that two requests cannot wait for each other.
std::optional<Refusal> Limits::reserve(const Matches& matches, const Estimate& estimate,
                                       const Times& now, Reservation& reservation) {
    std::vector<BudgetMeter*> budgets;
    for (const MeteredBudget* const each : matches.budgets)
        budgets.push_back(each->meter.get());
    std::vector<RateMeter*> rates;
    for (const Matches::Rate& each : matches.rates)
        rates.push_back(each.meter.get());
    const auto budget_locks = lock_all<BudgetMeter>(
        std::move(budgets), [](BudgetMeter& meter) -> std::mutex& { return meter.mutex(); });
    const auto rate_locks = lock_all<RateMeter>(
        std::move(rates), [](RateMeter& meter) -> std::mutex& { return meter.mutex; });

    std::optional<Refusal> refusal;
    for (const MeteredBudget* const each : matches.budgets) {
        if (refusal = check(each->budget, each->meter->read_locked(now.wall), now.wall);
            refusal.has_value())
            break;
    }
    if (!refusal.has_value()) {
        for (const Matches::Rate& each : matches.rates)
            check(each, now.steady, refusal);
    }
    if (!refusal.has_value()) hold(matches, estimate, now.steady, reservation);
    for (const Matches::Rate& each : matches.rates) {
        if (each.limit->requests > 0)
            note_standing(reservation.requests_, each.meter->requests, each.limit->requests,
                          now.steady);
        if (each.limit->tokens > 0)
            note_standing(reservation.tokens_, each.meter->tokens, each.limit->tokens, now.steady);
    }
    return refusal.has_value() ? refuse(std::move(refusal)) : std::nullopt;
}

std::optional<Refusal> Limits::retarget(const Matches& matches, const Estimate& estimate,
                                        const Times& now, Reservation& reservation) {
    std::erase_if(reservation.rates_, [&](Reservation::HeldRate& held) {
        if (!held.of_target) return false;
        reservation.settle(held, 0, now.steady);
        Reservation::free_slot(held);
        return true;
    });
    Matches targets;
    for (const Matches::Rate& each : matches.rates) {
        if (is_of_target(each.limit->scope)) targets.rates.push_back(each);
    }
    return reserve(targets, estimate, now, reservation);
}

}  // namespace gomodel::gateway::limits
