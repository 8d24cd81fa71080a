#include "admin/provider_status.hpp"

#include <algorithm>

#include "admin/json_time.hpp"
#include "admin/json_writer.hpp"
#include "config/redact.hpp"
#include "config/values.hpp"
#include "gateway/client_answer.hpp"

namespace gomodel::admin {
namespace {

// One provider, be it that it serves or that it is only configured.
struct Row {
    std::string name;
    std::string type;
    std::string base_url;
    std::string api_version;
    const std::vector<config::ConfiguredModel>* models = nullptr;
    const config::Resilience* resilience = nullptr;
    const gateway::Provider* provider = nullptr;  // null: it has no instance
    gateway::ListingStatus listing;
};

struct Verdict {
    std::string_view status;
    std::string_view label;
    std::string_view reason;
};

Verdict judge(const Row& row) {
    const gateway::ListingStatus& listing = row.listing;
    const bool models = listing.discovered_model_count > 0;
    const bool failed = !listing.last_model_fetch_error.empty();
    if (models && failed) {
        return {"degraded", "Degraded",
                "the last listing of its models failed; the models known before are served"};
    }
    if (failed) return {"unhealthy", "Unhealthy", "its models could not be listed"};
    if (models && listing.using_cached_models) {
        return {"degraded", "Starting",
                "models of an earlier run are served; it has not listed its own yet"};
    }
    if (models) return {"healthy", "Healthy", "its models are known"};
    if (row.provider == nullptr) {
        return {"degraded", "Starting", "it is configured and has no instance; the log says why"};
    }
    return {"degraded", "Configured", "it has not listed its models yet"};
}

std::vector<Row> rows_of(const gateway::Generation& generation, const ListingStatuses& listings) {
    std::vector<Row> rows;
    for (const auto& provider : generation.providers) {
        Row row{provider->name,    provider->type,        provider->base_url, provider->api_version,
                &provider->models, &provider->resilience, provider.get(),     {}};
        const auto listing = listings.find(provider->name);
        if (listing != listings.end()) row.listing = listing->second;
        rows.push_back(std::move(row));
    }
    for (const config::ProviderInstance& entry : generation.settings.providers) {
        if (generation.provider(entry.name) != nullptr) continue;
        Row row{entry.name,
                entry.type,
                config::redact(entry.option("base_url")),
                {},
                &entry.models,
                &entry.resilience,
                nullptr,
                {}};
        row.listing.registered = false;
        rows.push_back(std::move(row));
    }
    std::sort(rows.begin(), rows.end(),
              [](const Row& left, const Row& right) { return left.name < right.name; });
    return rows;
}

void write_resilience(JsonWriter& json, const config::Resilience& resilience) {
    json.key("resilience");
    json.begin_object();
    json.key("retry");
    json.begin_object();
    json.member("max_retries", std::int64_t{resilience.retry.max_retries});
    json.member("initial_backoff", config::format_duration(resilience.retry.initial_backoff));
    json.member("max_backoff", config::format_duration(resilience.retry.max_backoff));
    json.real("backoff_factor", resilience.retry.backoff_factor);
    json.real("jitter_factor", resilience.retry.jitter_factor);
    json.end_object();
    json.key("circuit_breaker");
    json.begin_object();
    json.member("failure_threshold", std::int64_t{resilience.circuit_breaker.failure_threshold});
    json.member("success_threshold", std::int64_t{resilience.circuit_breaker.success_threshold});
    json.member("timeout", config::format_duration(resilience.circuit_breaker.timeout));
    json.end_object();
    json.end_object();
}

void write_config(JsonWriter& json, const Row& row) {
    json.key("config");
    json.begin_object();
    json.member("name", row.name);
    json.member("type", row.type);
    json.optional("base_url", row.base_url);
    json.optional("api_version", row.api_version);
    if (!row.models->empty()) {
        json.key("models");
        json.begin_array();
        for (const config::ConfiguredModel& model : *row.models)
            json.text(model.id);
        json.end_array();
    }
    write_resilience(json, *row.resilience);
    json.end_object();
}

void write_time(JsonWriter& json, std::string_view name, const std::optional<base::WallTime>& at) {
    if (at) json.member(name, json_time(*at));
}

void write_runtime(JsonWriter& json, const Row& row) {
    const gateway::ListingStatus& listing = row.listing;
    json.key("runtime");
    json.begin_object();
    json.member("name", row.name);
    json.member("type", row.type);
    json.flag("registered", listing.registered);
    json.flag("registry_initialized", listing.registry_initialized);
    json.member("discovered_model_count",
                static_cast<std::int64_t>(listing.discovered_model_count));
    json.flag("using_cached_models", listing.using_cached_models);
    write_time(json, "last_model_fetch_at", listing.last_model_fetch_at);
    write_time(json, "last_model_fetch_success_at", listing.last_model_fetch_success_at);
    json.optional("last_model_fetch_error", config::redact(listing.last_model_fetch_error));
    json.end_object();
}

// Ours: how calls to it go at this moment.
void write_calls(JsonWriter& json, const gateway::Provider& provider, base::SteadyTime now) {
    json.key("circuit_breaker");
    json.begin_object();
    json.member("state", to_string(provider.breaker->state()));
    json.member("rejections", static_cast<std::int64_t>(provider.breaker->rejections()));
    json.end_object();
    const gateway::RecentCalls::Figures figures = provider.recent->figures(now);
    json.key("recent_calls");
    json.begin_object();
    json.member(
        "window_seconds",
        std::chrono::duration_cast<std::chrono::seconds>(gateway::RecentCalls::kWindow).count());
    json.member("calls", static_cast<std::int64_t>(figures.calls));
    json.member("errors", static_cast<std::int64_t>(figures.errors));
    json.real("error_rate", figures.error_rate());
    json.real("average_latency_ms",
              std::chrono::duration<double, std::milli>(figures.average).count());
    json.end_object();
}

void write(JsonWriter& json, const Row& row, base::SteadyTime now) {
    const Verdict verdict = judge(row);
    json.begin_object();
    json.member("name", row.name);
    json.member("type", row.type);
    json.member("status", verdict.status);
    json.member("status_label", verdict.label);
    json.member("status_reason", verdict.reason);
    json.optional("last_error", config::redact(row.listing.last_model_fetch_error));
    write_config(json, row);
    write_runtime(json, row);
    if (row.provider != nullptr) write_calls(json, *row.provider, now);
    json.end_object();
}

void write_summary(JsonWriter& json, const std::vector<Row>& rows) {
    const auto count = [&rows](std::string_view status) -> std::int64_t {
        return std::count_if(rows.begin(), rows.end(),
                             [status](const Row& row) { return judge(row).status == status; });
    };
    const auto total = static_cast<std::int64_t>(rows.size());
    const std::int64_t healthy = count("healthy");
    const std::int64_t unhealthy = count("unhealthy");
    std::string_view overall = "degraded";
    if (total > 0 && healthy == total) overall = "healthy";
    if (total > 0 && unhealthy == total) overall = "unhealthy";
    json.key("summary");
    json.begin_object();
    json.member("total", total);
    json.member("healthy", healthy);
    json.member("degraded", count("degraded"));
    json.member("unhealthy", unhealthy);
    json.member("overall_status", overall);
    json.end_object();
}

}  // namespace

std::string providers_status_json(const gateway::Generation& generation,
                                  const ListingStatuses& listings, base::SteadyTime now) {
    const std::vector<Row> rows = rows_of(generation, listings);
    JsonWriter json;
    json.begin_object();
    write_summary(json, rows);
    json.key("providers");
    json.begin_array();
    for (const Row& row : rows)
        write(json, row, now);
    json.end_array();
    json.end_object();
    return json.take();
}

net::Task<void> serve_providers_status(gateway::RequestContext* context,
                                       const gateway::GenerationStore* generations) {
    const std::string body =
        providers_status_json(*context->generation, generations->listing_status(),
                              context->services.loop.clock().steady());
    co_await gateway::answer_json(context, body);
}

}  // namespace gomodel::admin
