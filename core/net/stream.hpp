// A connected byte stream, plain or TLS, that never blocks: read and write do what they can now and
// say so; wait_*() suspends until trying again makes sense. Loop thread only.
#pragma once

#include <sys/uio.h>

#include <memory>
#include <span>
#include <string>

#include "base/result.hpp"
#include "net/descriptor.hpp"
#include "net/task.hpp"

using SSL = struct ssl_st;  // OpenSSL's, without its headers

namespace gomodel::net {

inline constexpr std::size_t kReadStep = 16 * 1024;  // as much as is read of a stream at once

enum class IoStatus : std::uint8_t { kOk, kWouldBlock, kEof, kFailed };

struct IoResult {
    IoStatus status;
    std::size_t bytes = 0;  // kOk only; at least 1
};

class Stream {
public:
    explicit Stream(std::unique_ptr<Descriptor> descriptor) : descriptor_(std::move(descriptor)) {}
    ~Stream() { close(); }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    // Wraps the stream in TLS. Takes ownership of `ssl`, whose role (client or server) is set.
    // handshake() must succeed before anything else.
    void secure(SSL* ssl);
    // kUnavailable with the reason (certificate, protocol), kTimeout or kCancelled.
    Task<base::Status> handshake(base::SteadyTime deadline, CancelSource* cancel);

    IoResult read(char* into, std::size_t size);
    // Writes a prefix of the pieces; `bytes` says how long.
    IoResult write(std::span<const iovec> pieces);

    Ready wait_read(base::SteadyTime deadline, CancelSource* cancel) {
        return {*descriptor_, read_waits_for_, deadline, cancel};
    }
    Ready wait_write(base::SteadyTime deadline, CancelSource* cancel) {
        return {*descriptor_, write_waits_for_, deadline, cancel};
    }

    // Sends TLS close_notify where it applies, then FIN: the peer sees a clean end.
    void shutdown_write();
    // Makes close() discard unsent bytes and reset the connection: the peer sees an error.
    void reset_on_close();
    void close();
    bool closed() const { return descriptor_ == nullptr; }
    bool secured() const { return ssl_ != nullptr; }

    // Why the last kFailed happened, for people.
    const std::string& failure() const { return failure_; }
    Descriptor& descriptor() { return *descriptor_; }
    Loop& loop() { return descriptor_->loop(); }

private:
    struct SslFree {
        void operator()(SSL* ssl) const;
    };

    IoResult read_plain(char* into, std::size_t size);
    IoResult read_tls(char* into, std::size_t size);
    IoResult write_plain(std::span<const iovec> pieces);
    IoResult write_tls(std::span<const iovec> pieces);
    IoResult tls_result(int code, Direction wanted);
    IoResult fail(std::string reason);

    std::unique_ptr<Descriptor> descriptor_;
    std::unique_ptr<SSL, SslFree> ssl_;
    // TLS may need to write in order to read, and the other way round.
    Direction read_waits_for_ = Direction::kRead;
    Direction write_waits_for_ = Direction::kWrite;
    std::string failure_;
};

}  // namespace gomodel::net
