// One event loop with everything a request on it needs, on a thread of its own.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

#include "api/request_handler.hpp"
#include "gateway/generation_store.hpp"
#include "net/http_server.hpp"
#include "record/loop_recorder.hpp"

namespace gomodel::app {

// What the loops share. Everything must outlive them.
struct Shared {
    const base::Clock& clock;
    base::Log& log;
    record::Metrics& metrics;
    record::UsageRecorder* usage;
    net::WorkerPool& workers;
    net::TlsClient& tls_client;
    net::TlsServer* tls_server;  // nullptr: plain HTTP
    const gateway::GenerationStore& generations;
    api::Endpoints& endpoints;
    const gateway::ControlsSlot& controls;
};

class LoopThread {
public:
    // number: of the loop, from 0.
    LoopThread(const Shared& shared, const config::Settings& settings, std::size_t number);
    ~LoopThread();

    // Serves connections of this listening socket, which it takes over.
    void start(int listener);
    // Ends the loop and joins the thread.
    void stop();

    net::Loop& loop() { return loop_; }
    gateway::LoopServices& services() { return services_; }
    net::HttpServer& server() { return server_; }  // loop thread only

private:
    net::Loop loop_;
    base::SystemRandom random_;
    dialect::RequestReader reader_;
    record::LoopRecorder recorder_;
    net::HttpClient client_;
    gateway::LoopServices services_;
    api::RequestHandler handler_;
    net::HttpServer server_;
    std::thread thread_;
};

}  // namespace gomodel::app
