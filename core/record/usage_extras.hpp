// What a provider says of the use of tokens besides the three counts every provider has: cached,
// reasoning, audio tokens, seconds, pages. They are kept with a usage row as its raw_data, and some
// have prices. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gomodel::record {

struct UsageExtra {
    std::string name;  // "prompt_cached_tokens"; still escaped as in JSON
    std::string json;  // its value
    double count = 0;  // the value of a number above 0
};

using UsageExtras = std::vector<UsageExtra>;

// Reads a usage object. Members of its details get the prefix prompt_ or completion_ and are kept
// when above 0, unless the object has a member of that name itself. `stream`: of other members only
// numbers above 0 are kept, as the reference gateway does.
UsageExtras usage_extras(std::string_view usage, bool stream);

}  // namespace gomodel::record
