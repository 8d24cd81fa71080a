// xAI. https://docs.x.ai/docs/api-reference
#include "conversation.hpp"
#include "openai_compat/vendor.hpp"
#include "schema.json.hpp"

namespace {

constexpr openai_compat::Vendor kXai = {
    .id = "provider.xai",
    .summary = "The xAI API",
    .schema = kSchemaJson,
    .can = GM_CAN_CHAT | GM_CAN_RESPONSES | GM_CAN_EMBED | GM_CAN_LIST_MODELS | GM_CAN_FILES |
           GM_CAN_BATCHES | GM_CAN_PASSTHROUGH | GM_CAN_STREAM,
    .request_id_header = "X-Request-ID",
};

class Xai final : public openai_compat::VendorProvider<kXai> {
public:
    using VendorProvider::VendorProvider;

protected:
    void keep_headers(const gomodel::Op& op, openai_compat::HeaderList& kept) const override {
        constexpr const char* kConversation = "X-Grok-Conv-Id";
        Provider::keep_headers(op, kept);
        if (op.kind() != GM_CAN_CHAT) return;
        const std::string_view own = op.headers().find(kConversation).value_or("");
        kept.emplace_back(kConversation, openai_compat::is_header_text(own)
                                             ? std::string(own)
                                             : xai::conversation_id(op.body()));
    }
};

}  // namespace

GM_MODULE("gomodel-xai 1.0.0", Xai);
