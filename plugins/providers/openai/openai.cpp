// The OpenAI API itself: everything is relayed. https://platform.openai.com/docs/api-reference

#include <gomodel/plugin.hpp>

#include "openai_compat/provider.hpp"
#include "schema.json.hpp"

namespace {

class OpenAi final : public openai_compat::Provider {
public:
    static constexpr const char* kId = "provider.openai";
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = "The OpenAI API";
    static constexpr const char* kSchema = kSchemaJson;
    static constexpr std::uint64_t kFlags = GM_CAN_CHAT | GM_CAN_RESPONSES | GM_CAN_EMBED |
                                            GM_CAN_LIST_MODELS | GM_CAN_FILES | GM_CAN_BATCHES |
                                            GM_CAN_PASSTHROUGH | GM_CAN_STREAM;

    OpenAi(gomodel::Host, const gomodel::Config& config)
        : Provider({.base_url = config.text("base_url"),
                    .api_key = config.text("api_key"),
                    .request_id_header = "X-Client-Request-Id"}),
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
