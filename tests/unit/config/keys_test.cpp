#include "config/keys.hpp"

#include <algorithm>
#include <set>

#include "load.hpp"

namespace gomodel::config {
namespace {

struct Row {
    std::string_view path;
    std::string_view default_value;
    std::string_view variable;
};

// The schema as the specification has it, row for row; then what is ours.
constexpr Row kSchema[] = {
    {"server.port", "8080", "PORT"},
    {"server.base_path", "/", "BASE_PATH"},
    {"server.master_key", "", "GOMODEL_MASTER_KEY"},
    {"server.body_size_limit", "10M", "BODY_SIZE_LIMIT"},
    {"server.swagger_enabled", "false", "SWAGGER_ENABLED"},
    {"server.pprof_enabled", "false", "PPROF_ENABLED"},
    {"server.enable_passthrough_routes", "true", "ENABLE_PASSTHROUGH_ROUTES"},
    {"server.allow_passthrough_v1_alias", "true", "ALLOW_PASSTHROUGH_V1_ALIAS"},
    {"server.enabled_passthrough_providers", "[openai, anthropic, openrouter, zai, vllm]",
     "ENABLED_PASSTHROUGH_PROVIDERS"},
    {"models.enabled_by_default", "true", "MODELS_ENABLED_BY_DEFAULT"},
    {"models.overrides_enabled", "true", "MODEL_OVERRIDES_ENABLED"},
    {"models.keep_only_aliases_at_models_endpoint", "false",
     "KEEP_ONLY_ALIASES_AT_MODELS_ENDPOINT"},
    {"models.configured_provider_models_mode", "fallback", "CONFIGURED_PROVIDER_MODELS_MODE"},
    {"cache.model.refresh_interval", "3600", "CACHE_REFRESH_INTERVAL"},
    {"cache.model.model_list.url",
     "https://raw.githubusercontent.com/ENTERPILOT/ai-model-list/refs/heads/main/models.min.json",
     "MODEL_LIST_URL"},
    {"cache.model.local.cache_dir", ".cache", "GOMODEL_CACHE_DIR"},
    {"cache.model.redis.url", "", "REDIS_URL"},
    {"cache.model.redis.key", "gomodel:models", "REDIS_KEY_MODELS"},
    {"cache.model.redis.ttl", "86400", "REDIS_TTL_MODELS"},
    {"cache.response.simple.enabled", "false", "RESPONSE_CACHE_SIMPLE_ENABLED"},
    {"cache.response.simple.type", "redis", ""},
    {"cache.response.simple.config", "", ""},
    {"cache.response.simple.max_entry_size", "4M", ""},
    {"cache.response.simple.redis.url", "", "REDIS_URL"},
    {"cache.response.simple.redis.key", "gomodel:response:", "REDIS_KEY_RESPONSES"},
    {"cache.response.simple.redis.ttl", "3600", "REDIS_TTL_RESPONSES"},
    {"cache.response.semantic.enabled", "false", "SEMANTIC_CACHE_ENABLED"},
    {"cache.response.semantic.similarity_threshold", "0.92", "SEMANTIC_CACHE_THRESHOLD"},
    {"cache.response.semantic.ttl", "3600", "SEMANTIC_CACHE_TTL"},
    {"cache.response.semantic.max_conversation_messages", "3", "SEMANTIC_CACHE_MAX_CONV_MESSAGES"},
    {"cache.response.semantic.exclude_system_prompt", "false",
     "SEMANTIC_CACHE_EXCLUDE_SYSTEM_PROMPT"},
    {"cache.response.semantic.embedder.provider", "", "SEMANTIC_CACHE_EMBEDDER_PROVIDER"},
    {"cache.response.semantic.embedder.model", "", "SEMANTIC_CACHE_EMBEDDER_MODEL"},
    {"cache.response.semantic.vector_store.type", "", "SEMANTIC_CACHE_VECTOR_STORE_TYPE"},
    {"cache.response.semantic.vector_store.qdrant.url", "", "SEMANTIC_CACHE_QDRANT_URL"},
    {"cache.response.semantic.vector_store.qdrant.collection", "",
     "SEMANTIC_CACHE_QDRANT_COLLECTION"},
    {"cache.response.semantic.vector_store.qdrant.api_key", "", "SEMANTIC_CACHE_QDRANT_API_KEY"},
    {"cache.response.semantic.vector_store.pgvector.url", "", "SEMANTIC_CACHE_PGVECTOR_URL"},
    {"cache.response.semantic.vector_store.pgvector.table", "gomodel_semantic_cache",
     "SEMANTIC_CACHE_PGVECTOR_TABLE"},
    {"cache.response.semantic.vector_store.pgvector.dimension", "0",
     "SEMANTIC_CACHE_PGVECTOR_DIMENSION"},
    {"cache.response.semantic.vector_store.pinecone.host", "", "SEMANTIC_CACHE_PINECONE_HOST"},
    {"cache.response.semantic.vector_store.pinecone.api_key", "",
     "SEMANTIC_CACHE_PINECONE_API_KEY"},
    {"cache.response.semantic.vector_store.pinecone.namespace", "",
     "SEMANTIC_CACHE_PINECONE_NAMESPACE"},
    {"cache.response.semantic.vector_store.pinecone.dimension", "0",
     "SEMANTIC_CACHE_PINECONE_DIMENSION"},
    {"cache.response.semantic.vector_store.weaviate.url", "", "SEMANTIC_CACHE_WEAVIATE_URL"},
    {"cache.response.semantic.vector_store.weaviate.class", "", "SEMANTIC_CACHE_WEAVIATE_CLASS"},
    {"cache.response.semantic.vector_store.weaviate.api_key", "",
     "SEMANTIC_CACHE_WEAVIATE_API_KEY"},
    {"storage.type", "sqlite", "STORAGE_TYPE"},
    {"storage.sqlite.path", "data/gomodel.db", "SQLITE_PATH"},
    {"storage.postgresql.url", "", "POSTGRES_URL"},
    {"storage.postgresql.max_conns", "10", "POSTGRES_MAX_CONNS"},
    {"storage.mongodb.url", "", "MONGODB_URL"},
    {"storage.mongodb.database", "gomodel", "MONGODB_DATABASE"},
    {"logging.enabled", "false", "LOGGING_ENABLED"},
    {"logging.log_bodies", "true", "LOGGING_LOG_BODIES"},
    {"logging.log_headers", "true", "LOGGING_LOG_HEADERS"},
    {"logging.buffer_size", "1000", "LOGGING_BUFFER_SIZE"},
    {"logging.flush_interval", "5", "LOGGING_FLUSH_INTERVAL"},
    {"logging.retention_days", "30", "LOGGING_RETENTION_DAYS"},
    {"logging.only_model_interactions", "true", "LOGGING_ONLY_MODEL_INTERACTIONS"},
    {"logging.redact", "[]", "LOGGING_REDACT"},
    {"usage.enabled", "true", "USAGE_ENABLED"},
    {"usage.enforce_returning_usage_data", "true", "ENFORCE_RETURNING_USAGE_DATA"},
    {"usage.buffer_size", "1000", "USAGE_BUFFER_SIZE"},
    {"usage.flush_interval", "5", "USAGE_FLUSH_INTERVAL"},
    {"usage.retention_days", "90", "USAGE_RETENTION_DAYS"},
    {"budgets.enabled", "true", "BUDGETS_ENABLED"},
    {"budgets.user_paths", "", ""},
    {"metrics.enabled", "false", "METRICS_ENABLED"},
    {"metrics.endpoint", "/metrics", "METRICS_ENDPOINT"},
    {"http.timeout", "10m0s", "HTTP_TIMEOUT"},
    {"http.response_header_timeout", "10m0s", "HTTP_RESPONSE_HEADER_TIMEOUT"},
    {"admin.endpoints_enabled", "true", "ADMIN_ENDPOINTS_ENABLED"},
    {"admin.ui_enabled", "true", "ADMIN_UI_ENABLED"},
    {"guardrails.enabled", "false", "GUARDRAILS_ENABLED"},
    {"guardrails.enable_for_batch_processing", "false", "ENABLE_GUARDRAILS_FOR_BATCH_PROCESSING"},
    {"guardrails.rules", "", ""},
    {"fallback.default_mode", "manual", "FEATURE_FALLBACK_MODE"},
    {"fallback.manual_rules_path", "", "FALLBACK_MANUAL_RULES_PATH"},
    {"fallback.overrides", "", ""},
    {"workflows.refresh_interval", "1m0s", "WORKFLOW_REFRESH_INTERVAL"},
    {"resilience.retry.max_retries", "3", "RETRY_MAX_RETRIES"},
    {"resilience.retry.initial_backoff", "1s", "RETRY_INITIAL_BACKOFF"},
    {"resilience.retry.max_backoff", "30s", "RETRY_MAX_BACKOFF"},
    {"resilience.retry.backoff_factor", "2", "RETRY_BACKOFF_FACTOR"},
    {"resilience.retry.jitter_factor", "0.1", "RETRY_JITTER_FACTOR"},
    {"resilience.circuit_breaker.failure_threshold", "5", "CIRCUIT_BREAKER_FAILURE_THRESHOLD"},
    {"resilience.circuit_breaker.success_threshold", "2", "CIRCUIT_BREAKER_SUCCESS_THRESHOLD"},
    {"resilience.circuit_breaker.timeout", "30s", "CIRCUIT_BREAKER_TIMEOUT"},
    {"providers", "", ""},
    {"log.level", "info", "LOG_LEVEL"},
    {"log.format", "auto", "LOG_FORMAT"},
    {"proxy.http", "", "HTTP_PROXY"},
    {"proxy.https", "", "HTTPS_PROXY"},
    {"proxy.no_proxy", "[]", "NO_PROXY"},

    {"server.address", "", "GOMODEL_ADDRESS"},
    {"server.workers", "0", "GOMODEL_WORKERS"},
    {"server.tls.cert_file", "", "GOMODEL_TLS_CERT_FILE"},
    {"server.tls.key_file", "", "GOMODEL_TLS_KEY_FILE"},
    {"server.header_timeout", "10s", "GOMODEL_HEADER_TIMEOUT"},
    {"server.body_timeout", "30s", "GOMODEL_BODY_TIMEOUT"},
    {"server.idle_timeout", "2m0s", "GOMODEL_IDLE_TIMEOUT"},
    {"server.send_timeout", "2m0s", "GOMODEL_SEND_TIMEOUT"},
    {"server.drain_timeout", "30s", "GOMODEL_DRAIN_TIMEOUT"},
    {"server.max_header_size", "32K", "GOMODEL_MAX_HEADER_SIZE"},
    {"server.timing_header", "false", "GOMODEL_TIMING_HEADER"},
    {"server.diagnostics_headers", "false", "GOMODEL_DIAGNOSTICS_HEADERS"},
    {"server.passthrough_errors", "envelope", "GOMODEL_PASSTHROUGH_ERRORS"},
    {"http.connect_timeout", "30s", "HTTP_CONNECT_TIMEOUT"},
    {"http.tls_timeout", "10s", ""},
    {"http.stream_idle_timeout", "5m0s", "HTTP_STREAM_IDLE_TIMEOUT"},
    {"http.idle_connections_per_host", "100", ""},
    {"http.idle_connection_timeout", "1m30s", ""},
    {"rate_limits", "", ""},
    {"config.watch", "false", "GOMODEL_CONFIG_WATCH"},
    {"plugins.path", "[]", "GOMODEL_PLUGIN_PATH"},
    {"plugins.create_timeout", "10s", ""},
    {"plugins.watch", "false", "GOMODEL_PLUGIN_WATCH"},
    {"plugins.allow_draft", "false", ""},
    {"plugins.unload", "keep", ""},
    {"plugins.run_dir", "", ""},
    {"plugins.sha256", "", ""},
    {"plugins.canary.module", "", ""},
    {"plugins.canary.share", "0.05", ""},
    {"plugins.canary.promote_after.requests", "1000", ""},
    {"plugins.canary.promote_after.max_error_rate", "0.01", ""},
    {"plugins.canary.promote_after.max_slowdown", "2", ""},
    {"plugins.budgets", "", ""},
    {"recorder.sync", "interval", "RECORDER_SYNC"},
    {"budgets.warn_at", "0.8", "BUDGETS_WARN_AT"},
    {"recorder.journal.path", "data/journal", "RECORDER_JOURNAL_PATH"},
    {"recorder.journal.max_size", "1G", "RECORDER_JOURNAL_MAX_SIZE"},
};

TEST(Keys, AreTheSchemasRows) {
    for (const Row& row : kSchema) {
        const Key* const key = find_key(row.path);
        ASSERT_NE(key, nullptr) << row.path;
        EXPECT_EQ(default_text(*key), row.default_value) << row.path;
        EXPECT_EQ(key->variable, row.variable) << row.path;
    }
    EXPECT_EQ(all_keys().size(), std::size(kSchema)) << "a key is not in the schema";
}

TEST(Keys, PathsAreUniqueAndDescribed) {
    std::set<std::string_view> paths;
    for (const Key& key : all_keys()) {
        EXPECT_TRUE(paths.insert(key.path).second) << key.path;
        EXPECT_FALSE(key.description.empty()) << key.path;
        EXPECT_FALSE(key.description.ends_with('.')) << key.path;
    }
}

// A text of the key's type that is not its default and passes every rule.
std::string sample(const Key& key) {
    const std::string type = type_name(key);
    if (key.path == "server.port") return "9090";
    if (key.path == "cache.response.semantic.embedder.provider") return "openai";
    if (key.path == "cache.response.semantic.vector_store.type") return "weaviate";
    if (key.path == "storage.type") return "mongodb";
    if (key.path == "server.base_path" || key.path == "metrics.endpoint") return "/x";
    if (key.path.starts_with("proxy.")) return "http://proxy:3128";
    if (type == "bool") return default_text(key) == "true" ? "false" : "true";
    if (type == "int" || type == "seconds") return "7";
    if (type == "float") return "0.5";
    if (type.starts_with("duration")) return "7s";
    if (type == "size") return key.path == "recorder.journal.max_size" ? "2M" : "64K";
    if (type == "list") return "[x]";
    if (type.starts_with("one of")) {
        const Choice& choice = std::get<Choice>(key.field);
        return std::string(choice.words.back().text);
    }
    return "x";
}

std::string nested(std::string_view path, const std::string& value) {
    std::string yaml;
    std::size_t depth = 0;
    while (true) {
        const std::size_t dot = path.find('.');
        yaml += std::string(depth, ' ') + std::string(path.substr(0, dot)) + ':';
        if (dot == std::string_view::npos) return yaml + ' ' + value + '\n';
        yaml += '\n';
        path.remove_prefix(dot + 1);
        ++depth;
    }
}

bool is_structure(const Key& key) {
    return std::holds_alternative<std::monostate>(key.field);
}

// How value_text() shows a sample.
std::string canonical(const Key& key, const std::string& value) {
    if (key.has(kSecret)) return "***";
    if (const auto* const choice = std::get_if<Choice>(&key.field)) {
        Settings settings;
        choice->set(settings, choice->words.back().value);
        return value_text(key, settings);
    }
    return value;
}

TEST(Keys, EachIsSetByTheFile) {
    for (const Key& key : all_keys()) {
        if (key.has(kEnvOnly) || is_structure(key)) continue;
        // An exact cache without its Redis is off.
        const Loaded loaded = key.path == "cache.response.simple.enabled"
                                  ? load_yaml(
                                        "cache: {response: {simple: {enabled: true, redis: "
                                        "{url: redis://x}}}}\n")
                                  : load_yaml(nested(key.path, sample(key)));
        EXPECT_EQ(value_text(key, loaded.settings), canonical(key, sample(key))) << key.path;
        const std::size_t depth =
            static_cast<std::size_t>(std::count(key.path.begin(), key.path.end(), '.'));
        if (key.path == "cache.response.simple.enabled") continue;
        EXPECT_EQ(loaded.where(key.path), "config.yaml:" + std::to_string(depth + 1)) << key.path;
    }
}

TEST(Keys, EachIsSetByItsVariableOverTheFile) {
    for (const Key& key : all_keys()) {
        if (key.variable.empty()) continue;
        std::string value = sample(key);
        if (value.front() == '[') value = value.substr(1, value.size() - 2);
        Variables variables = {{"RESPONSE_CACHE_SIMPLE_ENABLED", "true"},
                               {"SEMANTIC_CACHE_ENABLED", "true"},
                               {"REDIS_URL", "redis://x"}};
        variables[std::string(key.variable)] = value;
        const Loaded loaded = load_yaml(
            "server: {port: 1}\nusage: {buffer_size: 3}\nhttp: {timeout: 3}\n", variables);
        const bool list =
            std::holds_alternative<std::vector<std::string>& (*)(Settings&)>(key.field);
        const std::string expected = list ? '[' + value + ']' : canonical(key, value);
        EXPECT_EQ(value_text(key, loaded.settings), expected) << key.path;
        EXPECT_EQ(loaded.where(key.path), key.variable) << key.path;
    }
}

TEST(Keys, AnUnknownOneNamesTheNearest) {
    const std::pair<const char*, const char*> cases[] = {
        {"server.prot", "server.port"},
        {"sever", "server"},
        {"server.Port", "server.port"},
        {"port", "server.port"},  // the right word in the wrong place
        {"server.max_retries", "resilience.retry.max_retries"},
        {"loging", "logging"},
        {"server.tls.cert", "server.tls.cert_file"},
        {"nothing_like_it", ""},
        {"server.zzzzzzzzzzz", ""},
    };
    for (const auto& [path, near] : cases) {
        EXPECT_EQ(suggest_key(path), near) << path;
    }
}

TEST(Keys, MarkdownHasARowForEach) {
    const std::string text = keys_markdown();
    const auto rows = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    EXPECT_EQ(rows, all_keys().size() + 2);
    EXPECT_NE(text.find("| `server.port` | int | `8080` | `PORT` | Port to listen on; 0 picks a "
                        "free one |\n"),
              std::string::npos);
    EXPECT_NE(text.find("| (environment only) | one of `debug`, `info`, `warn`, `error` | `info` | "
                        "`LOG_LEVEL` |"),
              std::string::npos);
    EXPECT_NE(text.find("| `plugins.allow_draft` | bool | `false` |  | Load plugins that use "
                        "interfaces still being drafted *(ours)* |"),
              std::string::npos);
}

}  // namespace
}  // namespace gomodel::config
