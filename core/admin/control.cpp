#include "admin/control.hpp"

#include "admin/answer.hpp"
#include "base/utf8.hpp"
#include "gateway/client_answer.hpp"

namespace gomodel::admin {
namespace {

dialect::ApiError told(std::string_view feature, const base::Error& error) {
    switch (error.code) {
        case base::Code::kInvalid:
            return dialect::invalid_request(error.message);
        case base::Code::kNotFound:
            return dialect::not_found(error.message);
        case base::Code::kUnavailable:
            return feature_unavailable(feature);
        default:
            return storage_failed(error);
    }
}

}  // namespace

net::Task<void> answer_failure(gateway::RequestContext* context, std::string_view feature,
                               base::Error error) {
    dialect::ApiError fault = told(feature, error);
    context->error_cause = std::move(error.message);
    co_await gateway::answer_error(context, std::move(fault));
}

dialect::ApiError feature_unavailable(std::string_view feature) {
    return unavailable(std::string(feature) + " feature is unavailable");
}

std::string fault_of_text(std::string_view name, std::string_view text, std::size_t longest) {
    const std::string what(name);
    if (text.size() > longest)
        return what + " is longer than " + std::to_string(longest) + " bytes";
    if (!base::is_utf8(text)) return what + " is not UTF-8";
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            return what + " must not contain control characters";
    }
    return {};
}

}  // namespace gomodel::admin
