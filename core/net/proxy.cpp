#include "net/proxy.hpp"

#include <Poco/Base64Encoder.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/URI.h>

#include <sstream>

#include "base/text.hpp"
#include "net/client_send.hpp"

namespace gomodel::net {
namespace {

bool is_loopback(const std::string& host) {
    Poco::Net::IPAddress address;
    if (Poco::Net::IPAddress::tryParse(host, address)) return address.isLoopback();
    return base::iequals(host, "localhost");
}

bool excluded(const ProxySettings& settings, const std::string& host) {
    if (is_loopback(host)) return true;
    for (std::string_view entry : settings.no_proxy) {
        if (entry == "*") return true;
        while (entry.starts_with('.') || entry.starts_with('*'))
            entry.remove_prefix(1);
        if (entry.empty() || host.size() < entry.size()) continue;
        const std::size_t start = host.size() - entry.size();
        const bool whole = start == 0 || host[start - 1] == '.';
        if (whole && base::iequals(std::string_view(host).substr(start), entry)) return true;
    }
    return false;
}

std::string base64(const std::string& text) {
    std::ostringstream out;
    Poco::Base64Encoder encoder(out);
    encoder.rdbuf()->setLineLength(0);
    encoder << text;
    encoder.close();
    return out.str();
}

}  // namespace

std::optional<ProxyAddress> proxy_for(const ProxySettings& settings, bool tls,
                                      const std::string& host) {
    const std::string& url = tls ? settings.https_proxy : settings.http_proxy;
    if (url.empty() || excluded(settings, host)) return std::nullopt;
    try {
        const Poco::URI uri(url.find("://") == std::string::npos ? "http://" + url : url);
        ProxyAddress proxy{uri.getHost(), uri.getPort(), {}};
        std::string user;
        Poco::URI::decode(uri.getUserInfo(), user);
        if (!user.empty()) proxy.authorization = "Basic " + base64(user);
        return proxy;
    } catch (const Poco::Exception&) {
        return std::nullopt;  // the configuration layer has refused it already
    }
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
    const std::vector<std::string_view> pieces{head};
    base::Status sent = co_await write_all(stream, &pieces, deadline, cancel);
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
