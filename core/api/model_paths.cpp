#include "api/model_paths.hpp"

#include <array>

namespace gomodel::api {
namespace {

// With everything below.
constexpr std::array<std::string_view, 6> kPlaces = {"/v1/chat/completions", "/v1/responses",
                                                     "/v1/messages",         "/v1/embeddings",
                                                     "/v1/batches",          "/v1/files"};

}  // namespace

bool is_model_path(std::string_view path) {
    if (path.starts_with("/p/")) return true;
    for (const std::string_view place : kPlaces) {
        const bool below = path.size() > place.size() && path[place.size()] == '/';
        if (path.starts_with(place) && (below || path.size() == place.size())) return true;
    }
    return false;
}

}  // namespace gomodel::api
