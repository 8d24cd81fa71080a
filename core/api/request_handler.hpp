// Takes every request of one loop: gives it an id, checks who sends it, finds its endpoint, and
// sees to it that it is answered and recorded exactly once. Loop thread.
#pragma once

#include "api/endpoints.hpp"
#include "base/log.hpp"
#include "base/published.hpp"
#include "net/http_server.hpp"

namespace gomodel::api {

class RequestHandler final : public net::HttpHandler {
public:
    // All of them must outlive the handler.
    RequestHandler(gateway::LoopServices& services,
                   const base::Published<gateway::Generation>& generations,
                   const gateway::ControlsSlot& controls, Endpoints& endpoints, base::Log& log)
        : services_(services),
          generations_(generations),
          controls_(controls),
          endpoints_(endpoints),
          log_(log) {}

    net::Task<void> handle(net::ServerExchange& exchange) override;
    std::string error_body(int status, std::string_view reason) override;
    net::Task<void> refuse(net::ServerExchange& exchange, int status, std::string reason) override;

private:
    // What a request leads to, or why it leads nowhere.
    struct Destination {
        RouteHandler handler = nullptr;
        std::string parameter;
        bool admin = false;
        dialect::Failure refused;
        std::string allowed;  // methods that its path has; empty: any, or none
    };

    net::Task<void> dispatch(gateway::RequestContext* context);
    Destination find_destination(gateway::RequestContext& context);
    dialect::Failure admit(gateway::RequestContext& context, bool is_public, bool admin);
    void identify(gateway::RequestContext& context);
    void begin_log(gateway::RequestContext& context);
    void record(gateway::RequestContext& context);

    gateway::LoopServices& services_;
    const base::Published<gateway::Generation>& generations_;
    gateway::ControlsReader controls_;
    Endpoints& endpoints_;
    base::Log& log_;
};

}  // namespace gomodel::api
