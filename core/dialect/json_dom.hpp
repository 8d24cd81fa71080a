// Reading a parsed RapidJSON document. Private to the dialects: keeps RapidJSON out of their
// headers.
#pragma once

#include <rapidjson/document.h>

#include "dialect/usage.hpp"

namespace gomodel::dialect {

// The member of an object; nullptr if it is missing or null, or if `object` is none.
const rapidjson::Value* member(const rapidjson::Value& object, const char* name);

TokenUsage usage_of(const rapidjson::Value& usage);

}  // namespace gomodel::dialect
