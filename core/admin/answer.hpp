// The answers that the admin API's endpoints share: JSON, and the errors that are its own. Loop
// thread.
#pragma once

#include <string>
#include <string_view>

#include "base/log.hpp"
#include "gateway/request_context.hpp"

namespace gomodel::admin {

// Answers with a JSON body; with status 204 without one.
net::Task<void> answer(gateway::RequestContext* context, int status, std::string body);

// 503: the gateway was not configured to have it.
dialect::ApiError unavailable(std::string message);
// 499: nobody waits for the answer any more.
dialect::ApiError request_canceled();
// What the client is told of a storage that failed: nothing of what the storage says, for that is
// for the log.
dialect::ApiError storage_failed(const base::Error& error);

// Answers with storage_failed(), and has `error` logged.
net::Task<void> answer_storage_failed(gateway::RequestContext* context, base::Error error);

// Writes the line of a request that was answered with an error, if it was.
void log_failure(const gateway::RequestContext& context, base::Log& log);

}  // namespace gomodel::admin
