#include "record/row_text.hpp"

#include "base/utf8.hpp"

namespace gomodel::record {

void text_member(json::Out& out, std::string_view name, std::string_view text) {
    base::is_utf8(text) ? out.member(name, text)
                        : out.member(name, base::replace_invalid_utf8(text));
}

}  // namespace gomodel::record
