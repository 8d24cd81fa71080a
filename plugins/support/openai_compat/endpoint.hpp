// Where each operation lives in the OpenAI API, as a table.
#pragma once

#include <gomodel/op.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace openai_compat {

struct Endpoint {
    std::uint32_t kind;  // GM_CAN_*
    const char* action;  // gm_op.action
    const char* method;
    const char* path;                // below the base URL
    const char* path_end = nullptr;  // what follows the id; null: the path takes no id
};

std::span<const Endpoint> endpoints();

// The endpoint of an operation; null when the API has none.
const Endpoint* find_endpoint(std::uint32_t kind, std::string_view action);

// The path of an operation below the base URL, with its id: "/files/file-1/content". Throws
// Error(GM_UNSUPPORTED) when the API has no such operation and Error(GM_INVALID) without an id.
std::string operation_path(const gomodel::Op& op);

// Appends `text` as one path segment: everything but unreserved characters is percent-encoded
// (RFC 3986, section 2.3).
void append_segment(std::string& url, std::string_view text);

}  // namespace openai_compat
