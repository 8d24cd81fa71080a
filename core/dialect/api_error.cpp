#include "dialect/api_error.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <gomodel/json_document.hpp>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace gomodel::dialect {
namespace {

constexpr std::size_t kMaxMessage = 4096;  // bytes of an upstream's text that are shown

std::string_view type_for(int status) {
    switch (status) {
        case 401:
        case 403:
            return "authentication_error";
        case 404:
            return "not_found_error";
        case 429:
            return "rate_limit_error";
        default:
            return status < 500 ? "invalid_request_error" : "provider_error";
    }
}

ApiError make(int status, std::string message) {
    return ApiError{status, std::string(type_for(status)), std::move(message), {}, {}, {}};
}

// The member of an object; nullptr if it is missing or null, or if `object` is none.
const rapidjson::Value* member(const rapidjson::Value& object, const char* name) {
    if (!object.IsObject()) return nullptr;
    const auto found = object.FindMember(name);
    return found == object.MemberEnd() || found->value.IsNull() ? nullptr : &found->value;
}

std::string text_of(const rapidjson::Value* value) {
    if (value == nullptr || !value->IsString()) return {};
    return {value->GetString(), value->GetStringLength()};
}

std::optional<std::string> code_of(const rapidjson::Value* value) {
    if (value == nullptr) return std::nullopt;
    if (value->IsString()) return text_of(value);
    if (!value->IsNumber()) return std::nullopt;
    rapidjson::StringBuffer digits;
    rapidjson::Writer<rapidjson::StringBuffer> writer(digits);
    value->Accept(writer);
    return std::string(digits.GetString(), digits.GetSize());
}

// OpenRouter wraps what the vendor said: {"error":{"message":"Provider returned error",
// "metadata":{"raw":"..."}}}.
std::string unwrap(const rapidjson::Value& error, std::string message) {
    const rapidjson::Value* const metadata = member(error, "metadata");
    if (metadata == nullptr) return message;
    std::string raw = text_of(member(*metadata, "raw"));
    const bool generic =
        message.empty() || base::istarts_with(base::trim(message), "provider returned");
    return generic && !base::trim(raw).empty() ? raw : message;
}

// `object` is where the error's members are: "error", or the whole when that is no object.
void read_details(const rapidjson::Value& object, ApiError& error) {
    if (const rapidjson::Value* param = member(object, "param"); param && param->IsString()) {
        error.param = text_of(param);
    }
    error.code = code_of(member(object, "code"));
}

void read_error(const rapidjson::Value& whole, ApiError& error) {
    // Google wraps its errors in a list of one.
    const bool listed = whole.IsArray() && whole.Size() == 1;
    const rapidjson::Value& document = listed ? whole[0] : whole;
    const rapidjson::Value* const inner = member(document, "error");
    if (inner != nullptr && inner->IsObject()) {
        error.message = unwrap(*inner, text_of(member(*inner, "message")));
        read_details(*inner, error);
    } else {
        error.message = text_of(inner);
        read_details(document, error);
    }
    for (const char* const name : {"message", "detail"}) {
        if (error.message.empty()) error.message = text_of(member(document, name));
    }
}

void write_member(rapidjson::Writer<rapidjson::StringBuffer>& writer, const char* name,
                  const std::optional<std::string>& value) {
    writer.Key(name);
    if (value.has_value()) {
        const std::string text =
            base::replace_invalid_utf8(*value);  // an upstream may have said it
        writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    } else {
        writer.Null();
    }
}

}  // namespace

std::string to_json(const ApiError& error) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    writer.StartObject();
    writer.Key("error");
    writer.StartObject();
    write_member(writer, "type", error.type);
    write_member(writer, "message", error.message);
    write_member(writer, "param", error.param);
    write_member(writer, "code", error.code);
    writer.EndObject();
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

ApiError invalid_request(std::string message) {
    return make(400, std::move(message));
}
ApiError authentication_error(std::string message) {
    return make(401, std::move(message));
}
ApiError not_found(std::string message) {
    return make(404, std::move(message));
}
ApiError provider_error(int status, std::string message) {
    return make(status, std::move(message));
}
ApiError overloaded(std::string message) {
    ApiError error = make(503, std::move(message));
    error.code = "overloaded";
    error.retry_after = "1";
    return error;
}
ApiError internal_error() {
    return make(500, "an unexpected error occurred");
}

ApiError from_base(const base::Error& error) {
    switch (error.code) {
        case base::Code::kInvalid:
            return make(400, error.message);
        case base::Code::kNotFound:
            return make(404, error.message);
        case base::Code::kDenied:
            return make(403, error.message);
        case base::Code::kExhausted:
            return make(429, error.message);
        case base::Code::kUnsupported: {
            ApiError unsupported = make(501, error.message);
            unsupported.type = "invalid_request_error";
            return unsupported;
        }
        case base::Code::kTimeout:
            return make(504, error.message);
        case base::Code::kCancelled:
            return make(499, "the client closed the request");
        case base::Code::kUnavailable:
            return make(502, error.message);
        case base::Code::kOk:
        case base::Code::kInternal:
            break;
    }
    return internal_error();
}

ApiError from_upstream(int status, std::string_view body) {
    ApiError error = make(status >= 400 && status <= 599 ? status : 502, {});
    rapidjson::Document document;
    if (json::read_document(body, document)) read_error(document, error);
    if (error.message.empty()) error.message = std::string(base::trim(body));
    if (error.message.empty()) {
        error.message = "the upstream answered with status " + std::to_string(status);
    }
    if (error.message.size() > kMaxMessage) {
        error.message.resize(kMaxMessage);
        error.message += "...";
    }
    // So that nobody mistakes the gateway's own credentials for the client's.
    if (status == 401 && !error.code.has_value()) error.code = "upstream_authentication_error";
    return error;
}

}  // namespace gomodel::dialect
