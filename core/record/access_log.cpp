#include "record/access_log.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/catalog.hpp"

namespace gomodel::record {
namespace {

std::int64_t microseconds(base::Duration duration) {
    return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

// "850ns", "12.345µs", "1.234567ms", "2.5s": as the reference gateway writes it.
std::string_view duration_text(base::Duration duration, char (&into)[32]) {
    std::int64_t unit = 1'000'000'000;
    std::string_view name = "s";
    const std::int64_t nanoseconds = duration.count();
    if (nanoseconds < 1'000) {
        unit = 1;
        name = "ns";
    } else if (nanoseconds < 1'000'000) {
        unit = 1'000;
        name = "µs";
    } else if (nanoseconds < 1'000'000'000) {
        unit = 1'000'000;
        name = "ms";
    }
    char* at = std::to_chars(into, into + sizeof into, nanoseconds / unit).ptr;
    std::int64_t rest = nanoseconds % unit;
    if (rest != 0) *at++ = '.';
    while (rest != 0) {
        rest *= 10;
        *at++ = static_cast<char>('0' + rest / unit);
        rest %= unit;
    }
    at = std::copy(name.begin(), name.end(), at);
    return {into, static_cast<std::size_t>(at - into)};
}

}  // namespace

void log_access(base::Log& log, const gateway::RequestRecord& record) {
    if (!log.enabled(base::LogLevel::kInfo)) return;
    const gateway::Model* const model = record.model;
    const gateway::Provider* const provider = model == nullptr ? record.provider : model->provider;
    char latency[32];
    log.info("REQUEST",
             {{"method", record.method},
              {"uri", record.uri},
              {"status", std::int64_t{record.status}},
              {"latency", duration_text(record.total, latency)},
              {"host", record.host},
              {"bytes_in", static_cast<std::int64_t>(record.bytes_in)},
              {"bytes_out", static_cast<std::int64_t>(record.bytes_out)},
              {"user_agent", record.user_agent},
              {"remote_ip", record.remote_ip},
              {"request_id", record.request_id},
              {"auth", record.auth_method},
              {"auth_key_id", record.auth_key_id},
              {"refused_because", record.refused_because},
              {"user_path", record.user_path},
              {"provider", provider == nullptr ? std::string_view() : provider->name},
              {"model", model == nullptr ? record.requested_model : std::string_view(model->id)},
              {"requested_model", record.requested_model},
              {"alias_used", record.alias_used},
              {"attempts", std::int64_t{record.attempts}},
              {"fallback", record.fallback},
              {"stream", record.stream},
              {"upstream_us", microseconds(record.upstream_head)},
              {"first_output_us", microseconds(record.first_output)},
              {"prompt_tokens", record.usage.prompt},
              {"completion_tokens", record.usage.completion},
              {"cached_tokens", record.usage.cached},
              {"reasoning_tokens", record.usage.reasoning},
              {"estimated", record.usage_estimated},
              {"end", gateway::to_string(record.cause)},
              {"error_type", record.error_type},
              {"error", record.error_message}});
}

}  // namespace gomodel::record
