#include "net/stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <system_error>

namespace gomodel::net {
namespace {

constexpr std::size_t kTlsRecord = 16 * 1024;  // the most that one TLS record carries

std::string errno_text(int error) {
    return std::generic_category().message(error);
}

std::string tls_text(SSL* ssl) {
    const long verify = SSL_get_verify_result(ssl);
    if (verify != X509_V_OK) {
        return std::string("certificate not accepted: ") + X509_verify_cert_error_string(verify);
    }
    const unsigned long code = ERR_peek_last_error();
    const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    return std::string("TLS: ") + (reason == nullptr ? "connection closed" : reason);
}

}  // namespace

void Stream::SslFree::operator()(SSL* ssl) const {
    SSL_free(ssl);
}

void Stream::secure(SSL* ssl) {
    ssl_.reset(ssl);
    SSL_set_fd(ssl, descriptor_->fd());
    SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                          SSL_MODE_RELEASE_BUFFERS);
}

Task<base::Status> Stream::handshake(base::SteadyTime deadline, CancelSource* cancel) {
    for (;;) {
        ERR_clear_error();
        const int code = SSL_do_handshake(ssl_.get());
        if (code == 1) co_return base::Status();
        const IoResult result = tls_result(code, Direction::kRead);
        if (result.status != IoStatus::kWouldBlock) {
            if (result.status == IoStatus::kEof) failure_ = tls_text(ssl_.get());
            co_return base::Error{base::Code::kUnavailable, failure_};
        }
        const Wake wake = co_await wait_read(deadline, cancel);
        if (wake == Wake::kTimeout) {
            co_return base::Error{base::Code::kTimeout, "TLS handshake timed out"};
        }
        if (wake == Wake::kCancelled) co_return base::Error{base::Code::kCancelled, "cancelled"};
    }
}

IoResult Stream::read(char* into, std::size_t size) {
    return ssl_ ? read_tls(into, size) : read_plain(into, size);
}

IoResult Stream::write(std::span<const iovec> pieces) {
    return ssl_ ? write_tls(pieces) : write_plain(pieces);
}

IoResult Stream::read_plain(char* into, std::size_t size) {
    if (!descriptor_->readable()) return {IoStatus::kWouldBlock};
    ssize_t count = 0;
    do {
        count = ::recv(descriptor_->fd(), into, size, 0);
    } while (count < 0 && errno == EINTR);
    if (count > 0) {
        const auto bytes = static_cast<std::size_t>(count);
        // A short read emptied the socket; what comes later brings a new edge. Not so once the
        // peer has hung up: the end of file has no edge of its own left.
        if (bytes < size && !descriptor_->hung_up()) descriptor_->not_readable();
        return {IoStatus::kOk, bytes};
    }
    if (count == 0) return {IoStatus::kEof};
    if (errno == EAGAIN) {
        descriptor_->not_readable();
        return {IoStatus::kWouldBlock};
    }
    return fail(errno_text(errno));
}

IoResult Stream::write_plain(std::span<const iovec> pieces) {
    if (!descriptor_->writable()) return {IoStatus::kWouldBlock};
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces.data());
    message.msg_iovlen = std::min<std::size_t>(pieces.size(), IOV_MAX);
    ssize_t count = 0;
    do {
        count = ::sendmsg(descriptor_->fd(), &message, MSG_NOSIGNAL);
    } while (count < 0 && errno == EINTR);
    if (count >= 0) return {IoStatus::kOk, static_cast<std::size_t>(count)};
    if (errno == EAGAIN) {
        descriptor_->not_writable();
        return {IoStatus::kWouldBlock};
    }
    return fail(errno_text(errno));
}

IoResult Stream::read_tls(char* into, std::size_t size) {
    ERR_clear_error();
    const int count =
        SSL_read(ssl_.get(), into, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
    if (count > 0) return {IoStatus::kOk, static_cast<std::size_t>(count)};
    return tls_result(count, Direction::kRead);
}

IoResult Stream::write_tls(std::span<const iovec> pieces) {
    std::array<char, kTlsRecord> record;  // one record for many small pieces
    std::size_t filled = 0;
    for (const iovec& piece : pieces) {
        const std::size_t part = std::min(piece.iov_len, record.size() - filled);
        if (part != 0) std::memcpy(record.data() + filled, piece.iov_base, part);
        filled += part;
        if (filled == record.size()) break;
    }
    ERR_clear_error();
    const int count = SSL_write(ssl_.get(), record.data(), static_cast<int>(filled));
    if (count > 0) return {IoStatus::kOk, static_cast<std::size_t>(count)};
    return tls_result(count, Direction::kWrite);
}

IoResult Stream::tls_result(int code, Direction wanted) {
    Direction& waits_for = wanted == Direction::kRead ? read_waits_for_ : write_waits_for_;
    switch (SSL_get_error(ssl_.get(), code)) {
        case SSL_ERROR_WANT_READ:
            descriptor_->not_readable();
            waits_for = Direction::kRead;
            return {IoStatus::kWouldBlock};
        case SSL_ERROR_WANT_WRITE:
            descriptor_->not_writable();
            waits_for = Direction::kWrite;
            return {IoStatus::kWouldBlock};
        case SSL_ERROR_ZERO_RETURN:
            return {IoStatus::kEof};
        case SSL_ERROR_SYSCALL:
            if (ERR_peek_error() == 0) {
                return fail(errno == 0 ? "connection closed without TLS close_notify"
                                       : errno_text(errno));
            }
            [[fallthrough]];
        default:
            return fail(tls_text(ssl_.get()));
    }
}

IoResult Stream::fail(std::string reason) {
    failure_ = std::move(reason);
    return {IoStatus::kFailed};
}

void Stream::shutdown_write() {
    if (closed()) return;
    if (ssl_) {
        ERR_clear_error();
        SSL_shutdown(ssl_.get());
    }
    ::shutdown(descriptor_->fd(), SHUT_WR);
}

void Stream::reset_on_close() {
    if (closed()) return;
    const linger discard{1, 0};
    ::setsockopt(descriptor_->fd(), SOL_SOCKET, SO_LINGER, &discard, sizeof discard);
    if (ssl_) SSL_set_quiet_shutdown(ssl_.get(), 1);
}

void Stream::close() {
    ssl_.reset();
    Descriptor::close(std::move(descriptor_));
}

}  // namespace gomodel::net
