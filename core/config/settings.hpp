// Everything the operator can set, typed and checked: what load() returns and every later layer
// reads. Plain values, immutable once loaded, so any thread. The member initialisers are the
// defaults that every table and listing shows.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "config/budgets.hpp"
#include "config/cache_settings.hpp"
#include "config/guardrail_rule.hpp"
#include "config/provider_instance.hpp"
#include "config/proxy.hpp"
#include "config/rate_limits.hpp"
#include "config/resilience.hpp"

namespace gomodel::config {

struct Tls {
    std::string cert_file;
    std::string key_file;

    bool enabled() const { return !cert_file.empty(); }
};

// What clients of a passthrough get of an upstream's error.
enum class PassthroughErrors { kEnvelope, kVerbatim };

struct Server {
    std::string address;  // empty: all interfaces, IPv4 and IPv6
    int port = 8080;      // 0: a free one
    int workers = 0;      // 0: one per core
    Tls tls;
    std::string base_path = "/";
    std::string master_key;  // empty: no authentication
    std::uint64_t body_size_limit = std::uint64_t{10} << 20;
    std::uint64_t max_header_size = std::uint64_t{32} << 10;
    bool timing_header = false;        // Server-Timing
    bool diagnostics_headers = false;  // X-GoModel-...
    base::Duration header_timeout = std::chrono::seconds(10);
    base::Duration body_timeout = std::chrono::seconds(30);   // between two reads
    base::Duration idle_timeout = std::chrono::seconds(120);  // between two requests
    base::Duration send_timeout = std::chrono::seconds(120);  // of a client that takes no bytes
    base::Duration drain_timeout = std::chrono::seconds(30);
    bool swagger_enabled = false;
    bool pprof_enabled = false;
    bool enable_passthrough_routes = true;
    bool allow_passthrough_v1_alias = true;
    std::vector<std::string> enabled_passthrough_providers = {"openai", "anthropic", "openrouter",
                                                              "zai", "vllm"};
    PassthroughErrors passthrough_errors = PassthroughErrors::kEnvelope;
};

enum class ConfiguredModelsMode { kFallback, kAllowlist };

struct Models {
    bool enabled_by_default = true;
    bool overrides_enabled = true;
    bool keep_only_aliases_at_models_endpoint = false;
    ConfiguredModelsMode configured_provider_models_mode = ConfiguredModelsMode::kFallback;
};

// Of the audit log and of usage tracking.
struct Recording {
    int buffer_size = 1000;
    std::chrono::seconds flush_interval{5};
    int retention_days = 0;  // 0: for ever
};

struct Logging {
    bool enabled = false;
    bool log_bodies = true;
    bool log_headers = true;
    bool only_model_interactions = true;
    std::vector<std::string> redact;  // names of headers, parameters and members; `*`: anything
    Recording recording{1000, std::chrono::seconds(5), 30};
};

struct Usage {
    bool enabled = true;
    bool enforce_returning_usage_data = true;
    Recording recording{1000, std::chrono::seconds(5), 90};
};

// When what was recorded is made safe on disk.
enum class SyncPolicy {
    kInterval,  // every second
    kAlways,    // before a client has the last byte of its answer
};

struct Journal {
    std::string path = "data/journal";
    std::uint64_t max_size = std::uint64_t{1} << 30;
};

struct RecorderSettings {
    SyncPolicy sync = SyncPolicy::kInterval;
    Journal journal;
};

struct Metrics {
    bool enabled = false;
    std::string endpoint = "/metrics";
};

// The client side: what applies to calls to providers.
struct Http {
    base::Duration timeout = std::chrono::seconds(600);                  // 0: none
    base::Duration response_header_timeout = std::chrono::seconds(600);  // 0: none
    base::Duration connect_timeout = std::chrono::seconds(30);
    base::Duration tls_timeout = std::chrono::seconds(10);
    base::Duration stream_idle_timeout = std::chrono::seconds(300);
    int idle_connections_per_host = 100;
    base::Duration idle_connection_timeout = std::chrono::seconds(90);
};

struct Admin {
    bool endpoints_enabled = true;
    bool ui_enabled = true;
};

struct Guardrails {
    bool enabled = false;
    bool enable_for_batch_processing = false;
    std::vector<GuardrailRule> rules;
};

enum class FallbackMode { kOff, kManual, kAuto };

struct Fallback {
    FallbackMode default_mode = FallbackMode::kManual;
    std::string manual_rules_path;
    std::map<std::string, FallbackMode> overrides;                 // by selector
    std::map<std::string, std::vector<std::string>> manual_rules;  // selector -> candidates
};

struct Workflows {
    base::Duration refresh_interval = std::chrono::minutes(1);
};

enum class UnloadPolicy { kKeep, kClose };

// Of config.yaml, .env and the fallback rules together.
struct ConfigFiles {
    bool watch = false;
};

// What one call of a plugin may take.
struct PluginBudget {
    base::Duration limit{};  // 0: there is none
    bool bypass = false;     // leave the plugin out after a breach, where a request can do without

    bool operator==(const PluginBudget&) const = default;
};

// A new build of a plugin that is tried beside the running one.
struct Canary {
    std::string module;            // its file; empty: there is none
    double share = 0.05;           // of new requests
    int requests = 1000;           // of the new build, after which it is promoted
    double max_error_rate = 0.01;  // above the running build's
    double max_slowdown = 2;       // of the time inside the plugin, against the running build's

    bool operator==(const Canary&) const = default;
};

struct Plugins {
    std::vector<std::string> path;
    bool watch = false;
    bool allow_draft = false;
    UnloadPolicy unload = UnloadPolicy::kKeep;
    base::Duration create_timeout = std::chrono::seconds(10);  // of one instance
    std::string run_dir;                        // empty: the system's temporary directory
    std::map<std::string, std::string> sha256;  // file name -> 64 hex digits, lower case
    Canary canary;
    std::map<std::string, PluginBudget> budgets;  // by plugin id
};

enum class LogStyle { kAuto, kText, kJson };

struct Log {
    base::LogLevel level = base::LogLevel::kInfo;
    LogStyle format = LogStyle::kAuto;  // kAuto: text on a terminal, else JSON
};

struct Settings {
    Server server;
    Models models;
    Cache cache;
    Storage storage;
    Logging logging;
    Usage usage;
    RecorderSettings recorder;
    Budgets budgets;
    std::vector<RateLimit> rate_limits;
    Metrics metrics;
    Http http;
    Admin admin;
    Guardrails guardrails;
    Fallback fallback;
    Workflows workflows;
    Resilience resilience;
    ConfigFiles config;
    Plugins plugins;
    Log log;
    Proxy proxy;
    std::vector<ProviderInstance> providers;  // as written; discover() decides which are used
};

}  // namespace gomodel::config
