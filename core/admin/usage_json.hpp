// The admin API's JSON of usage, out of the rows of the storage. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gomodel::admin {

using Rows = std::vector<std::string>;  // JSON objects

std::string summary_json(const Rows& rows);
std::string periods_json(const Rows& rows);
std::string models_json(const Rows& rows);
std::string user_paths_json(const Rows& rows);

// A page of the log, and how many rows there are in all.
struct LogPage {
    const Rows& rows;
    std::int64_t total = 0;
    std::int64_t limit = 0;
    std::int64_t offset = 0;
};
std::string log_json(const LogPage& page);

// Hits of the caches: rows by type, and by date and type, in order of date.
std::string cache_overview_json(const Rows& types, const Rows& dates);

}  // namespace gomodel::admin
