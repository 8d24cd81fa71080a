// OpenRouter. https://openrouter.ai/docs/api-reference/overview
#include "openai_compat/vendor.hpp"
#include "schema.json.hpp"

namespace {

constexpr openai_compat::Vendor kOpenRouter = {
    .id = "provider.openrouter",
    .summary = "The OpenRouter API",
    .schema = kSchemaJson,
    .can = GM_CAN_CHAT | GM_CAN_RESPONSES | GM_CAN_EMBED | GM_CAN_LIST_MODELS | GM_CAN_FILES |
           GM_CAN_BATCHES | GM_CAN_PASSTHROUGH | GM_CAN_STREAM,
    .request_id_header = "X-Client-Request-Id",
    .edit_chat = &openai_compat::edit_keeping_reasoning,
    .stored_responses = true,
};

// Says which application a request is from, unless the client says so itself.
// https://openrouter.ai/docs/app-attribution
class OpenRouter final : public openai_compat::VendorProvider<kOpenRouter> {
public:
    OpenRouter(gomodel::Host host, const gomodel::Config& config)
        : VendorProvider(host, config),
          site_url_(text_or(config, "site_url", "https://gomodel.enterpilot.io")),
          app_name_(text_or(config, "app_name", "GoModel")) {}

protected:
    void keep_headers(const gomodel::Op& op, openai_compat::HeaderList& kept) const override {
        Provider::keep_headers(op, kept);
        const bool all_kept = op.kind() == GM_CAN_PASSTHROUGH;
        const auto keep = [&](const char* name) {
            const auto value = op.headers().find(name);
            if (value && !all_kept) kept.emplace_back(name, *value);
            return value.has_value();
        };
        if (!keep("HTTP-Referer")) kept.emplace_back("HTTP-Referer", site_url_);
        const bool titled = keep(kTitle);
        if (!keep("X-Title") && !titled) kept.emplace_back(kTitle, app_name_);
    }

private:
    static constexpr const char* kTitle = "X-OpenRouter-Title";

    static std::string text_or(const gomodel::Config& config, std::string_view name,
                               const char* fallback) {
        std::string text = config.text(name);
        return text.find_first_not_of(' ') == std::string::npos ? fallback : text;
    }

    const std::string site_url_;
    const std::string app_name_;
};

}  // namespace

GM_MODULE("gomodel-openrouter 1.0.0", OpenRouter);
