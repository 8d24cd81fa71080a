// What an upstream says with a status that is no success, in whatever shape. Promises: the client
// gets an error with a status of its kind and something to read, of bounded length, as JSON in
// UTF-8 in the envelope of its API.

#include <rapidjson/document.h>

#include <string>

#include "dialect/api_error.hpp"
#include "dialect/messages/error_body.hpp"
#include "support/promise.hpp"
#include "support/target.hpp"

namespace gomodel::fuzz {
namespace {

constexpr std::size_t kLongest = 64 * 1024;  // of an envelope; U+FFFD and escapes included

// The text of error.message, if `text` is an envelope in UTF-8.
std::string message_in(std::string_view text) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(
        text.data(), text.size());
    require(!document.HasParseError() && document.IsObject(), "an error is JSON in UTF-8", text);
    require(document.HasMember("error") && document["error"].IsObject(), "it has an error", text);
    const rapidjson::Value& error = document["error"];
    for (const char* const name : {"type", "message"}) {
        require(error.HasMember(name) && error[name].IsString(), "it says what and why", text);
    }
    require(error["type"].GetStringLength() > 0, "it says what", text);
    return {error["message"].GetString(), error["message"].GetStringLength()};
}

void check(int status, std::string_view body) {
    const dialect::ApiError error = dialect::from_upstream(status, body);
    const bool failure = status >= 400 && status <= 599;
    require(error.status == (failure ? status : 502), "a failure keeps its status", body);
    require(!error.message.empty(), "there is something to read", body);
    for (const std::string& envelope :
         {dialect::to_json(error), dialect::messages::error_json(error, "req_1")}) {
        require(!message_in(envelope).empty(), "the client has something to read", envelope);
        require(envelope.size() <= kLongest, "an upstream's text is cut", envelope);
    }
    std::string event;
    dialect::messages::append_error_event(error, event);
    require(event.ends_with("\n\n") && event.find("\n\n") == event.size() - 2,
            "an error is one event", event);
}

}  // namespace
}  // namespace gomodel::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    for (const int status : {400, 401, 429, 503, 302}) {
        gomodel::fuzz::check(status, gomodel::fuzz::as_text(data, size));
    }
    return 0;
}
