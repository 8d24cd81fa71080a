// A document's tree as JSON, for the schemas of plugins. Pure; any thread.
#pragma once

#include <Poco/Dynamic/Var.h>
#include <Poco/JSON/Object.h>

#include "config/document.hpp"

namespace gomodel::config {

// Quoted scalars are strings; others are null, true, false, a number or else a string, by the YAML
// 1.2 core schema. Digits after a leading zero are a string: they are someone's identifier.
Poco::Dynamic::Var to_json(const Node& node);

// The members that are not null. REQUIRES: the node is a mapping or null.
Poco::JSON::Object::Ptr to_json_object(const Node& node);

}  // namespace gomodel::config
