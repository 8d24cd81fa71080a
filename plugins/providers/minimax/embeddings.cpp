#include "embeddings.hpp"

#include <gomodel/error.hpp>
#include <gomodel/json.hpp>

#include <utility>

#include "openai_compat/embedding_list.hpp"

namespace minimax {
namespace {

namespace json = gomodel::json;

// The texts as a JSON array.
std::string texts_of(std::string_view input) {
    if (json::unquote(input)) return "[" + std::string(input) + "]";
    json::Array texts(input);
    bool all_texts = true;
    while (const auto text = texts.next())
        all_texts = all_texts && json::unquote(*text).has_value();
    if (!texts.ok() || !all_texts) {
        throw gomodel::Error(GM_INVALID, "input must be a string or a list of strings");
    }
    return std::string(input);
}

}  // namespace

std::string embed_request(std::string_view body) {
    const std::string_view model = json::find(body, "model").value_or("\"\"");
    const std::string_view type = json::find(body, "type").value_or("\"db\"");
    std::string out = R"({"model":)";
    out.append(model).append(R"(,"texts":)");
    out.append(texts_of(json::find(body, "input").value_or("")));
    return out.append(R"(,"type":)").append(type).append("}");
}

std::string embedding_list(std::string_view answer, std::string model, bool base64) {
    openai_compat::EmbeddingList list;
    list.model = std::move(model);
    list.vectors = json::find(answer, "vectors").value_or("");
    list.tokens = json::find(answer, "total_tokens").value_or("");
    list.base64 = base64;
    return openai_compat::to_json(list);
}

}  // namespace minimax
