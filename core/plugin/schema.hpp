// A plugin's configuration checked against the JSON Schema in its descriptor before the plugin sees
// it: defaults filled in, unknown members taken out, every violation named. Pure; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gomodel::plugin {

struct SchemaProblem {
    std::string path;  // of the member: "base_url", "redis.ttl"; empty: the whole
    std::string message;
    bool fatal = true;  // false: an unknown member, ignored
};

struct CheckedConfig {
    std::string json;  // what create() gets; meaningful only without fatal problems
    std::vector<SchemaProblem> problems;
    bool ok() const;
};

// `config`: a JSON object. Values of members marked "x-secret" never appear in a message.
CheckedConfig check_config(std::string_view schema, std::string_view config);

// How a count in a provider's `usage` object is charged.
enum class UsageCharge : std::uint8_t {
    kInside,   // it is part of the prompt's or the answer's tokens: another rate for these
    kBesides,  // it comes on top of them
    kEach,     // it counts things that have a price each
};

struct UsageField {
    std::string name;   // "cached_tokens"
    std::string price;  // as pricing names it: "cached_input_per_mtok"
    UsageCharge charge = UsageCharge::kInside;
};

// What the host reads from a schema to discover instances and to show them.
struct SchemaFacts {
    struct Property {
        std::string name;
        std::string type;
        std::string description;
        std::string default_value;  // JSON text; empty: none
        std::string variable;       // "x-env": an environment variable that sets it; empty: none
        bool required = false;
        bool secret = false;
    };
    std::vector<Property> properties;
    // "x-usage" of a provider, in order; null: it counts as OpenAI does.
    std::shared_ptr<const std::vector<UsageField>> usage;

    const Property* find(std::string_view name) const;
};

// kInvalid: the schema is not a JSON Schema of an object.
base::Result<SchemaFacts> read_schema(std::string_view schema);

}  // namespace gomodel::plugin
