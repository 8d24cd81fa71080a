// A hole in simdjson 3.0 and how it is found: ondemand::parser::iterate() reports success when
// there was no memory for the strings it will unescape, and the first string is written to address
// 0.
#pragma once

#include <simdjson.h>

namespace gomodel::base {
namespace detail {

struct OpenedText : simdjson::ondemand::document {
    static constexpr auto kIterator = &OpenedText::iter;
};

}  // namespace detail

// False: strings of this text must not be asked for, as when iterate() had said MEMALLOC.
inline bool has_room_for_strings(simdjson::ondemand::document& opened) {
    return (opened.*detail::OpenedText::kIterator).string_buf_loc() != nullptr;
}

}  // namespace gomodel::base
