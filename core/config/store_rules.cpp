#include <Poco/JSON/Object.h>

#include <algorithm>

#include "base/text.hpp"
#include "config/json.hpp"
#include "config/keys.hpp"
#include "config/rules.hpp"

namespace gomodel::config {
namespace {

// The types that have a block of their own in the key table.
std::vector<std::string_view> known_types(std::string_view section) {
    std::vector<std::string_view> types;
    for (const Key& key : all_keys()) {
        if (!key.path.starts_with(section) || key.path[section.size()] != '.') continue;
        const std::string_view rest = key.path.substr(section.size() + 1);
        const std::size_t dot = rest.find('.');
        if (dot == std::string_view::npos) continue;
        const std::string_view type = rest.substr(0, dot);
        if (types.empty() || types.back() != type) types.push_back(type);
    }
    return types;
}

// A type is known, or a plugin's for which the file has a block.
bool check_type(std::string_view section, const std::string& type, Report& report) {
    const std::vector<std::string_view> known = known_types(section);
    if (std::find(known.begin(), known.end(), type) != known.end()) return true;
    const Node* const block = report.document().find(join_path(section, type));
    if (!type.empty() && block != nullptr && block->is_mapping()) return true;
    std::string message = type.empty() ? "is required: one of" : "unknown type: expected one of";
    for (const std::string_view name : known) {
        message.append(" ").append(name);
    }
    message += ", or a plugin's type with a block of that name beside it";
    if (const auto near = base::nearest(type, known)) message += "; did you mean " + *near + '?';
    report.error(join_path(section, "type"), std::move(message));
    return false;
}

void require(std::string_view path, bool present, Report& report) {
    if (present) return;
    report.error(path, "is required; " + std::string(find_key(path)->variable) + " sets it too");
}

// Completes one setting of the chosen block and puts it among the plugin's options.
struct FinishMember {
    const Key& key;
    const std::string name;
    Settings& settings;
    Settings& usual;
    Poco::JSON::Object& options;
    Report& report;

    void operator()(std::string& (*field)(Settings&)) const {
        std::string& value = field(settings);
        if (base::trim(value).empty()) value = field(usual);
        if (key.has(kRequired)) require(key.path, !value.empty(), report);
        if (!value.empty()) options.set(name, value);
    }
    void operator()(int& (*field)(Settings&)) const {
        if (key.has(kRequired)) require(key.path, field(settings) > 0, report);
        options.set(name, field(settings));
    }
    template <typename Other>
    void operator()(const Other&) const {}  // the blocks of stores have no other kind
};

// The block of the chosen type: the table's settings, or what the file says for a plugin's own.
Poco::JSON::Object::Ptr finish_block(std::string_view section, const std::string& type,
                                     Settings& settings, Report& report) {
    const std::string block = join_path(section, type);
    if (!is_section(block)) return to_json_object(*report.document().find(block));
    Poco::JSON::Object::Ptr options = new Poco::JSON::Object;
    Settings usual;
    for (const Key& key : all_keys()) {
        if (!key.path.starts_with(block + '.')) continue;
        const std::string name(key.path.substr(block.size() + 1));
        std::visit(FinishMember{key, name, settings, usual, *options, report}, key.field);
    }
    return options;
}

void check_semantic_cache(SemanticCache& cache, Report& report) {
    const auto path = [](std::string_view rest) { return join_path(kSemanticCacheSection, rest); };
    if (cache.similarity_threshold == 0) {
        cache.similarity_threshold = SemanticCache().similarity_threshold;
    }
    if (cache.similarity_threshold < 0 || cache.similarity_threshold > 1) {
        report.error(path("similarity_threshold"), "must be above 0 and at most 1");
    }
    if (cache.ttl < std::chrono::seconds::zero()) {
        report.error(path("ttl"), "must be at least 0 seconds");
    }
    cache.embedder.provider = base::trim(cache.embedder.provider);
    if (cache.embedder.provider == "local") {
        report.error(path("embedder.provider"),
                     "`local` is not supported: expected the name of a provider");
    } else {
        require(path("embedder.provider"), !cache.embedder.provider.empty(), report);
    }
}

}  // namespace

void apply_vector_store_rules(Settings& settings, Report& report) {
    SemanticCache& cache = settings.cache.response.semantic;
    if (!cache.enabled) return;
    check_semantic_cache(cache, report);
    VectorStore& store = cache.vector_store;
    if (!check_type(kVectorStoreSection, store.type, report)) return;
    store.options = finish_block(kVectorStoreSection, store.type, settings, report);
}

void apply_storage_rules(Settings& settings, Report& report) {
    Storage& storage = settings.storage;
    storage.type = base::trim(storage.type);
    if (storage.type.empty()) storage.type = Storage().type;
    if (!check_type(kStorageSection, storage.type, report)) return;
    storage.options = finish_block(kStorageSection, storage.type, settings, report);
}

}  // namespace gomodel::config
