// What accompanies every call (Call), where results go (Sink), and the guard that keeps exceptions
// on the plugin's side. Call and Sink are views: copy them freely, keep them no longer than the
// call they came with. Any thread, unless the interface says otherwise.
#pragma once

#include <cxxabi.h>
#include <gomodel/abi.h>
#include <gomodel/error.hpp>
#include <gomodel/view.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <type_traits>
#include <typeinfo>

namespace gomodel {

// The unit of work a call belongs to.
class Call {
public:
    explicit Call(const gm_call_t* call) : call_(call) {}

    // For logs. Empty outside a client request.
    std::string_view request_id() const { return view(call_->request_id); }

    // The time left to answer: 0 when the deadline has passed, nullopt when there is none.
    std::optional<std::chrono::nanoseconds> remaining() const {
        if (call_->deadline_ns == 0) return std::nullopt;
        // libstdc++'s steady clock is the ABI's CLOCK_MONOTONIC.
        const auto now = std::chrono::steady_clock::now().time_since_epoch();
        const std::chrono::nanoseconds deadline(static_cast<std::int64_t>(call_->deadline_ns));
        return deadline > now ? deadline - now : std::chrono::nanoseconds(0);
    }

    // True once nobody wants the result any more.
    bool cancelled() const { return call_->cancelled != nullptr && call_->cancelled(call_); }

    // Explains the status about to be returned. Throwing an Error does this too.
    void explain(std::string_view message) const {
        if (call_->explain != nullptr) call_->explain(call_, str(message));
    }

    const gm_call_t* abi() const { return call_; }

private:
    const gm_call_t* call_;
};

// Takes the bytes of a result; the host copies them.
class Sink {
public:
    explicit Sink(const gm_sink_t* sink) : sink_(sink) {}

    // `kind` is named by the interface. Throws Refused when the host wants no more: let it pass.
    void write(std::uint32_t kind, std::string_view bytes) const {
        const gm_status_t status = sink_->write(sink_, kind, str(bytes));
        if (status != GM_OK) throw Refused{status};
    }

private:
    const gm_sink_t* sink_;
};

namespace detail {

// The status of the exception being handled. What a foreign exception says is not passed on: a
// database driver's text may hold a connection string. Its type is, so that the bug can be found.
inline gm_status_t explain_current_exception(const gm_call_t* call) noexcept {
    try {
        throw;
    } catch (const Refused& refused) {
        return refused.status;
    } catch (const Error& error) {
        Call(call).explain(error.message());
        return error.status();
    } catch (const std::bad_alloc&) {
        Call(call).explain("out of memory");
    } catch (const std::exception& error) {
        int failed = 0;
        const std::unique_ptr<char, decltype(&std::free)> type(
            abi::__cxa_demangle(typeid(error).name(), nullptr, nullptr, &failed), &std::free);
        char message[160];
        std::snprintf(message, sizeof message, "unexpected %s",
                      type ? type.get() : typeid(error).name());
        Call(call).explain(message);
    } catch (...) {
        Call(call).explain("unexpected exception");
    }
    return GM_INTERNAL;
}

}  // namespace detail

// Runs `body` and returns its status, or GM_OK when it returns nothing. No exception gets out:
//   Error           its status, explained by its message
//   Refused         the status the host's sink returned
//   anything else   GM_INTERNAL, explained by the exception's type alone
template <typename Body>
gm_status_t guard(const gm_call_t* call, Body&& body) noexcept {
    try {
        if constexpr (std::is_void_v<std::invoke_result_t<Body>>) {
            body();
            return GM_OK;
        } else {
            return body();
        }
    } catch (...) {
        return detail::explain_current_exception(call);
    }
}

}  // namespace gomodel
