// One entry of `guardrails.rules`. Its config is for the schema of the plugin named by `type`. A
// plain value.
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
    std::string user_path;  // normalised; whose its own calls of models are; empty: the client's
    int order = 0;          // negative ones run first
    Poco::JSON::Object::Ptr config;  // the block named like the type; never null
    std::string where;
    std::string path;   // of the entry: "guardrails.rules[0]"
    std::string block;  // of its config: "guardrails.rules[0].system-prompt"
};

// The rules of a document, in its order. Faults are errors when guardrails are `enabled`, else
// warnings, and leave the rule out.
std::vector<GuardrailRule> read_guardrail_rules(const Document& document, bool enabled,
                                                Problems& problems);

}  // namespace gomodel::config
