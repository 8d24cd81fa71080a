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
    std::string_view text;
};

// The event with its data changed; everything else stays. Edits come in their order.
std::string edited(const SseEvent& event, const std::vector<DataEdit>& edits);

}  // namespace gomodel::dialect::grammar
