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

void lift(BodyEdit& edit, EffortName name) {
    const auto reasoning = edit.value("reasoning");
    if (!reasoning) return;
    const auto effort = json::find(*reasoning, "effort");
    // Anything else stays for the upstream to judge.
    if (!effort || effort->front() != '"' || *effort == "\"\"") return;
    if (edit.has("reasoning_effort")) {
        edit.remove("reasoning");
    } else if (name == nullptr) {
        edit.replace("reasoning", "reasoning_effort", *effort);
    } else if (const auto text = json::unquote(*effort)) {
        edit.replace("reasoning", "reasoning_effort", json::quote(name(*text)));
    }
}

// `out` is touched only when something changed.
bool finish(const BodyEdit& edit, std::string& out) {
    if (!edit.changed()) return false;
    out = edit.text();
    return true;
}

void move_sampling(BodyEdit& edit) {
    move_token_limit(edit);
    edit.remove("temperature");
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
    move_sampling(edit);
    lift(edit, nullptr);
    return finish(edit, out);
}

bool edit_for_openai(std::string_view model, std::string_view body, std::string& out) {
    return is_reasoning_model(model) && adapt_to_reasoning(body, out);
}

bool edit_keeping_reasoning(std::string_view model, std::string_view body, std::string& out) {
    if (!is_reasoning_model(model)) return false;
    BodyEdit edit(body);
    move_sampling(edit);
    return finish(edit, out);
}

bool edit_effort(std::string_view, std::string_view body, std::string& out) {
    return lift_effort(body, nullptr, out);
}

bool lift_effort(std::string_view body, EffortName name, std::string& out) {
    BodyEdit edit(body);
    lift(edit, name);
    return finish(edit, out);
}

}  // namespace openai_compat
