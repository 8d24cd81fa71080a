// What is known of the models, in the form in which it is kept between two runs of the gateway.
// Pure but for the two functions on files.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "gateway/catalog.hpp"

namespace gomodel::gateway {

struct ModelCache {
    struct Provider {
        std::string type;
        Inventory inventory;
        bool operator==(const Provider&) const = default;
    };
    std::map<std::string, Provider> providers;  // by name
    std::string model_list;                     // as it was fetched; empty: none
    bool operator==(const ModelCache&) const = default;
};

// {"updated_at","providers":{name:{"provider_type","owned_by","models":[{"id","created"}]}},
// "model_list_data"}
std::string to_json(const ModelCache& cache, base::WallTime now);
// kInvalid: it is no such document. An entry of a provider or of a model that cannot be read is
// left out.
base::Result<ModelCache> read_model_cache(std::string_view json);

std::filesystem::path model_cache_file(const std::filesystem::path& folder);
// kNotFound: there is none.
base::Result<std::string> load_model_cache(const std::filesystem::path& file);
// Replaces the file as a whole; makes its folder.
base::Status save_model_cache(const std::filesystem::path& file, std::string_view json);

}  // namespace gomodel::gateway
