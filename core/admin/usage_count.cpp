#include "admin/usage_count.hpp"

#include <gomodel/json_tree.hpp>

#include <algorithm>
#include <optional>

#include "base/rfc3339.hpp"

namespace gomodel::admin {
namespace {

base::Result<std::int64_t> count(record::Storage& storage, std::string_view query) {
    std::int64_t found = 0;
    const base::Status read = storage.read(query, [&found](std::string_view text) {
        const json::Tree row(text);
        found = row.root()["count"].integer().value_or(0);
        return false;
    });
    if (!read.ok()) return read.error();
    return found;
}

// Of the first row in an order.
base::Result<std::optional<base::WallTime>> time_of_first(record::Storage& storage,
                                                          std::string_view query) {
    std::optional<base::WallTime> found;
    const base::Status read = storage.read(query, [&found](std::string_view text) {
        const json::Tree row(text);
        found = base::parse_rfc3339(row.root()["timestamp"].text());
        return false;
    });
    if (!read.ok()) return read.error();
    return found;
}

// True: no row is outside of the query's range.
base::Result<bool> has_all_times(record::Storage& storage, const UsageQuery& query) {
    const auto oldest = time_of_first(storage, kOldestUsage);
    if (!oldest.ok()) return oldest.error();
    if (!oldest->has_value() || **oldest < query.start) return false;
    const auto newest = time_of_first(storage, kNewestUsage);
    if (!newest.ok()) return newest.error();
    return newest->has_value() && **newest < query.end;
}

bool has_filters(const UsageQuery& query) {
    return !query.user_path.empty() || !query.model.empty() || !query.provider.empty() ||
           !query.search.empty();
}

}  // namespace

// Databases count a whole table much faster than what of it is in a range, and what is in a range
// by looking at each row: a range that leaves nothing out is not worth that.
base::Result<UsageCount> count_usage(record::Storage& storage, const UsageQuery& query) {
    bool whole = false;
    if (!has_filters(query)) {
        const base::Result<bool> all_times = has_all_times(storage, query);
        if (!all_times.ok()) return all_times.error();
        whole = *all_times;
    }
    if (!whole) {
        const auto rows = count(storage, log_count_query(query));
        if (!rows.ok()) return rows.error();
        return UsageCount{*rows, false};
    }
    std::int64_t all = 0;
    if (query.cache_mode != CacheMode::kCached) {
        const auto rows = count(storage, kCountUsage);
        if (!rows.ok()) return rows.error();
        all = *rows;
        if (query.cache_mode == CacheMode::kAll) return UsageCount{all, true};
    }
    const auto cached = count(storage, kCountCachedUsage);
    if (!cached.ok()) return cached.error();
    if (query.cache_mode == CacheMode::kCached) return UsageCount{*cached, false};
    return UsageCount{std::max<std::int64_t>(all - *cached, 0), *cached == 0};
}

}  // namespace gomodel::admin
