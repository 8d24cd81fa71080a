#include "config/keys.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "config/key_table.hpp"
#include "config/redact.hpp"
#include "config/values.hpp"

namespace gomodel::config {
namespace {

std::string_view last_part(std::string_view path) {
    const std::size_t dot = path.rfind('.');
    return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

std::string_view parent(std::string_view path) {
    const std::size_t dot = path.rfind('.');
    return dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
}

// Every path the file may hold: keys and the sections above them.
std::set<std::string_view> known_paths() {
    std::set<std::string_view> paths;
    for (const Key& key : all_keys()) {
        if (key.has(kEnvOnly)) continue;
        for (std::string_view path = key.path; !path.empty(); path = parent(path)) {
            paths.insert(path);
        }
    }
    return paths;
}

std::string list_text(const std::vector<std::string>& items) {
    std::string text = "[";
    for (const std::string& item : items) {
        if (text.size() > 1) text += ", ";
        text += redact(item);
    }
    return text + ']';
}

// The canonical word of an enumeration's value.
std::string_view word_of(const Choice& choice, int value) {
    const auto found = std::find_if(choice.words.begin(), choice.words.end(),
                                    [&](const Word& word) { return word.value == value; });
    return found == choice.words.end() ? std::string_view() : found->text;
}

struct TypeName {
    const Key& key;

    std::string operator()(std::monostate) const { return "structure"; }
    std::string operator()(std::string& (*)(Settings&)) const { return "string"; }
    std::string operator()(bool& (*)(Settings&)) const { return "bool"; }
    std::string operator()(int& (*)(Settings&)) const { return "int"; }
    std::string operator()(double& (*)(Settings&)) const { return "float"; }
    std::string operator()(base::Duration& (*)(Settings&)) const {
        return key.has(kBareSeconds) ? "duration or seconds" : "duration";
    }
    std::string operator()(std::chrono::seconds& (*)(Settings&)) const { return "seconds"; }
    std::string operator()(std::uint64_t& (*)(Settings&)) const { return "size"; }
    std::string operator()(std::vector<std::string>& (*)(Settings&)) const { return "list"; }
    std::string operator()(const Choice& choice) const {
        std::string text = "one of";
        std::set<int> seen;
        for (const Word& word : choice.words) {
            if (!seen.insert(word.value).second) continue;
            text += seen.size() > 1 ? ", `" : " `";
            text.append(word.text) += '`';
        }
        return text;
    }
};

struct ValueText {
    const Key& key;
    Settings& settings;

    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(std::string& (*field)(Settings&)) const {
        const std::string& value = field(settings);
        return key.has(kSecret) ? redact_secret(value) : redact(value);
    }
    std::string operator()(bool& (*field)(Settings&)) const {
        return field(settings) ? "true" : "false";
    }
    std::string operator()(int& (*field)(Settings&)) const {
        return std::to_string(field(settings));
    }
    std::string operator()(double& (*field)(Settings&)) const {
        return format_number(field(settings));
    }
    std::string operator()(base::Duration& (*field)(Settings&)) const {
        return format_duration(field(settings));
    }
    std::string operator()(std::chrono::seconds& (*field)(Settings&)) const {
        return std::to_string(field(settings).count());
    }
    std::string operator()(std::uint64_t& (*field)(Settings&)) const {
        return format_size(field(settings));
    }
    std::string operator()(std::vector<std::string>& (*field)(Settings&)) const {
        return list_text(field(settings));
    }
    std::string operator()(const Choice& choice) const {
        return std::string(word_of(choice, choice.get(settings)));
    }
};

}  // namespace

std::span<const Key> all_keys() {
    static const std::vector<Key> all = [] {
        std::vector<Key> keys;
        for (const auto group : {server_keys(), request_keys(), cache_keys(), record_keys()}) {
            keys.insert(keys.end(), group.begin(), group.end());
        }
        return keys;
    }();
    return all;
}

const Key* find_key(std::string_view path) {
    const auto keys = all_keys();
    const auto found =
        std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.path == path; });
    return found == keys.end() ? nullptr : &*found;
}

bool is_section(std::string_view path) {
    const auto keys = all_keys();
    return std::any_of(keys.begin(), keys.end(), [&](const Key& key) {
        return !key.has(kEnvOnly) && key.path.size() > path.size() && key.path.starts_with(path) &&
               key.path[path.size()] == '.';
    });
}

// A misspelt sibling, else the same word in another section, else a sibling with the same first
// letter that is near when the section's name counts too: `prot` alone is too short for `port`.
std::string suggest_key(std::string_view path) {
    const std::set<std::string_view> known = known_paths();
    std::vector<std::string_view> siblings;
    std::vector<std::string_view> names;  // of all siblings
    std::vector<std::string_view> namesakes;
    for (const std::string_view candidate : known) {
        if (parent(candidate) == parent(path)) {
            names.push_back(last_part(candidate));
            const bool alike =
                base::iequals(last_part(candidate).substr(0, 1), last_part(path).substr(0, 1));
            if (alike) siblings.push_back(candidate);
        }
        if (base::iequals(last_part(candidate), last_part(path))) namesakes.push_back(candidate);
    }
    if (const auto near = base::nearest(last_part(path), names)) {
        return parent(path).empty() ? *near : std::string(parent(path)) + '.' + *near;
    }
    if (namesakes.size() == 1) return std::string(namesakes.front());
    return base::nearest(path, siblings).value_or("");
}

std::string type_name(const Key& key) {
    return std::visit(TypeName{key}, key.field);
}

std::string default_text(const Key& key) {
    return value_text(key, Settings());
}

std::string value_text(const Key& key, const Settings& settings) {
    Settings copy = settings;  // the fields are reached through one kind of accessor
    return std::visit(ValueText{key, copy}, key.field);
}

std::string keys_markdown() {
    std::string text =
        "| Key | Type | Default | Variable | Meaning |\n"
        "|---|---|---|---|---|\n";
    for (const Key& key : all_keys()) {
        const std::string value = default_text(key);
        const std::string path = '`' + std::string(key.path) + '`';
        text += "| " + (key.has(kEnvOnly) ? std::string("(environment only)") : path);
        text +=
            " | " + type_name(key) + " | " + (value.empty() ? value : '`' + value + '`') + " | ";
        if (!key.variable.empty()) text += '`' + std::string(key.variable) + '`';
        text += " | " + std::string(key.description);
        if (key.has(kAddition)) text += " *(ours)*";
        text += " |\n";
    }
    return text;
}

}  // namespace gomodel::config
