// TLS on both sides: Poco's Context holds certificates and policy, OpenSSL's SSL objects of that
// context are driven by Stream without blocking.
#pragma once

#include <Poco/AutoPtr.h>

#include <memory>
#include <mutex>
#include <string>

#include "base/result.hpp"

using SSL = struct ssl_st;
using SSL_CTX = struct ssl_ctx_st;

namespace Poco::Net {
class Context;
}

namespace gomodel::net {

// TLS towards upstreams: TLS 1.2 or newer, certificate and host name always verified against the
// system's certificate authorities (SSL_CERT_FILE and SSL_CERT_DIR apply). Reading those takes tens
// of milliseconds, so it happens once, on first use, on a thread that may block. Any thread.
class TlsClient {
public:
    TlsClient();
    ~TlsClient();

    // Reads the certificate authorities unless that was done. Blocks.
    base::Status prepare();
    bool prepared() const;
    // A client session that will accept a certificate for `host` (a name or a literal address)
    // only. REQUIRES: prepared(). The caller owns it.
    SSL* session(const std::string& host);

private:
    mutable std::mutex mutex_;
    Poco::AutoPtr<Poco::Net::Context> context_;
};

// TLS towards clients.
class TlsServer {
public:
    ~TlsServer();

    // kInvalid names the file and the reason.
    static base::Result<std::unique_ptr<TlsServer>> load(const std::string& cert_file,
                                                         const std::string& key_file);
    SSL_CTX* context() const;

private:
    explicit TlsServer(Poco::AutoPtr<Poco::Net::Context> context);
    Poco::AutoPtr<Poco::Net::Context> context_;
};

}  // namespace gomodel::net
