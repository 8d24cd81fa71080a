#include "net/proxy.hpp"

#include <Poco/Base64Encoder.h>

#include <sstream>

#include "net/client_send.hpp"

namespace gomodel::net {
namespace {

std::string base64(const std::string& text) {
    std::ostringstream out;
    Poco::Base64Encoder encoder(out);
    encoder.rdbuf()->setLineLength(0);
    encoder << text;
    encoder.close();
    return out.str();
}

}  // namespace

ProxyAddress proxy_address(const config::ProxyServer& proxy) {
    ProxyAddress address{proxy.host, proxy.port, {}};
    if (!proxy.user.empty()) {
        address.authorization = "Basic " + base64(proxy.user + ':' + proxy.password);
    }
    return address;
}

Task<base::Status> open_tunnel(Stream* stream, const Origin* origin, base::SteadyTime deadline,
                               CancelSource* cancel) {
    const bool literal_v6 = origin->host.find(':') != std::string::npos;
    const std::string authority =
        (literal_v6 ? '[' + origin->host + ']' : origin->host) + ':' + std::to_string(origin->port);
    std::string head = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n";
    if (!origin->proxy->authorization.empty()) {
        head += "Proxy-Authorization: " + origin->proxy->authorization + "\r\n";
    }
    head += "\r\n";
    ClientRequest no_body;
    no_body.first_byte = deadline;
    base::Status sent = co_await write_all(stream, head, &no_body, cancel);
    if (!sent.ok()) co_return sent;
    MessageParser parser(MessageParser::Kind::kResponseToHead, 16 * 1024);
    Buffer received;
    base::Status read = co_await read_head(stream, &parser, &received, deadline, cancel);
    if (!read.ok()) co_return read;
    if (parser.status() / 100 != 2) {
        co_return base::Error{base::Code::kUnavailable, "the proxy refused a tunnel with status " +
                                                            std::to_string(parser.status())};
    }
    co_return base::Status();
}

}  // namespace gomodel::net
