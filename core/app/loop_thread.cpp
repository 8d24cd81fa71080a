#include "app/loop_thread.hpp"

namespace gomodel::app {
namespace {

net::ClientSettings client_settings(const config::Settings& settings) {
    net::ClientSettings client;
    client.connect_timeout = settings.http.connect_timeout;
    client.tls_timeout = settings.http.tls_timeout;
    client.idle_timeout = settings.http.idle_connection_timeout;
    client.idle_per_origin = static_cast<std::size_t>(settings.http.idle_connections_per_host);
    client.proxy = settings.proxy;
    return client;
}

net::ServerLimits server_limits(const config::Server& server) {
    net::ServerLimits limits;
    limits.max_head = server.max_header_size;
    limits.header_timeout = server.header_timeout;
    limits.body_timeout = server.body_timeout;
    limits.idle_timeout = server.idle_timeout;
    limits.send_timeout = server.send_timeout;
    return limits;
}

}  // namespace

LoopThread::LoopThread(const Shared& shared, const config::Settings& settings, std::size_t number)
    : loop_(shared.clock),
      recorder_(shared.log, shared.metrics, shared.usage, shared.clock, random_),
      client_(loop_, shared.workers, shared.tls_client, client_settings(settings)),
      services_{loop_, client_, reader_, random_, recorder_, number, &shared.workers},
      handler_(services_, shared.generations.current(), shared.controls, shared.endpoints,
               shared.log),
      server_(loop_, handler_, server_limits(settings.server),
              shared.tls_server == nullptr ? nullptr : shared.tls_server->context()) {}

LoopThread::~LoopThread() {
    stop();
}

void LoopThread::start(int listener) {
    server_.listen(listener);
    thread_ = std::thread([this] { loop_.run(); });
}

void LoopThread::stop() {
    if (!thread_.joinable()) return;
    loop_.stop();
    thread_.join();
}

}  // namespace gomodel::app
