#include "base/text.hpp"
#include "config/json.hpp"
#include "config/rules.hpp"

namespace gomodel::config {
namespace {

constexpr std::string_view kLocal = "cache.model.local";
constexpr std::string_view kRedis = "cache.model.redis";
constexpr std::string_view kExactConfig = "cache.response.simple.config";

void choose_model_backend(ModelCache& model, const Blocks& blocks, const Environment& environment,
                          Report& report) {
    const bool url_variable = environment.find("REDIS_URL") != nullptr;
    const bool local_variable = environment.find("GOMODEL_CACHE_DIR") != nullptr;
    if (!url_variable && !blocks.model_redis) {
        for (const std::string_view name : {"REDIS_KEY_MODELS", "REDIS_TTL_MODELS"}) {
            const Variable* const variable = environment.find(name);
            if (variable == nullptr) continue;
            report.problems().warn(variable->where, std::string(name),
                                   "has no effect without REDIS_URL or cache.model.redis");
        }
        return;
    }
    model.backend = ModelCacheBackend::kRedis;
    if (!url_variable && blocks.model_local) {
        report.error(kRedis, "only one of cache.model.local and cache.model.redis may be set");
        return;
    }
    if (blocks.model_local) {
        report.warn(kLocal, "is ignored because REDIS_URL is set");
    } else if (local_variable) {
        report.warn("cache.model.local.cache_dir", "is ignored because Redis keeps the models");
    }
    if (base::trim(model.redis.url).empty()) {
        report.error("cache.model.redis.url", "is required; REDIS_URL sets it too");
    }
}

void default_if_not_positive(std::chrono::seconds& value, std::chrono::seconds usual) {
    if (value <= std::chrono::seconds::zero()) value = usual;
}

void apply_exact_cache_rules(ExactCache& exact, Report& report) {
    const ExactCache usual;
    default_if_not_positive(exact.redis.ttl, usual.redis.ttl);
    exact.redis.url = base::trim(exact.redis.url);
    exact.type = base::trim(exact.type);
    if (exact.type.empty()) exact.type = usual.type;
    if (!exact.enabled) return;
    if (const Node* const block = report.document().find(kExactConfig); block != nullptr) {
        const bool fits = block->is_mapping() || block->is_null();
        if (fits) exact.config = to_json_object(*block);
        if (!fits) report.error(kExactConfig, "expected a mapping");
    }
    if (exact.type == usual.type && exact.redis.url.empty()) {
        report.warn("cache.response.simple.redis.url",
                    "is missing, so the exact response cache is off; REDIS_URL sets it too");
        exact.enabled = false;
    }
}

}  // namespace

void apply_cache_rules(Cache& cache, const Blocks& blocks, const Environment& environment,
                       Report& report) {
    const ModelCache usual_model;
    choose_model_backend(cache.model, blocks, environment, report);
    default_if_not_positive(cache.model.refresh_interval, usual_model.refresh_interval);
    default_if_not_positive(cache.model.redis.ttl, usual_model.redis.ttl);
    if (base::trim(cache.model.cache_dir).empty()) cache.model.cache_dir = usual_model.cache_dir;
    cache.model.model_list_url = base::trim(cache.model.model_list_url);

    apply_exact_cache_rules(cache.response.simple, report);
}

}  // namespace gomodel::config
