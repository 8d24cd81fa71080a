// A guardrail that passes every test: it puts a message in front. The modules in broken/ derive
// from it and spoil one thing each.
#pragma once

#include <gomodel/json_tree.hpp>
#include <gomodel/plugin.hpp>

#include <memory>
#include <string>

class GoodGuardrail : public gomodel::Guardrail {
public:
    static constexpr const char* kId = "guardrail.good";
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = "Keeps the contract";
    static constexpr const char* kSchema =
        R"({"type": "object", "additionalProperties": false, "properties": {}})";
    static constexpr std::uint64_t kFlags = GM_GUARD_REQUEST;

    GoodGuardrail(gomodel::Host, const gomodel::Config&) {}

    std::unique_ptr<gomodel::Watch> open(gomodel::Call, gomodel::Op) override {
        return std::make_unique<GoodWatch>(*this);
    }

protected:
    // The new list. Throws for what is no list.
    virtual std::string rewrite(std::string_view messages) {
        const gomodel::json::Tree tree(messages);
        if (!tree.root().is_array()) throw gomodel::Error(GM_INVALID, "no list of messages");
        std::string text = R"([{"role":"system","content":"Be good."})";
        for (const gomodel::json::Node message : tree.root())
            text += ',' + std::string(message.raw());
        return text + ']';
    }

private:
    class GoodWatch final : public gomodel::Watch {
    public:
        explicit GoodWatch(GoodGuardrail& guardrail) : guardrail_(guardrail) {}
        gomodel::Verdict request(gomodel::Call, std::string_view messages,
                                 gomodel::Sink out) override {
            out.write(0, guardrail_.rewrite(messages));
            return gomodel::Verdict::kRewrite;
        }

    private:
        GoodGuardrail& guardrail_;
    };
};
