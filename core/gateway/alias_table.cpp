#include "gateway/alias_table.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace gomodel::gateway {
namespace {

// Of aliases and names, in order of name.
bool before(const Alias& alias, std::string_view name) {
    return alias.name < name;
}

}  // namespace

std::string Alias::target() const {
    if (target_provider.empty() || target_model.starts_with(target_provider + '/'))
        return target_model;
    return target_provider + '/' + target_model;
}

const Model* Alias::resolve(const Catalog& catalog) const {
    return target_provider.empty() ? catalog.find(target_model)
                                   : catalog.find(target_model, target_provider);
}

AliasTable::AliasTable(std::vector<Alias> aliases) : aliases_(std::move(aliases)) {
    std::sort(aliases_.begin(), aliases_.end(),
              [](const Alias& a, const Alias& b) { return a.name < b.name; });
}

const Alias* AliasTable::find(std::string_view name) const {
    const auto found = std::lower_bound(aliases_.begin(), aliases_.end(), name, before);
    return found == aliases_.end() || found->name != name ? nullptr : &*found;
}

ModelChoice choose_model(const Catalog& catalog, const AliasTable* aliases, std::string_view model,
                         const std::optional<std::string>& provider) {
    const bool names_provider = provider.has_value() && !base::trim(*provider).empty();
    if (aliases != nullptr && !aliases->aliases().empty() && !names_provider) {
        const Alias* const alias = aliases->find(base::trim(model));
        const Model* const target =
            alias == nullptr || !alias->enabled ? nullptr : alias->resolve(catalog);
        if (target != nullptr) return {target, true};
    }
    return {catalog.find(model, provider), false};
}

}  // namespace gomodel::gateway
