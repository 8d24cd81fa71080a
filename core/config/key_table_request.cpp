#include "config/key_table.hpp"

namespace gomodel::config {
namespace {

constexpr auto kModels = &Settings::models;
constexpr auto kHttp = &Settings::http;
constexpr auto kGuardrails = &Settings::guardrails;
constexpr auto kFallback = &Settings::fallback;
constexpr auto kResilience = &Settings::resilience;
constexpr auto kRetry = &Resilience::retry;
constexpr auto kBreaker = &Resilience::circuit_breaker;
constexpr auto kProxy = &Settings::proxy;

constexpr Range kPositive = at_least(nanoseconds(std::chrono::milliseconds(1)));

constexpr Word kModelsModeWords[] = {
    {"fallback", static_cast<int>(ConfiguredModelsMode::kFallback)},

    {"allowlist", static_cast<int>(ConfiguredModelsMode::kAllowlist)}};

constexpr Word kFallbackWords[] = {{"manual", static_cast<int>(FallbackMode::kManual)},
                                   {"auto", static_cast<int>(FallbackMode::kAuto)},
                                   {"off", static_cast<int>(FallbackMode::kOff)}};

constexpr Key kRequestKeys[] = {

    {"models.enabled_by_default", "MODELS_ENABLED_BY_DEFAULT",
     "Models without an access rule may be used", &reach<kModels, &Models::enabled_by_default>},
    {"models.overrides_enabled", "MODEL_OVERRIDES_ENABLED", "Apply access rules of the admin API",
     &reach<kModels, &Models::overrides_enabled>},
    {"models.keep_only_aliases_at_models_endpoint", "KEEP_ONLY_ALIASES_AT_MODELS_ENDPOINT",
     "List aliases only, not the providers' models",
     &reach<kModels, &Models::keep_only_aliases_at_models_endpoint>},
    {"models.configured_provider_models_mode", "CONFIGURED_PROVIDER_MODELS_MODE",
     "Use a provider's configured models when it lists none, or instead of what it lists",
     choice<kModels, &Models::configured_provider_models_mode>(kModelsModeWords)},

    {"http.timeout", "HTTP_TIMEOUT", "Longest call that is not streamed; 0 for no limit",
     &reach<kHttp, &Http::timeout>, kBareSeconds, at_least(0)},
    {"http.response_header_timeout", "HTTP_RESPONSE_HEADER_TIMEOUT",
     "Longest wait for a provider's response headers; 0 for no limit",
     &reach<kHttp, &Http::response_header_timeout>, kBareSeconds, at_least(0)},
    {"http.connect_timeout", "HTTP_CONNECT_TIMEOUT", "Longest wait for a connection",
     &reach<kHttp, &Http::connect_timeout>, kBareSeconds | kAddition | kAtStart, kPositive},
    {"http.tls_timeout", "", "Longest wait for a TLS handshake", &reach<kHttp, &Http::tls_timeout>,
     kBareSeconds | kAddition | kAtStart, kPositive},
    {"http.stream_idle_timeout", "HTTP_STREAM_IDLE_TIMEOUT",
     "Longest pause within a stream; 0 for no limit", &reach<kHttp, &Http::stream_idle_timeout>,
     kBareSeconds | kAddition, at_least(0)},
    {"http.idle_connections_per_host", "", "Connections kept open to one host and not in use",
     &reach<kHttp, &Http::idle_connections_per_host>, kAddition | kAtStart, from_to(0, 100'000)},
    {"http.idle_connection_timeout", "", "How long such a connection is kept",
     &reach<kHttp, &Http::idle_connection_timeout>, kBareSeconds | kAddition | kAtStart,
     at_least(0)},

    {"guardrails.enabled", "GUARDRAILS_ENABLED", "Run guardrails",
     &reach<kGuardrails, &Guardrails::enabled>},
    {"guardrails.enable_for_batch_processing", "ENABLE_GUARDRAILS_FOR_BATCH_PROCESSING",
     "Run them on the items of batches too",
     &reach<kGuardrails, &Guardrails::enable_for_batch_processing>},
    {"guardrails.rules", "",
     "List of `{name, type, user_path, order, <type>: {...}}`, stored at every start"},

    {"fallback.default_mode", "FEATURE_FALLBACK_MODE", "Which other models a failed call tries",
     choice<kFallback, &Fallback::default_mode>(kFallbackWords)},
    {"fallback.manual_rules_path", "FALLBACK_MANUAL_RULES_PATH",
     "JSON file: object of selector to list of selectors",
     &reach<kFallback, &Fallback::manual_rules_path>},
    {"fallback.overrides", "", "Map of selector to `{mode}`"},

    {"workflows.refresh_interval", "WORKFLOW_REFRESH_INTERVAL",
     "Time between looks for changed workflows; 0 or less means the default",
     &reach<&Settings::workflows, &Workflows::refresh_interval>},

    {"resilience.retry.max_retries", "RETRY_MAX_RETRIES", "Retries after the first attempt",
     &reach<kResilience, kRetry, &Retry::max_retries>, 0, clamp_at_least(0)},
    {"resilience.retry.initial_backoff", "RETRY_INITIAL_BACKOFF", "Wait before the first retry",
     &reach<kResilience, kRetry, &Retry::initial_backoff>, 0, clamp_at_least(0)},
    {"resilience.retry.max_backoff", "RETRY_MAX_BACKOFF", "Longest wait before a retry",
     &reach<kResilience, kRetry, &Retry::max_backoff>, 0, clamp_at_least(0)},
    {"resilience.retry.backoff_factor", "RETRY_BACKOFF_FACTOR", "Growth of the wait, each time",
     &reach<kResilience, kRetry, &Retry::backoff_factor>, 0, clamp_at_least(0)},
    {"resilience.retry.jitter_factor",
     "RETRY_JITTER_FACTOR",
     "Random part of the wait, 0 to 1",
     &reach<kResilience, kRetry, &Retry::jitter_factor>,
     0,
     {0, 1, true}},
    {"resilience.circuit_breaker.failure_threshold", "CIRCUIT_BREAKER_FAILURE_THRESHOLD",
     "Failures in a row that open the breaker; 0 or less for no breaker",
     &reach<kResilience, kBreaker, &CircuitBreaker::failure_threshold>},
    {"resilience.circuit_breaker.success_threshold", "CIRCUIT_BREAKER_SUCCESS_THRESHOLD",
     "Successful probes that close it",
     &reach<kResilience, kBreaker, &CircuitBreaker::success_threshold>, 0, clamp_at_least(1)},
    {"resilience.circuit_breaker.timeout", "CIRCUIT_BREAKER_TIMEOUT", "How long it stays open",
     &reach<kResilience, kBreaker, &CircuitBreaker::timeout>, 0, clamp_at_least(0)},

    {"providers", "",
     "Map of name to `{type, api_key, base_url, api_version, models, resilience, ...}`; "
     "<TYPE>_API_KEY and its like set one too"},

    {"proxy.http", "HTTP_PROXY", "Proxy for providers reached by http://",
     &reach<kProxy, &Proxy::http_url>, kEnvOnly | kLowerCase | kAtStart},
    {"proxy.https", "HTTPS_PROXY", "Proxy for providers reached by https://",
     &reach<kProxy, &Proxy::https_url>, kEnvOnly | kLowerCase | kAtStart},
    {"proxy.no_proxy", "NO_PROXY", "Hosts, domains and addresses reached directly",
     &reach<kProxy, &Proxy::no_proxy>, kEnvOnly | kLowerCase | kAtStart},
};

}  // namespace

std::span<const Key> request_keys() {
    return kRequestKeys;
}

}  // namespace gomodel::config
