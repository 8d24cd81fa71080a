// A page of the log of usage, newest first, read from whichever end of the log is nearer: databases
// walk over every row that comes before a page. Blocks: on a worker.
#pragma once

#include <cstdint>

#include "admin/usage_json.hpp"
#include "admin/usage_query.hpp"
#include "base/result.hpp"
#include "record/storage.hpp"

namespace gomodel::admin {

struct UsagePage {
    Rows rows;
    std::int64_t total = 0;
};

base::Result<UsagePage> read_usage_page(record::Storage& storage, const UsageQuery& query);

}  // namespace gomodel::admin
