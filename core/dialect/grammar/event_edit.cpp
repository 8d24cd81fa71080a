#include "dialect/grammar/event_edit.hpp"

#include <algorithm>

#include "dialect/grammar/json_cursor.hpp"

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

DataEdit without_member(std::string_view data, std::string_view key, const char* value_end) {
    std::size_t begin = static_cast<std::size_t>(key.data() - data.data()) - 1;  // its quote
    std::size_t end = static_cast<std::size_t>(value_end - data.data());
    const std::size_t after = data.find_first_not_of(kSpace, end);
    const std::size_t before = data.find_last_not_of(kSpace, begin - 1);
    if (after != std::string_view::npos && data[after] == ',') {
        end = std::min(data.find_first_not_of(kSpace, after + 1), data.size());
    } else if (before != std::string_view::npos && data[before] == ',') {
        begin = before;
    }
    return {begin, end - begin, {}};
}

std::string edited(const SseEvent& event, std::vector<DataEdit> edits) {
    std::stable_sort(edits.begin(), edits.end(), [](const DataEdit& left, const DataEdit& right) {
        return left.offset < right.offset;
    });
    // Data of one line lies in the event itself.
    const std::size_t shift = event.raw.find(event.data);
    if (shift != std::string_view::npos) return apply(event.raw, shift, edits);
    std::string framed;
    append_sse(framed, event.name, apply(event.data, 0, edits));
    return framed;
}

}  // namespace gomodel::dialect::grammar
