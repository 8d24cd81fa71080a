// Reads what matters of a server-sent event that is too long to be held: it goes by in pieces, cut
// anywhere. Used by the stream filter. Pure; one object an event.
#pragma once

#include <string>
#include <string_view>

#include "dialect/member_scanner.hpp"
#include "dialect/request.hpp"

namespace gomodel::dialect {

class LargeEvent {
public:
    explicit LargeEvent(Endpoint endpoint);

    void feed(std::string_view piece);

    // After the last piece. The event's `event:`, or else its data's `type`; empty without either.
    std::string_view type() const;
    // Raw JSON of the answer's members, those of `response` in a responses stream; empty: absent.
    std::string_view usage() const { return answer_.value(0); }
    std::string_view model() const { return answer_.value(1); }
    std::string_view id() const { return answer_.value(2); }

private:
    // The field names and values worth keeping are short.
    static constexpr std::size_t kMaxKept = 64;

    std::string field_;  // the current line's, as far as it has come
    bool in_field_ = true;
    std::string name_;  // value of `event:`
    MemberScanner event_;
    MemberScanner answer_;
};

}  // namespace gomodel::dialect
