// Where the gateway reports what it did: exactly one record for every request it answered or gave
// up, and the begin and end of every call to an upstream. Called on the loop that served the
// request; must not block. Views in a record live until the call returns.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "dialect/usage.hpp"
#include "gateway/plugin_breach.hpp"
#include "net/exchange_copy.hpp"
#include "plugin/ledger.hpp"

namespace gomodel::gateway {

struct Model;
class PriceTable;
struct Provider;
namespace limits {
class Reservation;
}

// Why an exchange with a client ended.
enum class EndCause : std::uint8_t {
    kCompleted,       // the client got a whole answer, an error answer included
    kClientGone,      // it hung up first
    kUpstreamFailed,  // the upstream failed after the answer had begun
    kUpstreamStalled,
    kAborted,  // the gateway stopped, or a bug
};

std::string_view to_string(EndCause cause);

struct RequestRecord {
    // The request.
    std::string_view id;          // a UUID that no other request has; empty: nobody wants it
    std::string_view request_id;  // the client's word, if it has one
    std::string_view method;
    std::string_view uri;
    std::string_view path;   // below the base path, decoded, without the query
    std::string_view route;  // the endpoint's pattern, "/v1/models/{id}"; empty: none
    std::string_view host;
    std::string_view user_agent;
    std::string_view remote_ip;
    std::uint64_t bytes_in = 0;
    bool access_logged = true;  // the operator wants a line for requests of this kind
    bool stream = false;
    // Whose it is.
    std::string_view auth_method;
    std::string_view auth_key_id;      // of the managed key; empty: there was none
    std::string_view refused_because;  // of a request that was not let in; empty: it was
    std::string_view user_path;        // empty: none
    // Where it went.
    std::string_view requested_model;
    const Model* model = nullptr;  // the one that served, or failed last; nullptr: not resolved
    int attempts = 0;              // at upstreams, retries included
    bool fallback = false;         // it was not the first model of the request
    bool alias_used = false;       // what the client asked for is another model's other name
    // Of a passthrough.
    const Provider* provider = nullptr;        // whatever is known of the model
    std::shared_ptr<const PriceTable> prices;  // what operators say that models cost; may be null
    bool model_listed = true;     // false: `model` is the upstream's word or the client's
    std::string_view operation;   // "anthropic.messages"; empty: unknown
    std::string_view audit_path;  // "/v1/messages"; empty: as in `uri`
    // What came of it.
    int status = 0;
    std::uint64_t bytes_out = 0;
    EndCause cause = EndCause::kCompleted;
    std::string_view error_type;
    std::string_view error_message;
    std::string_view error_code;  // empty: none
    dialect::TokenUsage usage;
    bool usage_estimated = false;  // the answer was cut off before the upstream counted
    std::string answer_id;         // the upstream's; empty: unknown
    std::string answer_model;      // as the answer names it; empty: it does not
    std::string_view cache_type;   // "exact", "semantic": an answer from there; empty: none
    bool called_provider = false;
    limits::Reservation* reservation = nullptr;  // to be settled with the truth; nullptr: none
    base::WallTime settled_at{};  // its row has this time; zero: it is not settled yet
    bool usage_tracked = true;    // the operator wants a row of it
    bool secured = false;         // by secure(), before the end
    // What passed, for the audit log, which may move it away. nullptr: no entry is wanted.
    net::ExchangeCopy* exchange = nullptr;
    const std::vector<std::string>* redact = nullptr;  // names of secrets in it
    // How long it took, from the first byte of the request.
    base::Duration total{};
    base::WallTime began{};          // if `exchange` is there
    base::Duration upstream_head{};  // zero: no upstream answered
    base::Duration first_output{};   // of a stream; zero: none

    // What a row of its usage says it was: a passthrough's path is the client's own.
    std::string_view usage_endpoint() const {
        return provider == nullptr ? route : uri.substr(0, uri.find('?'));
    }
    // True iff a row of its usage is to be kept, and none was yet.
    bool wants_usage_row() const {
        return usage_tracked && !secured && model != nullptr &&
               (called_provider || !cache_type.empty());
    }
    // True iff an entry of the audit log is to be kept, and none was yet.
    bool wants_audit_entry() const { return exchange != nullptr && !secured; }
};

// One logical call to an upstream, retries folded in.
struct UpstreamCall {
    const Provider* provider = nullptr;
    std::string_view model;     // the upstream's name; empty: none
    std::string_view endpoint;  // "/chat/completions", ...
    bool stream = false;
};

// A rule of its dialect's grammar (docs/stream-grammar.md) that a stream broke, told once a stream.
struct StreamViolation {
    const Provider* provider = nullptr;  // whose answer it was
    std::string_view dialect;            // "chat", ...
    std::string_view rule;
    std::string_view action;  // "counted", "mended", "ended"
    base::SteadyTime when{};
};

class Recorder {
public:
    virtual ~Recorder() = default;
    virtual void upstream_began(const UpstreamCall& call) = 0;
    // status 0: no answer. `elapsed`: until the answer's head for a stream, to its end otherwise.
    virtual void upstream_ended(const UpstreamCall& call, int status, base::Duration elapsed) = 0;
    virtual void record(const RequestRecord& record) = 0;
    // Tells the limits what a request has used that is about to end. REQUIRES: a reservation.
    virtual void settle(const RequestRecord& record) { static_cast<void>(record); }
    virtual void stream_violated(const StreamViolation& violation) { static_cast<void>(violation); }
    // True: the last byte of an answer waits for secure().
    virtual bool secures() const { return false; }
    // Keeps what is kept of a request that is about to end. Calls `done`, on any thread, once that
    // survives the end of the machine. REQUIRES: it wants a row of usage or an entry.
    virtual void secure(const RequestRecord& record, std::function<void()> done) {
        static_cast<void>(record), done();
    }
    // Calls of a plugin took longer than its budget; not more often than a warning is of use.
    virtual void over_budget(const PluginBreach& breach, const plugin::OverBudget& calls) {
        static_cast<void>(breach), static_cast<void>(calls);
    }
    // A plugin that exceeds its budget is left out from now on, or is called again.
    virtual void bypass_changed(const PluginBreach& breach, plugin::BypassChange change) {
        static_cast<void>(breach), static_cast<void>(change);
    }
    // A plugin could not do its part, and the request fails for it. `why`: for the operator.
    virtual void plugin_failed(std::string_view plugin, std::string_view instance,
                               std::string_view request_id, std::string_view why) {
        static_cast<void>(plugin), static_cast<void>(instance);
        static_cast<void>(request_id), static_cast<void>(why);
    }
};

}  // namespace gomodel::gateway
