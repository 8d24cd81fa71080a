#include "plugin/call.hpp"

namespace gomodel::plugin {
namespace {

base::Code to_code(gm_status_t status) {
    const bool known = status > GM_OK && status <= GM_INTERNAL;
    return known ? static_cast<base::Code>(status) : base::Code::kInternal;
}

}  // namespace

bool Call::is_cancelled(const gm_call_t* call) {
    const bool* const flag = static_cast<const Call*>(call->host_data)->cancelled_;
    return flag != nullptr && *flag;
}

void Call::explain(const gm_call_t* call, gm_str_t message) {
    static_cast<Call*>(call->host_data)->explanation_ = from_abi(message);
}

base::Error Call::error(gm_status_t status, std::string_view what) const {
    std::string message(what);
    message += ": ";
    message += explanation_.empty()
                   ? "failed without an explanation (status " + std::to_string(status) + ")"
                   : explanation_;
    return base::Error{to_code(status), std::move(message)};
}

base::Status Call::status(gm_status_t status, std::string_view what) const {
    if (status == GM_OK) return {};
    return error(status, what);
}

}  // namespace gomodel::plugin
