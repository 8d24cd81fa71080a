#include "dialect/request.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <new>
#include <span>

#include "base/simdjson_strings.hpp"
#include "dialect/content_parts.hpp"
#include "dialect/json_walk.hpp"

namespace gomodel::dialect {
namespace {

constexpr std::size_t kKeptSize = 1024 * 1024;

enum class Kind : std::uint8_t { kString, kNumber, kInteger, kBool, kArray, kObject };

struct Rule {
    std::string_view name;
    Kind kind;
};

// Members with a type of their own; everything else is the upstream's to judge. Null is allowed for
// each of them.
constexpr std::array kChatRules = {
    Rule{"temperature", Kind::kNumber}, Rule{"max_tokens", Kind::kInteger},
    Rule{"tools", Kind::kArray},        Rule{"parallel_tool_calls", Kind::kBool},
    Rule{"reasoning", Kind::kObject},
};
constexpr std::array kResponsesRules = {
    Rule{"instructions", Kind::kString}, Rule{"tools", Kind::kArray},
    Rule{"temperature", Kind::kNumber},  Rule{"max_output_tokens", Kind::kInteger},
    Rule{"metadata", Kind::kObject},     Rule{"parallel_tool_calls", Kind::kBool},
    Rule{"reasoning", Kind::kObject},
};
constexpr std::array kEmbeddingsRules = {
    Rule{"encoding_format", Kind::kString},
    Rule{"dimensions", Kind::kInteger},
};

constexpr std::array kMessagesRules = {
    Rule{"messages", Kind::kArray},     Rule{"max_tokens", Kind::kInteger},
    Rule{"temperature", Kind::kNumber}, Rule{"stop_sequences", Kind::kArray},
    Rule{"tools", Kind::kArray},        Rule{"tool_choice", Kind::kObject},
    Rule{"thinking", Kind::kObject},    Rule{"output_config", Kind::kObject},
    Rule{"metadata", Kind::kObject},
};

std::span<const Rule> rules_for(Endpoint endpoint) {
    switch (endpoint) {
        case Endpoint::kChat:
            return kChatRules;
        case Endpoint::kResponses:
            return kResponsesRules;
        case Endpoint::kMessages:
        case Endpoint::kCountTokens:
            return kMessagesRules;
        case Endpoint::kEmbeddings:
            break;
    }
    return kEmbeddingsRules;
}

std::string_view article(Kind kind) {
    switch (kind) {
        case Kind::kString:
            return "a string";
        case Kind::kNumber:
            return "a number";
        case Kind::kInteger:
            return "an integer";
        case Kind::kBool:
            return "a boolean";
        case Kind::kArray:
            return "an array";
        case Kind::kObject:
            break;
    }
    return "an object";
}

// Some clients write every number as one with a fraction: 100.0.
bool is_integer(std::string_view token) {
    if (token.find_first_of(".eE") == std::string_view::npos) return true;
    double value = 0;
    const auto read = std::from_chars(token.data(), token.data() + token.size(), value);
    return read.ec == std::errc() && value == std::trunc(value);
}

// One pass over the members of the request object.
class Reading {
public:
    Reading(Endpoint endpoint, std::string_view text) : endpoint_(endpoint), walk_(text) {}

    void run(Json::document& document) {
        Json::object object = document.get_object();
        for (auto field : object) {
            const std::size_t begin = walk_.key_at(field);
            const std::string_view name = field.unescaped_key();
            Json::value value = field.value();
            member(name, begin, value);
        }
        if (document.current_location().error() == simdjson::SUCCESS) {
            throw BadRequest("trailing characters after the JSON object");
        }
    }

    Request request;

private:
    void member(std::string_view name, std::size_t begin, Json::value& value) {
        if (name == "model") {
            request.model = text_member(name, begin, value, request.model_at).value_or("");
        } else if (name == "provider") {
            provider(begin, value);
        } else if (name == "stream") {
            stream(value);
        } else if (name == "stream_options") {
            stream_options(begin, value);
        } else if (name == "messages" && endpoint_ == Endpoint::kChat) {
            messages(value);
        } else {
            const Rule* const rule = find_rule(name);
            if (rule != nullptr) check(*rule, value);
            walk_.check(value);
        }
    }

