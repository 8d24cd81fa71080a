#include "config/key_table.hpp"

namespace gomodel::config {
namespace {

using std::chrono::milliseconds;

constexpr auto kPlugins = &Settings::plugins;

// A timeout of zero would close every connection at once.
constexpr Range kTimeout = at_least(nanoseconds(milliseconds(1)));

constexpr Word kUnloadWords[] = {{"keep", static_cast<int>(UnloadPolicy::kKeep)},
                                 {"close", static_cast<int>(UnloadPolicy::kClose)}};

constexpr Word kPassthroughErrorWords[] = {
    {"envelope", static_cast<int>(PassthroughErrors::kEnvelope)},
    {"verbatim", static_cast<int>(PassthroughErrors::kVerbatim)}};

constexpr Word kFormatWords[] = {{"auto", static_cast<int>(LogStyle::kAuto)},
                                 {"text", static_cast<int>(LogStyle::kText)},
                                 {"json", static_cast<int>(LogStyle::kJson)}};

constexpr Word kLevelWords[] = {{"debug", static_cast<int>(base::LogLevel::kDebug)},
                                {"dbg", static_cast<int>(base::LogLevel::kDebug)},
                                {"info", static_cast<int>(base::LogLevel::kInfo)},
                                {"inf", static_cast<int>(base::LogLevel::kInfo)},
                                {"warn", static_cast<int>(base::LogLevel::kWarn)},
                                {"warning", static_cast<int>(base::LogLevel::kWarn)},
                                {"error", static_cast<int>(base::LogLevel::kError)},
                                {"err", static_cast<int>(base::LogLevel::kError)}};

constexpr Key kServerKeys[] = {
    {"server.address", "GOMODEL_ADDRESS",
     "Address to listen on, IPv4 or IPv6; empty for all interfaces",
     &reach<&Settings::server, &Server::address>, kAddition | kAtStart},
    {"server.port", "PORT", "Port to listen on; 0 picks a free one",
     &reach<&Settings::server, &Server::port>, kAtStart, from_to(0, 65535)},
    {"server.base_path", "BASE_PATH", "Path that every route lies below",
     &reach<&Settings::server, &Server::base_path>},
    {"server.master_key", "GOMODEL_MASTER_KEY",
     "Key that may do everything; empty leaves the gateway open to anyone",
     &reach<&Settings::server, &Server::master_key>, kSecret},
    {"server.body_size_limit", "BODY_SIZE_LIMIT", "Largest request body, 1K to 100M",
     &reach<&Settings::server, &Server::body_size_limit>, 0, from_to(kKiB, 100 * kMiB)},
    {"server.swagger_enabled", "SWAGGER_ENABLED", "Serve the API documentation pages",
     &reach<&Settings::server, &Server::swagger_enabled>},
    {"server.pprof_enabled", "PPROF_ENABLED", "Serve profiling data below /debug/pprof",
     &reach<&Settings::server, &Server::pprof_enabled>},
    {"server.enable_passthrough_routes", "ENABLE_PASSTHROUGH_ROUTES",
     "Serve /p/{provider}/..., the providers' own APIs",
     &reach<&Settings::server, &Server::enable_passthrough_routes>},
    {"server.allow_passthrough_v1_alias", "ALLOW_PASSTHROUGH_V1_ALIAS",
     "Accept /p/{provider}/v1/... as well",
     &reach<&Settings::server, &Server::allow_passthrough_v1_alias>},
    {"server.enabled_passthrough_providers", "ENABLED_PASSTHROUGH_PROVIDERS",
     "Provider types that passthrough may reach",
     &reach<&Settings::server, &Server::enabled_passthrough_providers>},
    {"server.passthrough_errors", "GOMODEL_PASSTHROUGH_ERRORS",
     "How passthrough answers an upstream's error: in the envelope of the OpenAI API, or as it "
     "came",
     choice<&Settings::server, &Server::passthrough_errors>(kPassthroughErrorWords), kAddition},
    {"server.workers", "GOMODEL_WORKERS", "Event loops, each a thread; 0 for one per core",
     &reach<&Settings::server, &Server::workers>, kAddition | kAtStart, from_to(0, 1024)},
    {"server.tls.cert_file", "GOMODEL_TLS_CERT_FILE",
     "PEM file with the certificate chain; with key_file, serves HTTPS",
     &reach<&Settings::server, &Server::tls, &Tls::cert_file>, kAddition | kAtStart},
    {"server.tls.key_file", "GOMODEL_TLS_KEY_FILE", "PEM file with the certificate's private key",
     &reach<&Settings::server, &Server::tls, &Tls::key_file>, kAddition | kAtStart},
    {"server.header_timeout", "GOMODEL_HEADER_TIMEOUT",
     "Time a client has to send a request's headers",
     &reach<&Settings::server, &Server::header_timeout>, kAddition | kAtStart, kTimeout},
    {"server.body_timeout", "GOMODEL_BODY_TIMEOUT", "Longest pause while a request's body arrives",
     &reach<&Settings::server, &Server::body_timeout>, kAddition | kAtStart, kTimeout},
    {"server.idle_timeout", "GOMODEL_IDLE_TIMEOUT",
     "How long a connection is kept open between requests",
     &reach<&Settings::server, &Server::idle_timeout>, kAddition | kAtStart, kTimeout},
    {"server.send_timeout", "GOMODEL_SEND_TIMEOUT",
     "How long a client may take no bytes of a response",
     &reach<&Settings::server, &Server::send_timeout>, kAddition | kAtStart, kTimeout},
    {"server.drain_timeout", "GOMODEL_DRAIN_TIMEOUT",
     "How long running requests may take to finish when the gateway stops",
     &reach<&Settings::server, &Server::drain_timeout>, kAddition, at_least(0)},
    {"server.max_header_size", "GOMODEL_MAX_HEADER_SIZE", "Largest request header, 4K to 1M",
     &reach<&Settings::server, &Server::max_header_size>, kAddition | kAtStart,
     from_to(4 * kKiB, kMiB)},
    {"server.timing_header", "GOMODEL_TIMING_HEADER",
     "Tell clients in a Server-Timing header how long each plugin took",
     &reach<&Settings::server, &Server::timing_header>, kAddition},
    {"server.diagnostics_headers", "GOMODEL_DIAGNOSTICS_HEADERS",
     "Tell clients in X-GoModel- headers which provider and model answered, after how many "
     "attempts",
     &reach<&Settings::server, &Server::diagnostics_headers>, kAddition},

    {"metrics.enabled", "METRICS_ENABLED", "Serve Prometheus metrics",
     &reach<&Settings::metrics, &Metrics::enabled>},
    {"metrics.endpoint", "METRICS_ENDPOINT", "Path of the metrics; not below /v1 or /p",
     &reach<&Settings::metrics, &Metrics::endpoint>},

    {"admin.endpoints_enabled", "ADMIN_ENDPOINTS_ENABLED", "Serve the admin API",
     &reach<&Settings::admin, &Admin::endpoints_enabled>},
    {"admin.ui_enabled", "ADMIN_UI_ENABLED", "Serve the dashboard; needs the admin API",
     &reach<&Settings::admin, &Admin::ui_enabled>},

    {"config.watch", "GOMODEL_CONFIG_WATCH",
     "Refresh when the configuration file, .env or the fallback rules change",
     &reach<&Settings::config, &ConfigFiles::watch>, kAddition},
    {"plugins.path", "GOMODEL_PLUGIN_PATH",
     "Directories searched for plugins; empty for the one beside the program",
     &reach<&Settings::plugins, &Plugins::path>, kPathList | kAddition},
    {"plugins.allow_draft", "", "Load plugins that use interfaces still being drafted",
     &reach<&Settings::plugins, &Plugins::allow_draft>, kAddition},
    {"plugins.unload", "", "What becomes of a plugin's code after it was replaced",
     choice<&Settings::plugins, &Plugins::unload>(kUnloadWords), kAddition},
    {"plugins.run_dir", "",
     "Directory for the private copies plugins are loaded from; empty for the temporary directory",
     &reach<&Settings::plugins, &Plugins::run_dir>, kAddition},
    {"plugins.create_timeout", "", "How long a plugin may take to create one instance",
     &reach<&Settings::plugins, &Plugins::create_timeout>, kAddition, kTimeout},
    {"plugins.watch", "GOMODEL_PLUGIN_WATCH", "Refresh when a plugin's file changes",
     &reach<&Settings::plugins, &Plugins::watch>, kAddition},
    {"plugins.sha256",
     "",
     "Map of plugin file name to the `sha256:` digest the file must have",
     {},
     kAddition},
    {"plugins.canary.module", "",
     "File with a new build of a plugin to try beside the running one; empty for none",
     &reach<kPlugins, &Plugins::canary, &Canary::module>, kAddition},
    {"plugins.canary.share", "", "Part of the new requests that the new build serves, up to 1",
     &reach<kPlugins, &Plugins::canary, &Canary::share>, kAddition, from_to(0.001, 1)},
    {"plugins.canary.promote_after.requests", "",
     "Requests the new build must serve before it replaces the running one",
     &reach<kPlugins, &Plugins::canary, &Canary::requests>, kAddition, at_least(1)},
    {"plugins.canary.promote_after.max_error_rate", "",
     "How far its part of failed requests may lie above the running build's",
     &reach<kPlugins, &Plugins::canary, &Canary::max_error_rate>, kAddition, from_to(0, 1)},
    {"plugins.canary.promote_after.max_slowdown", "",
     "How many times the running build's time a request may spend inside it",
     &reach<kPlugins, &Plugins::canary, &Canary::max_slowdown>, kAddition, at_least(0)},
    {"plugins.budgets",
     "",
     "Map of plugin id to the time one call may take, or to `{limit, on_breach: count|bypass}`",
     {},
     kAddition},

    {"log.level", "LOG_LEVEL", "Least severity that is logged",
     choice<&Settings::log, &Log::level>(kLevelWords), kEnvOnly | kAtStart},
    {"log.format", "LOG_FORMAT", "How log lines are written; auto is text on a terminal, else JSON",
     choice<&Settings::log, &Log::format>(kFormatWords), kEnvOnly | kLenient | kAtStart},
};

}  // namespace

std::span<const Key> server_keys() {
    return kServerKeys;
}

}  // namespace gomodel::config
