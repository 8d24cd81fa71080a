#include "record/redaction.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace gomodel::record {
namespace {

constexpr std::array<std::string_view, 10> kNames = {"authorization", "proxy-authorization",
                                                     "cookie",        "set-cookie",
                                                     "x-gomodel-key", "key",
                                                     "auth",          "sig",
                                                     "signature",     "credential"};
constexpr std::array<std::string_view, 8> kParts = {"token",      "secret",          "password",
                                                    "api-key",    "apikey",          "auth-key",
                                                    "credential", "subscription-key"};

bool is_limit(std::string_view name) {
    return name.starts_with("x-ratelimit-") || name.starts_with("anthropic-ratelimit-");
}

// "%61pi%5fkey" is what it says once decoded, and so the name of a parameter is looked at decoded.
std::string decoded(std::string_view text) {
    const auto digit = [](char c) {
        return c >= '0' && c <= '9'   ? c - '0'
               : c >= 'a' && c <= 'f' ? c - 'a' + 10
               : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                      : -1;
    };
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool escape = text[at] == '%' && at + 2 < text.size() && digit(text[at + 1]) >= 0 &&
                            digit(text[at + 2]) >= 0;
        plain +=
            escape ? static_cast<char>(digit(text[at + 1]) * 16 + digit(text[at + 2])) : text[at];
        if (escape) at += 2;
    }
    return plain;
}

// `*` stands for anything. Takes time in proportion to both.
bool matches(std::string_view pattern, std::string_view text) {
    std::size_t star = std::string_view::npos;
    std::size_t after = 0;  // where in the text what follows the last star was tried
    std::size_t at = 0;
    for (std::size_t in = 0; in < text.size();) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            after = in;
        } else if (at < pattern.size() && pattern[at] == text[in]) {
            ++at;
            ++in;
        } else if (star != std::string_view::npos) {
            at = star + 1;
            in = ++after;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

}  // namespace

Redaction::Redaction(std::vector<std::string> names) : names_(std::move(names)) {
    for (std::string& name : names_)
        name = base::lower(name);
}

bool Redaction::is_given(std::string_view name) const {
    if (names_.empty()) return false;
    const std::string lower = base::lower(name);
    return std::any_of(names_.begin(), names_.end(),
                       [&lower](const std::string& given) { return matches(given, lower); });
}

bool Redaction::names_secret(std::string_view name) const {
    if (is_given(base::trim(name))) return true;
    std::string plain = base::lower(base::trim(name));
    std::replace(plain.begin(), plain.end(), '_', '-');
    if (is_limit(plain)) return false;
    if (std::find(kNames.begin(), kNames.end(), plain) != kNames.end()) return true;
    for (const std::string_view part : kParts) {
        const std::size_t at = plain.find(part);
        if (at == std::string::npos) continue;
        // Numbers of tokens are none.
        if (!std::string_view(plain).substr(at).starts_with("tokens")) return true;
    }
    return false;
}

std::string Redaction::query(std::string_view text) const {
    std::string out;
    const std::size_t question = text.find('?');
    std::string_view rest = text;
    if (question != std::string_view::npos) {
        out = text.substr(0, question + 1);
        rest = text.substr(question + 1);
    }
    for (bool more = !rest.empty(); more;) {
        const std::size_t end = std::min(rest.find('&'), rest.size());
        const std::string_view part = rest.substr(0, end);
        const std::size_t equals = part.find('=');
        if (equals != std::string_view::npos && names_secret(decoded(part.substr(0, equals)))) {
            out.append(part.substr(0, equals + 1)).append(kRedacted);
        } else {
            out.append(part);
        }
        more = end < rest.size();
        if (more) {
            out += '&';
            rest.remove_prefix(end + 1);
        }
    }
    return out;
}

std::string Redaction::body(std::string_view json) const {
    const json::Tree tree(json);
    if (!tree.ok()) return std::string(json);
    json::Out out;
    write(out, tree.root());
    return out.text();
}

void Redaction::write(json::Out& out, json::Node node) const {
    if (node.is_array()) {
        out.begin_array();
        for (const json::Node element : node)
            write(out, element);
        out.end_array();
    } else if (node.is_object()) {
        out.begin_object();
        for (const json::Node member : node) {
            out.key(member.name());
            const std::string_view name = member.name();
            const bool plain = name.find('\\') == std::string_view::npos;
            const bool given =
                plain ? is_given(name)
                      : is_given(json::unquote({name.data() - 1, name.size() + 2}).value_or(""));
            given ? static_cast<void>(out.string(kRedacted)) : write(out, member);
        }
        out.end_object();
    } else {
        out.raw(node.raw());
    }
}

}  // namespace gomodel::record
