// What walking a JSON text with simdjson's on-demand reader needs besides: where things are in the
// text, and how a member is taken out of it. Private to the dialects.
#pragma once

#include <simdjson.h>

#include <stdexcept>
#include <string>
#include <string_view>

#include "dialect/splice.hpp"

namespace gomodel::dialect {

namespace Json = simdjson::ondemand;

struct MemberSpan;

// What is wrong with a request, in words for the client. Caught where the reading started.
class BadRequest : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class JsonWalk {
public:
    explicit JsonWalk(std::string_view text) : text_(text) {}

    std::string_view text() const { return text_; }
    std::size_t offset(const char* at) const { return static_cast<std::size_t>(at - text_.data()); }

    // The token a value starts with: a whole scalar, or the bracket of an array or object.
    std::string_view token(Json::value& value) const {
        std::string_view token = value.raw_json_token();
        while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') {
            token.remove_suffix(1);
        }
        return token;
    }
    // Walks over a value nobody looks at, so that a fault in it is found here and not upstream. A
    // value that is left without being read is skipped by simdjson with hardly a check: a string
    // that a colon follows passes for a key. Escapes in strings are not looked at. Throws
    // simdjson_error, and BadRequest for one that is nested too deeply.
    void check(Json::value value, int depth = 0) const;

    // Where the opening quote of a member's key is.
    std::size_t key_at(simdjson::simdjson_result<Json::field>& field) const {
        return offset(field.key().value().raw()) - 1;
    }

private:
    std::string_view text_;
};

// Adds the edit that takes a member and one comma out of its object. The last member of an object
// is to be removed last.
void remove_member(const MemberSpan& span, std::string_view text, std::vector<Edit>& edits);

// `text` as a JSON string, with its quotes.
std::string json_quoted(std::string_view text);

}  // namespace gomodel::dialect
