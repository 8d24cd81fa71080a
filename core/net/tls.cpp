#include "net/tls.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/IPAddress.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <fstream>

namespace gomodel::net {
namespace {

using Poco::Net::Context;

constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";  // TLS 1.2; 1.3 has its own list
constexpr int kVerifyDepth = 9;
constexpr std::array<unsigned char, 9> kAlpn = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

void set_server_name(SSL* ssl, const std::string& host) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"  // inside OpenSSL's macro
    SSL_set_tlsext_host_name(ssl, host.c_str());
#pragma GCC diagnostic pop
}

bool readable(const std::string& file) {
    return std::ifstream(file).good();
}

}  // namespace

TlsClient::TlsClient() = default;
TlsClient::~TlsClient() = default;

base::Status TlsClient::prepare() {
    const std::lock_guard lock(mutex_);
    if (!context_.isNull()) return {};
    try {
        Poco::AutoPtr<Context> context(new Context(
            Context::TLS_CLIENT_USE, "", Context::VERIFY_RELAXED, kVerifyDepth, true, kCiphers));
        context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
        // Poco asks its SSLManager singleton about a bad certificate; ours is always a refusal.
        SSL_CTX_set_verify(context->sslContext(), SSL_VERIFY_PEER, nullptr);
        SSL_CTX_set_alpn_protos(context->sslContext(), kAlpn.data(), kAlpn.size());
        context_ = context;
        return {};
    } catch (const Poco::Exception& error) {
        return base::Error{base::Code::kInternal,
                           "cannot set up TLS towards upstreams: " + error.displayText()};
    }
}

bool TlsClient::prepared() const {
    const std::lock_guard lock(mutex_);
    return !context_.isNull();
}

SSL* TlsClient::session(const std::string& host) {
    SSL* const ssl = SSL_new(context_->sslContext());
    SSL_set_connect_state(ssl);
    X509_VERIFY_PARAM* const verify = SSL_get0_param(ssl);
    Poco::Net::IPAddress literal;
    if (Poco::Net::IPAddress::tryParse(host, literal)) {
        X509_VERIFY_PARAM_set1_ip_asc(verify, host.c_str());
    } else {
        set_server_name(ssl, host);
        X509_VERIFY_PARAM_set_hostflags(verify, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        X509_VERIFY_PARAM_set1_host(verify, host.c_str(), host.size());
    }
    return ssl;
}

TlsServer::TlsServer(Poco::AutoPtr<Context> context) : context_(std::move(context)) {}
TlsServer::~TlsServer() = default;

base::Result<std::unique_ptr<TlsServer>> TlsServer::load(const std::string& cert_file,
                                                         const std::string& key_file) {
    for (const std::string& file : {cert_file, key_file}) {
        if (!readable(file)) return base::invalid("cannot read \"" + file + "\"");
    }
    try {
        Poco::AutoPtr<Context> context(new Context(Context::TLS_SERVER_USE, key_file, cert_file, "",
                                                   Context::VERIFY_NONE, kVerifyDepth, false,
                                                   kCiphers));
        context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
        if (SSL_CTX_check_private_key(context->sslContext()) != 1) {
            return base::invalid("the key in \"" + key_file +
                                 "\" does not belong to the certificate in \"" + cert_file + "\"");
        }
        return std::unique_ptr<TlsServer>(new TlsServer(std::move(context)));
    } catch (const Poco::Exception& error) {
        return base::invalid("cannot use certificate \"" + cert_file + "\" with key \"" + key_file +
                             "\": " + error.displayText());
    }
}

SSL_CTX* TlsServer::context() const {
    return context_->sslContext();
}

}  // namespace gomodel::net
