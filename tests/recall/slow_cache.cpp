// A cache in memory whose calls take as long as a file says: for the tests of what the gateway does
// with a slow one.

#include <gomodel/plugin.hpp>

#include <array>
#include <chrono>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace {

class SlowCache final : public gomodel::Cache {
public:
    static constexpr const char* kId = "cache.slow";
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = "In memory, as slow as it is told to be";
    static constexpr const char* kSchema = R"({
      "type": "object", "additionalProperties": false,
      "properties": {
        "delay_file": {"type": "string", "default": "",
                       "description": "Holds how many milliseconds each get takes, and each put."},
        "calls_file": {"type": "string", "default": "",
                       "description": "Gets a line for each call."}
      }
    })";

    SlowCache(gomodel::Host, const gomodel::Config& config)
        : delay_file_(config.text("delay_file")), calls_file_(config.text("calls_file")) {}

    std::optional<std::string> get(gomodel::Call, std::string_view key) override {
        called("get", 0);
        const std::lock_guard lock(mutex_);
        const auto found = entries_.find(std::string(key));
        if (found == entries_.end() || found->second.expiry <= Clock::now()) return std::nullopt;
        return found->second.value;
    }

    void put(gomodel::Call, std::string_view key, std::string_view value,
             std::uint64_t ttl_ms) override {
        called("put", 1);
        const auto ttl = std::chrono::milliseconds(static_cast<std::int64_t>(ttl_ms));
        const auto expiry = ttl_ms == 0 ? Clock::time_point::max() : Clock::now() + ttl;
        const std::lock_guard lock(mutex_);
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

    void called(const char* function, std::size_t place) {
        {
            const std::lock_guard lock(mutex_);
            std::ofstream(calls_file_, std::ios::app) << function << '\n';
        }
        std::array<int, 2> delays = {0, 0};
        std::ifstream(delay_file_) >> delays[0] >> delays[1];
        std::this_thread::sleep_for(std::chrono::milliseconds(delays.at(place)));
    }

    const std::string delay_file_;
    const std::string calls_file_;
    std::mutex mutex_;
    std::map<std::string, Entry> entries_;
};

}  // namespace

GM_MODULE("slow 1.0.0", SlowCache);
