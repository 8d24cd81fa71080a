// Forward proxies for upstream traffic, chosen by the usual variables (HTTP_PROXY, HTTPS_PROXY,
// NO_PROXY). Private to the HTTP client.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "net/http_client.hpp"

namespace gomodel::net {

struct ProxyAddress {
    std::string host;
    std::uint16_t port = 0;
    std::string authorization;  // value of Proxy-Authorization; empty: none
};

struct Origin {
    bool tls = false;
    std::string host;
    std::uint16_t port = 0;
    std::string host_header;
    std::optional<ProxyAddress> proxy;
    std::deque<std::unique_ptr<ClientConnection>> idle;  // oldest first
};

// The proxy for an upstream, if there is one. NO_PROXY entries match the host itself and its
// subdomains; "*" matches everything; loopback is never proxied.
std::optional<ProxyAddress> proxy_for(const ProxySettings& settings, bool tls,
                                      const std::string& host);

// Asks the proxy at the other end of `stream` for a tunnel to the origin (CONNECT).
Task<base::Status> open_tunnel(Stream* stream, const Origin* origin, base::SteadyTime deadline,
                               CancelSource* cancel);

}  // namespace gomodel::net
