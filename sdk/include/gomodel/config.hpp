// The instance's configuration, as the host passed it: a JSON object that fits the plugin's schema,
// defaults filled in. A value of another type throws an Error that names the field, so that a
// plugin driven by a careless host still fails well. Valid until the constructor it was passed to
// returns. Any thread.
#pragma once

#include <gomodel/error.hpp>
#include <gomodel/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gomodel {

class Config {
public:
    explicit Config(std::string_view json) : json_(json) {
        if (!is_object(json)) throw Error(GM_INVALID, "config: not a JSON object");
    }

    std::string_view json() const { return json_; }

    // True iff the field is there and is not null.
    bool has(std::string_view name) const { return field(name).has_value(); }

    std::string text(std::string_view name, std::string_view fallback = {}) const {
        const auto raw = field(name);
        if (!raw) return std::string(fallback);
        auto value = json::unquote(*raw);
        if (!value) fail(name, "a string");
        return *std::move(value);
    }

    double number(std::string_view name, double fallback = 0) const {
        const auto raw = field(name);
        if (!raw) return fallback;
        const auto value = json::number(*raw);
        if (!value) fail(name, "a number");
        return *value;
    }

    // A number without a fraction; "1.0" is one.
    std::int64_t integer(std::string_view name, std::int64_t fallback = 0) const {
        const auto raw = field(name);
        if (!raw) return fallback;
        // Beyond 2^53 a double does not tell neighbours apart.
        constexpr double kLargest = 9007199254740992.0;
        const auto value = json::number(*raw);
        if (!value || *value < -kLargest || *value > kLargest) fail(name, "a whole number");
        const auto whole = static_cast<std::int64_t>(*value);
        if (static_cast<double>(whole) != *value) fail(name, "a whole number");
        return whole;
    }

    bool flag(std::string_view name, bool fallback = false) const {
        const auto raw = field(name);
        if (!raw) return fallback;
        if (*raw != "true" && *raw != "false") fail(name, "true or false");
        return *raw == "true";
    }

    // An array of strings.
    std::vector<std::string> list(std::string_view name) const {
        std::vector<std::string> values;
        const auto raw = field(name);
        if (!raw) return values;
        json::Array elements(*raw);
        while (const auto element = elements.next()) {
            auto value = json::unquote(*element);
            if (!value) fail(name, "a list of strings");
            values.push_back(*std::move(value));
        }
        if (!elements.ok()) fail(name, "a list of strings");
        return values;
    }

    // A nested object; an empty one when it is not there.
    Config object(std::string_view name) const {
        const std::string_view raw = field(name).value_or("{}");
        if (!is_object(raw)) fail(name, "an object");
        return Config(raw, path_ + std::string(name) + ".");
    }

    // Says that a field's value will not do, for checks a schema cannot express.
    [[noreturn]] void fail(std::string_view name, std::string_view expected) const {
        throw Error(GM_INVALID,
                    "config: " + path_ + std::string(name) + " must be " + std::string(expected));
    }

private:
    Config(std::string_view json, std::string path) : json_(json), path_(std::move(path)) {}

    static bool is_object(std::string_view text) {
        json::Object members(text);
        while (members.next())
            continue;
        return members.ok();
    }

    std::optional<std::string_view> field(std::string_view name) const {
        const auto value = json::find(json_, name);
        return value == "null" ? std::nullopt : value;
    }

    std::string_view json_;
    std::string path_;  // what the names of the fields begin with in messages, such as "redis."
};

}  // namespace gomodel
