#include "dialect/tree_adapter.hpp"

namespace gomodel::dialect {

using json::Tree;

std::variant<std::string, ApiError> TreeAdapter::request(std::string_view body) {
    const Tree tree(body);
    if (!tree.root().is_object()) {
        return invalid_request("invalid request body: it must be a JSON object");
    }
    return map_request(tree.root());
}

std::variant<std::string, ApiError> TreeAdapter::answer(std::string_view completion) {
    const Tree tree(completion);
    if (!tree.root().is_object()) {
        return provider_error(502, "the upstream's answer is not a JSON object");
    }
    if (!tree.root()["error"].missing()) return from_upstream(502, completion);
    return map_answer(tree.root());
}

Failure TreeAdapter::chunk(std::string_view data, std::string& out) {
    const Tree tree(data);
    if (!tree.root().is_object()) {
        return provider_error(502, "an event of the upstream's stream is not a JSON object");
    }
    if (!tree.root()["error"].missing()) return from_upstream(502, data);
    map_chunk(tree.root(), out);
    return std::nullopt;
}

}  // namespace gomodel::dialect
