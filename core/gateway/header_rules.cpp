#include "gateway/header_rules.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace gomodel::gateway {
namespace {

constexpr std::array<std::string_view, 27> kKept = {
    "authorization",
    "x-api-key",
    "api-key",
    "x-goog-api-key",
    "cookie",
    "set-cookie",
    "proxy-authenticate",
    "proxy-authorization",
    "host",
    "content-length",
    "content-type",
    "content-encoding",
    "accept",
    "accept-encoding",
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "expect",
    "forwarded",
    "x-real-ip",
    "user-agent",
    "x-request-id",
    "x-gomodel-user-path",
    "date",
};

}  // namespace

bool may_reach_plugin(std::string_view name) {
    if (base::istarts_with(name, "x-forwarded-")) return false;
    return std::none_of(kKept.begin(), kKept.end(),
                        [name](std::string_view kept) { return base::iequals(name, kept); });
}

}  // namespace gomodel::gateway
