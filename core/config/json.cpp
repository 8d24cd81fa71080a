#include "config/json.hpp"

#include <Poco/JSON/Array.h>

#include "config/names.hpp"
#include "config/values.hpp"

namespace gomodel::config {
namespace {

using Poco::Dynamic::Var;

// "0" and "0.5" but not "007".
bool has_leading_zero(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    return text.size() > 1 && text[0] == '0' && is_digit(text[1]);
}

Var plain_scalar(const std::string& text) {
    if (text == "true" || text == "True" || text == "TRUE") return true;
    if (text == "false" || text == "False" || text == "FALSE") return false;
    const bool numeric = text.find_first_not_of("+-.0123456789eE") == std::string::npos;
    if (!numeric || has_leading_zero(text)) return text;
    if (const auto integer = parse_integer(text)) return *integer;
    if (const auto number = parse_number(text)) return *number;
    return text;
}

}  // namespace

Var to_json(const Node& node) {
    switch (node.kind) {
        case Node::Kind::kNull:
            return {};
        case Node::Kind::kScalar:
            return node.plain ? plain_scalar(node.text) : Var(node.text);
        case Node::Kind::kSequence: {
            Poco::JSON::Array::Ptr array = new Poco::JSON::Array;
            for (const Node& item : node.items) {
                array->add(to_json(item));
            }
            return array;
        }
        case Node::Kind::kMapping: {
            Poco::JSON::Object::Ptr object = new Poco::JSON::Object;
            for (const Entry& entry : node.entries) {
                object->set(entry.key, to_json(entry.value));
            }
            return object;
        }
    }
    return {};
}

Poco::JSON::Object::Ptr to_json_object(const Node& node) {
    Poco::JSON::Object::Ptr object = new Poco::JSON::Object;
    for (const Entry& entry : node.entries) {
        if (!entry.value.is_null()) object->set(entry.key, to_json(entry.value));
    }
    return object;
}

}  // namespace gomodel::config
