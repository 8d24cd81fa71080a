#include "openai_compat/embedding_list.hpp"

#include <gomodel/error.hpp>
#include <gomodel/json.hpp>

#include <bit>
#include <cstdint>

namespace openai_compat {
namespace {

namespace json = gomodel::json;

[[noreturn]] void refuse() {
    throw gomodel::Error(GM_UNAVAILABLE, "the upstream's answer holds no embeddings");
}

// RFC 4648, section 4.
std::string base64(std::string_view bytes) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::string_view group = bytes.substr(i, 3);
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            const auto byte = k < group.size() ? static_cast<unsigned char>(group[k]) : 0U;
            bits = bits << 8 | byte;
        }
        for (std::size_t k = 0; k < 4; ++k)
            out += k <= group.size() ? kDigits[bits >> (18 - 6 * k) & 63] : '=';
    }
    return out;
}

// One vector, checked; as base64 if that is wanted.
std::string embedding(std::string_view vector, bool as_base64) {
    std::string bytes;
    json::Array numbers(vector);
    while (const auto number = numbers.next()) {
        const auto value = json::number(*number);
        if (!value) refuse();
        if (!as_base64) continue;
        const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(*value));
        for (int shift = 0; shift < 32; shift += 8)
            bytes += static_cast<char>(bits >> shift & 0xFF);
    }
    if (!numbers.ok()) refuse();
    return as_base64 ? json::quote(base64(bytes)) : std::string(vector);
}

}  // namespace

bool wants_base64(std::string_view body) {
    return json::find(body, "encoding_format") == "\"base64\"";
}

std::string to_json(const EmbeddingList& list) {
    std::string out = R"({"object":"list","data":[)";
    json::Array vectors(list.vectors);
    int index = 0;
    while (const auto vector = vectors.next()) {
        if (index > 0) out += ',';
        out.append(R"({"object":"embedding","index":)").append(std::to_string(index++));
        out.append(R"(,"embedding":)").append(embedding(*vector, list.base64)).append("}");
    }
    if (!vectors.ok()) refuse();
    const std::string tokens(json::number(list.tokens) ? list.tokens : "0");
    out.append(R"(],"model":)").append(json::quote(list.model));
    out.append(R"(,"usage":{"prompt_tokens":)").append(tokens);
    return out.append(R"(,"total_tokens":)").append(tokens).append("}}");
}

}  // namespace openai_compat
