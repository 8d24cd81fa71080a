// Builds of the OpenAI provider that go wrong, for the tests of canaries and budgets: FAULT says
// how. They take the same configuration as the good one.

#include <gomodel/plugin.hpp>

#include <chrono>
#include <thread>

#include "openai_compat/provider.hpp"

namespace {

enum Fault { kFails, kIsSlow, kRefuses };

class FaultyOpenAi final : public openai_compat::Provider {
public:
    static constexpr const char* kId = "provider.openai";
    static constexpr const char* kVersion = "1.0.1";
    static constexpr const char* kSummary = "The OpenAI API, badly";
    static constexpr const char* kSchema = R"({
      "type": "object", "additionalProperties": false,
      "properties": {
        "base_url": {"type": "string", "description": "Where the API is."},
        "api_key": {"type": "string", "x-secret": true, "description": "The key."}
      }
    })";
    static constexpr std::uint64_t kFlags = GM_CAN_CHAT | GM_CAN_LIST_MODELS | GM_CAN_STREAM;

    FaultyOpenAi(gomodel::Host, const gomodel::Config& config)
        : Provider({.base_url = config.text("base_url"), .api_key = config.text("api_key")}) {
        if (FAULT == kRefuses) throw gomodel::Error(GM_INVALID, "this build refuses");
    }

protected:
    std::string_view url(const gomodel::Op& op, std::string& storage) const override {
        if (FAULT == kFails) throw gomodel::Error(GM_INTERNAL, "this build fails");
        if (FAULT == kIsSlow) std::this_thread::sleep_for(std::chrono::milliseconds(3));
        return Provider::url(op, storage);
    }
};

}  // namespace

GM_MODULE("gomodel-openai 1.0.1", FaultyOpenAi);
