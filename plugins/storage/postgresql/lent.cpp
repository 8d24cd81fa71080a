#include "lent.hpp"

#include <Poco/Exception.h>

#include <algorithm>
#include <string_view>

#include "database.hpp"

namespace storage_postgresql {
namespace {

using gomodel::Call;
using gomodel::Error;

// What the server says: "ERROR:  22P02: invalid input ...", somewhere in the driver's text.
struct Complaint {
    std::string state;  // SQLSTATE; empty when there was no answer
    std::string text;
};

Complaint complaint_of(const std::exception& thrown) {
    const auto* const known = dynamic_cast<const Poco::Exception*>(&thrown);
    const std::string whole = known != nullptr ? known->message() : "unexpected failure";
    for (const std::string_view level : {"ERROR:  ", "FATAL:  ", "PANIC:  "}) {
        const std::size_t at = whole.find(level);
        if (at == std::string::npos) continue;
        const std::string line =
            whole.substr(at + level.size(), whole.find('\n', at) - at - level.size());
        if (line.size() < 7 || line.substr(5, 2) != ": ") return {"", line};
        return {line.substr(0, 5), line.substr(7)};
    }
    return {"", whole.substr(0, std::min(whole.find('\n'), std::size_t{300}))};
}

gm_status_t status_of(const std::string& state) {
    const std::string kind = state.substr(0, 2);
    if (state == "42501" || state == "25006" || kind == "28") return GM_DENIED;
    if (state == "57014") return GM_TIMEOUT;
    if (state == "53300") return GM_UNAVAILABLE;  // too many connections
    if (kind == "53" || kind == "54") return GM_EXHAUSTED;
    if (kind == "22" || kind == "23" || kind == "42" || kind == "3D") return GM_INVALID;
    if (kind.empty() || kind == "08" || kind == "57" || kind == "40" || kind == "55") {
        return GM_UNAVAILABLE;
    }
    return GM_INTERNAL;
}

}  // namespace

void fail_over(Call call) {
    if (call.cancelled()) throw Error(GM_CANCELLED, "the call was cancelled");
    throw Error(GM_TIMEOUT, "the call's deadline passed");
}

Error failure(const std::exception& thrown, const Target& target) {
    const Complaint complaint = complaint_of(thrown);
    std::string message = target.name + ": " + complaint.text;
    if (!complaint.state.empty()) message += " (" + complaint.state + ")";
    return {status_of(complaint.state), redacted(std::move(message), target.password)};
}

Lent::Lent(PostgresqlDatabase& database, const Poco::Data::Session& session, Call call)
    : database_(database), session_(session), call_(call) {
    watched_.emplace(database.watch(), call, handle_of(session_));
}

Lent::~Lent() {
    watched_.reset();
    bool sound = PQstatus(handle_of(session_)) == CONNECTION_OK;
    try {
        if (sound && PQtransactionStatus(handle_of(session_)) != PQTRANS_IDLE) session_.rollback();
        // One that is cancelled might meet the cancellation in what it is used for next.
        sound =
            sound && PQtransactionStatus(handle_of(session_)) == PQTRANS_IDLE && !is_over(call_);
    } catch (const std::exception&) {
        sound = false;
    }
    database_.give_back(session_, sound);
}

void Lent::begin() {
    try {
        session_.begin();
    } catch (const std::exception& thrown) {
        fail(thrown);
    }
}

void Lent::commit() {
    try {
        session_.commit();
    } catch (const std::exception& thrown) {
        fail(thrown);
    }
}

void Lent::lock_schema() {
    run({"SELECT CAST(pg_advisory_xact_lock(7046029254386353131) AS text)", {}});
}

void Lent::fail(const std::exception& thrown) {
    Error error = failure(thrown, database_.target());
    if (error.status() == GM_TIMEOUT && is_over(call_)) fail_over(call_);
    throw error;
}

}  // namespace storage_postgresql
