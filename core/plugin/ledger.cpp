#include "plugin/ledger.hpp"

#include <algorithm>
#include <utility>

namespace gomodel::plugin {

std::string_view to_string(Function function) {
    constexpr std::array<std::string_view, kFunctions> kNames = {
        "open", "next", "head", "feed", "end", "close", "request", "get", "put"};
    return kNames.at(static_cast<std::size_t>(function));
}

std::string_view to_string(Build build) {
    return build == Build::kCurrent ? "current" : "canary";
}

Account::Account(std::string plugin, Build build, std::size_t loops, base::Log* log)
    : plugin_(std::move(plugin)), build_(build), log_(log), loops_(loops) {}

CallTimes Account::times(Function function) const {
    CallTimes total;
    for (const auto& loop : loops_) {
        const Cell& cell = loop[static_cast<std::size_t>(function)];
        for (std::size_t i = 0; i < total.buckets.size(); ++i) {
            const std::uint64_t calls = cell.buckets[i].load(std::memory_order_relaxed);
            total.buckets[i] += calls;
            total.calls += calls;
        }
        total.sum += base::Duration(cell.sum.load(std::memory_order_relaxed));
        total.worst =
            std::max(total.worst, base::Duration(cell.worst.load(std::memory_order_relaxed)));
    }
    return total;
}

std::optional<OverBudget> Account::over_budget(base::SteadyTime now, Function function,
                                               base::Duration took) {
    ++over_budget_;
    const std::lock_guard lock(warning_mutex_);
    ++unwarned_.calls;
    if (took > unwarned_.worst) {
        unwarned_.worst = took;
        unwarned_.function = function;
    }
    if (now < next_warning_) return std::nullopt;
    next_warning_ = now + kBetweenWarnings;
    return std::exchange(unwarned_, {});
}

void Account::misbehaved(Rule rule) {
    const bool first = misbehaviour_[static_cast<std::size_t>(rule)]++ == 0;
    if (!first || log_ == nullptr) return;
    log_->warn("a plugin broke a rule of the plugin ABI", {{"plugin", std::string_view(plugin_)},
                                                           {"build", to_string(build_)},
                                                           {"rule", to_string(rule)},
                                                           {"what", explain(rule)}});
}

std::shared_ptr<Account> Ledger::account(std::string_view plugin, Build build) {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Account>& account = accounts_[{std::string(plugin), build}];
    if (account == nullptr)
        account = std::make_shared<Account>(std::string(plugin), build, loops_, log_);
    return account;
}

std::vector<std::shared_ptr<const Account>> Ledger::accounts() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<const Account>> all;
    for (const auto& [key, account] : accounts_)
        all.push_back(account);
    return all;
}

std::string Ledger::inside() const {
    std::string plugins;
    for (const auto& account : accounts()) {
        if (account->inside() > 0)
            plugins.append(plugins.empty() ? "" : ", ").append(account->plugin());
    }
    return plugins;
}

}  // namespace gomodel::plugin
