// A plugin's configuration checked against the JSON Schema in its descriptor before the plugin sees
// it: defaults filled in, unknown members taken out, every violation named. Pure; any thread.
#pragma once

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

    const Property* find(std::string_view name) const;
};

// kInvalid: the schema is not a JSON Schema of an object.
base::Result<SchemaFacts> read_schema(std::string_view schema);

}  // namespace gomodel::plugin
