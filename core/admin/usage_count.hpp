// How many rows of the usage table a page of the log is one of. Blocks: on a worker.
#pragma once

#include "admin/usage_query.hpp"
#include "base/result.hpp"
#include "record/storage.hpp"

namespace gomodel::admin {

base::Result<std::int64_t> count_usage(record::Storage& storage, const UsageQuery& query);

}  // namespace gomodel::admin
