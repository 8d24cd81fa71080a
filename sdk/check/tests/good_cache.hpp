// A cache that passes every test. The modules in broken/ derive from it and spoil one thing each.
#pragma once

#include <gomodel/plugin.hpp>

#include <chrono>
#include <map>
#include <mutex>
#include <string>

// One field of each kind that the configuration tests look at.
inline constexpr char kGoodSchema[] = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "name": {"type": "string", "default": "good", "description": "What it is called."},
    "password": {"type": "string", "description": "Kept to itself.", "x-secret": true}
  }
})";

class GoodCache : public gomodel::Cache {
public:
    static constexpr const char* kId = "cache.good";
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = "Keeps the contract";
    static constexpr const char* kSchema = kGoodSchema;

    GoodCache(gomodel::Host, const gomodel::Config& config)
        : name_(config.text("name")), password_(config.text("password")) {}

    std::optional<std::string> get(gomodel::Call, std::string_view key) override {
        const std::lock_guard lock(mutex_);
        const auto found = entries_.find(key);
        if (found == entries_.end()) return std::nullopt;
        const auto& [value, expiry] = found->second;
        if (expiry <= Clock::now()) return std::nullopt;
        return value;
    }
    void put(gomodel::Call, std::string_view key, std::string_view value,
             std::uint64_t ttl_ms) override {
        const std::lock_guard lock(mutex_);
        const auto ttl = std::chrono::milliseconds(static_cast<std::int64_t>(ttl_ms));
        const auto expiry = ttl_ms == 0 ? Clock::time_point::max() : Clock::now() + ttl;
        entries_.insert_or_assign(std::string(key), Entry{std::string(value), expiry});
    }
    void erase(gomodel::Call, std::string_view key) override {
        const std::lock_guard lock(mutex_);
        entries_.erase(std::string(key));
    }

protected:
    using Clock = std::chrono::steady_clock;
    struct Entry {
        std::string value;
        Clock::time_point expiry;
    };

    const std::string name_;
    const std::string password_;
    std::mutex mutex_;
    std::map<std::string, Entry, std::less<>> entries_;
};
