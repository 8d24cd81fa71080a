// A plugin's configuration schema: what plugin-check makes configurations from and judges them by,
// the way the gateway does. Immutable after construction.
#pragma once

#include <rapidjson/document.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace gomodel::check {

class Schema {
public:
    // Throws std::runtime_error when `text` is not a usable JSON Schema of an object.
    explicit Schema(const std::string& text);

    // A configuration with the defaults and a likely value for each required field.
    std::string sample() const;
    // `config` with the defaults of the fields it leaves out.
    std::string with_defaults(const std::string& config) const;
    // `config` with `secret` in each top-level string field marked "x-secret".
    std::string with_secrets(const std::string& config, const std::string& secret) const;
    // `config` with one top-level field set to a JSON value.
    static std::string with_field(const std::string& config, const std::string& name,
                                  const std::string& json);

    // How `config` breaks the schema, one line each; empty when it fits.
    std::vector<std::string> problems(const std::string& config) const;

    // The names of the top-level fields, in the order of the schema.
    std::vector<std::string> fields() const;
    bool has_field(std::string_view name) const;
    bool has_secrets() const;

    // Calls `use` with the dotted path and the schema of each object that describes fields, the
    // root (an empty path) included, and of each field.
    using Visit = std::function<void(const std::string& path, const rapidjson::Value& schema)>;
    void for_each_object(const Visit& use) const;
    void for_each_field(const Visit& use) const;

private:
    rapidjson::Document root_;
};

}  // namespace gomodel::check
