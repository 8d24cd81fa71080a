#include <simdjson.h>

#include <algorithm>

#include "base/simdjson_strings.hpp"
#include "config/document.hpp"
#include "config/problem.hpp"
#include "config/text_check.hpp"
#include "config/tree_builder.hpp"

namespace gomodel::config {
namespace {

using simdjson::ondemand::document;
using simdjson::ondemand::json_type;
using simdjson::ondemand::value;

constexpr const char* kMalformed = "malformed JSON: ";

// The line at a growing offset.
class LineCounter {
public:
    explicit LineCounter(std::string_view text) : text_(text) {}

    int at(std::size_t offset) {
        offset = std::min(offset, text_.size());
        for (; seen_ < offset; ++seen_) {
            if (text_[seen_] == '\n') ++line_;
        }
        return line_;
    }

private:
    const std::string_view text_;
    std::size_t seen_ = 0;
    int line_ = 1;
};

// Walks the whole text once, front to back, into the builder. Each step returns what is wrong, or
// null; TreeBuilder bounds the depth.
class JsonWalk {
public:
    JsonWalk(document& json, std::string_view text, TreeBuilder& builder)
        : json_(json), text_(text), lines_(text), builder_(builder) {}

    const char* run() {
        json_type type{};
        if (const auto error = json_.type().get(type)) return fault(error);
        if (type != json_type::array && type != json_type::object) {
            return "expected an object or a list";
        }
        value root;
        if (const auto error = json_.get_value().get(root)) return fault(error);
        if (const char* const wrong = walk(root)) return wrong;
        return at_end() ? nullptr : "text follows the end of the JSON value";
    }

    // True iff what run() returned is simdjson's, about the syntax.
    bool malformed() const { return malformed_; }

    int line() {
        const char* place = nullptr;
        if (json_.current_location().get(place)) return lines_.at(text_.size());
        return lines_.at(static_cast<std::size_t>(place - text_.data()));
    }

private:
    bool at_end() {
        const char* place = nullptr;
        return json_.current_location().get(place) == simdjson::OUT_OF_BOUNDS;
    }

    const char* fault(simdjson::error_code error) {
        malformed_ = true;
        return simdjson::error_message(error);
    }

    const char* walk(value node) {
        json_type type{};
        if (const auto error = node.type().get(type)) return fault(error);
        switch (type) {
            case json_type::object:
                return object(node);
            case json_type::array:
                return array(node);
            case json_type::string:
                return text(node);
            case json_type::number:
                return number(node);
            case json_type::boolean: {
                const int at = line();
                bool flag = false;
                if (const auto error = node.get_bool().get(flag)) return fault(error);
                return builder_.scalar(at, flag ? "true" : "false", true);
            }
            case json_type::null:
                break;
        }
        const int at = line();
        bool null = false;
        if (const auto error = node.is_null().get(null)) return fault(error);
        return null ? builder_.null(at) : fault(simdjson::INCORRECT_TYPE);
    }

    const char* object(value node) {
        if (const char* const wrong = builder_.open(line(), Node::Kind::kMapping)) return wrong;
        simdjson::ondemand::object members;
        if (const auto error = node.get_object().get(members)) return fault(error);
        for (auto member : members) {
            simdjson::ondemand::field field;
            std::string_view key;
            if (const auto error = std::move(member).get(field)) return fault(error);
            const int at = line();
            if (const auto error = field.unescaped_key().get(key)) return fault(error);
            if (const char* const wrong = builder_.scalar(at, key, false)) return wrong;
            if (const char* const wrong = walk(field.value())) return wrong;
        }
        return builder_.close();
    }

    const char* array(value node) {
        if (const char* const wrong = builder_.open(line(), Node::Kind::kSequence)) return wrong;
        simdjson::ondemand::array items;
        if (const auto error = node.get_array().get(items)) return fault(error);
        for (auto item : items) {
            value element;
            if (const auto error = item.get(element)) return fault(error);
            if (const char* const wrong = walk(element)) return wrong;
        }
        return builder_.close();
    }

    const char* text(value node) {
        const int at = line();
        std::string_view content;
        if (const auto error = node.get_string().get(content)) return fault(error);
        return builder_.scalar(at, content, false);
    }

    const char* number(value node) {
        const int at = line();
        std::string_view token = node.raw_json_token();
        token = token.substr(0, token.find_first_of(" \t\r\n"));
        simdjson::ondemand::number parsed;
        if (const auto error = node.get_number().get(parsed)) return fault(error);
        return builder_.scalar(at, token, true);
    }

    document& json_;
    const std::string_view text_;
    LineCounter lines_;
    TreeBuilder& builder_;
    bool malformed_ = false;
};

}  // namespace

Document parse_json(std::string_view text, std::string file, const Environment& environment,
                    Problems& problems) {
    const auto refuse = [&](int line, std::string message) {
        problems.error(file + ':' + std::to_string(line), {}, std::move(message));
        return Document(file, {});
    };
    if (text.size() > DocumentLimits::kFileBytes) return refuse(1, "the text is larger than 4 MiB");
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    if (const int line = line_of_bad_byte(text)) return refuse(line, kBadByte);

    const simdjson::padded_string padded(text);
    simdjson::ondemand::parser parser;
    document json;
    auto error = parser.iterate(padded).get(json);
    if (!error && !base::has_room_for_strings(json)) error = simdjson::MEMALLOC;
    if (error) {
        return refuse(LineCounter(text).at(text.size()),
                      std::string(kMalformed) + simdjson::error_message(error));
    }
    TreeBuilder builder(file, environment, problems);
    JsonWalk walk(json, padded, builder);
    if (const char* const wrong = walk.run()) {
        return refuse(walk.line(), walk.malformed() ? std::string(kMalformed) + wrong : wrong);
    }
    return {file, builder.take_root()};
}

}  // namespace gomodel::config
