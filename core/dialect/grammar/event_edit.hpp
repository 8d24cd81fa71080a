// Changes to an event on its way to the client. Pure.
#pragma once

#include <gomodel/sse.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gomodel::dialect::grammar {

// Text in place of some bytes of an event's data.
struct DataEdit {
    std::size_t offset = 0;
    std::size_t length = 0;
    std::string text;
};

// One that leaves out a member of an object in the data, with a comma beside it. value_end: where
// its value ends. REQUIRES: `key` and value_end are in the data.
DataEdit without_member(std::string_view data, std::string_view key, const char* value_end);

// The event with its data changed; everything else stays. Edits do not overlap.
std::string edited(const SseEvent& event, std::vector<DataEdit> edits);

}  // namespace gomodel::dialect::grammar
