// Request bodies of clients and the edits that make them an upstream's. Promises: what is accepted
// is JSON to an independent parser too, and stays JSON once edited; the edits do what they say;
// every other member is byte for byte what the client wrote; content parts are normalised exactly
// as documented; a refusal is a 400 whose envelope is JSON whatever is quoted in it.

#include <rapidjson/document.h>

#include <algorithm>
#include <set>

#include "dialect/request.hpp"
#include "support/json_members.hpp"
#include "support/promise.hpp"
#include "support/target.hpp"

namespace gomodel::fuzz {
namespace {

using dialect::Endpoint;
using dialect::Request;

constexpr std::string_view kModel = "other \"model\"\\/\u00e9";
constexpr std::string_view kModelJson = "\"other \\\"model\\\"\\\\/\u00e9\"";

// The gateway passes strings on without looking at their escapes, which the upstream may refuse.
std::string without_escapes(std::string_view json) {
    std::string text(json);
    for (std::size_t at = text.find('\\'); at != std::string::npos; at = text.find('\\', at + 2)) {
        text[at] = 'x';
        // Not the first byte of several.
        if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0x80) {
            text[at + 1] = 'x';
        }
    }
    return text;
}

bool has_repeated_keys(const rapidjson::Value& value) {
    if (value.IsArray()) {
        for (const auto& element : value.GetArray()) {
            if (has_repeated_keys(element)) return true;
        }
    }
    if (!value.IsObject()) return false;
    std::set<std::string> keys;
    for (const auto& member : value.GetObject()) {
        const std::string key(member.name.GetString(), member.name.GetStringLength());
        if (!keys.insert(key).second || has_repeated_keys(member.value)) return true;
    }
    return false;
}

// The specification's spellings, turned into the API's own.
void normalise_part(rapidjson::Value& part, rapidjson::Document::AllocatorType& memory) {
    if (!part.IsObject() || !part.HasMember("type") || !part["type"].IsString()) return;
    rapidjson::Value& type = part["type"];
    if (type == "input_text") type.SetString("text");
    if (type == "input_image") type.SetString("image_url");
    if (type != "image_url" || !part.HasMember("image_url")) return;
    rapidjson::Value& image = part["image_url"];
    if (!image.IsString()) return;
    rapidjson::Value url(image, memory);
    image.SetObject();
    image.AddMember("url", url, memory);
}

void check_messages(std::string_view before, std::string_view after) {
    if (before == after) return;
    rapidjson::Document expected;
    rapidjson::Document found;
    expected.Parse<rapidjson::kParseIterativeFlag>(with_quoted_numbers(before).c_str());
    found.Parse<rapidjson::kParseIterativeFlag>(with_quoted_numbers(after).c_str());
    require(expected.IsArray() && found.IsArray(), "messages stay an array", after);
    if (has_repeated_keys(expected)) return;
    for (auto& message : expected.GetArray()) {
        if (!message.HasMember("content") || !message["content"].IsArray()) continue;
        for (auto& part : message["content"].GetArray())
            normalise_part(part, expected.GetAllocator());
    }
    require(expected == found, "content parts are normalised as documented", after);
}

bool is_object(std::string_view value) {
    return value.starts_with('{');
}

// What must be left of the client's members: of those the gateway edits the last counts, and the
// ones before it go.
JsonMembers kept_members(const JsonMembers& before) {
    JsonMembers kept;
    for (std::size_t i = 0; i < before.size(); ++i) {
        const std::string& key = before[i].key;
        bool goes = key == "provider" && !is_object(before[i].value);
        for (std::size_t later = i + 1; later < before.size(); ++later) {
            const bool edited = key == "model" || key == "stream_options";
            if (edited && before[later].key == key) goes = true;
        }
        if (!goes) kept.push_back(before[i]);
    }
    return kept;
}

void check_options(std::string_view before, std::string_view after) {
    const auto wanted = is_object(before) ? json_members(before) : JsonMembers();
    const auto found = json_members(after);
    require(wanted.has_value() && found.has_value(), "stream_options stays an object", after);
    const auto others = [](const JsonMembers& members) {
        std::string list;
        for (const JsonMember& member : members) {
            if (member.key == "include_usage") continue;
            list.append(member.raw_key).append(":").append(member.value).append("\n");
        }
        return list;
    };
    require_equal(others(*found), others(*wanted), "other stream options stay as they are");
    std::string_view asked;
    for (const JsonMember& member : *found) {
        if (member.key == "include_usage") asked = member.value;
    }
    require_equal(asked, "true", "usage is asked for");
}

void take_added_options(JsonMembers& members) {
    const auto added = std::find_if(members.begin(), members.end(), [](const JsonMember& member) {
        return member.key == "stream_options";
    });
    require(added != members.end(), "stream_options are added");
    check_options("null", added->value);
    members.erase(added);
}

void check_member(const JsonMember& before, const JsonMember& after, const Request& request,
                  Endpoint endpoint) {
    require_equal(after.raw_key, before.raw_key, "members keep their names and their order");
    if (before.key == "model" && request.model != kModel) {
        require_equal(after.value, kModelJson, "the model is the one that was set");
    } else if (before.key == "stream_options" && request.model_at && !request.include_usage) {
        check_options(before.value, after.value);
    } else if (before.key == "messages" && endpoint == Endpoint::kChat) {
        check_messages(before.value, after.value);
    } else {
        require_equal(after.value, before.value, "a member that is not edited stays as it is");
    }
}

void check_edits(Request request, net::Buffer& text, Endpoint endpoint, const JsonMembers& before) {
    request.set_model(kModel);
    request.remove_provider(text.view());
    const bool asks = request.model_at.has_value();
    if (asks) request.ask_for_usage();
    dialect::apply(text, request.edits);
    const auto found = json_members(text.view());
    require(found.has_value(), "an edited request is JSON", text.view());
    JsonMembers after = *found;
    const JsonMembers kept = kept_members(before);
    if (asks && !request.stream_options_at.has_value()) take_added_options(after);
    require(after.size() == kept.size(), "members come and go as asked", text.view());
    for (std::size_t i = 0; i < kept.size(); ++i)
        check_member(kept[i], after[i], request, endpoint);
}

void check_request(std::string_view input, Endpoint endpoint) {
    static dialect::RequestReader reader;
    net::Buffer text;
    text.append(input);
    auto result = reader.read(endpoint, text.view());
    if (const auto* const error = std::get_if<dialect::ApiError>(&result)) {
        require(error->status == 400, "a bad request is a 400");
        const std::string envelope = dialect::to_json(*error);
        require(json_members(envelope).has_value(), "an error's envelope is JSON", envelope);
        return;
    }
    const std::string relaxed = without_escapes(input);
    require(json_members(relaxed).has_value(), "what is accepted is JSON", input);
    const auto before = json_members(input);
    if (!before.has_value()) return;  // an escape that is none
    check_edits(std::move(std::get<Request>(result)), text, endpoint, *before);
}

}  // namespace
}  // namespace gomodel::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using gomodel::dialect::Endpoint;
    const std::string_view input = gomodel::fuzz::as_text(data, size);
    for (const Endpoint endpoint :
         {Endpoint::kChat, Endpoint::kResponses, Endpoint::kEmbeddings, Endpoint::kMessages}) {
        gomodel::fuzz::check_request(input, endpoint);
    }
    return 0;
}
