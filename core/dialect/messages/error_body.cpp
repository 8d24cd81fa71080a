#include "dialect/messages/error_body.hpp"

#include <gomodel/json_out.hpp>
#include <gomodel/sse.hpp>

#include "base/utf8.hpp"

namespace gomodel::dialect::messages {

std::string_view error_type(int status) {
    switch (status) {
        case 401:
            return "authentication_error";
        case 402:
            return "billing_error";
        case 403:
            return "permission_error";
        case 404:
            return "not_found_error";
        case 409:
            return "conflict_error";
        case 413:
            return "request_too_large";
        case 429:
            return "rate_limit_error";
        case 503:
        case 529:
            return "overloaded_error";
        case 504:
            return "timeout_error";
        default:
            return status < 500 ? "invalid_request_error" : "api_error";
    }
}

std::string error_json(const ApiError& error, std::string_view request_id) {
    json::Out out;
    out.begin_object().member("type", "error").key("error").begin_object();
    out.member("type", error_type(error.status));
    out.member("message", base::replace_invalid_utf8(error.message)).end_object();
    if (!request_id.empty()) {
        out.member("request_id", base::replace_invalid_utf8(request_id));
    }
    out.end_object();
    return out.text();
}

void append_error_event(const ApiError& error, std::string& out) {
    append_sse(out, "error", error_json(error, {}));
}

}  // namespace gomodel::dialect::messages
