// What is kept of a body in the audit log: JSON as JSON, anything else as text, a stream of events
// as the answer that it made. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/exchange_copy.hpp"
#include "record/redaction.hpp"

namespace gomodel::record {

struct AuditBody {
    std::string json;         // empty: nothing is kept
    bool cut = false;         // it is not whole
    bool object = false;      // it is JSON, and an object
    std::int64_t events = 0;  // of a stream
};

// A body larger than the copy's limit is not kept.
AuditBody audit_request(const net::MessageCopy& request, const Redaction& redaction);
// Of a larger one, the beginning is kept as text, unless there are secrets to be found in it.
AuditBody audit_response(const net::MessageCopy& response, const Redaction& redaction);

}  // namespace gomodel::record
