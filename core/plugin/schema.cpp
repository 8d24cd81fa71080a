#include "plugin/schema.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <array>
#include <gomodel/json_document.hpp>
#include <gomodel/json_tree.hpp>
#include <valijson/adapters/rapidjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "base/text.hpp"

namespace gomodel::plugin {
namespace {

using rapidjson::Document;
using rapidjson::Value;
using Allocator = Document::AllocatorType;

std::string_view text(const Value& value) {
    return {value.GetString(), value.GetStringLength()};
}

std::string to_json(const Value& value) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    value.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

const Value* properties_of(const Value& schema) {
    if (!schema.IsObject()) return nullptr;
    const auto found = schema.FindMember("properties");
    return found != schema.MemberEnd() && found->value.IsObject() ? &found->value : nullptr;
}

std::string join(const std::string& path, std::string_view name) {
    return path.empty() ? std::string(name) : path + "." + std::string(name);
}

void drop_unknown(Value& object, const Value& properties, const std::string& path,
                  std::vector<SchemaProblem>& problems) {
    std::vector<std::string_view> known;
    for (const auto& property : properties.GetObject())
        known.push_back(text(property.name));
    for (auto member = object.MemberBegin(); member != object.MemberEnd();) {
        if (properties.HasMember(member->name)) {
            ++member;
            continue;
        }
        std::string message = "unknown setting, ignored";
        if (const auto near = base::nearest(text(member->name), known)) {
            message += "; did you mean \"" + *near + "\"?";
        }
        problems.push_back({join(path, text(member->name)), std::move(message), false});
        member = object.EraseMember(member);
    }
}

// Takes unknown members out and puts defaults in, in nested objects too.
void normalise(Value& object, const Value& schema, const std::string& path, Allocator& allocator,
               std::vector<SchemaProblem>& problems) {
    const Value* const properties = properties_of(schema);
    if (properties == nullptr || !object.IsObject()) return;
    const auto extra = schema.FindMember("additionalProperties");
    const bool closed = extra != schema.MemberEnd() && extra->value.IsFalse();
    if (closed) drop_unknown(object, *properties, path, problems);
    for (const auto& property : properties->GetObject()) {
        if (!property.value.IsObject()) continue;
        auto member = object.FindMember(property.name);
        const auto fallback = property.value.FindMember("default");
        if (member == object.MemberEnd() && fallback != property.value.MemberEnd()) {
            Value name(property.name, allocator);
            object.AddMember(name, Value(fallback->value, allocator), allocator);
            member = object.FindMember(property.name);
        }
        if (member != object.MemberEnd()) {
            normalise(member->value, property.value, join(path, text(property.name)), allocator,
                      problems);
        }
    }
}

// valijson's context, such as <root>["redis"]["ttl"], as redis.ttl.
std::string to_path(const std::vector<std::string>& context) {
    std::string path;
    for (std::string_view step : context) {
        if (step == "<root>") continue;
        if (step.starts_with("[") && step.ends_with("]")) step = step.substr(1, step.size() - 2);
        if (step.starts_with("\"") && step.ends_with("\"") && step.size() >= 2) {
            step = step.substr(1, step.size() - 2);
        }
        path = join(path, step);
    }
    return path;
}

// valijson says "Missing required property 'api_key'." of the object: of the member is clearer.
SchemaProblem reword(const valijson::ValidationResults::Error& error) {
    SchemaProblem problem{to_path(error.context), error.description};
    constexpr std::string_view kMissing = "Missing required property '";
    if (problem.message.starts_with(kMissing)) {
        const std::size_t end = problem.message.find('\'', kMissing.size());
        const std::string name = problem.message.substr(kMissing.size(), end - kMissing.size());
        return {join(problem.path, name), "is required"};
    }
    return problem;
}

void validate(const Value& config, const Value& schema, std::vector<SchemaProblem>& problems) {
    valijson::Schema compiled;
    valijson::SchemaParser parser;
    try {
        parser.populateSchema(valijson::adapters::RapidJsonAdapter(schema), compiled);
    } catch (const std::exception& error) {
        problems.push_back({"", std::string("the plugin's schema is unusable: ") + error.what()});
        return;
    }
    valijson::Validator validator;
    valijson::ValidationResults results;
    if (validator.validate(compiled, valijson::adapters::RapidJsonAdapter(config), &results))
        return;
    std::vector<SchemaProblem> found;
    valijson::ValidationResults::Error error;
    while (results.popError(error))
        found.push_back(reword(error));
    // An enclosing object's "failed to validate" adds nothing to what its member says.
    const auto repeats = [&found](const SchemaProblem& outer) {
        return std::any_of(found.begin(), found.end(), [&outer](const SchemaProblem& inner) {
            return inner.path.size() > outer.path.size() && inner.path.starts_with(outer.path);
        });
    };
    for (const SchemaProblem& problem : found) {
        if (!repeats(problem)) problems.push_back(problem);
    }
}

// The path from `node` to the number at `at`, which is below it.
std::string path_to(json::Node node, const char* at, const std::string& path = {}) {
    std::size_t index = 0;
    for (const json::Node child : node) {
        const char* const end = child.raw().data() + child.raw().size();
        if (at >= end) {
            ++index;
            continue;
        }
        const std::string_view name = child.name();
        const std::string step =
            node.is_object() ? json::unquote({name.data() - 1, name.size() + 2}).value_or("")
                             : std::to_string(index);
        return path_to(child, at, join(path, step));
    }
    return path;
}

// Why a configuration could not be read.
SchemaProblem unreadable(std::string_view config, const rapidjson::ParseResult& result) {
    const json::Tree tree(config);
    if (tree.ok() && json::is_number_too_large(result)) {
        return {path_to(tree.root(), config.data() + result.Offset()), "the number is too large"};
    }
    return {"", "the configuration is not a JSON object"};
}

SchemaFacts::Property read_property(const Value& name, const Value& rules) {
    SchemaFacts::Property property;
    property.name = text(name);
    if (!rules.IsObject()) return property;
    const auto read = [&rules](const char* keyword) -> const Value* {
        const auto found = rules.FindMember(keyword);
        return found == rules.MemberEnd() ? nullptr : &found->value;
    };
    const auto read_text = [&read](const char* keyword) {
        const Value* const value = read(keyword);
        return value != nullptr && value->IsString() ? std::string(text(*value)) : std::string();
    };
    property.type = read_text("type");
    property.description = read_text("description");
    property.variable = read_text("x-env");
    if (const Value* const fallback = read("default")) property.default_value = to_json(*fallback);
    const Value* const secret = read("x-secret");
    property.secret = secret != nullptr && secret->IsTrue();
    return property;
}

// {"thought_tokens": {"price": "reasoning_output_per_mtok", "counts": "inside"}}
base::Result<std::vector<UsageField>> read_usage_fields(const Value& declared) {
    constexpr std::array<std::string_view, 3> kCounts = {"inside", "besides", "each"};
    std::vector<UsageField> fields;
    const base::Error invalid{base::Code::kInvalid,
                              "schema: x-usage must map each field to {\"price\", \"counts\": "
                              "\"inside\", \"besides\" or \"each\"}"};
    if (!declared.IsObject()) return invalid;
    for (const auto& member : declared.GetObject()) {
        if (!member.value.IsObject()) return invalid;
        const auto price = member.value.FindMember("price");
        const auto counts = member.value.FindMember("counts");
        const auto end = member.value.MemberEnd();
        if (price == end || counts == end) return invalid;
        if (!price->value.IsString() || !counts->value.IsString()) return invalid;
        const auto known = std::find(kCounts.begin(), kCounts.end(), text(counts->value));
        if (known == kCounts.end()) return invalid;
        fields.push_back({std::string(text(member.name)), std::string(text(price->value)),
                          static_cast<UsageCharge>(known - kCounts.begin())});
    }
    return fields;
}

}  // namespace

bool CheckedConfig::ok() const {
    return std::none_of(problems.begin(), problems.end(),
                        [](const SchemaProblem& problem) { return problem.fatal; });
}

CheckedConfig check_config(std::string_view schema, std::string_view config) {
    CheckedConfig checked;
    Document rules;
    Document values;
    constexpr unsigned kUtf8 = rapidjson::kParseValidateEncodingFlag;
    const rapidjson::ParseResult result = json::read_document<kUtf8>(config, values);
    if (!json::read_document(schema, rules) || !rules.IsObject()) {
        checked.problems.push_back({"", "the plugin's schema is not a JSON object"});
    } else if (!result || !values.IsObject()) {
        checked.problems.push_back(unreadable(config, result));
    } else {
        normalise(values, rules, "", values.GetAllocator(), checked.problems);
        validate(values, rules, checked.problems);
        checked.json = to_json(values);
    }
    return checked;
}

const SchemaFacts::Property* SchemaFacts::find(std::string_view name) const {
    const auto found = std::find_if(properties.begin(), properties.end(),
                                    [name](const Property& p) { return p.name == name; });
    return found == properties.end() ? nullptr : &*found;
}

base::Result<SchemaFacts> read_schema(std::string_view schema) {
    Document document;
    if (const rapidjson::ParseResult result = json::read_document(schema, document); !result) {
        return base::Error{base::Code::kInvalid, std::string("schema is not JSON: ") +
                                                     rapidjson::GetParseError_En(result.Code())};
    }
    const Value* const properties = properties_of(document);
    if (properties == nullptr) {
        return base::Error{base::Code::kInvalid, "schema has no \"properties\" object"};
    }
    SchemaFacts facts;
    for (const auto& member : properties->GetObject()) {
        facts.properties.push_back(read_property(member.name, member.value));
    }
    if (const auto usage = document.FindMember("x-usage"); usage != document.MemberEnd()) {
        base::Result<std::vector<UsageField>> fields = read_usage_fields(usage->value);
        if (!fields.ok()) return fields.error();
        facts.usage = std::make_shared<const std::vector<UsageField>>(std::move(*fields));
    }
    const auto required = document.FindMember("required");
    if (required != document.MemberEnd() && required->value.IsArray()) {
        for (const Value& name : required->value.GetArray()) {
            if (!name.IsString()) continue;
            for (SchemaFacts::Property& property : facts.properties) {
                if (property.name == text(name)) property.required = true;
            }
        }
    }
    return facts;
}

}  // namespace gomodel::plugin
