// One value into one setting: the text of a YAML node or of an environment variable is read as the
// key's type, checked against its range and stored. Private to the loader. Pure but for `settings`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/document.hpp"
#include "config/keys.hpp"
#include "config/problem.hpp"

namespace gomodel::config {

// What is wrong with a value. After an error the setting is unchanged; after a warning it holds
// what the message says.
struct Complaint {
    Severity severity = Severity::kError;
    std::string message;
};

// A key without a value (null) keeps its default, but a list becomes empty.
// REQUIRES: the key is no structure.
std::optional<Complaint> assign_node(const Key& key, const Node& node, Settings& settings);

// REQUIRES: `text` is not empty and the key is no structure.
std::optional<Complaint> assign_variable(const Key& key, std::string_view text, Settings& settings);

}  // namespace gomodel::config
