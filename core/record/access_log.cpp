#include "record/access_log.hpp"

#include <cstdio>

#include "gateway/catalog.hpp"

namespace gomodel::record {
namespace {

std::int64_t microseconds(base::Duration duration) {
    return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

// "850ns", "1.234ms", "2.5s": as the reference gateway writes it.
std::string_view duration_text(base::Duration duration, char (&into)[32]) {
    const auto nanoseconds = static_cast<double>(duration.count());
    const char* unit = "s";
    double value = nanoseconds / 1e9;
    if (nanoseconds < 1e3) {
        unit = "ns";
        value = nanoseconds;
    } else if (nanoseconds < 1e6) {
        unit = "µs";
        value = nanoseconds / 1e3;
    } else if (nanoseconds < 1e9) {
        unit = "ms";
        value = nanoseconds / 1e6;
    }
    const int size = std::snprintf(into, sizeof into, "%.6g%s", value, unit);
    return {into, static_cast<std::size_t>(size)};
}

}  // namespace

void log_access(base::Log& log, const gateway::RequestRecord& record) {
    if (!log.enabled(base::LogLevel::kInfo)) return;
    const gateway::Model* const model = record.model;
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
              {"user_path", record.user_path},
              {"provider", model == nullptr ? std::string_view() : model->provider->name},
              {"model", model == nullptr ? record.requested_model : std::string_view(model->id)},
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
