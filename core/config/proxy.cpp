#include "config/proxy.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/text.hpp"

namespace gomodel::config {
namespace {

// An IPv4 address is kept in its IPv6-mapped form, so that both compare alike.
using Address = std::array<unsigned char, 16>;
constexpr std::size_t kMappedPrefix = 12;

std::optional<Address> parse_address(std::string_view text) {
    const std::string name(text);
    Address address{};
    if (inet_pton(AF_INET6, name.c_str(), address.data()) == 1) return address;
    if (inet_pton(AF_INET, name.c_str(), address.data() + kMappedPrefix) != 1) return std::nullopt;
    address[10] = address[11] = 0xff;
    return address;
}

bool is_mapped(const Address& address) {
    static constexpr Address kPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return std::memcmp(address.data(), kPrefix.data(), kMappedPrefix) == 0;
}

bool is_loopback(const Address& address) {
    static constexpr Address kIpv6{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    return address == kIpv6 || (is_mapped(address) && address[kMappedPrefix] == 127);
}

bool in_range(const Address& address, const Address& network, std::size_t bits) {
    for (std::size_t i = 0; i < bits; ++i) {
        const auto mask = static_cast<unsigned char>(0x80U >> (i % 8));
        if ((address[i / 8] & mask) != (network[i / 8] & mask)) return false;
    }
    return true;
}

struct HostPort {
    std::string_view host;  // without brackets
    std::string_view port;
};

// "host", "host:80", "[::1]:80" or a bare IPv6 address.
HostPort split_port(std::string_view text) {
    if (text.starts_with('[')) {
        const std::size_t close = text.find(']');
        if (close == std::string_view::npos) return {};
        const std::string_view rest = text.substr(close + 1);
        if (!rest.empty() && rest.front() != ':') return {};
        return {text.substr(1, close - 1), rest.empty() ? rest : rest.substr(1)};
    }
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos) {
        return {text, {}};
    }
    return {text.substr(0, colon), text.substr(colon + 1)};
}

std::optional<bool> matches_range(std::string_view entry, const std::optional<Address>& address) {
    const std::size_t slash = entry.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto network = parse_address(entry.substr(0, slash));
    auto bits = base::parse_decimal(entry.substr(slash + 1));
    if (!network || !bits) return false;
    if (is_mapped(*network)) *bits += 8 * kMappedPrefix;
    return address && *bits <= 128 && in_range(*address, *network, *bits);
}

bool bypasses(std::string_view entry, std::string_view host, const std::optional<Address>& address,
              std::uint16_t port) {
    if (entry == "*") return true;
    if (const auto in = matches_range(entry, address)) return *in;
    const HostPort named = split_port(entry);
    if (!named.port.empty() && base::parse_decimal(named.port) != port) return false;
    if (const auto exact = parse_address(named.host)) return address && *address == *exact;
    std::string_view domain = named.host;
    if (domain.starts_with("*.")) domain.remove_prefix(1);
    if (domain.empty() || address) return false;
    const bool only_below = domain.front() == '.';
    if (!only_below && base::iequals(host, domain)) return true;
    if (host.size() <= domain.size()) return false;
    const std::string_view tail = host.substr(host.size() - domain.size());
    return base::iequals(tail, domain) &&
           (only_below || host[host.size() - domain.size() - 1] == '.');
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<std::string> percent_decode(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            result += text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0) return std::nullopt;
        result += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return result;
}

// Takes "user:password@" off the front of `rest`. False if it is badly encoded.
bool take_user(std::string_view& rest, ProxyServer& server) {
    const std::size_t at = rest.rfind('@');
    if (at == std::string_view::npos) return true;
    const std::string_view info = rest.substr(0, at);
    const std::size_t colon = info.find(':');
    const auto user = percent_decode(info.substr(0, colon));
    const auto password =
        percent_decode(colon == std::string_view::npos ? "" : info.substr(colon + 1));
    if (!user || !password) return false;
    server.user = *user;
    server.password = *password;
    rest.remove_prefix(at + 1);
    return true;
}

std::optional<std::uint16_t> default_port(std::string_view scheme) {
    if (scheme == "http") return std::uint16_t{80};
    if (scheme == "https") return std::uint16_t{443};
    if (scheme == "socks5") return std::uint16_t{1080};
    return std::nullopt;
}

}  // namespace

std::optional<ProxyServer> parse_proxy(std::string_view url) {
    ProxyServer server;
    std::string_view rest = base::trim(url);
    if (const std::size_t end = rest.find("://"); end != std::string_view::npos) {
        server.scheme = base::lower(rest.substr(0, end));
        rest.remove_prefix(end + 3);
    }
    const auto usual_port = default_port(server.scheme);
    const std::size_t at = rest.rfind('@');  // a password may hold a slash
    rest = rest.substr(0, rest.find_first_of("/?#", at == std::string_view::npos ? 0 : at));
    if (!usual_port || !take_user(rest, server)) return std::nullopt;
    const HostPort place = split_port(rest);
    const auto port = place.port.empty() ? std::optional<std::uint64_t>(*usual_port)
                                         : base::parse_decimal(place.port);
    if (place.host.empty() || !port || *port == 0 || *port > 65535) return std::nullopt;
    if (place.host.find_first_of(" \t%") != std::string_view::npos) return std::nullopt;
    server.host = base::lower(place.host);
    server.port = static_cast<std::uint16_t>(*port);
    return server;
}

const ProxyServer* Proxy::select(std::string_view scheme, std::string_view host,
                                 std::uint16_t port) const {
    const bool secure = base::iequals(scheme, "https");
    const std::optional<ProxyServer>& server = secure ? https : http;
    if (!server) return nullptr;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (host.ends_with('.')) host.remove_suffix(1);
    const auto address = parse_address(host);
    if (base::iequals(host, "localhost") || (address && is_loopback(*address))) return nullptr;
    const bool direct = std::any_of(no_proxy.begin(), no_proxy.end(), [&](const std::string& e) {
        return bypasses(e, host, address, port);
    });
    return direct ? nullptr : &*server;
}

}  // namespace gomodel::config
