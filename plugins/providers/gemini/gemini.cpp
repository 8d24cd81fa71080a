// Google's Gemini API: the OpenAI-compatible endpoints, and the native ones for the list of models
// and for a passthrough that names their version.
// https://ai.google.dev/gemini-api/docs/openai
#include "model_listing.hpp"
#include "openai_compat/vendor.hpp"
#include "schema.json.hpp"

namespace {

constexpr openai_compat::Vendor kGemini = {
    .id = "provider.gemini",
    .summary = "The Gemini API",
    .schema = kSchemaJson,
    .can = GM_CAN_CHAT | GM_CAN_EMBED | GM_CAN_LIST_MODELS | GM_CAN_FILES | GM_CAN_BATCHES |
           GM_CAN_PASSTHROUGH | GM_CAN_STREAM,
    .request_id_header = "X-Request-Id",
    .edit_chat = &openai_compat::edit_effort,
};

class Gemini final : public openai_compat::VendorProvider<kGemini> {
public:
    Gemini(gomodel::Host host, const gomodel::Config& config)
        : VendorProvider(host, config),
          api_key_(config.text("api_key")),
          native_(without_end(base_url(), "/openai")),
          models_url_(native_ + "/models?pageSize=1000"),
          server_(without_end(without_end(native_, "/v1beta"), "/v1")) {}

    std::unique_ptr<gomodel::Exchange> open(gomodel::Call call, gomodel::Op op) override {
        if (op.kind() != GM_CAN_LIST_MODELS) return Provider::open(call, op);
        return std::make_unique<gemini::ModelListing>(models_url_, api_key_);
    }

protected:
    std::string_view url(const gomodel::Op& op, std::string& storage) const override {
        if (!is_native(op)) return Provider::url(op, storage);
        return storage.append(server_).append("/").append(openai_compat::passthrough_path(op));
    }

    // The native API takes a bearer token for one of OAuth.
    openai_compat::HeaderView credential(const gomodel::Op& op) const override {
        if (is_native(op)) return {"x-goog-api-key", api_key_};
        return Provider::credential(op);
    }

private:
    static bool is_native(const gomodel::Op& op) {
        if (op.kind() != GM_CAN_PASSTHROUGH) return false;
        const std::string_view path = openai_compat::passthrough_path(op);
        for (const char* const version : {"v1beta", "v1alpha", "upload"}) {
            if (openai_compat::is_below(path, version)) return true;
        }
        return false;
    }

    static std::string without_end(std::string url, std::string_view end) {
        if (url.ends_with(end)) url.resize(url.size() - end.size());
        return url;
    }

    const std::string api_key_;
    const std::string native_;
    const std::string models_url_;
    const std::string server_;
};

}  // namespace

GM_MODULE("gomodel-gemini 1.0.0", Gemini);
