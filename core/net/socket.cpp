#include "net/socket.hpp"

#include <Poco/Exception.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace gomodel::net {
namespace {

constexpr int kBacklog = 4096;

base::Error exhausted(std::string message) {
    return base::Error{base::Code::kExhausted, std::move(message)};
}

std::string errno_text() {
    return std::generic_category().message(errno);
}

void enable(int fd, int level, int option) {
    const int on = 1;
    ::setsockopt(fd, level, option, &on, sizeof on);
}

int open_socket(int family) {
    return ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

// nullptr if there is no memory for it; the file is closed then.
std::unique_ptr<Descriptor> own(Loop& loop, int fd) {
    try {
        return std::make_unique<Descriptor>(loop, fd);
    } catch (const std::exception&) {
        ::close(fd);
        return nullptr;
    }
}

struct Place {
    Poco::Net::SocketAddress address;
    bool dual_stack = false;
};

// Throws Poco::Exception if the address makes no sense.
Place place_of(const std::string& address, std::uint16_t port) {
    if (!address.empty()) return {Poco::Net::SocketAddress(address, port)};
    const int probe = open_socket(AF_INET6);
    if (probe < 0) return {Poco::Net::SocketAddress("0.0.0.0", port)};
    ::close(probe);
    return {Poco::Net::SocketAddress("::", port), true};
}

base::Error cannot_listen(const Place& place) {
    return base::unavailable("cannot listen on " + place.address.toString() + ": " + errno_text());
}

base::Result<int> open_bound(const Place& place, bool shared) {
    const int fd = open_socket(place.address.af());
    if (fd < 0) return base::unavailable("cannot open a socket: " + errno_text());
    enable(fd, SOL_SOCKET, SO_REUSEADDR);
    if (shared) enable(fd, SOL_SOCKET, SO_REUSEPORT);
    if (place.address.af() == AF_INET6) {
        const int only_v6 = place.dual_stack ? 0 : 1;
        ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only_v6, sizeof only_v6);
    }
    if (::bind(fd, place.address.addr(), place.address.length()) == 0) return fd;
    base::Error error = cannot_listen(place);
    ::close(fd);
    return error;
}

}  // namespace

base::Result<int> listen_tcp(const std::string& address, std::uint16_t port) {
    try {
        const Place place = place_of(address, port);
        base::Result<int> fd = open_bound(place, true);
        if (!fd.ok() || ::listen(*fd, kBacklog) == 0) return fd;
        base::Error error = cannot_listen(place);
        ::close(*fd);
        return error;
    } catch (const Poco::Exception& error) {
        return base::unavailable("cannot listen on \"" + address + "\": " + error.displayText());
    }
}

base::Status check_port_free(const std::string& address, std::uint16_t port) {
    try {
        const base::Result<int> fd = open_bound(place_of(address, port), false);
        if (!fd.ok()) return fd.error();
        ::close(*fd);
        return {};
    } catch (const Poco::Exception& error) {
        return base::unavailable("cannot listen on \"" + address + "\": " + error.displayText());
    }
}

std::uint16_t local_port(int fd) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &length);
    return storage.ss_family == AF_INET6
               ? ntohs(reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port)
               : ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
}

// The kernel numbers the sockets of a port as they came, so `count` is the first of the other
// process; where there is none of that number, it chooses as it always does.
void send_connections_elsewhere(int listener, std::size_t count) {
    sock_filter choose = BPF_STMT(BPF_RET | BPF_K, static_cast<std::uint32_t>(count));
    const sock_fprog program{1, &choose};
    ::setsockopt(listener, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program);
}

void share_connections_evenly(int listener) {
    const int unused = 0;
    ::setsockopt(listener, SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, &unused, sizeof unused);
}

void tune_tcp(int fd) {
    enable(fd, IPPROTO_TCP, TCP_NODELAY);
    enable(fd, SOL_SOCKET, SO_KEEPALIVE);
    const int seconds = 30;
    ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &seconds, sizeof seconds);
}

Task<base::Result<std::unique_ptr<Stream>>> connect_tcp(Loop* loop,
                                                        Poco::Net::SocketAddress address,
                                                        base::SteadyTime deadline,
                                                        CancelSource* cancel) {
    const int fd = open_socket(address.af());
    if (fd < 0) co_return exhausted("cannot open a socket: " + errno_text());
    tune_tcp(fd);
    const int code = ::connect(fd, address.addr(), address.length());
    if (code != 0 && errno != EINPROGRESS) {
        const std::string reason = errno_text();
        ::close(fd);
        co_return base::unavailable(reason);
    }
    std::unique_ptr<Descriptor> descriptor = own(*loop, fd);
    if (descriptor == nullptr) co_return exhausted("cannot watch a socket: out of memory");
    auto stream = std::make_unique<Stream>(std::move(descriptor));
    stream->descriptor().not_readable();  // registration reports what is there already
    if (code != 0) {
        stream->descriptor().not_writable();
        const Wake wake = co_await stream->wait_write(deadline, cancel);
        if (wake == Wake::kTimeout) {
            co_return base::Error{base::Code::kTimeout, "connecting timed out"};
        }
        if (wake == Wake::kCancelled) co_return base::Error{base::Code::kCancelled, "cancelled"};
        int error = 0;
        socklen_t length = sizeof error;
        ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
        if (error != 0) co_return base::unavailable(std::generic_category().message(error));
    }
    co_return stream;
}

}  // namespace gomodel::net
