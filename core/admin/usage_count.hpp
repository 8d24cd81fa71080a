// How many rows of the usage table a page of the log is one of. Blocks: on a worker.
#pragma once

#include "admin/usage_query.hpp"
#include "base/result.hpp"
#include "record/storage.hpp"

namespace gomodel::admin {

struct UsageCount {
    std::int64_t rows = 0;
    bool everything = false;  // the query leaves out no row of the table
};

base::Result<UsageCount> count_usage(record::Storage& storage, const UsageQuery& query);

}  // namespace gomodel::admin
