// A cache in the gateway's own memory: lost on restart, not shared between gateways.
#include <gomodel/plugin.hpp>

#include <chrono>
#include <mutex>
#include <unordered_map>

#include "schema.json.hpp"

namespace {

class MemoryCache final : public gomodel::Cache {
public:
    static constexpr const char* kId = "cache.memory";
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = "In-process map, lost on restart";
    static constexpr const char* kSchema = kSchemaJson;

    MemoryCache(gomodel::Host, const gomodel::Config& config)
        : max_entries_(static_cast<std::size_t>(config.integer("max_entries"))) {}

    std::optional<std::string> get(gomodel::Call, std::string_view key) override {
        const std::lock_guard lock(mutex_);
        const auto found = entries_.find(std::string(key));
        if (found == entries_.end() || found->second.expiry <= Clock::now()) return std::nullopt;
        return found->second.value;
    }

    void put(gomodel::Call, std::string_view key, std::string_view value,
             std::uint64_t ttl_ms) override {
        const auto ttl = std::chrono::milliseconds(static_cast<std::int64_t>(ttl_ms));
        const auto expiry = ttl_ms == 0 ? Clock::time_point::max() : Clock::now() + ttl;
        const std::lock_guard lock(mutex_);
        if (entries_.size() >= max_entries_) entries_.erase(entries_.begin());
        entries_.insert_or_assign(std::string(key), Entry{std::string(value), expiry});
    }

    void erase(gomodel::Call, std::string_view key) override {
        const std::lock_guard lock(mutex_);
        entries_.erase(std::string(key));
    }

private:
    using Clock = std::chrono::steady_clock;
    struct Entry {
        std::string value;
        Clock::time_point expiry;
    };

    const std::size_t max_entries_;
    std::mutex mutex_;
    std::unordered_map<std::string, Entry> entries_;
};

}  // namespace

GM_MODULE("memory 1.0.0", MemoryCache);
