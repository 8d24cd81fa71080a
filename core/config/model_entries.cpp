#include "config/model_entries.hpp"

#include <Poco/JSON/Array.h>

#include <algorithm>
#include <set>
#include <span>

#include "base/text.hpp"
#include "config/unknown.hpp"
#include "config/values.hpp"

namespace gomodel::config {
namespace {

using Poco::Dynamic::Var;

// What a member of a model's metadata may be.
enum class Shape { kText, kTexts, kInteger, kNumber, kFlags, kRankings, kPricing, kTiers };

struct Member {
    std::string_view name;
    Shape shape;
};

constexpr Member kMetadata[] = {
    {"display_name", Shape::kText},
    {"description", Shape::kText},
    {"family", Shape::kText},
    {"modes", Shape::kTexts},
    {"categories", Shape::kTexts},
    {"tags", Shape::kTexts},
    {"context_window", Shape::kInteger},
    {"max_output_tokens", Shape::kInteger},
    {"capabilities", Shape::kFlags},
    {"rankings", Shape::kRankings},
    {"pricing", Shape::kPricing},
};
constexpr Member kRanking[] = {
    {"elo", Shape::kNumber}, {"rank", Shape::kInteger}, {"as_of", Shape::kText}};
constexpr Member kTier[] = {{"up_to_mtok", Shape::kNumber},
                            {"input_per_mtok", Shape::kNumber},
                            {"output_per_mtok", Shape::kNumber}};
constexpr Member kPricing[] = {
    {"currency", Shape::kText},
    {"input_per_mtok", Shape::kNumber},
    {"output_per_mtok", Shape::kNumber},
    {"cached_input_per_mtok", Shape::kNumber},
    {"cache_write_per_mtok", Shape::kNumber},
    {"reasoning_output_per_mtok", Shape::kNumber},
    {"batch_input_per_mtok", Shape::kNumber},
    {"batch_output_per_mtok", Shape::kNumber},
    {"audio_input_per_mtok", Shape::kNumber},
    {"audio_output_per_mtok", Shape::kNumber},
    {"per_image", Shape::kNumber},
    {"input_per_image", Shape::kNumber},
    {"per_second_input", Shape::kNumber},
    {"per_second_output", Shape::kNumber},
    {"per_character_input", Shape::kNumber},
    {"per_request", Shape::kNumber},
    {"per_page", Shape::kNumber},
    {"tiers", Shape::kTiers},
};

// Reads metadata into JSON of the right types. A value of another type is an error and left out.
class MetadataReader {
public:
    MetadataReader(const Document& document, Problems& problems)
        : document_(document), problems_(problems) {}

    Poco::JSON::Object::Ptr object(const Node& node, std::span<const Member> members,
                                   const std::string& path) {
        Poco::JSON::Object::Ptr result = new Poco::JSON::Object;
        if (!node.is_mapping()) {
            if (!node.is_null()) fault(node, path, "expected a mapping");
            return result;
        }
        std::vector<std::string_view> known;
        for (const Member& member : members) {
            known.push_back(member.name);
        }
        warn_unknown(document_, node, path, known, problems_);
        for (const Member& member : members) {
            const Entry* const entry = node.find(member.name);
            if (entry == nullptr || entry->value.is_null()) continue;
            const Var read = value(entry->value, member.shape, join_path(path, member.name));
            if (!read.isEmpty()) result->set(entry->key, read);
        }
        return result;
    }

private:
    Var fault(const Node& node, const std::string& path, const char* message) {
        problems_.error(document_.where(node.line), path, message);
        return {};
    }

    Var value(const Node& node, Shape shape, const std::string& path) {
        switch (shape) {
            case Shape::kText:
                return node.is_scalar() ? Var(node.text) : fault(node, path, "expected a text");
            case Shape::kInteger: {
                const auto number = parse_integer(node.text);
                return number ? Var(*number) : fault(node, path, "expected a whole number");
            }
            case Shape::kNumber: {
                const auto number = parse_number(node.text);
                return number ? Var(*number) : fault(node, path, "expected a number");
            }
            case Shape::kPricing:
                return object(node, kPricing, path);
            case Shape::kTexts:
            case Shape::kTiers:
                return list(node, shape, path);
            case Shape::kFlags:
            case Shape::kRankings:
                return map(node, shape, path);
        }
        return {};
    }

    Var list(const Node& node, Shape shape, const std::string& path) {
        if (!node.is_sequence()) return fault(node, path, "expected a list");
        Poco::JSON::Array::Ptr result = new Poco::JSON::Array;
        for (std::size_t i = 0; i < node.items.size(); ++i) {
            const Node& item = node.items[i];
            const std::string item_path = join_path(path, i);
            const Var read = shape == Shape::kTiers ? Var(object(item, kTier, item_path))
                                                    : value(item, Shape::kText, item_path);
            if (!read.isEmpty()) result->add(read);
        }
        return result;
    }

    Var map(const Node& node, Shape shape, const std::string& path) {
        if (!node.is_mapping()) return fault(node, path, "expected a mapping");
        Poco::JSON::Object::Ptr result = new Poco::JSON::Object;
        for (const Entry& entry : node.entries) {
            const std::string entry_path = join_path(path, entry.key);
            if (shape == Shape::kRankings) {
                result->set(entry.key, object(entry.value, kRanking, entry_path));
            } else if (const auto flag = parse_yaml_bool(entry.value.text)) {
                result->set(entry.key, *flag);
            } else {
                fault(entry.value, entry_path, "expected true or false");
            }
        }
        return result;
    }

    const Document& document_;
    Problems& problems_;
};

// One element of a `models` list; without an id after an error.
ConfiguredModel read_model(const Document& document, const Node& item, const std::string& path,
                           Problems& problems) {
    const Entry* const id = item.find("id");
    ConfiguredModel model;
    model.where = document.where(item.line);
    model.id = base::trim(id == nullptr ? item.text : id->value.text);
    if (model.id.empty()) {
        problems.error(model.where, path, "expected a model's id or {id, metadata}");
        return model;
    }
    if (!item.is_mapping()) return model;
    warn_unknown(document, item, path, {"id", "metadata"}, problems);
    const Entry* const metadata = item.find("metadata");
    if (metadata != nullptr && !metadata->value.is_null()) {
        MetadataReader reader(document, problems);
        model.metadata = reader.object(metadata->value, kMetadata, path + ".metadata");
    }
    return model;
}

}  // namespace

std::vector<ConfiguredModel> read_models(const Document& document, const Node& list,
                                         const std::string& path, Problems& problems) {
    std::vector<ConfiguredModel> models;
    if (list.is_null()) return models;
    if (!list.is_sequence()) {
        problems.error(document.where(list.line), path, "expected a list of models");
        return models;
    }
    std::set<std::string> seen;
    for (std::size_t i = 0; i < list.items.size(); ++i) {
        ConfiguredModel model = read_model(document, list.items[i], join_path(path, i), problems);
        if (!model.id.empty() && seen.insert(model.id).second) models.push_back(std::move(model));
    }
    return models;
}

std::vector<ConfiguredModel> read_models(std::string_view list, const std::string& variable) {
    std::vector<ConfiguredModel> models;
    std::set<std::string> seen;
    for (std::string& id : base::split_list(list)) {
        if (seen.insert(id).second) models.push_back({std::move(id), nullptr, variable});
    }
    return models;
}

}  // namespace gomodel::config
