#include "dialect/large_event.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace gomodel::dialect {
namespace {

void append_short(std::string& text, std::string_view more, std::size_t limit) {
    text.append(more.substr(0, limit - std::min(limit, text.size())));
}

}  // namespace

LargeEvent::LargeEvent(Endpoint endpoint)
    : event_({"type", ""}),
      answer_({"usage", "model", "id"}, endpoint == Endpoint::kResponses ? 2 : 1) {}

void LargeEvent::feed(std::string_view piece) {
    while (!piece.empty()) {
        const std::size_t end = in_field_ ? piece.find_first_of(":\n") : piece.find('\n');
        const std::string_view text = piece.substr(0, end);
        if (in_field_) {
            append_short(field_, text, kMaxKept);
        } else if (field_ == "data") {
            event_.feed(text);
            answer_.feed(text);
        } else if (field_ == "event") {
            append_short(name_, text, kMaxKept);
        }
        if (end == std::string_view::npos) return;
        in_field_ = piece[end] == '\n';
        if (in_field_) field_.clear();
        piece.remove_prefix(end + 1);
    }
}

std::string_view LargeEvent::type() const {
    const std::string_view name = base::trim(name_);
    if (!name.empty()) return name;
    const std::string_view quoted = event_.value(0);
    return quoted.size() < 2 ? std::string_view() : quoted.substr(1, quoted.size() - 2);
}

}  // namespace gomodel::dialect
