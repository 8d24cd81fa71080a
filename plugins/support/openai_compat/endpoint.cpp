#include "openai_compat/endpoint.hpp"

#include <gomodel/abi.h>
#include <gomodel/error.hpp>

namespace openai_compat {
namespace {

constexpr Endpoint kEndpoints[] = {
    {GM_CAN_CHAT, "", "POST", "/chat/completions"},
    {GM_CAN_RESPONSES, "", "POST", "/responses"},
    {GM_CAN_RESPONSES, "get", "GET", "/responses/", ""},
    {GM_CAN_RESPONSES, "input_items", "GET", "/responses/", "/input_items"},
    {GM_CAN_RESPONSES, "cancel", "POST", "/responses/", "/cancel"},
    {GM_CAN_RESPONSES, "delete", "DELETE", "/responses/", ""},
    {GM_CAN_RESPONSES, "input_tokens", "POST", "/responses/input_tokens"},
    {GM_CAN_RESPONSES, "compact", "POST", "/responses/compact"},
    {GM_CAN_EMBED, "", "POST", "/embeddings"},
    {GM_CAN_LIST_MODELS, "", "GET", "/models"},
    {GM_CAN_FILES, "", "POST", "/files"},
    {GM_CAN_FILES, "list", "GET", "/files"},
    {GM_CAN_FILES, "get", "GET", "/files/", ""},
    {GM_CAN_FILES, "delete", "DELETE", "/files/", ""},
    {GM_CAN_FILES, "content", "GET", "/files/", "/content"},
    {GM_CAN_BATCHES, "", "POST", "/batches"},
    {GM_CAN_BATCHES, "list", "GET", "/batches"},
    {GM_CAN_BATCHES, "get", "GET", "/batches/", ""},
    {GM_CAN_BATCHES, "cancel", "POST", "/batches/", "/cancel"},
};

}  // namespace

std::span<const Endpoint> endpoints() {
    return kEndpoints;
}

const Endpoint* find_endpoint(std::uint32_t kind, std::string_view action) {
    for (const Endpoint& endpoint : kEndpoints) {
        if (endpoint.kind == kind && endpoint.action == action) return &endpoint;
    }
    return nullptr;
}

std::string operation_path(const gomodel::Op& op) {
    const Endpoint* const endpoint = find_endpoint(op.kind(), op.action());
    if (endpoint == nullptr) {
        throw gomodel::Error(GM_UNSUPPORTED,
                             "there is no operation \"" + std::string(op.action()) + "\"");
    }
    std::string path = endpoint->path;
    if (endpoint->path_end == nullptr) return path;
    if (op.id().empty()) throw gomodel::Error(GM_INVALID, "the id is missing");
    append_segment(path, op.id());
    return path.append(endpoint->path_end);
}

void append_segment(std::string& url, std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool unreserved = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                                (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_' ||
                                c == '~';
        if (unreserved) {
            url += c;
        } else {
            url += '%';
            url += kHex[byte >> 4];
            url += kHex[byte & 15];
        }
    }
}

}  // namespace openai_compat
