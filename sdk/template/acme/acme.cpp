// A provider whose upstream speaks the OpenAI API: the request goes on and the answer comes back
// byte for byte.
#include <gomodel/plugin.hpp>

#include "schema.json.hpp"

namespace {

class AcmeExchange final : public gomodel::Exchange {
public:
    AcmeExchange(const std::string& url, const std::string& authorization)
        : url_(url), authorization_(authorization) {}

    gomodel::Step next(gomodel::Call, gomodel::HttpOut request) override {
        request.target("POST", url_);
        request.header("Content-Type", "application/json");
        request.header("Authorization", authorization_);
        request.forward_body();
        return gomodel::Step::kSend;
    }

    gomodel::Framing head(gomodel::Call, const gomodel::ResponseHead& head) override {
        return head.ok() ? gomodel::Framing::kRelay : gomodel::Framing::kError;
    }

private:
    const std::string& url_;  // the provider outlives its exchanges
    const std::string& authorization_;
};

class Acme final : public gomodel::Provider {
public:
    static constexpr const char* kId = "provider.acme";
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = "The Acme API";
    static constexpr const char* kSchema = kSchemaJson;
    static constexpr std::uint64_t kFlags = GM_CAN_CHAT | GM_CAN_EMBED | GM_CAN_STREAM;

    Acme(gomodel::Host, const gomodel::Config& config)
        : chat_url_(config.text("base_url") + "/chat/completions"),
          embed_url_(config.text("base_url") + "/embeddings"),
          authorization_("Bearer " + config.text("api_key")) {}

    std::unique_ptr<gomodel::Exchange> open(gomodel::Call, gomodel::Op op) override {
        const std::string& url = op.kind() == GM_CAN_EMBED ? embed_url_ : chat_url_;
        return std::make_unique<AcmeExchange>(url, authorization_);
    }

private:
    const std::string chat_url_;
    const std::string embed_url_;
    const std::string authorization_;
};

}  // namespace

GM_MODULE("acme 1.0.0", Acme);
