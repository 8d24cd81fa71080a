// The external list of models: what is publicly known about them, by provider type and id.
// Immutable once parsed; parsing takes long for a request's thread, looking up does not.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "gateway/model_metadata.hpp"

namespace gomodel::gateway {

class ModelList {
public:
    // An empty list: nothing is known.
    ModelList() = default;
    // Entries that cannot be read are left out and counted. kInvalid: it is no JSON object, or a
    // section of it is none.
    static base::Result<ModelList> parse(std::string_view json);

    // What is known of the model that providers of `type` call `id`.
    std::optional<ModelMetadata> find(std::string_view type, std::string_view id) const;

    std::size_t size() const { return models_.size(); }
    std::size_t skipped() const { return skipped_; }

private:
    template <typename T>
    using ByText = std::map<std::string, T, std::less<>>;

    // What one provider type says differently about a model.
    struct Offer {
        std::string model_ref;
        ModelMetadata over;  // limits, prices and capabilities only
        bool has_capabilities = false;
    };

    void read_model(std::string ref, json::Node entry);
    void read_offer(std::string key, json::Node entry);
    std::optional<ModelMetadata> offered(const Offer& offer) const;
    std::optional<ModelMetadata> by_alias(std::string_view type, std::string_view id) const;

    std::set<std::string, std::less<>> types_;
    ByText<ModelMetadata> models_;              // by reference
    ByText<Offer> offers_;                      // by "type/id"
    ByText<std::string> actual_;                // "type/the vendor's own id" -> key in offers_
    ByText<std::vector<std::string>> aliases_;  // alias -> references
    std::size_t skipped_ = 0;
};

}  // namespace gomodel::gateway
