#include "failure.hpp"

#include <gomodel/error.hpp>
#include <gomodel/json.hpp>

#include <string>

namespace minimax {
namespace {

namespace json = gomodel::json;

gomodel::Error failure(int code, const std::string& message) {
    gm_status_t status = GM_UNAVAILABLE;
    switch (code) {
        case 1001:  // timeout
            status = GM_TIMEOUT;
            break;
        case 1002:  // requests a minute
        case 1008:  // balance
        case 1039:  // tokens a minute
        case 1041:  // connections
        case 2045:  // requests, growing too fast
        case 2056:  // the plan's quota
            status = GM_EXHAUSTED;
            break;
        case 1004:  // not authorised
        case 2049:  // the key
            status = GM_DENIED;
            break;
        case 1026:  // sensitive input
        case 1027:  // sensitive output
        case 1042:  // invisible characters
        case 2013:  // parameters
            status = GM_INVALID;
            break;
        default:
            break;
    }
    return {status, message + " (" + std::to_string(code) + ")"};
}

}  // namespace

void check(std::string_view answer) {
    if (!json::valid(answer)) {
        throw gomodel::Error(GM_UNAVAILABLE, "the upstream's answer is not JSON");
    }
    const std::string_view outcome = json::find(answer, "base_resp").value_or("");
    const auto code = json::number(json::find(outcome, "status_code").value_or(""));
    if (!code || *code == 0) return;
    std::string message =
        json::unquote(json::find(outcome, "status_msg").value_or("")).value_or("");
    if (message.empty()) message = "the upstream failed";
    const bool usual = *code > 0 && *code < 100000;
    throw failure(usual ? static_cast<int>(*code) : 0, message);
}

}  // namespace minimax
