#include "redis_url.hpp"

#include <gomodel/error.hpp>

#include <charconv>
#include <optional>

namespace cache_redis {
namespace {

constexpr std::string_view kScheme = "redis://";
constexpr std::string_view kOverTls = "rediss://";
constexpr int kHighestPort = 65535;
constexpr int kHighestDatabase = 1'000'000;

[[noreturn]] void refuse(const std::string& why) {
    throw gomodel::Error(GM_INVALID, "url: " + why);
}

std::optional<int> digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return std::nullopt;
}

std::string decoded(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            plain += text[i];
            continue;
        }
        const auto high = i + 2 < text.size() ? digit(text[i + 1]) : std::nullopt;
        const auto low = i + 2 < text.size() ? digit(text[i + 2]) : std::nullopt;
        if (!high || !low) refuse("a % in its user or password needs two hex digits behind it");
        plain += static_cast<char>(*high * 16 + *low);
        i += 2;
    }
    return plain;
}

int number(std::string_view text, int highest, const std::string& what) {
    int value = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    if (!whole || value < 0 || value > highest) {
        refuse("its " + what + " must be a number from 0 to " + std::to_string(highest));
    }
    return value;
}

void read_login(std::string_view login, RedisUrl& url) {
    const std::size_t colon = login.find(':');
    url.user = decoded(login.substr(0, colon));
    if (colon != std::string_view::npos) url.password = decoded(login.substr(colon + 1));
}

void read_place(std::string_view place, RedisUrl& url) {
    std::string_view port;
    if (place.starts_with('[')) {  // an IPv6 address
        const std::size_t end = place.find(']');
        if (end == std::string_view::npos) refuse("its host lacks a ]");
        url.host = place.substr(1, end - 1);
        port = place.substr(end + 1);
        if (!port.empty() && port.front() != ':') refuse("its host is followed by something else");
        if (!port.empty()) port.remove_prefix(1);
    } else {
        const std::size_t colon = place.find(':');
        url.host = place.substr(0, colon);
        if (colon != std::string_view::npos) port = place.substr(colon + 1);
    }
    if (url.host.empty()) refuse("it has no host");
    if (!port.empty()) url.port = number(port, kHighestPort, "port");
}

}  // namespace

std::string RedisUrl::name() const {
    const bool v6 = host.find(':') != std::string::npos;
    return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

RedisUrl parse_url(std::string_view text) {
    if (text.starts_with(kOverTls)) {
        refuse("rediss:// (Redis over TLS) is not supported; expected redis://host:port/database");
    }
    if (!text.starts_with(kScheme)) {
        refuse("expected redis://user:password@host:port/database");
    }
    text.remove_prefix(kScheme.size());
    if (text.find('\0') != std::string_view::npos) refuse("it has a NUL in it");
    if (text.find_first_of("?#") != std::string_view::npos) {
        refuse("a query or fragment is not supported; in a password, write ? as %3F and # as %23");
    }
    RedisUrl url;
    const std::size_t slash = text.find('/');
    std::string_view authority = text.substr(0, slash);
    const std::size_t at = authority.rfind('@');
    if (at != std::string_view::npos) {
        read_login(authority.substr(0, at), url);
        authority.remove_prefix(at + 1);
    }
    read_place(authority, url);
    if (slash != std::string_view::npos && slash + 1 < text.size()) {
        url.database = number(text.substr(slash + 1), kHighestDatabase, "database");
    }
    return url;
}

}  // namespace cache_redis
