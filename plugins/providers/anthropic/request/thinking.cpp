#include "anthropic/request/thinking.hpp"

#include <algorithm>

#include "anthropic/request/place.hpp"

namespace anthropic {

using gomodel::json::Node;
using gomodel::json::Out;

namespace {

constexpr std::int64_t kSmallestBudget = 1024;

// "" nothing was said; "none", "low", "medium", "high", "xhigh", "max".
std::string read_effort(Node root) {
    const Node reasoning = root["reasoning"];
    const bool direct = !root["reasoning_effort"].missing();
    const Node given = direct ? root["reasoning_effort"] : reasoning["effort"];
    if (!given.missing() && !given.is_string()) {
        Place(direct ? "reasoning_effort" : "reasoning.effort").refuse("must be a string");
    }
    std::string effort = given.text();
    const std::size_t first = effort.find_first_not_of(" \t\n");
    if (first == std::string::npos) return reasoning["enabled"].is_false() ? "none" : "";
    effort = effort.substr(first, effort.find_last_not_of(" \t\n") - first + 1);
    std::transform(effort.begin(), effort.end(), effort.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    for (const char* const known : {"none", "medium", "high", "xhigh", "max"}) {
        if (effort == known) return effort;
    }
    return "low";
}

std::string adaptive_effort(const std::string& effort, const ModelName& model) {
    if (effort == "xhigh" && model.after_4_6()) return effort;
    if (effort != "xhigh" && effort != "max") return effort;
    return model.max_effort() ? "max" : "high";
}

std::int64_t budget_for(const std::string& effort, const ModelName& model) {
    if (effort == "low") return 5000;
    if (effort == "medium") return 10000;
    if (effort == "high") return 20000;
    return model.largest_budget();
}

void think_adaptively(Node root, const ModelName& model, Thinking& thinking) {
    Out out;
    out.begin_object().member("type", "adaptive");
    // Newer models show nothing of it unless asked to.
    if (model.after_4_6() && !root["reasoning"]["exclude"].is_true()) {
        out.member("display", "summarized");
    }
    thinking.json = out.end_object().text();
}

void think_up_to(std::int64_t budget, Thinking& thinking) {
    Out out;
    out.begin_object().member("type", "enabled").number_member("budget_tokens", budget);
    thinking.json = out.end_object().text();
    thinking.budget = budget;
}

Thinking as_given(Node given) {
    Thinking thinking;
    if (!given.is_object()) Place("thinking").refuse("must be an object");
    thinking.json = given.raw();
    thinking.on = !given["type"].equals("disabled");
    thinking.budget = given["budget_tokens"].integer().value_or(0);
    return thinking;
}

}  // namespace

Thinking read_thinking(Node root, const ModelName& model, Circumstances circumstances) {
    if (!root["thinking"].missing()) return as_given(root["thinking"]);
    Thinking thinking;
    const std::string effort = read_effort(root);
    const std::int64_t tokens = root["reasoning"]["max_tokens"].integer().value_or(0);
    if (effort == "none") {
        if (model.thinks() && !model.always_thinks()) thinking.json = R"({"type":"disabled"})";
        return thinking;
    }
    if (effort.empty() && tokens <= 0 && !root["reasoning"]["enabled"].is_true()) return thinking;
    if (model.adaptive() && !effort.empty()) thinking.effort = adaptive_effort(effort, model);
    if (circumstances.forced_tool) return thinking;
    if (model.adaptive()) {
        think_adaptively(root, model, thinking);
    } else {
        if (circumstances.thinking_lost) return thinking;
        const std::string level = effort.empty() ? "medium" : effort;
        think_up_to(tokens > 0 ? std::max(tokens, kSmallestBudget) : budget_for(level, model),
                    thinking);
    }
    thinking.on = true;
    return thinking;
}

void write_sampling(Node root, const ModelName& model, bool thinking, Out& out) {
    if (model.after_4_6()) return;          // takes none of them
    constexpr double kSmallestTopP = 0.95;  // with thinking
    const Node temperature = root["temperature"];
    const Node top_p = root["top_p"];
    const Node top_k = root["top_k"];
    const bool warm = !temperature.missing() && (!thinking || temperature.number() == 1.0);
    if (warm) out.raw_member("temperature", temperature.raw());
    const bool wide = !thinking || top_p.number().value_or(1) >= kSmallestTopP;
    const bool both = warm && model.one_sampling_parameter();
    if (!top_p.missing() && wide && !both) out.raw_member("top_p", top_p.raw());
    if (!top_k.missing() && !thinking) out.raw_member("top_k", top_k.raw());
}

}  // namespace anthropic
