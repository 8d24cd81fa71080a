// Z.AI, of the GLM models: relayed as it is. https://docs.z.ai/api-reference/llm/chat-completion
#include "openai_compat/vendor.hpp"
#include "schema.json.hpp"

namespace {

constexpr openai_compat::Vendor kZai = {
    .id = "provider.zai",
    .summary = "The Z.AI API",
    .schema = kSchemaJson,
    .can = GM_CAN_CHAT | GM_CAN_EMBED | GM_CAN_LIST_MODELS | GM_CAN_PASSTHROUGH | GM_CAN_STREAM,
    .edit_chat = &openai_compat::edit_keeping_reasoning,
};

}  // namespace

GM_MODULE("gomodel-zai 1.0.0", openai_compat::VendorProvider<kZai>);
