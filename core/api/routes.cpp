#include "api/routes.hpp"

#include <algorithm>

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
    const std::string_view after = pattern.substr(pattern.rfind('}') + 1);
    const bool whole = path.size() > brace + after.size() &&
                       path.starts_with(pattern.substr(0, brace)) && path.ends_with(after);
    if (!whole) return std::nullopt;
    return path.substr(brace, path.size() - brace - after.size());
}

bool serves(std::string_view route_method, std::string_view method) {
    if (route_method == "GET" && method == "HEAD") return true;
    for (std::string_view rest = route_method;;) {
        const std::size_t comma = rest.find(", ");
        if (rest.substr(0, comma) == method) return true;
        if (comma == std::string_view::npos) return false;
        rest.remove_prefix(comma + 2);
    }
}

// The path of a target, still encoded.
std::string_view path_of(std::string_view target) {
    // The absolute form, which clients of a proxy send (RFC 9112, 3.2.2).
    if (const std::size_t scheme = target.find("://");
        !target.starts_with('/') && scheme != std::string_view::npos) {
        const std::size_t slash = target.find('/', scheme + 3);
        target = slash == std::string_view::npos ? "/" : target.substr(slash);
    }
    return target.substr(0, target.find('?'));
}

// Where `path` has as many segments as the base path. `missing`: how many it lacks.
std::size_t split_below(std::string_view base, std::string_view path, std::ptrdiff_t& missing) {
    std::size_t split = 0;
    missing = std::count(base.begin(), base.end(), '/');
    for (; missing > 0 && split < path.size(); --missing) {
        split = std::min(path.find('/', split + 1), path.size());
    }
    return split;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) {
    if (text.find('%') == std::string_view::npos) return std::string(text);
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            decoded += text[at];
            continue;
        }
        if (at + 2 >= text.size()) return std::nullopt;
        const int high = hex_digit(text[at + 1]);
        const int low = hex_digit(text[at + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        decoded += static_cast<char>(high * 16 + low);
        at += 2;
    }
    return decoded;
}

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

base::Result<std::string> locate(std::string_view base_path, std::string_view target) {
    const base::Error invalid{base::Code::kInvalid, "invalid encoded request path"};
    const std::string_view path = path_of(target);
    if (!path.starts_with('/')) return invalid;
    const std::string_view base = base_path == "/" ? std::string_view() : base_path;
    std::ptrdiff_t missing = 0;
    const std::size_t split = split_below(base, path, missing);
    const std::optional<std::string> front = percent_decode(path.substr(0, split));
    std::optional<std::string> rest = percent_decode(path.substr(split));
    if (!front.has_value() || !rest.has_value()) return invalid;
    if (*front == base && missing == 0) return rest->empty() ? "/" : std::move(*rest);
    const std::string whole = *front + *rest + "/";
    if (whole.starts_with(std::string(base) + "/")) return invalid;
    return base::Error{base::Code::kNotFound, "no such endpoint"};
}

std::string_view locate_escaped(std::string_view base_path, std::string_view target) {
    const std::string_view path = path_of(target);
    std::ptrdiff_t missing = 0;
    const std::string_view base = base_path == "/" ? std::string_view() : base_path;
    return path.substr(split_below(base, path, missing));
}

}  // namespace gomodel::api
