// Names that operators give to models. Immutable; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "gateway/catalog.hpp"

namespace gomodel::gateway {

struct Alias {
    std::string name;
    std::string target_model;
    std::string target_provider;  // a name or a type; empty: as the model says
    std::string description;
    bool enabled = true;
    base::WallTime created_at{};
    base::WallTime updated_at{};

    // The target as clients would name it: "openai/gpt-4o", "gpt-4o".
    std::string target() const;
    // The model that the target means now. nullptr: there is none.
    const Model* resolve(const Catalog& catalog) const;
};

class AliasTable {
public:
    AliasTable() = default;
    explicit AliasTable(std::vector<Alias> aliases);

    // In order of name.
    const std::vector<Alias>& aliases() const { return aliases_; }
    const Alias* find(std::string_view name) const;

private:
    std::vector<Alias> aliases_;
};

// Which model a request means.
struct ModelChoice {
    const Model* model = nullptr;  // nullptr: none
    bool alias_used = false;
};

// An alias comes before a model of the same name, unless the client names a provider. One that is
// switched off, or whose target is gone, is as if it were not there. `aliases` may be nullptr.
ModelChoice choose_model(const Catalog& catalog, const AliasTable* aliases, std::string_view model,
                         const std::optional<std::string>& provider);

}  // namespace gomodel::gateway