    const Rule* find_rule(std::string_view name) const {
        for (const Rule& rule : rules_for(endpoint_)) {
            if (rule.name == name) return &rule;
        }
        return nullptr;
    }

    // A string member that the gateway may edit. A repeated one is removed: the last one counts.
    std::optional<std::string> text_member(std::string_view name, std::size_t begin,
                                           Json::value& value, std::optional<MemberSpan>& span) {
        forget_earlier(span);
        const std::string_view token = walk_.token(value);
        const std::size_t at = walk_.offset(token.data());
        span = MemberSpan{begin, at, at + token.size()};
        if (value.is_null()) return std::nullopt;
        if (value.type() != Json::json_type::string) wrong_type(name, "a string", value);
        return std::string(std::string_view(value.get_string()));
    }

    void forget_earlier(const std::optional<MemberSpan>& span) {
        if (span.has_value()) remove_member(*span, walk_.text(), request.edits);
    }

    void provider(std::size_t begin, Json::value& value) {
        if (value.type() == Json::json_type::object) {  // OpenRouter's routing preferences
            walk_.check(value);
            return;
        }
        request.provider = text_member("provider", begin, value, request.provider_at);
    }

    void stream(Json::value& value) {
        request.stream = false;
        if (value.is_null()) return;
        if (value.type() != Json::json_type::boolean) wrong_type("stream", "a boolean", value);
        request.stream = value.get_bool();
    }

    void stream_options(std::size_t begin, Json::value& value) {
        forget_earlier(request.stream_options_at);
        request.include_usage = false;
        request.include_usage_at.reset();
        const std::size_t at = walk_.offset(walk_.token(value).data());
        if (value.is_null()) {
            request.stream_options_at = MemberSpan{begin, at, at + 4};
            return;
        }
        if (value.type() != Json::json_type::object) {
            wrong_type("stream_options", "an object", value);
        }
        Json::object options = value.get_object();
        request.stream_options_empty = true;
        for (auto field : options) {
            request.stream_options_empty = false;
            const std::size_t key_at = walk_.key_at(field);
            const std::string_view key = field.unescaped_key();
            Json::value flag = field.value();
            walk_.check(flag);
            if (key != "include_usage") continue;
            const std::string_view token = walk_.token(flag);
            const std::size_t flag_at = walk_.offset(token.data());
            request.include_usage_at = MemberSpan{key_at, flag_at, flag_at + token.size()};
            request.include_usage = token == "true";
        }
        options.reset();
        const std::string_view raw = options.raw_json();
        request.stream_options_at = MemberSpan{begin, at, walk_.offset(raw.data()) + raw.size()};
    }

    void messages(Json::value& value) {
        if (value.is_null()) return;
        if (value.type() != Json::json_type::array) wrong_type("messages", "an array", value);
        std::size_t index = 0;
        for (auto element : value.get_array()) {
            Json::value message = element.value();
            if (message.type() != Json::json_type::object) {
                wrong_type("messages[" + std::to_string(index) + "]", "an object", message);
            }
            read_message(walk_, message.get_object(), index, request.edits);
            ++index;
        }
    }

    void check(const Rule& rule, Json::value& value) {
        const Json::json_type type = value.type();
        if (type == Json::json_type::null) return;
        const bool fits = [&] {
            switch (rule.kind) {
                case Kind::kString:
                    return type == Json::json_type::string;
                case Kind::kNumber:
                    return type == Json::json_type::number;
                case Kind::kInteger:
                    return type == Json::json_type::number && is_integer(walk_.token(value));
                case Kind::kBool:
                    return type == Json::json_type::boolean;
                case Kind::kArray:
                    return type == Json::json_type::array;
                case Kind::kObject:
                    break;
            }
            return type == Json::json_type::object;
        }();
        if (!fits) wrong_type(rule.name, article(rule.kind), value);
    }

    [[noreturn]] void wrong_type(std::string_view name, std::string_view wanted,
                                 Json::value& value) {
        throw BadRequest("\"" + std::string(name) + "\" must be " + std::string(wanted) +
                         " (at byte " + std::to_string(walk_.offset(walk_.token(value).data())) +
                         ")");
    }

