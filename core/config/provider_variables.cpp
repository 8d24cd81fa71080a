#include "config/provider_variables.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "config/names.hpp"

namespace gomodel::config {
namespace {

struct Token {
    std::string_view text;
    std::string_view option;
};
// In the order they are looked for at the end of a name.
constexpr Token kTokens[] = {{"API_VERSION", "api_version"},
                             {"BASE_URL", "base_url"},
                             {"API_KEY", "api_key"},
                             {"MODELS", "models"}};

struct Split {
    std::string suffix;
    std::string_view option;
};

bool is_suffix(std::string_view text) {
    if (text.empty() || text.front() == '_' || text.back() == '_') return false;
    if (text.find("__") != std::string_view::npos) return false;
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

// What stands after the type's prefix: "EAST_API_KEY" -> EAST, api_key.
std::optional<Split> split_name(std::string_view rest, const ProviderType& type) {
    for (const Token& token : kTokens) {
        if (token.option == "api_version" && !type.has_api_version) continue;
        if (rest == token.text) return Split{{}, token.option};
        if (!rest.ends_with(token.text)) continue;
        const std::string_view front = rest.substr(0, rest.size() - token.text.size());
        if (!front.ends_with('_') || !is_suffix(front.substr(0, front.size() - 1))) return {};
        return Split{base::upper(front.substr(0, front.size() - 1)), token.option};
    }
    return std::nullopt;
}

bool counts_as_empty(std::string_view option, std::string_view value) {
    if (option == "models") return base::split_list(value).empty();
    if (option == "base_url") return base::trim(value).empty() || has_placeholder(value);
    return base::trim(value).empty();
}

// The types a variable may be about: the ones with the longest prefix, so that a type `azure-eu`
// keeps AZURE_EU_API_KEY from being an instance of `azure`.
std::vector<const ProviderType*> types_of(std::string_view name,
                                          const std::vector<ProviderType>& types) {
    std::vector<const ProviderType*> owners;
    std::size_t longest = 0;
    for (const ProviderType& type : types) {
        const std::string prefix = variable_prefix(type.type) + '_';
        if (!name.starts_with(prefix) || prefix.size() < longest) continue;
        if (prefix.size() > longest) owners.clear();
        longest = prefix.size();
        owners.push_back(&type);
    }
    return owners;
}

}  // namespace

std::string VariableGroup::instance_name() const {
    if (suffix.empty()) return type->type;
    std::string end = base::lower(suffix);
    std::replace(end.begin(), end.end(), '_', '-');
    return type->type + '-' + end;
}

const NamedVariable* VariableGroup::find(std::string_view option) const {
    const auto found = options.find(option);
    return found == options.end() ? nullptr : &found->second;
}

std::string VariableGroup::variable_name(std::string_view option) const {
    const std::string start = variable_prefix(type->type) + '_';
    return start + (suffix.empty() ? "" : suffix + '_') + base::upper(option);
}

std::vector<VariableGroup> scan_variables(const Environment& environment,
                                          const std::vector<ProviderType>& types) {
    std::map<std::pair<std::string, std::string>, VariableGroup> groups;  // by type, suffix
    for (const auto& [name, variable] : environment.all()) {
        for (const ProviderType* const type : types_of(name, types)) {
            const std::size_t prefix = variable_prefix(type->type).size() + 1;
            const auto split = split_name(std::string_view(name).substr(prefix), *type);
            if (!split || counts_as_empty(split->option, variable.value)) continue;
            VariableGroup& group = groups[{type->type, split->suffix}];
            group.type = type;
            group.suffix = split->suffix;
            group.options[std::string(split->option)] = {name, variable.value, variable.where};
        }
    }
    std::vector<VariableGroup> result;
    result.reserve(groups.size());
    for (auto& [key, group] : groups) {
        result.push_back(std::move(group));
    }
    return result;
}

bool has_placeholder(std::string_view text) {
    return text.find("${") != std::string_view::npos;
}

std::string variable_prefix(std::string_view type) {
    std::string prefix;
    for (const char c : base::upper(type)) {
        if (is_letter(c) || is_digit(c)) {
            prefix += c;
        } else if (!prefix.empty() && prefix.back() != '_') {
            prefix += '_';
        }
    }
    if (prefix.ends_with('_')) prefix.pop_back();
    return prefix;
}

}  // namespace gomodel::config
