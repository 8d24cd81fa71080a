// Text of clients and upstreams in rows of the storage: any bytes, as long as they like.
#pragma once

#include <gomodel/json_out.hpp>

#include <cstddef>
#include <string_view>

namespace gomodel::record {

// What is kept of such a text. Databases have limits for what they index, and bytes that are no
// UTF-8 become three each.
inline constexpr std::size_t kMaxText = 768;

// Bytes that are no UTF-8 are replaced.
void text_member(json::Out& out, std::string_view name, std::string_view text);

}  // namespace gomodel::record
