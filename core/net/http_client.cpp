#include "net/http_client.hpp"

#include <Poco/URI.h>
#include <openssl/ssl.h>

#include <algorithm>

#include "base/text.hpp"
#include "net/client_send.hpp"
#include "net/client_upload.hpp"
#include "net/proxy.hpp"
#include "net/socket.hpp"

namespace gomodel::net {
namespace {

constexpr std::size_t kMaxRoutes = 1024;
constexpr std::size_t kMaxKeptUrl = 512;  // what is longer is hardly asked for twice
constexpr auto kSweepEvery = std::chrono::seconds(5);
constexpr auto kAddressTimeout = std::chrono::seconds(5);  // while there is another one to try

// Path and query as they stand: an escape decides what the upstream takes the path for. What a
// request line cannot hold is escaped.
std::string target_of(std::string_view url) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    url.remove_prefix(std::min(url.find("://") + 3, url.size()));
    url.remove_prefix(std::min(url.find_first_of("/?#"), url.size()));
    url = url.substr(0, url.find('#'));
    std::string target;
    target.reserve(url.size() + 1);
    if (!url.starts_with('/')) target += '/';
    for (const char c : url) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > ' ' && byte < 0x7f) {
            target += c;
        } else {
            target += '%';
            target += kHex[byte / 16];
            target += kHex[byte % 16];
        }
    }
    return target;
}

}  // namespace

HttpClient::HttpClient(Loop& loop, WorkerPool& workers, TlsClient& tls, ClientSettings settings)
    : loop_(loop),
      tls_(tls),
      workers_(workers),
      resolver_(loop, workers),
      settings_(std::move(settings)) {}

HttpClient::~HttpClient() = default;

Origin& HttpClient::origin(bool tls, const std::string& host, std::uint16_t port) {
    std::string key = (tls ? "https://" : "http://") + host + ':' + std::to_string(port);
    std::unique_ptr<Origin>& slot = origins_[key];
    if (slot == nullptr) {
        slot = std::make_unique<Origin>();
        slot->tls = tls;
        slot->host = host;
        slot->port = port;
        const bool literal_v6 = host.find(':') != std::string::npos;
        slot->host_header = literal_v6 ? '[' + host + ']' : host;
        if (port != (tls ? 443 : 80)) slot->host_header += ':' + std::to_string(port);
        if (const config::ProxyServer* proxy =
                settings_.proxy.select(tls ? "https" : "http", host, port)) {
            slot->proxy = proxy_address(*proxy);
        }
    }
    return *slot;
}

base::Result<const HttpClient::Route*> HttpClient::route(std::string_view url, Route& room) {
    if (const auto found = routes_.find(url); found != routes_.end()) return &found->second;
    std::string key(url);
    try {
        const Poco::URI uri(key);
        const bool tls = base::iequals(uri.getScheme(), "https");
        if (!tls && !base::iequals(uri.getScheme(), "http")) {
            return base::Error{base::Code::kInvalid, "upstream URL is not http or https"};
        }
        if (uri.getHost().empty()) {
            return base::Error{base::Code::kInvalid, "upstream URL has no host"};
        }
        std::string host = uri.getHost();
        if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
        Route made{&origin(tls, host, uri.getPort()), target_of(url)};
        if (made.origin->proxy.has_value() && !tls) {
            made.target.insert(0, "http://" + made.origin->host_header);
        }
        if (key.size() > kMaxKeptUrl) {
            room = std::move(made);
            return &room;
        }
        if (routes_.size() >= kMaxRoutes) routes_.clear();
        return &routes_.emplace(std::move(key), std::move(made)).first->second;
    } catch (const Poco::Exception&) {
        return base::Error{base::Code::kInvalid, "upstream URL is malformed"};
    }
}

Task<base::Result<std::unique_ptr<ClientExchange>>> HttpClient::send(ClientRequest request,
                                                                     CancelSource* cancel) {
    Route room{};
    const base::Result<const Route*> found = route(request.url, room);
    if (!found.ok()) co_return found.error();
    Origin* const origin = (*found)->origin;
    const std::string head = request_head(request, *origin, (*found)->target);
    const auto kind = request.method == "HEAD" ? MessageParser::Kind::kResponseToHead
                                               : MessageParser::Kind::kResponse;
    // What has been read from a source cannot be sent again on another connection.
    bool pooled_allowed = request.source == nullptr;
    for (;;) {
        std::unique_ptr<ClientConnection> connection;
        if (pooled_allowed) connection = take_idle(*origin);
        if (connection == nullptr) {
            base::Result<std::unique_ptr<ClientConnection>> fresh =
                co_await connect(origin, cancel);
            if (!fresh.ok()) co_return fresh.error();
            connection = std::move(*fresh);
        }
        SendState state{std::move(connection), MessageParser(kind, settings_.max_head), {}};
        base::Status sent;
        if (request.source != nullptr) {
            sent = co_await exchange_upload(&state, &request, &head, cancel);
        } else {
            sent = co_await exchange_heads(&state, &request, &head, cancel);
        }
        if (sent.ok()) {
            auto exchange = std::make_unique<ClientExchange>(
                std::move(state.connection), std::move(state.parser), std::move(state.received));
            if (state.unfinished) exchange->keep_from_pool();
            co_return exchange;
        }
        // A pooled connection that the peer closed just now: nothing of an answer was seen, so the
        // request can be sent again.
        const bool stale = state.connection->reused() && state.received.empty() && state.lost;
        if (!stale) co_return sent.error();
        pooled_allowed = false;
    }
}

