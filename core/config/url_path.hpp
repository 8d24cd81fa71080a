// Paths of our own routes as the operator writes them. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace gomodel::config {

// Trimmed, with a leading slash, and . .. // and a trailing slash resolved: "a//b/../c/" -> "/a/c".
// Blank gives "/".
std::string clean_url_path(std::string_view text);

// True iff `path` is `root` or below it. REQUIRES: both are clean.
bool is_under(std::string_view path, std::string_view root);

}  // namespace gomodel::config
