// One client request on its way through the gateway: what it is, whose it is, where it goes, and
// what will be recorded of it. Lives on one loop, in the frame of the coroutine that serves it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "dialect/request.hpp"
#include "gateway/controls.hpp"
#include "gateway/generation.hpp"
#include "gateway/limits/limits.hpp"
#include "gateway/owned_field.hpp"
#include "gateway/plugin_times.hpp"
#include "gateway/recall/capture.hpp"
#include "gateway/recorder.hpp"
#include "net/http_client.hpp"
#include "net/server_exchange.hpp"
#include "net/worker_pool.hpp"

namespace gomodel::gateway {

// What the requests of one loop share.
struct LoopServices {
    net::Loop& loop;
    net::HttpClient& upstream;
    dialect::RequestReader& reader;
    base::Random& random;
    Recorder& recorder;
    std::size_t number = 0;  // of the loop, from 0: which cells of the ledger are its own
    net::WorkerPool* workers = nullptr;  // for what may block
};

// Whose API the client speaks, where that does not follow from what it asks for: the shape of
// errors and of the list of models.
enum class ClientApi : std::uint8_t { kOpenAi, kAnthropic };

struct RequestContext {
    RequestContext(net::ServerExchange& exchange, LoopServices& loop_services,
                   std::shared_ptr<const Generation> pinned_generation,
                   std::shared_ptr<const Controls> pinned_controls)
        : client(exchange),
          services(loop_services),
          generation(std::move(pinned_generation)),
          controls(std::move(pinned_controls)) {}

    net::ServerExchange& client;
    LoopServices& services;
    const std::shared_ptr<const Generation> generation;  // the only one this request sees
    const std::shared_ptr<const Controls> controls;      // and these

    std::string request_id;
    std::string id;                           // our own; empty: nobody wants it
    std::string path;                         // below the base path, decoded, without the query
    std::unique_ptr<net::ExchangeCopy> copy;  // for the audit log; nullptr: it wants none
    recall::Capture capture;                  // for the response cache
    std::string user_path;                    // empty: none
    ClientApi client_api = ClientApi::kOpenAi;
    Principal principal;
    std::string_view refused_because;  // of who was not let in: for the operator, not the client
    base::SteadyTime started{};

    std::string requested_model;
    // Of a passthrough, as far as it is known.
    std::string operation;
    std::string audit_path;
    std::unique_ptr<Model> unlisted_model;  // when the catalogue does not know it
    dialect::Failure error;                 // what the client was told
    limits::Reservation reservation;        // what it holds of the limits
    std::vector<OwnedField> limit_fields;   // of the header: how near it is to them
    std::string error_cause;                // what the log is told besides; empty: nothing
    RequestRecord record;
    PluginTimes plugin_times;
    std::string server_timing;  // the header, once it is known
    std::string attempts_text;  // of the header, once it is known

    // Nothing: whose request it is may use this model of a provider.
    dialect::Failure check_access(const Provider& provider, std::string_view model) const {
        return gateway::check_access(controls->access.get(), generation->settings.models,
                                     {provider.name, model, user_path});
    }
    base::Duration elapsed() const { return services.loop.clock().steady() - started; }
};

}  // namespace gomodel::gateway
