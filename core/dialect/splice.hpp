// Changes to a JSON text at byte offsets, so that everything else stays as the client wrote it.
// Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "net/buffer.hpp"

namespace gomodel::dialect {

struct Edit {
    std::size_t offset = 0;
    std::size_t length = 0;  // bytes replaced; 0: an insertion
    std::string text;
};

// Applies edits, which must not overlap. Moves the shorter side of each: an edit near the start of
// a long text costs little.
void apply(net::Buffer& text, std::vector<Edit> edits);

}  // namespace gomodel::dialect
