// The OpenAI API itself: everything is relayed. https://platform.openai.com/docs/api-reference

#include "openai_compat/vendor.hpp"
#include "schema.json.hpp"

namespace {

constexpr openai_compat::Vendor kOpenAi = {
    .id = "provider.openai",
    .summary = "The OpenAI API",
    .schema = kSchemaJson,
    .can = GM_CAN_CHAT | GM_CAN_RESPONSES | GM_CAN_EMBED | GM_CAN_LIST_MODELS | GM_CAN_FILES |
           GM_CAN_BATCHES | GM_CAN_PASSTHROUGH | GM_CAN_STREAM,
    .request_id_header = "X-Client-Request-Id",
    .edit_chat = &openai_compat::edit_for_openai,
    .stored_responses = true,
};

class OpenAi final : public openai_compat::VendorProvider<kOpenAi> {
public:
    OpenAi(gomodel::Host host, const gomodel::Config& config)
        : VendorProvider(host, config),
          organization_(config.text("organization")),
          project_(config.text("project")) {}

protected:
    void headers(gomodel::Call call, gomodel::HttpOut out) const override {
        Provider::headers(call, out);
        if (!organization_.empty()) out.header("OpenAI-Organization", organization_);
        if (!project_.empty()) out.header("OpenAI-Project", project_);
    }

private:
    const std::string organization_;
    const std::string project_;
};

}  // namespace

GM_MODULE("gomodel-openai 1.0.0", OpenAi);
