#include "dialect/grammar/stream_grammar.hpp"

namespace gomodel::dialect::grammar {

std::string_view dialect_name(Endpoint endpoint) {
    if (endpoint == Endpoint::kResponses) return "responses";
    return is_messages(endpoint) ? "messages" : "chat";
}

StreamGrammar::StreamGrammar(Endpoint endpoint, Measure measure) : findings_(measure) {
    if (endpoint == Endpoint::kResponses) {
        grammar_.emplace<ResponsesGrammar>();
    } else if (is_messages(endpoint)) {
        grammar_.emplace<MessagesGrammar>();
    }
}

void StreamGrammar::expect_usage() {
    if (auto* const chat = std::get_if<ChatGrammar>(&grammar_)) chat->expect_usage();
}

const Verdict& StreamGrammar::check(const SseEvent& event) {
    findings_.begin();
    if (event.data.empty()) {
        findings_.drop(Rule::kEmptyData);
    } else {
        std::visit([&](auto& grammar) { grammar.take(event, findings_); }, grammar_);
    }
    return findings_.verdict();
}

void StreamGrammar::unseen(std::string_view type) {
    std::visit([&](auto& grammar) { grammar.take_unseen(type); }, grammar_);
}

void StreamGrammar::close(bool mended) {
    if (!ended()) findings_.note(Rule::kMissingEnd, mended ? Action::kMended : Action::kEnded);
}

bool StreamGrammar::ended() const {
    return std::visit([](const auto& grammar) { return grammar.ended(); }, grammar_);
}

std::int64_t StreamGrammar::next_sequence() const {
    const auto* const responses = std::get_if<ResponsesGrammar>(&grammar_);
    return responses == nullptr ? 0 : responses->next_sequence();
}

}  // namespace gomodel::dialect::grammar
