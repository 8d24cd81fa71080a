// A row of a managed table as the storage gives and takes it: JSON, one member a column.
#pragma once

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace gomodel::control {

// The text of a JSON value that is put together, or none: null.
void optional_text(json::Out& out, std::string_view name, std::string_view text);
void flag(json::Out& out, std::string_view name, bool value);
// Whole seconds since 1970: what the managed tables keep of times.
void time(json::Out& out, std::string_view name, std::optional<base::WallTime> time);

// nullopt: null, or no time.
std::optional<base::WallTime> time_of(json::Node value);

// {"table":...,"where":[[column,"=",text]]}
std::string where_equal(std::string_view table, std::string_view column, std::string_view text);

// A time as the managed tables keep it.
base::WallTime whole_seconds(base::WallTime time);
base::WallTime from_seconds(std::int64_t seconds);
std::int64_t to_seconds(base::WallTime time);

}  // namespace gomodel::control
