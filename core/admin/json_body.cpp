#include "admin/json_body.hpp"

#include "admin/control.hpp"
#include "base/text.hpp"

namespace gomodel::admin {
namespace {

constexpr std::uint64_t kMaxBody = 1024 * 1024;
constexpr std::size_t kMaxTexts = 1000;  // of one list

std::string body_fault(std::string_view why) {
    return "invalid request body: " + std::string(why);
}

bool is_json(std::string_view content_type) {
    return base::iequals(base::trim(content_type.substr(0, content_type.find(';'))),
                         "application/json");
}

}  // namespace

net::Task<dialect::Failure> JsonBody::read(gateway::RequestContext* context) {
    net::RequestBody body = co_await context->client.read_body(kMaxBody);
    context->record.bytes_in = context->client.body_bytes();
    if (body.status != 0) {
        if (body.status == 499) context->record.cause = gateway::EndCause::kClientGone;
        dialect::ApiError error = dialect::invalid_request(body.reason);
        error.status = body.status;
        co_return error;
    }
    body_ = std::string(body.bytes.view());
    if (body_.empty()) co_return std::nullopt;
    if (!is_json(context->client.header("content-type")))
        co_return dialect::invalid_request(body_fault("Content-Type must be application/json"));
    tree_.emplace(body_);
    if (!tree_->ok()) co_return dialect::invalid_request(body_fault("it is not JSON"));
    if (!tree_->root().is_object())
        co_return dialect::invalid_request(body_fault("it is not a JSON object"));
    co_return std::nullopt;
}

std::string JsonBody::text(std::string_view name, std::size_t longest) {
    const json::Node node = member(name);
    return node.missing() ? std::string() : text_of(node, std::string(name), longest);
}

std::optional<bool> JsonBody::flag(std::string_view name) {
    const json::Node node = member(name);
    if (node.missing()) return std::nullopt;
    if (!node.is(json::Kind::kBool)) fail(body_fault(std::string(name) + " must be true or false"));
    return node.is_true();
}

std::optional<double> JsonBody::number(std::string_view name) {
    const json::Node node = member(name);
    if (node.missing()) return std::nullopt;
    if (!node.is_number()) fail(body_fault(std::string(name) + " must be a number"));
    return node.number();
}

std::optional<std::vector<std::string>> JsonBody::texts(std::string_view name,
                                                        std::size_t longest) {
    const json::Node node = member(name);
    if (node.missing()) return std::nullopt;
    const std::string what(name);
    if (!node.is_array()) fail(body_fault(what + " must be a list of strings"));
    std::vector<std::string> values;
    for (const json::Node value : node) {
        values.push_back(text_of(value, what + "[" + std::to_string(values.size()) + "]", longest));
        if (values.size() > kMaxTexts)
            fail(body_fault(what + " has more than " + std::to_string(kMaxTexts) + " values"));
        if (fault_.has_value()) break;
    }
    return values;
}

void JsonBody::fail(std::string message) {
    if (!fault_.has_value()) fault_ = dialect::invalid_request(std::move(message));
}

json::Node JsonBody::member(std::string_view name) const {
    return tree_.has_value() ? tree_->root()[name] : json::Node();
}

std::string JsonBody::text_of(json::Node node, const std::string& name, std::size_t longest) {
    std::optional<std::string> value;
    if (node.is_string()) value = json::unquote(node.raw());
    if (!value.has_value()) {
        fail(body_fault(name + " must be a string"));
        return {};
    }
    const std::string fault = fault_of_text(name, *value, longest);
    if (!fault.empty()) fail(body_fault(fault));
    return std::move(*value);
}

}  // namespace gomodel::admin
