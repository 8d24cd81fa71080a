// A host for tests: keeps what plugins log and explain, offers the services it is given.
// No test framework needed. FakeHost and FakeCall are safe from any thread and stay where they are
// made: plugins hold pointers to them.
#pragma once

#include <gomodel/abi.h>
#include <gomodel/view.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gomodel::testing {

struct LogLine {
    std::int32_t level;
    std::string message;
};

class FakeHost {
public:
    FakeHost() {
        host_.size = sizeof host_;
        host_.abi_minor = GM_ABI_MINOR;
        host_.host_data = this;
        host_.service = [](const gm_host_t* host, const char* id) -> const void* {
            const auto& services = self(host).services_;
            const auto found = services.find(id);
            return found == services.end() ? nullptr : found->second;
        };
        host_.log = [](const gm_host_t* host, std::int32_t level, gm_str_t message) {
            const std::lock_guard lock(self(host).mutex_);
            self(host).log_.push_back({level, std::string(view(message))});
        };
    }
    FakeHost(const FakeHost&) = delete;
    FakeHost& operator=(const FakeHost&) = delete;

    const gm_host_t* abi() const { return &host_; }

    // Offers `table` under `id`, such as a gm_host_http_t of the test's own. Before create only.
    void offer(std::string id, const void* table) { services_[std::move(id)] = table; }

    std::vector<LogLine> log() const {
        const std::lock_guard lock(mutex_);
        return log_;
    }

private:
    static FakeHost& self(const gm_host_t* host) {
        return *static_cast<FakeHost*>(host->host_data);
    }

    gm_host_t host_{};
    std::map<std::string, const void*, std::less<>> services_;
    mutable std::mutex mutex_;
    std::vector<LogLine> log_;
};

// The call that accompanies what a test does; keeps the last explanation.
class FakeCall {
public:
    explicit FakeCall(std::string request_id = {}) : request_id_(std::move(request_id)) {
        call_.size = sizeof call_;
        call_.host_data = this;
        call_.request_id = str(request_id_);
        call_.cancelled = [](const gm_call_t* call) { return self(call).cancelled_.load(); };
        call_.explain = [](const gm_call_t* call, gm_str_t message) {
            const std::lock_guard lock(self(call).mutex_);
            self(call).message_ = std::string(view(message));
        };
    }
    FakeCall(const FakeCall&) = delete;
    FakeCall& operator=(const FakeCall&) = delete;

    const gm_call_t* abi() const { return &call_; }

    // A deadline this far from now; in the past when negative.
    FakeCall& expire_in(std::chrono::nanoseconds time) {
        const auto when = std::chrono::steady_clock::now().time_since_epoch() + time;
        call_.deadline_ns = static_cast<std::uint64_t>(std::chrono::nanoseconds(when).count());
        return *this;
    }

    void cancel() { cancelled_ = true; }

    std::string message() const {
        const std::lock_guard lock(mutex_);
        return message_;
    }

private:
    static FakeCall& self(const gm_call_t* call) {
        return *static_cast<FakeCall*>(call->host_data);
    }

    std::string request_id_;
    gm_call_t call_{};
    std::atomic<bool> cancelled_ = false;
    mutable std::mutex mutex_;
    std::string message_;
};

}  // namespace gomodel::testing
