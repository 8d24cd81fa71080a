// What vendors of the OpenAI dialect answer in dialects of their own, and the edits that make a
// client's request one of theirs. Promises: what goes on is JSON to an independent parser when what
// came was; the edits do what they say; a refusal is an Error with something to read; conversation
// ids have their form.

#include <gomodel/error.hpp>
#include <gomodel/json.hpp>

#include <cstdint>
#include <string>

#include "deepseek/effort.hpp"
#include "gemini/model_list.hpp"
#include "minimax/embeddings.hpp"
#include "minimax/failure.hpp"
#include "minimax/temperature.hpp"
#include "ollama/embeddings.hpp"
#include "openai_compat/embedding_list.hpp"
#include "openai_compat/reasoning.hpp"
#include "support/json_members.hpp"
#include "support/promise.hpp"
#include "support/target.hpp"
#include "xai/conversation.hpp"

namespace gomodel::fuzz {
namespace {

// Runs something that gives JSON or throws an Error.
template <typename Make>
void check_made(std::string_view text, bool was_json, Make&& make) {
    std::string made;
    try {
        made = make(text);
    } catch (const Error& error) {
        require(!error.message().empty(), "a refusal says why", text);
        return;
    }
    if (made.empty() || !was_json) return;
    require(json_members(made).has_value(), "JSON becomes JSON", made);
}

void check_edit(std::string_view text, openai_compat::ChatEdit edit, std::string_view gone) {
    std::string out;
    if (!edit("o3", text, out)) return;
    const auto members = json_members(out);
    require(members.has_value() || !json_members(text), "an edit leaves JSON", out);
    if (!members.has_value()) return;
    for (const JsonMember& member : *members)
        require(member.key != gone, "an edit removes what it says", out);
}

bool edit_for_deepseek(std::string_view, std::string_view body, std::string& out) {
    return openai_compat::lift_effort(body, &deepseek::effort_name, out);
}

void check_temperature(std::string_view text) {
    std::string out;
    if (!minimax::raise_temperature(text, out)) return;
    require(json::find(out, "temperature") == "1.0", "a temperature is raised", out);
    require(!minimax::raise_temperature(out, out), "a raised temperature stays", out);
}

void check_models(std::string_view text, bool was_json) {
    const auto page = gemini::read_page(text, 1);
    if (!page || !was_json) return;
    const std::string list = R"({"data":[)" + page->entries + "]}";
    require(json_members(list).has_value(), "a page of models is JSON", list);
}

void check(std::string_view text) {
    const bool was_json = json_members(text).has_value();
    for (const bool base64 : {false, true}) {
        check_made(text, was_json, [base64](std::string_view answer) {
            return ollama::embedding_list(answer, base64);
        });
        check_made(text, was_json, [base64](std::string_view answer) {
            return minimax::embedding_list(answer, "m", base64);
        });
    }
    check_made(text, was_json, &ollama::embed_request);
    check_made(text, was_json, &minimax::embed_request);
    check_made(text, was_json, [](std::string_view answer) {
        minimax::check(answer);
        return std::string();
    });
    check_edit(text, &openai_compat::edit_for_openai, "temperature");
    check_edit(text, &openai_compat::edit_keeping_reasoning, "temperature");
    check_edit(text, &openai_compat::edit_effort, "reasoning");
    check_edit(text, &edit_for_deepseek, "reasoning");
    check_temperature(text);
    check_models(text, was_json);
    require(xai::conversation_id(text).size() == 40, "a conversation's id has 40 letters");
}

}  // namespace
}  // namespace gomodel::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    gomodel::fuzz::check(gomodel::fuzz::as_text(data, size));
    return 0;
}
