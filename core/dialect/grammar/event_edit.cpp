#include "dialect/grammar/event_edit.hpp"

namespace gomodel::dialect::grammar {
namespace {

std::string apply(std::string_view text, std::size_t shift, const std::vector<DataEdit>& edits) {
    std::string changed;
    std::size_t at = 0;
    for (const DataEdit& edit : edits) {
        const std::size_t offset = edit.offset + shift;
        changed.append(text.substr(at, offset - at)).append(edit.text);
        at = offset + edit.length;
    }
    changed.append(text.substr(at));
    return changed;
}

}  // namespace

std::string edited(const SseEvent& event, const std::vector<DataEdit>& edits) {
    // Data of one line lies in the event itself.
    const std::size_t shift = event.raw.find(event.data);
    if (shift != std::string_view::npos) return apply(event.raw, shift, edits);
    std::string framed;
    append_sse(framed, event.name, apply(event.data, 0, edits));
    return framed;
}

}  // namespace gomodel::dialect::grammar
