// Making TCP sockets: non-blocking, no Nagle delay, IPv4 and IPv6.
#pragma once

#include <Poco/Net/SocketAddress.h>

#include <string>

#include "base/result.hpp"
#include "net/stream.hpp"

namespace gomodel::net {

// A listening socket that other sockets of this process (one a loop) may share (SO_REUSEPORT).
// `address` empty: all interfaces, IPv6 and IPv4 where the host has both.
// port 0: a free one, see local_port(). kUnavailable: names the address and the reason.
base::Result<int> listen_tcp(const std::string& address, std::uint16_t port);
// kUnavailable if somebody listens there, even another process that shares its port: two gateways
// on one port would each get some of the requests.
base::Status check_port_free(const std::string& address, std::uint16_t port);
std::uint16_t local_port(int fd);

// For handing a port over to another process that listens on it too. `listener` is one of the
// `count` sockets this process listens with, and they were the first on the port: from now on new
// connections go to the other process, so that none waits here when the sockets are closed. Without
// another process nothing changes.
void send_connections_elsewhere(int listener, std::size_t count);
// The other process takes that back when the first one is gone: all of its sockets get connections.
void share_connections_evenly(int listener);

// Connects. kUnavailable (refused, unreachable), kExhausted (no descriptor, no memory), kTimeout or
// kCancelled; the message names the reason only.
Task<base::Result<std::unique_ptr<Stream>>> connect_tcp(Loop* loop,
                                                        Poco::Net::SocketAddress address,
                                                        base::SteadyTime deadline,
                                                        CancelSource* cancel);

// Settings of an accepted socket: no Nagle delay, keep-alive probes.
void tune_tcp(int fd);

}  // namespace gomodel::net
