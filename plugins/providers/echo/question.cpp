#include "question.hpp"

#include <gomodel/error.hpp>
#include <gomodel/json_document.hpp>

#include "words.hpp"

namespace echo {
namespace {

using gomodel::Error;
using rapidjson::Value;

rapidjson::Document parse(std::string_view body) {
    rapidjson::Document document;
    if (!gomodel::json::read_document(body, document) || !document.IsObject()) {
        throw Error(GM_INVALID, "the request's body is not a JSON object");
    }
    return document;
}

const Value* member(const Value& object, const char* name) {
    if (!object.IsObject()) return nullptr;
    const auto found = object.FindMember(name);
    return found == object.MemberEnd() ? nullptr : &found->value;
}

std::string_view text_of(const Value* value) {
    if (value == nullptr || !value->IsString()) return {};
    return {value->GetString(), value->GetStringLength()};
}

// The text of a message's content: a string, or the text parts of an array, a line each.
std::string content_text(const Value* content) {
    if (content == nullptr || !content->IsArray()) return std::string(text_of(content));
    std::string text;
    for (const Value& part : content->GetArray()) {
        const std::string_view type = text_of(member(part, "type"));
        if (type != "text" && type != "input_text" && type != "output_text") continue;
        if (!text.empty()) text += '\n';
        text += text_of(member(part, "text"));
    }
    return text;
}

// Takes what was said in a list of messages into account.
void read_messages(const Value* messages, Question& question) {
    if (messages == nullptr || !messages->IsArray()) return;
    for (const Value& message : messages->GetArray()) {
        std::string text = content_text(member(message, "content"));
        question.words += count_words(text);
        if (text_of(member(message, "role")) == "user") question.text = std::move(text);
    }
}

Question begin(std::string_view request_id, const gomodel::Op& op) {
    Question question;
    question.id = hex(hash(op.body(), hash(request_id)));
    question.model = op.model().empty() ? "echo" : op.model();
    return question;
}

// A token array, as its numbers.
std::string tokens_text(const Value& tokens, std::size_t& words) {
    std::string text;
    for (const Value& token : tokens.GetArray()) {
        if (!token.IsUint64()) throw Error(GM_INVALID, "input: a token is a whole number");
        text += std::to_string(token.GetUint64()) + " ";
        ++words;
    }
    return text;
}

void add_input(const Value& input, EmbeddingQuestion& question) {
    if (input.IsArray()) {
        question.inputs.push_back(tokens_text(input, question.words));
    } else if (input.IsString()) {
        question.inputs.emplace_back(text_of(&input));
        question.words += count_words(question.inputs.back());
    } else {
        throw Error(GM_INVALID, "input must be a string, a list of strings, or tokens");
    }
}

}  // namespace

Question read_chat(std::string_view request_id, const gomodel::Op& op) {
    const rapidjson::Document document = parse(op.body());
    Question question = begin(request_id, op);
    read_messages(member(document, "messages"), question);
    if (const Value* const options = member(document, "stream_options")) {
        const Value* const usage = member(*options, "include_usage");
        question.stream_usage = usage != nullptr && usage->IsTrue();
    }
    return question;
}

Question read_responses(std::string_view request_id, const gomodel::Op& op) {
    const rapidjson::Document document = parse(op.body());
    Question question = begin(request_id, op);
    question.words = count_words(text_of(member(document, "instructions")));
    const Value* const input = member(document, "input");
    if (input != nullptr && input->IsString()) {
        question.text = text_of(input);
        question.words += count_words(question.text);
    }
    read_messages(input, question);
    return question;
}

EmbeddingQuestion read_embeddings(const gomodel::Op& op) {
    constexpr std::uint64_t kMostDimensions = 4096;
    const rapidjson::Document document = parse(op.body());
    EmbeddingQuestion question;
    question.model = op.model().empty() ? "echo" : op.model();
    const Value* const input = member(document, "input");
    if (input == nullptr) throw Error(GM_INVALID, "input is missing");
    const bool list = input->IsArray() && !input->Empty() && !(*input)[0].IsNumber();
    if (list) {
        for (const Value& each : input->GetArray())
            add_input(each, question);
    } else {
        add_input(*input, question);
    }
    if (const Value* const dimensions = member(document, "dimensions")) {
        const bool fits = dimensions->IsUint64() && dimensions->GetUint64() >= 1 &&
                          dimensions->GetUint64() <= kMostDimensions;
        if (!fits) throw Error(GM_INVALID, "dimensions must be a whole number from 1 to 4096");
        question.dimensions = dimensions->GetUint64();
    }
    const std::string_view format = text_of(member(document, "encoding_format"));
    if (!format.empty() && format != "float" && format != "base64") {
        throw Error(GM_INVALID, "encoding_format must be float or base64");
    }
    question.base64 = format == "base64";
    return question;
}

}  // namespace echo
