// Blocking TCP ends for tests: a client of the server under test, and a scripted peer for the
// client under test. Every read has a time limit, so a bug fails a test instead of hanging it.
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace gomodel::tests {

class TcpEnd {
public:
    explicit TcpEnd(int fd) : fd_(fd) {
        const timeval limit{10, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        const int on = 1;
        ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    TcpEnd(TcpEnd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    ~TcpEnd() { close(); }

    static TcpEnd connect(std::uint16_t port) {
        return connect(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), port);
    }
    // With a socket that is there already.
    static TcpEnd connect(int fd, std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
            ::close(fd);
            return TcpEnd(-1);
        }
        return TcpEnd(fd);
    }

    bool send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    // What comes next, at most `size` bytes; empty at the end of the stream.
    std::string receive(std::size_t size = 65536) const {
        std::string bytes(size, '\0');
        const ssize_t got = ::recv(fd_, bytes.data(), size, 0);
        bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return bytes;
    }
    // Reads until `text` has come (it is part of the result) or the stream ends.
    std::string receive_until(std::string_view text) const {
        std::string bytes;
        while (bytes.find(text) == std::string::npos) {
            const std::string more = receive(1);
            if (more.empty()) break;
            bytes += more;
        }
        return bytes;
    }
    std::string receive_all() const {
        std::string bytes;
        for (std::string more = receive(); !more.empty(); more = receive())
            bytes += more;
        return bytes;
    }
    void half_close() const { ::shutdown(fd_, SHUT_WR); }
    void reset() {
        const linger discard{1, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &discard, sizeof discard);
        close();
    }
    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }
    int fd() const { return fd_; }

private:
    int fd_;
};

// Accepts connections one after another and plays a script on each, on a thread of its own.
class ScriptedServer {
public:
    using Script = std::function<void(TcpEnd& client, int connection)>;

    explicit ScriptedServer(Script script) : script_(std::move(script)) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
        ::listen(listener_, 16);
        socklen_t length = sizeof address;
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    ~ScriptedServer() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }

    std::uint16_t port() const { return port_; }
    std::string url(std::string_view path = "/") const {
        return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
    }

private:
    void serve() {
        for (int connection = 0;; ++connection) {
            const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (fd < 0) return;
            TcpEnd client(fd);
            script_(client, connection);
        }
    }

    Script script_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

}  // namespace gomodel::tests
