#include "dialect/grammar/findings.hpp"

namespace gomodel::dialect::grammar {

void Findings::note(Rule rule, Action action) {
    const auto bit = static_cast<std::size_t>(rule) * kActions + static_cast<std::size_t>(action);
    if (seen_[bit]) return;
    seen_[bit] = true;
    violations_.push_back({rule, action});
}

void Findings::insert(Rule rule, std::string_view text) {
    note(rule, Action::kMended);
    verdict_.text.append(text);
}

void Findings::instead(Rule rule, std::string_view text) {
    note(rule, Action::kMended);
    change(text);
}

void Findings::change(std::string_view text) {
    verdict_.fate = Verdict::Fate::kInstead;
    verdict_.text.append(text);
}

void Findings::end(Rule rule) {
    note(rule, Action::kEnded);
    verdict_.fate = Verdict::Fate::kEnd;
    verdict_.text.clear();
    verdict_.rule = rule;
}

}  // namespace gomodel::dialect::grammar
