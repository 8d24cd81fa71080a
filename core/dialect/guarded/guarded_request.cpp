#include "dialect/guarded/guarded_request.hpp"

#include <gomodel/json_tree.hpp>

#include "dialect/guarded/chat.hpp"
#include "dialect/guarded/messages.hpp"
#include "dialect/guarded/responses.hpp"

namespace gomodel::dialect::guarded {
namespace {

std::vector<Entry> entries_of(Endpoint endpoint, json::Node request) {
    if (!request.is_object()) throw Rejected("invalid request body: it is nested too deeply");
    if (endpoint == Endpoint::kChat) return chat_entries(request);
    if (endpoint == Endpoint::kResponses) return responses_entries(request);
    return messages_entries(request);
}

std::vector<Edit> edits_of(Endpoint endpoint, json::Node request, std::string_view body,
                           const std::vector<Entry>& after) {
    if (endpoint == Endpoint::kChat) return chat_edits(request, body, after);
    if (endpoint == Endpoint::kResponses) return responses_edits(request, body, after);
    return messages_edits(request, body, after);
}

}  // namespace

std::variant<std::string, ApiError> messages_in(Endpoint endpoint, std::string_view body) {
    try {
        const json::Tree tree(body);
        return to_json(entries_of(endpoint, tree.root()));
    } catch (const Rejected& rejected) {
        return rejected.error();
    }
}

std::string fault_of(std::string_view messages) {
    const auto entries = read_entries(messages);
    const std::string* const fault = std::get_if<std::string>(&entries);
    return fault == nullptr ? std::string() : *fault;
}

std::variant<std::vector<Edit>, ApiError> edits_for(Endpoint endpoint, std::string_view body,
                                                    std::string_view messages) {
    const auto entries = read_entries(messages);
    const auto* const after = std::get_if<std::vector<Entry>>(&entries);
    if (after == nullptr) return invalid_request(std::get<std::string>(entries));
    try {
        const json::Tree tree(body);
        return edits_of(endpoint, tree.root(), body, *after);
    } catch (const Rejected& rejected) {
        return rejected.error();
    }
}

}  // namespace gomodel::dialect::guarded