    const Endpoint endpoint_;
    JsonWalk walk_;
};

ApiError invalid_body(const std::string& detail) {
    return invalid_request("invalid request body: " + detail);
}

// RapidJSON's own allocator does not look whether it was given memory.
struct CheckedAllocator {
    [[maybe_unused]] static constexpr bool kNeedFree = true;

    void* Malloc(std::size_t size) { return Realloc(nullptr, 0, size); }
    void* Realloc(void* memory, std::size_t, std::size_t size) {
        if (size == 0) {
            std::free(memory);
            return nullptr;
        }
        void* const moved = std::realloc(memory, size);
        if (moved == nullptr) throw std::bad_alloc();
        return moved;
    }
    static void Free(void* memory) { std::free(memory); }
};

// The slow way to say what is wrong with a text that simdjson refused, and where.
std::string describe_syntax_error(std::string_view text, std::string_view reason) {
    rapidjson::MemoryStream stream(text.data(), text.size());
    rapidjson::BaseReaderHandler<> ignore;
    rapidjson::GenericReader<rapidjson::UTF8<>, rapidjson::UTF8<>, CheckedAllocator> reader;
    // As strings: RapidJSON computes some numbers from beyond its tables.
    constexpr unsigned kFlags = rapidjson::kParseIterativeFlag |
                                rapidjson::kParseValidateEncodingFlag |
                                rapidjson::kParseNumbersAsStringsFlag;
    const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, ignore);
    if (!result) {
        return std::string(rapidjson::GetParseError_En(result.Code())) + " (at byte " +
               std::to_string(result.Offset()) + ")";
    }
    return std::string(reason);
}

}  // namespace

struct RequestReader::Parser {
    Json::parser json;
};

RequestReader::RequestReader() : parser_(std::make_unique<Parser>()) {}
RequestReader::~RequestReader() = default;

std::variant<Request, ApiError> RequestReader::read(Endpoint endpoint, std::string_view text) {
    // A parser keeps several times the size of the largest text it has seen.
    if (text.size() > kKeptSize) {
        Parser parser;
        return parse(parser, endpoint, text);
    }
    return parse(*parser_, endpoint, text);
}

std::variant<Request, ApiError> RequestReader::parse(Parser& parser, Endpoint endpoint,
                                                     std::string_view text) {
    bad_utf8_ = false;
    try {
        Json::document document =
            parser.json.iterate(text.data(), text.size(), text.size() + net::Buffer::kSlack);
        if (!base::has_room_for_strings(document)) throw std::bad_alloc();
        if (document.type() != Json::json_type::object) {
            return invalid_body("must be a JSON object");
        }
        Reading reading(endpoint, text);
        reading.run(document);
        return std::move(reading.request);
    } catch (const BadRequest& error) {
        return invalid_body(error.what());
    } catch (const simdjson::simdjson_error& error) {
        if (error.error() == simdjson::MEMALLOC) throw std::bad_alloc();
        bad_utf8_ = error.error() == simdjson::UTF8_ERROR;
        if (error.error() == simdjson::EMPTY) return invalid_body("is empty");
        return invalid_body(describe_syntax_error(text, error.what()));
    }
}

void Request::set_model(std::string_view name) {
    if (!model_at.has_value() || name == model) return;
    edits.push_back({model_at->value, model_at->end - model_at->value, json_quoted(name)});
}

void Request::remove_provider(std::string_view text) {
    if (provider_at.has_value()) remove_member(*provider_at, text, edits);
}

void Request::ask_for_usage() {
    constexpr std::string_view kAsk = "\"include_usage\":true";
    if (include_usage) return;
    if (!stream_options_at.has_value()) {
        // Before a member that stays, so that the comma is right whatever else is taken out.
        edits.push_back({model_at->begin, 0, "\"stream_options\":{" + std::string(kAsk) + "},"});
    } else if (include_usage_at.has_value()) {
        edits.push_back(
            {include_usage_at->value, include_usage_at->end - include_usage_at->value, "true"});
    } else if (stream_options_at->end - stream_options_at->value == 4) {  // null
        edits.push_back({stream_options_at->value, 4, "{" + std::string(kAsk) + "}"});
    } else {
        edits.push_back({stream_options_at->value + 1, 0,
                         std::string(kAsk) + (stream_options_empty ? "" : ",")});
    }
}

}  // namespace gomodel::dialect
