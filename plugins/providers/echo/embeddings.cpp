#include "embeddings.hpp"

#include <bit>
#include <cmath>
#include <cstdint>

#include "json_out.hpp"
#include "words.hpp"

namespace echo {

std::vector<float> embed(std::string_view text, std::size_t dimensions) {
    std::vector<float> vector;
    vector.reserve(dimensions);
    double sum = 0;
    for (std::size_t i = 0; i < dimensions; ++i) {
        // The upper bits of the hash, from -1 to 1.
        const std::uint64_t bits = hash(text, i * 0x9E3779B97F4A7C15u) >> 40;
        const double number = static_cast<double>(bits) / (1 << 23) - 1.0;
        vector.push_back(static_cast<float>(number));
        sum += number * number;
    }
    const double length = sum > 0 ? std::sqrt(sum) : 1.0;
    for (float& number : vector)
        number = static_cast<float>(number / length);
    return vector;
}

std::string base64(const std::vector<float>& vector) {
    constexpr std::string_view kLetters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    for (const float number : vector) {
        const auto word = std::bit_cast<std::uint32_t>(number);
        for (int shift = 0; shift < 32; shift += 8)
            bytes += static_cast<char>(word >> shift);
    }
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            group <<= 8;
            if (at + i < bytes.size()) group |= static_cast<unsigned char>(bytes[at + i]);
        }
        for (std::size_t i = 0; i < 4; ++i) {
            text += at + i <= bytes.size() ? kLetters[group >> (18 - 6 * i) & 63] : '=';
        }
    }
    return text;
}

namespace {

void write_embedding(JsonOut& item, const EmbeddingQuestion& question, std::size_t index) {
    const auto vector = embed(question.inputs[index], question.dimensions);
    item.member("object", "embedding");
    item.member("index", index);
    if (question.base64) {
        item.member("embedding", base64(vector));
        return;
    }
    item.array_member("embedding", [&] {
        for (const float number : vector)
            item.value(number);
    });
}

}  // namespace

std::string embeddings_answer(const EmbeddingQuestion& question) {
    return JsonOut::object([&](JsonOut& answer) {
        answer.member("object", "list");
        answer.array_member("data", [&] {
            for (std::size_t i = 0; i < question.inputs.size(); ++i) {
                answer.object_value([&](JsonOut& item) { write_embedding(item, question, i); });
            }
        });
        answer.member("model", question.model);
        answer.object_member("usage", [&](JsonOut& usage) {
            usage.member("prompt_tokens", question.words);
            usage.member("total_tokens", question.words);
        });
    });
}

}  // namespace echo
