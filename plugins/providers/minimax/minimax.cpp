// MiniMax. https://platform.minimax.io/docs/api-reference/text-openai-api
#include "embeddings.hpp"
#include "failure.hpp"
#include "openai_compat/embedding_list.hpp"
#include "openai_compat/vendor.hpp"
#include "schema.json.hpp"
#include "temperature.hpp"

namespace {

bool edit_chat(std::string_view model, std::string_view body, std::string& out) {
    // A reasoning model's temperature goes altogether.
    if (openai_compat::edit_keeping_reasoning(model, body, out)) return true;
    return minimax::raise_temperature(body, out);
}

constexpr openai_compat::Vendor kMiniMax = {
    .id = "provider.minimax",
    .summary = "The MiniMax API",
    .schema = kSchemaJson,
    .can = GM_CAN_CHAT | GM_CAN_EMBED | GM_CAN_LIST_MODELS | GM_CAN_PASSTHROUGH | GM_CAN_STREAM,
    .edit_chat = &edit_chat,
};

class MiniMax final : public openai_compat::VendorProvider<kMiniMax> {
public:
    using VendorProvider::VendorProvider;

protected:
    bool edit_body(const gomodel::Op& op, std::string& body) const override {
        if (op.kind() != GM_CAN_EMBED) return Provider::edit_body(op, body);
        body = minimax::embed_request(op.body());
        return true;
    }

    openai_compat::Translation translation(const gomodel::Op& op) const override {
        if (op.kind() == GM_CAN_PASSTHROUGH) return {};
        if (op.kind() != GM_CAN_EMBED) {
            return [](std::string_view answer, gomodel::Sink out) {
                minimax::check(answer);
                out.write(GM_OUT_BODY, answer);
            };
        }
        return [model = std::string(op.model()), base64 = openai_compat::wants_base64(op.body())](
                   std::string_view answer, gomodel::Sink out) {
            minimax::check(answer);
            out.write(GM_OUT_BODY, minimax::embedding_list(answer, model, base64));
        };
    }
};

}  // namespace

GM_MODULE("gomodel-minimax 1.0.0", MiniMax);
