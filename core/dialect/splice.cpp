#include "dialect/splice.hpp"

#include <algorithm>

namespace gomodel::dialect {

void apply(net::Buffer& text, std::vector<Edit> edits) {
    // From the back, so that the offsets of the others stay true. At the same offset an insertion
    // comes after what was inserted before it and before what is replaced there.
    std::stable_sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) {
        if (a.offset != b.offset) return a.offset < b.offset;
        return a.length == 0 && b.length != 0;
    });
    for (auto edit = edits.rbegin(); edit != edits.rend(); ++edit) {
        text.replace(edit->offset, edit->length, edit->text);
    }
}

}  // namespace gomodel::dialect