std::unique_ptr<ClientConnection> HttpClient::take_idle(Origin& origin) {
    if (origin.idle.empty()) return nullptr;
    std::unique_ptr<ClientConnection> connection = std::move(origin.idle.back());
    origin.idle.pop_back();
    connection->set_busy();
    return connection;
}

void HttpClient::give_back(std::unique_ptr<ClientConnection> connection) {
    Stream& stream = connection->stream();
    if (stream.descriptor().readable()) {
        // Something came or may have come: only a quiet connection is worth keeping.
        char byte = 0;
        if (stream.read(&byte, 1).status != IoStatus::kWouldBlock) return;
    }
    if (loop_.now() >= next_sweep_) sweep();
    Origin& origin = connection->origin();
    if (origin.idle.size() >= settings_.idle_per_origin) return;
    connection->set_idle(loop_.now());
    origin.idle.push_back(std::move(connection));
}

void HttpClient::discard(ClientConnection& connection) {
    std::erase_if(connection.origin().idle,
                  [&](const auto& idle) { return idle.get() == &connection; });
}

void HttpClient::sweep() {
    next_sweep_ = loop_.now() + kSweepEvery;
    const base::SteadyTime oldest = loop_.now() - settings_.idle_timeout;
    for (const auto& [key, origin] : origins_) {
        while (!origin->idle.empty() && origin->idle.front()->idle_since() < oldest) {
            origin->idle.pop_front();
        }
    }
}

std::size_t HttpClient::idle_connections() const {
    std::size_t count = 0;
    for (const auto& [key, origin] : origins_)
        count += origin->idle.size();
    return count;
}

void HttpClient::close_idle() {
    for (const auto& [key, origin] : origins_)
        origin->idle.clear();
}

Task<base::Result<std::unique_ptr<ClientConnection>>> HttpClient::connect(Origin* origin,
                                                                          CancelSource* cancel) {
    const base::SteadyTime deadline = loop_.now() + settings_.connect_timeout;
    const std::string host = origin->proxy.has_value() ? origin->proxy->host : origin->host;
    const std::uint16_t port = origin->proxy.has_value() ? origin->proxy->port : origin->port;
    base::Result<std::unique_ptr<Stream>> stream = co_await dial(host, port, deadline, cancel);
    if (!stream.ok()) co_return stream.error();
    if (origin->tls) {
        if (origin->proxy.has_value()) {
            const base::Status opened =
                co_await open_tunnel(stream->get(), origin, deadline, cancel);
            if (!opened.ok()) co_return opened.error();
        }
        const base::Status secured = co_await secure(stream->get(), origin->host, cancel);
        if (!secured.ok()) co_return secured.error();
    }
    co_return std::make_unique<ClientConnection>(*this, *origin, std::move(*stream));
}

// Tries the addresses of the host in turn.
Task<base::Result<std::unique_ptr<Stream>>> HttpClient::dial(std::string host, std::uint16_t port,
                                                             base::SteadyTime deadline,
                                                             CancelSource* cancel) {
    const base::Result<Addresses> addresses = co_await resolver_.resolve(host, port);
    if (!addresses.ok()) co_return addresses.error();
    base::Error last = base::unavailable("no address");
    for (std::size_t i = 0; i < addresses->size(); ++i) {
        const bool final_try = i + 1 == addresses->size();
        const base::SteadyTime limit =
            final_try ? deadline : std::min(deadline, loop_.now() + kAddressTimeout);
        base::Result<std::unique_ptr<Stream>> stream =
            co_await connect_tcp(&loop_, (*addresses)[i], limit, cancel);
        if (stream.ok()) co_return std::move(*stream);
        last = stream.error();
        if (last.code == base::Code::kExhausted && idle_connections() > 0) {
            close_idle();  // their descriptors serve better here
            --i;
            continue;
        }
        if (last.code == base::Code::kCancelled || loop_.now() >= deadline) break;
    }
    last.message = "cannot connect to the upstream: " + last.message;
    co_return last;
}

Task<base::Status> HttpClient::secure(Stream* stream, std::string host, CancelSource* cancel) {
    if (!tls_.prepared()) {
        base::Status prepared;
        const std::function<void()> work = [this, &prepared] { prepared = tls_.prepare(); };
        co_await OnWorker(workers_, loop_, work);
        if (!prepared.ok()) co_return prepared;
    }
    stream->secure(tls_.session(host));
    const base::SteadyTime deadline = loop_.now() + settings_.tls_timeout;
    base::Status done = co_await stream->handshake(deadline, cancel);
    if (done.ok()) co_return done;
    base::Error error = done.error();
    error.message = "cannot open a TLS connection to the upstream: " + error.message;
    co_return error;
}

}  // namespace gomodel::net
