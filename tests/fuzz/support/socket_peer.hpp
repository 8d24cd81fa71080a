// The other end of a connection of the loop under test, on the same thread: sends pieces, lets the
// loop do all it can between them, and keeps what comes back. Time stands still, so nothing times
// out and a run repeats exactly.
#pragma once

#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <utility>

#include "net/loop.hpp"
#include "support/promise.hpp"

namespace gomodel::fuzz {

class SocketPeer {
public:
    // Takes over `fd`, a non-blocking Unix socket: what is sent is there when send() returns.
    SocketPeer(net::Loop& loop, int fd) : loop_(loop), fd_(fd) {}
    ~SocketPeer() { ::close(fd_); }
    SocketPeer(const SocketPeer&) = delete;
    SocketPeer& operator=(const SocketPeer&) = delete;

    // False: the other side has closed the connection.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent < 0 && errno == EAGAIN) {
                const int before = unread();
                settle();
                require(unread() != before, "a connection takes what it is sent, or ends");
                continue;
            }
            if (sent < 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        settle();
        return true;
    }

    void half_close() {
        ::shutdown(fd_, SHUT_WR);
        settle();
    }

    // Turns the loop until turning it changes nothing that can be seen from here.
    void settle() {
        constexpr int kQuietTurns = 3;
        for (int quiet = 0; quiet < kQuietTurns; ++quiet) {
            const int before = unread();
            loop_.turn(false);
            if (receive() || unread() != before) quiet = -1;
        }
    }

    const std::string& received() const { return received_; }

private:
    bool receive() {
        char bytes[4096];
        const ssize_t got = ::recv(fd_, bytes, sizeof bytes, 0);
        if (got <= 0) return false;
        received_.append(bytes, static_cast<std::size_t>(got));
        return true;
    }

    int unread() const {
        int bytes = 0;
        ::ioctl(fd_, SIOCOUTQ, &bytes);
        return bytes;
    }

    net::Loop& loop_;
    const int fd_;
    std::string received_;
};

}  // namespace gomodel::fuzz
