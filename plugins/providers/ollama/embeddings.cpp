#include "embeddings.hpp"

#include <gomodel/json.hpp>

#include "openai_compat/embedding_list.hpp"

namespace ollama {

namespace json = gomodel::json;

std::string embed_request(std::string_view body) {
    if (!json::valid(body) || !json::find(body, "model")) return {};
    std::string out;
    for (const char* const name : {"model", "input", "dimensions"}) {
        const auto value = json::find(body, name);
        if (!value) continue;
        out.append(out.empty() ? "{" : ",").append(json::quote(name));
        out.append(":").append(*value);
    }
    return out + "}";
}

std::string embedding_list(std::string_view answer, bool base64) {
    openai_compat::EmbeddingList list;
    list.model = json::unquote(json::find(answer, "model").value_or("")).value_or("");
    list.vectors = json::find(answer, "embeddings").value_or("");
    list.tokens = json::find(answer, "prompt_eval_count").value_or("");
    list.base64 = base64;
    return openai_compat::to_json(list);
}

}  // namespace ollama
