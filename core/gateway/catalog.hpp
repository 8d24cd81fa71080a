// Which models there are and which provider a selector means. Immutable; replaced as a whole when a
// listing brings news. Any thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dialect/api_error.hpp"
#include "gateway/model_list.hpp"
#include "gateway/provider.hpp"

namespace gomodel::gateway {

struct Model {
    std::string id;        // the upstream's own name
    std::string selector;  // "<provider name>/<id>": what clients may say and /v1/models shows
    std::int64_t created = 0;
    const Provider* provider = nullptr;
    std::string owned_by = {};  // as the upstream says
    // What the model list and the configuration know of it, prices too. Null: nothing.
    std::shared_ptr<const ModelMetadata> metadata = nullptr;
};

// What one provider offers.
struct Inventory {
    struct Entry {
        std::string id;
        std::int64_t created = 0;
        std::string owned_by = {};
        bool operator==(const Entry&) const = default;
    };
    std::vector<Entry> models;
    bool operator==(const Inventory&) const = default;
};

class Catalog {
public:
    // `providers` in order of name: of a model that several offer the first one wins.
    // `inventories` by provider name. The providers must outlive the catalogue, the list need not.
    Catalog(const std::vector<std::shared_ptr<const Provider>>& providers,
            const std::map<std::string, Inventory>& inventories, const ModelList& list = {});

    bool empty() const { return models_.empty(); }
    // In order of selector.
    const std::vector<std::unique_ptr<const Model>>& models() const { return models_; }

    // The model a client means by `model` (an id or "provider/id") and the optional `provider`
    // member. nullptr: there is none.
    const Model* find(std::string_view model,
                      const std::optional<std::string>& provider = std::nullopt) const;

    // The answer for a selector that find() does not know: names it and what is nearest.
    dialect::ApiError unknown(std::string_view model,
                              const std::optional<std::string>& provider) const;

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    template <typename T>
    using ByText = std::unordered_map<std::string, T, Hash, std::equal_to<>>;

    const Model* qualified(std::string_view provider, std::string_view id) const;

    std::vector<std::unique_ptr<const Model>> models_;
    ByText<const Model*> by_selector_;        // "<provider name>/<id>"
    ByText<const Model*> by_id_;              // the first provider that has it
    ByText<std::vector<std::string>> names_;  // provider type -> provider names, in order
    ByText<const Provider*> providers_;
};

}  // namespace gomodel::gateway
