// One entry of `guardrails.rules`: a guardrail that is stored at start. Its config is for the
// schema of the plugin named by `type`. A plain value.
#pragma once

#include <Poco/JSON/Object.h>

#include <string>
#include <vector>

namespace gomodel::config {

class Document;
class Problems;

struct GuardrailRule {
    std::string name;
    std::string type;  // lower case, with _ for -
    std::string description;
    std::string user_path;           // normalised; empty: any
    int order = 0;                   // negative ones run first
    Poco::JSON::Object::Ptr config;  // the block named like the type; never null
    std::string where;
};

// The rules of a document, in its order. Faults are errors when guardrails are `enabled`, else
// warnings, and leave the rule out.
std::vector<GuardrailRule> read_guardrail_rules(const Document& document, bool enabled,
                                                Problems& problems);

}  // namespace gomodel::config
