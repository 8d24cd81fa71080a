#include "schema.hpp"

#include <rapidjson/document.h>
// After RapidJSON, which it adapts.
#include <valijson/adapters/rapidjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <stdexcept>

#include "json_text.hpp"

namespace gomodel::check {
namespace {

using rapidjson::Document;
using rapidjson::Value;
using Allocator = Document::AllocatorType;

Document parse(const std::string& text) {
    Document document = require_json(text);
    if (!document.IsObject()) throw std::runtime_error("not a JSON object");
    return document;
}

bool is_true(const Value& schema, const char* name) {
    const Value* const value = find_member(schema, name);
    return value != nullptr && value->IsTrue();
}

bool has_type(const Value& schema, std::string_view type) {
    const Value* const value = find_member(schema, "type");
    return value != nullptr && value->IsString() && value->GetString() == type;
}

bool is_required(const Value& schema, const Value& name) {
    const Value* const required = find_member(schema, "required");
    if (required == nullptr || !required->IsArray()) return false;
    for (const Value& each : required->GetArray()) {
        if (each == name) return true;
    }
    return false;
}

// Calls `use` with the name and the schema of each property of an object's schema.
template <typename Use>
void for_each_property(const Value& schema, Use&& use) {
    const Value* const properties = find_member(schema, "properties");
    if (properties == nullptr || !properties->IsObject()) return;
    for (const auto& property : properties->GetObject())
        use(property.name, property.value);
}

bool looks_like_url(const Value& name, const Value& schema) {
    const Value* const format = find_member(schema, "format");
    if (format != nullptr && format->IsString() && std::string_view(format->GetString()) == "uri") {
        return true;
    }
    return std::string_view(name.GetString()).ends_with("url");
}

Value sample_of_object(const Value& schema, Allocator& allocator);

// A value that is likely to do: an example, an enumerator, or something of the type.
Value sample_of_field(const Value& name, const Value& schema, Allocator& allocator) {
    for (const char* const list : {"examples", "enum"}) {
        const Value* const values = find_member(schema, list);
        if (values != nullptr && values->IsArray() && !values->Empty()) {
            return {(*values)[0], allocator};
        }
    }
    if (has_type(schema, "object")) return sample_of_object(schema, allocator);
    if (has_type(schema, "array")) return Value(rapidjson::kArrayType);
    if (has_type(schema, "boolean")) return Value(false);
    if (has_type(schema, "integer") || has_type(schema, "number")) {
        const Value* const least = find_member(schema, "minimum");
        return least != nullptr ? Value(*least, allocator) : Value(1);
    }
    return looks_like_url(name, schema) ? Value("https://upstream.example.test/v1")
                                        : Value("plugin-check");
}

void fill(Value& config, const Value& schema, bool required_too, Allocator& allocator) {
    for_each_property(schema, [&](const Value& name, const Value& field) {
        if (config.HasMember(name)) {
            Value& value = config[name];
            if (value.IsObject()) fill(value, field, false, allocator);
        } else if (const Value* const preset = find_member(field, "default")) {
            config.AddMember(Value(name, allocator), Value(*preset, allocator), allocator);
        } else if (required_too && is_required(schema, name)) {
            config.AddMember(Value(name, allocator), sample_of_field(name, field, allocator),
                             allocator);
        }
    });
}

Value sample_of_object(const Value& schema, Allocator& allocator) {
    Value config(rapidjson::kObjectType);
    fill(config, schema, true, allocator);
    return config;
}

std::string below(const std::string& path, const Value& name) {
    return (path.empty() ? "" : path + ".") + name.GetString();
}

void visit_objects(const std::string& path, const Value& schema, const Schema::Visit& use) {
    if (has_type(schema, "object") || find_member(schema, "properties") != nullptr) {
        use(path, schema);
    }
    for_each_property(schema, [&](const Value& name, const Value& field) {
        visit_objects(below(path, name), field, use);
    });
    const Value* const items = find_member(schema, "items");
    if (items != nullptr) visit_objects(path + "[]", *items, use);
}

std::string describe(const valijson::ValidationResults::Error& error) {
    std::string where;
    for (const std::string& step : error.context)
        where += step;
    return where + ": " + error.description;
}

}  // namespace

Schema::Schema(const std::string& text) : root_(parse(text)) {
    if (!has_type(root_, "object")) throw std::runtime_error("its type is not \"object\"");
    const Value* const properties = find_member(root_, "properties");
    if (properties != nullptr && !properties->IsObject()) {
        throw std::runtime_error("its \"properties\" are not an object");
    }
    valijson::Schema compiled;
    valijson::SchemaParser().populateSchema(valijson::adapters::RapidJsonAdapter(root_), compiled);
}

std::string Schema::sample() const {
    Document config(rapidjson::kObjectType);
    fill(config, root_, true, config.GetAllocator());
    return to_text(config);
}

std::string Schema::with_defaults(const std::string& config) const {
    Document document = parse(config);
    fill(document, root_, false, document.GetAllocator());
    return to_text(document);
}

std::string Schema::with_secrets(const std::string& config, const std::string& secret) const {
    std::string result = config;
    for_each_property(root_, [&](const Value& name, const Value& field) {
        if (is_true(field, "x-secret") && has_type(field, "string")) {
            result = with_field(result, name.GetString(), "\"" + secret + "\"");
        }
    });
    return result;
}

std::string Schema::with_field(const std::string& config, const std::string& name,
                               const std::string& json) {
    Document document = parse(config);
    Document::AllocatorType& allocator = document.GetAllocator();
    const Document value = require_json(json);
    document.RemoveMember(name.c_str());
    document.AddMember(Value(name.c_str(), allocator), Value(value, allocator), allocator);
    return to_text(document);
}

std::vector<std::string> Schema::problems(const std::string& config) const {
    const Document document = parse(config);
    valijson::Schema compiled;
    valijson::SchemaParser().populateSchema(valijson::adapters::RapidJsonAdapter(root_), compiled);
    valijson::ValidationResults results;
    valijson::Validator validator;
    std::vector<std::string> found;
    if (validator.validate(compiled, valijson::adapters::RapidJsonAdapter(document), &results)) {
        return found;
    }
    valijson::ValidationResults::Error error;
    while (results.popError(error))
        found.push_back(describe(error));
    return found;
}

std::vector<std::string> Schema::fields() const {
    std::vector<std::string> names;
    for_each_property(
        root_, [&names](const Value& name, const Value&) { names.emplace_back(name.GetString()); });
    return names;
}

bool Schema::has_field(std::string_view name) const {
    for (const std::string& field : fields()) {
        if (field == name) return true;
    }
    return false;
}

bool Schema::has_secrets() const {
    bool found = false;
    for_each_field([&found](const std::string&, const Value& schema) {
        if (is_true(schema, "x-secret")) found = true;
    });
    return found;
}

void Schema::for_each_object(const Visit& use) const {
    visit_objects("", root_, use);
}

void Schema::for_each_field(const Visit& use) const {
    for_each_object([&use](const std::string& path, const Value& object) {
        for_each_property(
            object, [&](const Value& name, const Value& field) { use(below(path, name), field); });
    });
}

}  // namespace gomodel::check
