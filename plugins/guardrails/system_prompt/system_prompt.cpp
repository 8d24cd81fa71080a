// Gives every conversation a system prompt, or a part of one.

#include <gomodel/plugin.hpp>

#include <memory>
#include <string>

#include "rewrite.hpp"
#include "schema.json.hpp"

namespace system_prompt {
namespace {

std::string trimmed(const std::string& text) {
    constexpr const char* kSpace = " \t\r\n\f\v";
    const std::size_t begin = text.find_first_not_of(kSpace);
    if (begin == std::string::npos) {
        throw gomodel::Error(GM_INVALID, "system_prompt content is required");
    }
    return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

Mode mode_of(const std::string& name) {
    if (name == "inject") return Mode::kInject;
    if (name == "override") return Mode::kOverride;
    if (name == "decorator") return Mode::kDecorator;
    throw gomodel::Error(GM_INVALID, "system_prompt mode is invalid");
}

class SystemPrompt final : public gomodel::Guardrail {
public:
    static constexpr const char* kId = "guardrail.system_prompt";
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = "Adds a system prompt, or puts one in its place";
    static constexpr const char* kSchema = kSchemaJson;
    static constexpr std::uint64_t kFlags = GM_GUARD_REQUEST;

    SystemPrompt(gomodel::Host, const gomodel::Config& config)
        : mode_(mode_of(config.text("mode", "inject"))),
          content_(trimmed(config.text("content"))) {}

    std::unique_ptr<gomodel::Watch> open(gomodel::Call, gomodel::Op) override {
        return std::make_unique<PromptWatch>(*this);
    }

private:
    class PromptWatch final : public gomodel::Watch {
    public:
        explicit PromptWatch(const SystemPrompt& prompt) : prompt_(prompt) {}

        gomodel::Verdict request(gomodel::Call, std::string_view messages,
                                 gomodel::Sink out) override {
            const auto rewritten = rewrite(prompt_.mode_, prompt_.content_, messages);
            if (!rewritten.has_value()) return gomodel::Verdict::kPass;
            out.write(0, *rewritten);
            return gomodel::Verdict::kRewrite;
        }

    private:
        const SystemPrompt& prompt_;
    };

    const Mode mode_;
    const std::string content_;
};

}  // namespace
}  // namespace system_prompt

GM_MODULE("gomodel-system-prompt 1.0.0", system_prompt::SystemPrompt);
