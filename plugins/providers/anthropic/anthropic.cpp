// Anthropic's Claude models, behind the chat completions dialect. https://docs.anthropic.com/en/api

#include <gomodel/plugin.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "anthropic/chat_exchange.hpp"
#include "schema.json.hpp"

namespace anthropic {
namespace {

std::string without_slash(std::string url) {
    while (url.ends_with('/'))
        url.pop_back();
    return url;
}

std::string joined(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& name : names)
        all += (all.empty() ? "" : ",") + name;
    return all;
}

// The API wants a limit; an instance that was given none that makes sense still answers.
std::int64_t token_limit(gomodel::Host host, const gomodel::Config& config) {
    const std::int64_t given = config.integer("default_max_tokens");
    if (given > 0) return given;
    const std::int64_t fallback = RequestLimits().default_max_tokens;
    host.warn("default_max_tokens is " + std::to_string(given) + ", which is no limit: using " +
              std::to_string(fallback));
    return fallback;
}

class Anthropic final : public gomodel::Provider {
public:
    static constexpr const char* kId = "provider.anthropic";
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = "The Anthropic API";
    static constexpr const char* kSchema = kSchemaJson;
    static constexpr std::uint64_t kFlags =
        GM_CAN_CHAT | GM_CAN_MESSAGES | GM_CAN_LIST_MODELS | GM_CAN_PASSTHROUGH | GM_CAN_STREAM;

    Anthropic(gomodel::Host host, const gomodel::Config& config)
        : account_{without_slash(config.text("base_url")),
                   config.text("api_key"),
                   joined(config.list("betas")),
                   {token_limit(host, config),
                    static_cast<std::size_t>(config.integer("max_image_bytes"))}} {}

    std::unique_ptr<gomodel::Exchange> open(gomodel::Call, gomodel::Op op) override {
        if (op.kind() == GM_CAN_PASSTHROUGH) return open_passthrough(account_, op);
        if (op.kind() == GM_CAN_MESSAGES) return open_messages(account_, op);
        if (!op.action().empty()) return nullptr;
        if (op.kind() == GM_CAN_CHAT) return open_chat(account_, op);
        return op.kind() == GM_CAN_LIST_MODELS ? open_models(account_) : nullptr;
    }

private:
    const Account account_;
};

}  // namespace
}  // namespace anthropic

GM_MODULE("gomodel-anthropic 1.0.0", anthropic::Anthropic);
