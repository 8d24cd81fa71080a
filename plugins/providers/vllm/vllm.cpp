// A vLLM server. https://docs.vllm.ai/en/latest/serving/openai_compatible_server/
#include "openai_compat/vendor.hpp"
#include "passthrough.hpp"
#include "schema.json.hpp"

namespace {

constexpr openai_compat::Vendor kVllm = {
    .id = "provider.vllm",
    .summary = "A vLLM server",
    .schema = kSchemaJson,
    .can = GM_CAN_CHAT | GM_CAN_RESPONSES | GM_CAN_EMBED | GM_CAN_LIST_MODELS | GM_CAN_PASSTHROUGH |
           GM_CAN_STREAM,
    .request_id_header = "X-Request-Id",
    .edit_chat = &openai_compat::edit_keeping_reasoning,
};

class Vllm final : public openai_compat::VendorProvider<kVllm> {
public:
    using VendorProvider::VendorProvider;

protected:
    std::string_view url(const gomodel::Op& op, std::string& storage) const override {
        if (op.kind() != GM_CAN_PASSTHROUGH) return Provider::url(op, storage);
        const std::string_view path = openai_compat::passthrough_path(op);
        return storage.append(vllm::passthrough_base(base_url(), path)).append("/").append(path);
    }
};

}  // namespace

GM_MODULE("gomodel-vllm 1.0.0", Vllm);
