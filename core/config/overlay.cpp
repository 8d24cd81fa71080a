#include "config/overlay.hpp"

#include "base/text.hpp"
#include "config/assign.hpp"

namespace gomodel::config {
namespace {

constexpr std::string_view kExactCache = "cache.response.simple";

bool is_structure(const Key& key) {
    return std::holds_alternative<std::monostate>(key.field);
}

bool below(std::string_view path, std::string_view section) {
    return path.size() > section.size() && path.starts_with(section) && path[section.size()] == '.';
}

bool may_be_plugins(std::string_view section, const Node& node) {
    return (section == kStorageSection || section == kVectorStoreSection) && node.is_mapping();
}

const Variable* find_variable(const Key& key, const Environment& environment, std::string& name) {
    if (key.variable.empty()) return nullptr;
    if (key.has(kLowerCase)) {
        name = base::lower(key.variable);
        if (const Variable* const found = environment.find(name)) return found;
    }
    name = key.variable;
    return environment.find(name);
}

}  // namespace

Overlay::Overlay(const Document& document, Settings& settings, Origins& origins, Problems& problems)
    : document_(document),
      settings_(settings),
      origins_(origins),
      report_(document, origins, problems) {}

void Overlay::apply_document() {
    const Node& root = document_.root();
    if (root.is_null()) return;
    if (!root.is_mapping()) {
        report_.problems().error(document_.where(root.line), {},
                                 "expected a mapping of settings at the top of the file");
        return;
    }
    const auto present = [&](std::string_view path) {
        const Node* const node = document_.find(path);
        return node != nullptr && node->is_mapping();
    };
    blocks_ = {present("cache.model.local"), present("cache.model.redis"), present(kExactCache),
               present(kSemanticCacheSection)};
    settings_.cache.response.simple.enabled = blocks_.exact_cache;
    settings_.cache.response.semantic.enabled = blocks_.semantic_cache;
    apply_section(root, {}, {});
}

void Overlay::apply_section(const Node& node, std::string_view section, std::string_view shown) {
    for (const Entry& entry : node.entries) {
        const std::string path = join_path(section, entry.key);
        const std::string shown_path = join_path(shown, entry.key);
        const Key* const key = find_key(path);
        if (key != nullptr && !key->has(kEnvOnly)) {
            if (!is_structure(*key)) apply_key(*key, entry, shown_path);
        } else if (is_section(path)) {
            enter_section(entry, path, shown_path);
        } else if (may_be_plugins(section, entry.value)) {
            foreign_.push_back(path);
        } else {
            report_unknown(path, section, shown, entry.line);
        }
    }
}

void Overlay::enter_section(const Entry& entry, const std::string& path, const std::string& shown) {
    if (entry.value.is_mapping()) {
        apply_section(entry.value, path, shown);
    } else if (!entry.value.is_null()) {
        report_.problems().error(document_.where(entry.line), shown, "expected a mapping");
    }
}

void Overlay::apply_key(const Key& key, const Entry& entry, const std::string& shown) {
    const auto complaint = assign_node(key, entry.value, settings_);
    const std::string where = document_.where(entry.line);
    if (!entry.value.is_null()) origins_[shown] = {where, {}};
    if (complaint) report_.problems().add({complaint->severity, where, shown, complaint->message});
}

void Overlay::report_unknown(const std::string& path, std::string_view section,
                             std::string_view shown, int line) {
    Problems& problems = report_.problems();
    if (problems.full()) return;
    constexpr std::size_t kLongestKey = 64;
    std::string message = "unknown key, ignored";
    if (path.size() <= section.size() + kLongestKey) {
        std::string near = suggest_key(path);
        if (near.starts_with(section)) {
            near = std::string(shown) + near.substr(section.size());
        } else if (section != shown) {
            near.clear();
        }
        if (!near.empty()) message += "; did you mean " + near + '?';
    }
    const std::string shown_path = std::string(shown) + path.substr(section.size());
    problems.warn(document_.where(line), shown_path, std::move(message));
}

void Overlay::report_unchosen_blocks() {
    for (const std::string& path : foreign_) {
        const bool chosen = path == join_path(kStorageSection, settings_.storage.type) ||
                            path == join_path(kVectorStoreSection,
                                              settings_.cache.response.semantic.vector_store.type);
        if (!chosen) {
            const std::string near = suggest_key(path);
            report_.warn(path, near.empty() ? "unknown key, ignored"
                                            : "unknown key, ignored; did you mean " + near + '?');
        }
    }
}

void Overlay::apply_environment(const Environment& environment) {
    for (const Key& key : all_keys()) {
        if (key.has(kBlockSwitch)) apply_switch(key, environment);
    }
    for (const Key& key : all_keys()) {
        if (!key.has(kBlockSwitch) && !is_structure(key) && block_present(key)) {
            apply_variable(key, environment);
        }
    }
}

// A false switch removes the block with all it holds; a true one makes it.
void Overlay::apply_switch(const Key& key, const Environment& environment) {
    apply_variable(key, environment);
    if (environment.find(key.variable) == nullptr) return;
    const bool exact = below(key.path, kExactCache);
    ExactCache& simple = settings_.cache.response.simple;
    SemanticCache& semantic = settings_.cache.response.semantic;
    const bool on = exact ? simple.enabled : semantic.enabled;
    (exact ? blocks_.exact_cache : blocks_.semantic_cache) = on;
    if (on) return;
    if (exact) {
        simple = {};
    } else {
        semantic = {};
    }
    const std::string_view block = exact ? kExactCache : kSemanticCacheSection;
    std::erase_if(origins_, [&](const auto& origin) {
        return below(origin.first, block) && origin.first != key.path;
    });
}

bool Overlay::block_present(const Key& key) const {
    if (below(key.path, kExactCache)) return blocks_.exact_cache;
    if (below(key.path, kSemanticCacheSection)) return blocks_.semantic_cache;
    return true;
}

void Overlay::apply_variable(const Key& key, const Environment& environment) {
    std::string name;
    const Variable* const variable = find_variable(key, environment, name);
    if (variable == nullptr) return;
    const auto complaint = assign_variable(key, variable->value, settings_);
    origins_[std::string(key.path)] = {variable->where, name};
    if (complaint) report_.add(complaint->severity, key.path, complaint->message);
}

}  // namespace gomodel::config
