#include "openai_compat/reasoning.hpp"

#include <gomodel/json.hpp>
#include <gomodel/view.hpp>

#include "openai_compat/body_edit.hpp"

namespace openai_compat {
namespace {

namespace json = gomodel::json;

bool istarts_with(std::string_view text, std::string_view prefix) {
    return text.size() >= prefix.size() && gomodel::iequals(text.substr(0, prefix.size()), prefix);
}

void move_token_limit(BodyEdit& edit) {
    const auto limit = edit.value("max_tokens");
    if (!limit) return;
    // null is how some clients leave a field out: it must not displace a real limit.
    if (*limit == "null" && edit.has("max_completion_tokens")) {
        edit.remove("max_tokens");
    } else {
        edit.remove("max_completion_tokens");
        edit.rename("max_tokens", "max_completion_tokens");
    }
}

void lift_effort(BodyEdit& edit) {
    const auto reasoning = edit.value("reasoning");
    if (!reasoning) return;
    const auto effort = json::find(*reasoning, "effort");
    // Anything else stays for the upstream to judge.
    if (!effort || effort->front() != '"' || *effort == "\"\"") return;
    if (edit.has("reasoning_effort")) {
        edit.remove("reasoning");
    } else {
        edit.replace("reasoning", "reasoning_effort", *effort);
    }
}

}  // namespace

bool is_reasoning_model(std::string_view model) {
    constexpr std::string_view kGpt5 = "gpt-5";
    // Without the vendor, if there is one: npos + 1 is 0.
    model.remove_prefix(model.rfind('/') + 1);
    if (model.size() >= 2 && (model[0] == 'o' || model[0] == 'O')) {
        return model[1] >= '0' && model[1] <= '9';
    }
    if (!istarts_with(model, kGpt5)) return false;
    return model.size() == kGpt5.size() || model[kGpt5.size()] == '-' || model[kGpt5.size()] == '.';
}

bool adapt_to_reasoning(std::string_view body, std::string& out) {
    BodyEdit edit(body);
    move_token_limit(edit);
    edit.remove("temperature");
    lift_effort(edit);
    if (!edit.changed()) return false;
    out = edit.text();
    return true;
}

}  // namespace openai_compat
