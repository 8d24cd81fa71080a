// A cache instance with the calls its tests are made of. Thread-safe as far as the cache is.
#pragma once

#include <gomodel/abi.h>
#include <unistd.h>
#include <gomodel/testing/recording_sink.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "subject.hpp"
#include "test.hpp"

namespace gomodel::check {

class CacheUnderTest {
public:
    explicit CacheUnderTest(Subject& subject)
        : instance_(subject.instance()),
          table_(*static_cast<const gm_cache_t*>(subject.plugin().vtable)) {}

    const gm_cache_t& table() const { return table_; }
    void* self() const { return instance_->self(); }

    // A key of this test's own.
    std::string key(std::string_view name) const {
        return "plugin-check:" + std::to_string(getpid()) + ":" + std::string(name) + ":";
    }

    gm_status_t get(std::string_view key, testing::RecordingSink& sink) const {
        testing::FakeCall call;
        call.expire_in(kPatience);
        return table_.get(self(), call.abi(), str(key), sink.abi());
    }

    // The value, or nullopt for a miss. Fails the test for anything else.
    std::optional<std::string> load(std::string_view key) const {
        testing::RecordingSink sink;
        const gm_status_t status = get(key, sink);
        if (status == GM_NOT_FOUND) return std::nullopt;
        expect(status == GM_OK, "get returned " + name_of_status(status));
        expect(sink.outputs().size() == 1,
               "get wrote " + std::to_string(sink.outputs().size()) + " times, not once");
        return sink.text();
    }

    void store(std::string_view key, std::string_view value,
               std::chrono::milliseconds ttl = std::chrono::milliseconds(0)) const {
        testing::FakeCall call;
        call.expire_in(kPatience);
        const gm_status_t status = table_.put(self(), call.abi(), str(key), str(value),
                                              static_cast<std::uint64_t>(ttl.count()));
        expect(status == GM_OK, "put returned " + name_of_status(status) + ", " + call.message());
    }

    gm_status_t erase(std::string_view key) const {
        testing::FakeCall call;
        call.expire_in(kPatience);
        return table_.erase(self(), call.abi(), str(key));
    }

private:
    static constexpr std::chrono::seconds kPatience{10};

    std::unique_ptr<Instance> instance_;
    const gm_cache_t& table_;
};

}  // namespace gomodel::check
