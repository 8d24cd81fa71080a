// Entries in a Redis server, which several gateways may share.
#include <gomodel/plugin.hpp>

#include <algorithm>

#include "pool.hpp"
#include "schema.json.hpp"

namespace {

class RedisCache final : public gomodel::Cache {
public:
    static constexpr const char* kId = "cache.redis";
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = "A Redis server";
    static constexpr const char* kSchema = kSchemaJson;

    RedisCache(gomodel::Host, const gomodel::Config& config)
        : pool_(config.text("url"), static_cast<std::size_t>(config.integer("connections", 8))) {}

    std::optional<std::string> get(gomodel::Call call, std::string_view key) override {
        return pool_.ask(call, {"GET", key});
    }

    void put(gomodel::Call call, std::string_view key, std::string_view value,
             std::uint64_t ttl_ms) override {
        if (ttl_ms == 0) {
            pool_.ask(call, {"SET", key, value});
            return;
        }
        const std::string ttl = std::to_string(std::min(ttl_ms, kLongest));
        pool_.ask(call, {"SET", key, value, "PX", ttl});
    }

    void erase(gomodel::Call call, std::string_view key) override { pool_.ask(call, {"DEL", key}); }

private:
    // A hundred years; the server refuses what does not fit its clock.
    static constexpr std::uint64_t kLongest = std::uint64_t{100} * 366 * 24 * 3600 * 1000;

    cache_redis::Pool pool_;
};

}  // namespace

GM_MODULE("gomodel-redis 1.0.0", RedisCache);
