// Forward proxies on the way to upstreams, and what the HTTP client keeps of each origin. Private
// to the HTTP client; loop thread only.
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

ProxyAddress proxy_address(const config::ProxyServer& proxy);

// Asks the proxy at the other end of `stream` for a tunnel to the origin (CONNECT, RFC
// 9110, 9.3.6).
Task<base::Status> open_tunnel(Stream* stream, const Origin* origin, base::SteadyTime deadline,
                               CancelSource* cancel);

}  // namespace gomodel::net
