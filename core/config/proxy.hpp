// HTTP_PROXY, HTTPS_PROXY and NO_PROXY: through which proxy an upstream is reached. Parsed by the
// loader, asked by the HTTP client. Immutable once loaded: any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gomodel::config {

struct ProxyServer {
    std::string scheme = "http";  // http, https or socks5
    std::string user;             // percent-decoded
    std::string password;
    std::string host;  // an IPv6 address has no brackets
    std::uint16_t port = 0;
};

// "http://user:pass@proxy:3128"; without a scheme http is meant. nullopt if it is no such URL.
std::optional<ProxyServer> parse_proxy(std::string_view url);

struct Proxy {
    std::string http_url;  // as given, for upstreams with http://
    std::string https_url;
    std::vector<std::string> no_proxy;

    std::optional<ProxyServer> http;  // what the URLs say
    std::optional<ProxyServer> https;

    // The proxy for an upstream, or null to connect directly: when none is set for its scheme, for
    // localhost and loopback addresses, and for what no_proxy names: *, a host with or without
    // its port, a domain with everything below it (.example.com: only what is below), an address
    // or a CIDR range.
    const ProxyServer* select(std::string_view scheme, std::string_view host,
                              std::uint16_t port) const;
};

}  // namespace gomodel::config
