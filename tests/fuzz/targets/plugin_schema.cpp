// The configuration of a plugin, checked against its schema. Promises: what a plugin gets is a JSON
// object that passes the same check unchanged; every fault says what is wrong; the value of a
// member that is secret is in no message.

#include "plugin/schema.hpp"

#include "support/json_members.hpp"
#include "support/promise.hpp"
#include "support/target.hpp"

namespace gomodel::fuzz {
namespace {

constexpr std::string_view kSchema = R"({
  "type": "object", "additionalProperties": false, "required": ["api_key"],
  "properties": {
    "api_key": {"type": "string", "minLength": 4, "x-secret": true},
    "base_url": {"type": "string", "default": "https://api.example/v1", "pattern": "^https?://"},
    "retries": {"type": "integer", "minimum": 0, "maximum": 10, "default": 3},
    "ratio": {"type": "number", "exclusiveMinimum": 0},
    "mode": {"type": "string", "enum": ["fast", "exact"]},
    "verify": {"type": "boolean", "default": true},
    "models": {"type": "array", "maxItems": 4, "items": {"type": "string"}},
    "headers": {"type": "object", "additionalProperties": {"type": "string"}},
    "redis": {"type": "object", "additionalProperties": false, "required": ["url"],
              "properties": {"url": {"type": "string"}, "ttl": {"type": "integer", "default": 60}}}
  }})";

// Empty: there is none, or it says no more than the schema, whose names are in messages.
std::string secret_of(std::string_view config) {
    const auto members = json_members(config);
    if (!members.has_value()) return {};
    for (const JsonMember& member : *members) {
        if (member.key != "api_key" || member.value.size() < 10) continue;
        if (kSchema.find(member.value) == std::string_view::npos) return std::string(member.value);
    }
    return {};
}

void check(std::string_view config) {
    const plugin::CheckedConfig checked = plugin::check_config(kSchema, config);
    const std::string secret = secret_of(config);
    for (const plugin::SchemaProblem& problem : checked.problems) {
        require(!problem.message.empty(), "a fault says what is wrong", problem.path);
        require(secret.empty() || problem.message.find(secret) == std::string::npos,
                "the value of a secret is in no message", problem.message);
    }
    if (!checked.ok()) return;
    require(json_members(checked.json).has_value(), "a plugin gets a JSON object", checked.json);
    const plugin::CheckedConfig again = plugin::check_config(kSchema, checked.json);
    require(again.ok() && again.problems.empty(), "what was checked passes again", checked.json);
    require_equal(again.json, checked.json, "what was checked is not changed again");
}

}  // namespace
}  // namespace gomodel::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    gomodel::fuzz::check(gomodel::fuzz::as_text(data, size));
    return 0;
}
