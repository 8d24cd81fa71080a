#include "gateway/retry.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <ctime>
#include <string>

#include "base/text.hpp"

namespace gomodel::gateway {
namespace {

constexpr std::int64_t kMaxSeconds = std::int64_t{365} * 24 * 3600;  // anything longer is "never"

double seconds(base::Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

// In [0, 1).
double uniform(base::Random& random) {
    return static_cast<double>(random.next() >> 11U) * 0x1.0p-53;
}

// The three forms of a date of RFC 9110, 5.6.7.
std::optional<base::WallTime> read_date(const std::string& text) {
    for (const char* const form :
         {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"}) {
        std::tm parts{};
        const char* const end = strptime(text.c_str(), form, &parts);
        if (end == nullptr || *end != '\0') continue;
        const std::time_t time = timegm(&parts);
        return base::WallTime(std::chrono::seconds(time));
    }
    return std::nullopt;
}

}  // namespace

bool passes_by(int status) {
    constexpr std::array kStatuses = {408, 429, 502, 503, 504, 529};
    return std::find(kStatuses.begin(), kStatuses.end(), status) != kStatuses.end();
}

std::optional<base::Duration> read_retry_after(std::string_view value, base::WallTime now) {
    const std::string_view text = base::trim(value);
    if (text.empty()) return std::nullopt;  // as of nearly every answer
    const bool digits =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (digits) {
        std::int64_t count = kMaxSeconds;
        std::from_chars(text.data(), text.data() + text.size(), count);  // too large: as it is
        return std::chrono::seconds(std::min(count, kMaxSeconds));
    }
    const std::optional<base::WallTime> date = read_date(std::string(text));
    if (!date.has_value()) return std::nullopt;
    return std::clamp<base::Duration>(*date - now, base::Duration::zero(),
                                      std::chrono::seconds(kMaxSeconds));
}

std::optional<bool> read_should_retry(std::string_view value) {
    const std::string_view text = base::trim(value);
    if (base::iequals(text, "true")) return true;
    if (base::iequals(text, "false")) return false;
    return std::nullopt;
}

base::Duration backoff(const config::Retry& rules, int retry, base::Random& random) {
    double wait =
        std::min(seconds(rules.initial_backoff) * std::pow(rules.backoff_factor, retry - 1),
                 seconds(rules.max_backoff));
    if (rules.jitter_factor > 0) wait *= 1 + rules.jitter_factor * (2 * uniform(random) - 1);
    const double longest = static_cast<double>(kMaxSeconds);
    return std::chrono::duration_cast<base::Duration>(
        std::chrono::duration<double>(std::clamp(wait, 0.0, longest)));
}

std::optional<base::Duration> wait_before(const config::Retry& rules, int retry,
                                          const Failed& failed, base::Random& random) {
    if (retry > rules.max_retries) return std::nullopt;
    bool again = failed.trouble == Trouble::kConnection;
    if (failed.trouble == Trouble::kStatus) {
        again = failed.should_retry.value_or(passes_by(failed.status));
    }
    if (!again) return std::nullopt;
    if (failed.retry_after.value_or(base::Duration::zero()) > rules.max_backoff) {
        return std::nullopt;
    }
    const base::Duration asked = failed.retry_after.value_or(base::Duration::zero());
    return std::max(asked, backoff(rules, retry, random));
}

}  // namespace gomodel::gateway
