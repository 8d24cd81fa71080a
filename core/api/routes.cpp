#include "api/routes.hpp"

namespace gomodel::api {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// nullopt: another path. The text: what the parameter stood for, empty without one.
std::optional<std::string_view> fits(std::string_view pattern, std::string_view path) {
    const std::size_t brace = pattern.find('{');
    if (brace == std::string_view::npos) {
        if (pattern == path) return std::string_view();
        return std::nullopt;
    }
    if (path.size() > brace && path.starts_with(pattern.substr(0, brace)))
        return path.substr(brace);
    return std::nullopt;
}

bool serves(std::string_view route_method, std::string_view method) {
    return route_method == method || (route_method == "GET" && method == "HEAD");
}

}  // namespace

Match match(std::span<const Route> routes, std::string_view method, std::string_view path) {
    Match found;
    for (const Route& route : routes) {
        const std::optional<std::string_view> parameter = fits(route.pattern, path);
        if (!parameter.has_value()) continue;
        if (serves(route.method, method)) {
            found.route = &route;
            found.parameter = *parameter;
            return found;
        }
        if (!found.allowed.empty()) found.allowed += ", ";
        found.allowed += route.method;
        if (route.method == "GET") found.allowed += ", HEAD";
    }
    return found;
}

std::optional<std::string> decode_path(std::string_view target) {
    // The absolute form, which clients of a proxy send (RFC 9112, 3.2.2).
    if (const std::size_t scheme = target.find("://");
        !target.starts_with('/') && scheme != std::string_view::npos) {
        const std::size_t slash = target.find('/', scheme + 3);
        target = slash == std::string_view::npos ? "/" : target.substr(slash);
    }
    const std::string_view path = target.substr(0, target.find('?'));
    if (!path.starts_with('/')) return std::nullopt;
    if (path.find('%') == std::string_view::npos) return std::string(path);
    std::string decoded;
    decoded.reserve(path.size());
    for (std::size_t at = 0; at < path.size(); ++at) {
        if (path[at] != '%') {
            decoded += path[at];
            continue;
        }
        if (at + 2 >= path.size()) return std::nullopt;
        const int high = hex_digit(path[at + 1]);
        const int low = hex_digit(path[at + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        decoded += static_cast<char>(high * 16 + low);
        at += 2;
    }
    return decoded;
}

std::optional<std::string_view> below(std::string_view base_path, std::string_view path) {
    if (base_path == "/" || base_path.empty()) return path;
    if (path == base_path) return std::string_view("/");
    if (path.size() > base_path.size() && path.starts_with(base_path) &&
        path[base_path.size()] == '/') {
        return path.substr(base_path.size());
    }
    return std::nullopt;
}

}  // namespace gomodel::api
