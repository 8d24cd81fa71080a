#include "anthropic/model_list.hpp"

#include <gomodel/json_tree.hpp>
#include "anthropic/dates.hpp"

namespace anthropic {

using gomodel::json::Node;

bool ModelList::add(std::string_view page, std::int64_t asked_at) {
    const gomodel::json::Tree tree(page);
    const Node root = tree.root();
    if (!root["data"].is_array()) return false;
    std::string last;
    for (const Node model : root["data"]) {
        const Node id = model["id"];
        if (!id.is_string() || id.blank()) continue;
        last = id.text();
        const std::int64_t dated = read_timestamp(model["created_at"].text())
                                       .value_or(model["created"].integer().value_or(asked_at));
        out_.begin_object().raw_member("id", id.raw()).member("object", "model");
        out_.number_member("created", dated).member("owned_by", "anthropic");
        const Node name = model["display_name"];
        if (name.is_string()) out_.raw_member("display_name", name.raw());
        out_.end_object();
    }
    // A page that repeats the last one would be asked for again and again.
    const bool more = root["has_more"].is_true() && last != after_;
    after_ = more ? last : std::string();
    return true;
}

}  // namespace anthropic
