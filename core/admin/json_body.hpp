// The JSON object in the body of an admin request. A body that is not there has no members.
// Members that nobody asks for are ignored. Loop thread.
#pragma once

#include <gomodel/json_tree.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/request_context.hpp"

namespace gomodel::admin {

class JsonBody {
public:
    // Nothing: it was read, or is not there.
    net::Task<dialect::Failure> read(gateway::RequestContext* context);

    // The object itself; absent: there is no body.
    json::Node root() const { return tree_.has_value() ? tree_->root() : json::Node(); }

    // The value of a member; empty, or nothing: absent or null. One of another type, or one that
    // is no text we can keep, is a fault.
    std::string text(std::string_view name, std::size_t longest);
    std::optional<bool> flag(std::string_view name);
    std::optional<double> number(std::string_view name);
    // nullopt: absent, or null.
    std::optional<std::vector<std::string>> texts(std::string_view name, std::size_t longest);

    // The first fault that was found by asking.
    const dialect::Failure& fault() const { return fault_; }
    // Notes a fault, unless there is one.
    void fail(std::string message);

private:
    json::Node member(std::string_view name) const;
    std::string text_of(json::Node node, const std::string& name, std::size_t longest);

    std::string body_;
    std::optional<json::Tree> tree_;  // of body_
    dialect::Failure fault_;
};

}  // namespace gomodel::admin
