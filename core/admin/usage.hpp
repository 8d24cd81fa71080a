// The admin API's reports of usage: sums, by period, by model, by user path, and the log of rows.
// Loop thread; the storage is asked on a worker's.
#pragma once

#include <string_view>

#include "base/log.hpp"
#include "gateway/request_context.hpp"
#include "net/worker_pool.hpp"
#include "record/storage.hpp"

namespace gomodel::admin {

// What they act on. All of it outlives every request.
struct Usage {
    const record::StorageSlot* storage = nullptr;
    net::WorkerPool* workers = nullptr;
    base::Log* log = nullptr;
};

// GET /admin/api/v1/usage/... with the request's query. Without a storage nothing has been used.
net::Task<void> serve_usage_summary(gateway::RequestContext* context, Usage usage,
                                    std::string_view query);
// "daily", by whatever period the query says.
net::Task<void> serve_usage_periods(gateway::RequestContext* context, Usage usage,
                                    std::string_view query);
net::Task<void> serve_usage_models(gateway::RequestContext* context, Usage usage,
                                   std::string_view query);
net::Task<void> serve_usage_paths(gateway::RequestContext* context, Usage usage,
                                  std::string_view query);
net::Task<void> serve_usage_log(gateway::RequestContext* context, Usage usage,
                                std::string_view query);
// GET /admin/api/v1/cache/overview, unless no cache is configured.
net::Task<void> serve_cache_overview(gateway::RequestContext* context, Usage usage,
                                     std::string_view query);

}  // namespace gomodel::admin
