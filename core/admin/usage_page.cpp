#include "admin/usage_page.hpp"

#include <algorithm>

#include "admin/usage_count.hpp"

namespace gomodel::admin {
namespace {

// From so many rows on, looking at each whether it meets conditions that all are known to meet is
// worth leaving out. Before, a row that has come since they were counted could be seen.
constexpr std::int64_t kFar = 10'000;

// REQUIRES: query.offset < counted.rows.
LogPart nearest(const UsageQuery& query, const UsageCount& counted) {
    LogPart part;
    part.offset = query.offset;
    part.limit = std::min(query.limit, counted.rows - query.offset);
    const std::int64_t older = counted.rows - part.offset - part.limit;
    if (older < part.offset) {
        part.oldest_first = true;
        part.offset = older;
    }
    part.unconditional = counted.everything && part.offset >= kFar;
    return part;
}

}  // namespace

base::Result<UsagePage> read_usage_page(record::Storage& storage, const UsageQuery& query) {
    const base::Result<UsageCount> counted = count_usage(storage, query);
    if (!counted.ok()) return counted.error();
    UsagePage page;
    page.total = counted->rows;
    if (query.offset >= page.total) return page;
    const LogPart part = nearest(query, *counted);
    const base::Status read = storage.read(log_query(query, part), [&page](std::string_view row) {
        page.rows.emplace_back(row);
        return true;
    });
    if (!read.ok()) return read.error();
    if (part.oldest_first) std::reverse(page.rows.begin(), page.rows.end());
    return page;
}

}  // namespace gomodel::admin
