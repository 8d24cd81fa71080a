#include "config/rate_limits.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "config/document.hpp"
#include "config/problem.hpp"
#include "config/unknown.hpp"
#include "config/user_path.hpp"
#include "config/values.hpp"

namespace gomodel::config {
namespace {

constexpr std::string_view kPath = "rate_limits";
constexpr std::int64_t kMostAllowed = 1'000'000'000'000;
constexpr std::array<std::string_view, 5> kScopes = {"gateway", "key", "user_path", "provider",
                                                     "model"};

struct PeriodWord {
    std::string_view text;
    std::chrono::seconds length;
};
constexpr PeriodWord kPeriods[] = {{"minute", std::chrono::minutes(1)},
                                   {"hour", std::chrono::hours(1)},
                                   {"day", std::chrono::hours(24)}};

class LimitReader {
public:
    LimitReader(const Document& document, Problems& problems)
        : document_(document), problems_(problems) {}

    std::vector<RateLimit> run() {
        const Node* const list = document_.find(kPath);
        if (list == nullptr || list->is_null()) return {};
        if (!list->is_sequence()) {
            fault(*list, std::string(kPath), "expected a list");
            return {};
        }
        for (std::size_t i = 0; i < list->items.size(); ++i) {
            const Node& item = list->items[i];
            const std::string path = join_path(kPath, i);
            sound_ = true;
            RateLimit limit = read(item, path);
            if (!sound_) continue;
            const auto same =
                std::find_if(limits_.begin(), limits_.end(),
                             [&](const RateLimit& other) { return limit.same_subject(other); });
            if (same != limits_.end()) {
                fault(item, path, "a second limit for the same as the one at " + same->where);
                continue;
            }
            limits_.push_back(std::move(limit));
        }
        return std::move(limits_);
    }

private:
    void fault(const Node& node, std::string path, std::string message) {
        sound_ = false;
        problems_.error(document_.where(node.line), std::move(path), std::move(message));
    }

    RateLimit read(const Node& node, const std::string& path) {
        RateLimit limit;
        if (!node.is_mapping()) {
            fault(node, path, "expected {scope, match, requests, tokens, concurrency, per}");
            return limit;
        }
        warn_unknown(document_, node, path,
                     {"scope", "match", "requests", "tokens", "concurrency", "per"}, problems_);
        limit.where = document_.where(node.line);
        limit.scope = scope_of(node, path);
        limit.match = match_of(node, path, limit.scope);
        limit.requests = number_of(node, path, "requests");
        limit.tokens = number_of(node, path, "tokens");
        limit.concurrency = number_of(node, path, "concurrency");
        limit.per = period_of(node, path);
        if (sound_ && limit.requests == 0 && limit.tokens == 0 && limit.concurrency == 0) {
            fault(node, path, "limits nothing: set requests, tokens or concurrency");
        }
        return limit;
    }

    std::string text_of(const Node& node, std::string_view member, const std::string& path) {
        const Entry* const entry = node.find(member);
        if (entry == nullptr || entry->value.is_null()) return {};
        if (!entry->value.is_scalar()) {
            fault(entry->value, join_path(path, member), "expected a text");
            return {};
        }
        return std::string(base::trim(entry->value.text));
    }

    const Node& place(const Node& node, std::string_view member) const {
        const Entry* const entry = node.find(member);
        return entry == nullptr ? node : entry->value;
    }

    LimitScope scope_of(const Node& node, const std::string& path) {
        const std::string word = base::lower(text_of(node, "scope", path));
        const auto found = std::find(kScopes.begin(), kScopes.end(), word);
        if (found != kScopes.end()) return static_cast<LimitScope>(found - kScopes.begin());
        fault(place(node, "scope"), path + ".scope",
              "expected gateway, key, user_path, provider or model");
        return LimitScope::kGateway;
    }

    std::string match_of(const Node& node, const std::string& path, LimitScope scope) {
        std::string match = text_of(node, "match", path);
        if (scope == LimitScope::kGateway) {
            if (!match.empty()) {
                fault(place(node, "match"), path + ".match",
                      "is of no use with scope gateway: the limit is for all requests together");
            }
            return {};
        }
        if (match.empty() || match == RateLimit::kEach) return std::string(RateLimit::kEach);
        if (scope != LimitScope::kUserPath) return match;
        const auto user_path = normalise_user_path(match);
        if (user_path) return *user_path;
        fault(place(node, "match"), path + ".match", user_path.error().message);
        return {};
    }

    std::int64_t number_of(const Node& node, const std::string& path, std::string_view member) {
        const std::string text = text_of(node, member, path);
        if (text.empty()) return 0;
        const auto number = parse_integer(text);
        if (number && *number > 0 && *number <= kMostAllowed) return *number;
        fault(place(node, member), join_path(path, member),
              "expected a whole number from 1 to " + std::to_string(kMostAllowed));
        return 0;
    }

    std::chrono::seconds period_of(const Node& node, const std::string& path) {
        const std::string word = base::lower(text_of(node, "per", path));
        if (word.empty()) return kPeriods[0].length;
        for (const PeriodWord& period : kPeriods) {
            if (period.text == word) return period.length;
        }
        fault(place(node, "per"), path + ".per", "expected minute, hour or day");
        return kPeriods[0].length;
    }

    const Document& document_;
    Problems& problems_;
    bool sound_ = true;  // the limit being read, so far
    std::vector<RateLimit> limits_;
};

}  // namespace

std::string_view to_string(LimitScope scope) {
    return kScopes[static_cast<std::size_t>(scope)];
}

std::string_view period_word(std::chrono::seconds per) {
    for (const PeriodWord& period : kPeriods) {
        if (period.length == per) return period.text;
    }
    return "minute";
}

std::string to_string(const RateLimit& limit) {
    std::string text(to_string(limit.scope));
    if (!limit.match.empty()) text += " " + limit.match;
    std::string sums;
    if (limit.requests > 0) sums = std::to_string(limit.requests) + " requests";
    if (limit.tokens > 0)
        sums += (sums.empty() ? "" : ", ") + std::to_string(limit.tokens) + " tokens";
    if (!sums.empty()) sums.append(" per ").append(period_word(limit.per));
    if (limit.concurrency > 0)
        sums += (sums.empty() ? "" : ", ") + std::to_string(limit.concurrency) + " at once";
    return text + ": " + sums;
}

std::vector<RateLimit> read_rate_limits(const Document& document, Problems& problems) {
    return LimitReader(document, problems).run();
}

}  // namespace gomodel::config
