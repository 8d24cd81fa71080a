#include "net/spare_descriptor.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <mutex>
#include <string_view>
#include <utility>

namespace gomodel::net {
namespace {

constexpr std::string_view kAnswer =
    "HTTP/1.1 503 Service Unavailable\r\n"
    "Content-Type: application/json\r\n"
    "Retry-After: 1\r\n"
    "Connection: close\r\n"
    "Content-Length: 122\r\n"
    "\r\n"
    R"({"error":{"type":"provider_error","message":"the gateway has too many open connections",)"
    R"("param":null,"code":"overloaded"}})";
static_assert(kAnswer.size() - (kAnswer.find("\r\n\r\n") + 4) == 122);

// Bytes of the client that nobody has read would turn the close into a reset.
void discard_received(int fd) {
    std::array<char, 4096> bytes;
    while (::recv(fd, bytes.data(), bytes.size(), 0) > 0) {
    }
}

void answer(int fd) {
    discard_received(fd);
    ::send(fd, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
    ::shutdown(fd, SHUT_WR);
    discard_received(fd);
}

// The table of descriptors is the process's, whichever loop a connection belongs to.
std::mutex& table() {
    static std::mutex mutex;
    return mutex;
}

int accept_now(int listener) {
    return ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

}  // namespace

SpareDescriptor::SpareDescriptor() {
    open();
}

SpareDescriptor::~SpareDescriptor() {
    if (fd_ >= 0) ::close(fd_);
}

void SpareDescriptor::open() {
    fd_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

int SpareDescriptor::accept(int listener) {
    const std::lock_guard lock(table());
    return accept_now(listener);
}

bool SpareDescriptor::refuse_one(int listener, bool plain) {
    const std::lock_guard lock(table());
    if (fd_ < 0) open();
    if (fd_ < 0) return false;
    ::close(std::exchange(fd_, -1));
    const int connection = accept_now(listener);
    const int reason = errno;
    if (connection >= 0) {
        if (plain) answer(connection);
        ::close(connection);
    }
    open();
    errno = reason;
    return connection >= 0;
}

}  // namespace gomodel::net
