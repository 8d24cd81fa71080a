// Azure OpenAI. https://learn.microsoft.com/azure/ai-foundry/openai/reference
#include <algorithm>

#include "azure_urls.hpp"
#include "openai_compat/endpoint.hpp"
#include "openai_compat/vendor.hpp"
#include "schema.json.hpp"

namespace {

constexpr openai_compat::Vendor kAzure = {
    .id = "provider.azure",
    .summary = "Azure OpenAI: a resource or a deployment of it",
    .schema = kSchemaJson,
    .can = GM_CAN_CHAT | GM_CAN_RESPONSES | GM_CAN_EMBED | GM_CAN_LIST_MODELS | GM_CAN_FILES |
           GM_CAN_BATCHES | GM_CAN_PASSTHROUGH | GM_CAN_STREAM,
    .request_id_header = "X-Client-Request-Id",
    .key_header = "api-key",
    .edit_chat = &openai_compat::edit_for_openai,
    .stored_responses = true,
};

class Azure final : public openai_compat::VendorProvider<kAzure> {
public:
    Azure(gomodel::Host host, const gomodel::Config& config)
        : VendorProvider(host, config), urls_(config.text("base_url"), version(config)) {}

protected:
    std::string_view url(const gomodel::Op& op, std::string& storage) const override {
        std::string path = "/";
        std::string_view query = op.query();
        if (op.kind() == GM_CAN_PASSTHROUGH) {
            const std::string_view rest = openai_compat::passthrough_path(op);
            const std::size_t mark = std::min(rest.find('?'), rest.size());
            path += rest.substr(0, mark);
            query = rest.substr(std::min(mark + 1, rest.size()));
        } else {
            path = openai_compat::operation_path(op);
        }
        return storage = urls_.url(op, path, query);
    }

private:
    static std::string version(const gomodel::Config& config) {
        const std::string version = config.text("api_version");
        return version.empty() ? "2024-10-21" : version;
    }

    const azure::Urls urls_;
};

}  // namespace

GM_MODULE("gomodel-azure 1.0.0", Azure);
