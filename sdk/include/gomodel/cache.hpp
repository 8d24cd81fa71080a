// A key-value store with expiry, as a class. Derive, implement, name it in GM_MODULE.
// Every function runs on worker threads, several at once on one object, and may block until the
// call's deadline.
#pragma once

#include <gomodel/call.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gomodel {

class Cache {
public:
    struct Abi;

    virtual ~Cache() = default;

    // The value, or nullopt for a miss; an expired value is a miss.
    virtual std::optional<std::string> get(Call call, std::string_view key) = 0;
    // Stores or replaces. ttl_ms 0: no expiry.
    virtual void put(Call call, std::string_view key, std::string_view value,
                     std::uint64_t ttl_ms) = 0;
    // Removes the key; no error when it was not there.
    virtual void erase(Call call, std::string_view key) = 0;
};

struct Cache::Abi {
    using Self = Cache;
    static constexpr const char* kInterface = GM_CACHE;
    static constexpr gm_cache_t kTable = {
        sizeof(gm_cache_t),
        [](void* self, const gm_call_t* call, gm_str_t key, const gm_sink_t* out) {
            return guard(call, [&]() -> gm_status_t {
                const auto value = static_cast<Cache*>(self)->get(Call(call), view(key));
                if (!value) return GM_NOT_FOUND;
                Sink(out).write(0, *value);
                return GM_OK;
            });
        },
        [](void* self, const gm_call_t* call, gm_str_t key, gm_str_t value, std::uint64_t ttl_ms) {
            return guard(call, [&] {
                static_cast<Cache*>(self)->put(Call(call), view(key), view(value), ttl_ms);
            });
        },
        [](void* self, const gm_call_t* call, gm_str_t key) {
            return guard(call, [&] { static_cast<Cache*>(self)->erase(Call(call), view(key)); });
        },
    };
};

}  // namespace gomodel
