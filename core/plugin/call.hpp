// The host's side of gm_call_t: deadline, cancellation and the explanation of a failure. Lives on
// the stack of whoever calls a plugin.
#pragma once

#include <gomodel/abi.h>

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace gomodel::plugin {

inline gm_str_t to_abi(std::string_view text) {
    return {text.data(), text.size()};
}
inline std::string_view from_abi(gm_str_t text) {
    return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.len);
}

class Call {
public:
    // deadline: base::SteadyTime::max() for none. cancelled: read whenever the plugin asks;
    // nullptr: never.
    explicit Call(std::string_view request_id = {},
                  base::SteadyTime deadline = base::SteadyTime::max(),
                  const bool* cancelled = nullptr)
        : call_{sizeof(gm_call_t),     this,          to_abi(request_id),
                nanoseconds(deadline), &is_cancelled, &explain},
          cancelled_(cancelled) {}
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    const gm_call_t* get() const { return &call_; }

    // The plugin's status as ours. The message is the plugin's explanation, or says that there was
    // none.
    base::Status status(gm_status_t status, std::string_view what) const;
    base::Error error(gm_status_t status, std::string_view what) const;
    const std::string& explanation() const { return explanation_; }

private:
    static std::uint64_t nanoseconds(base::SteadyTime deadline) {
        if (deadline == base::SteadyTime::max()) return 0;
        return static_cast<std::uint64_t>(deadline.time_since_epoch().count());
    }
    static bool is_cancelled(const gm_call_t* call);
    static void explain(const gm_call_t* call, gm_str_t message);

    gm_call_t call_;
    const bool* cancelled_;
    std::string explanation_;
};

}  // namespace gomodel::plugin
