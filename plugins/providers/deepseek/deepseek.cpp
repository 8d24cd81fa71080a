// DeepSeek. https://api-docs.deepseek.com/api/create-chat-completion
#include "effort.hpp"
#include "openai_compat/vendor.hpp"
#include "schema.json.hpp"

namespace {

bool edit_chat(std::string_view, std::string_view body, std::string& out) {
    return openai_compat::lift_effort(body, &deepseek::effort_name, out);
}

constexpr openai_compat::Vendor kDeepSeek = {
    .id = "provider.deepseek",
    .summary = "The DeepSeek API",
    .schema = kSchemaJson,
    .can = GM_CAN_CHAT | GM_CAN_LIST_MODELS | GM_CAN_PASSTHROUGH | GM_CAN_STREAM,
    .request_id_header = "X-Request-Id",
    .edit_chat = &edit_chat,
};

}  // namespace

GM_MODULE("gomodel-deepseek 1.0.0", openai_compat::VendorProvider<kDeepSeek>);
