// The grammar of a stream that goes to a client, in any of the three dialects: looks at every event
// on its way and says whether it may pass, has to be mended, or ends the stream. The stream filter
// asks it in production; tests ask it about what translations write. Takes well under a
// microsecond an event. Pure; one a stream.
#pragma once

#include <gomodel/sse.hpp>

#include <string_view>
#include <variant>
#include <vector>

#include "dialect/grammar/chat_grammar.hpp"
#include "dialect/grammar/findings.hpp"
#include "dialect/grammar/messages_grammar.hpp"
#include "dialect/grammar/responses_grammar.hpp"
#include "dialect/request.hpp"

namespace gomodel::dialect::grammar {

// The dialect's name in metrics and messages: "chat", "responses", "messages".
std::string_view dialect_name(Endpoint endpoint);

class StreamGrammar {
public:
    StreamGrammar(Endpoint endpoint, Measure measure);

    // The upstream was asked to tell the usage, which chat streams do only then.
    void expect_usage();
    // What is to be done about the next event. REQUIRES: event.has_data. Valid until the next call.
    const Verdict& check(const SseEvent& event);
    // An event of this type (empty: unknown) was too long to be held; it went by.
    void unseen(std::string_view type);
    // Such an event comes although nothing may follow.
    void late() { findings_.note(Rule::kEventAfterEnd, Action::kMended); }
    // The upstream sent all it has. mended: whatever was missing at the end has been added.
    void close(bool mended);

    // Nothing may follow but "[DONE]".
    bool ended() const;
    // The sequence number for an event that is added at the end of a responses stream.
    std::int64_t next_sequence() const;

    // The rules that were broken, each once, in their order, as far as they were not taken.
    const std::vector<Violation>& violations() const { return findings_.violations(); }
    std::vector<Violation> take_violations() { return findings_.take_violations(); }

private:
    std::variant<ChatGrammar, ResponsesGrammar, MessagesGrammar> grammar_;
    Findings findings_;
};

}  // namespace gomodel::dialect::grammar
