#include "gateway/recall/cache_headers.hpp"

#include "base/text.hpp"

namespace gomodel::gateway::recall {
namespace {

// Whether a list such as "max-age=0, No-Cache" has the directive.
bool has_directive(std::string_view list, std::string_view directive) {
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        std::string_view item = list.substr(0, comma);
        list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
        item = item.substr(0, item.find('='));
        if (base::iequals(base::trim(item), directive)) return true;
    }
    return false;
}

}  // namespace

bool takes_exact(const net::HeaderFields& fields) {
    for (const net::HeaderField& field : fields) {
        if (base::iequals(field.name, "cache-control")) {
            if (has_directive(field.value, "no-cache") || has_directive(field.value, "no-store"))
                return false;
        } else if (base::iequals(field.name, "x-cache-control")) {
            if (has_directive(field.value, "no-store")) return false;
        } else if (base::iequals(field.name, "x-cache-type")) {
            if (base::iequals(base::trim(field.value), "semantic")) return false;
        }
    }
    return true;
}

}  // namespace gomodel::gateway::recall
