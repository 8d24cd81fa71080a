// What the grammar of a stream found: the verdict on the event that was just looked at, and which
// rules were broken so far. A rule is told of once a stream for each thing that was done about it,
// when it is first broken. Pure.
#pragma once

#include <gomodel/sse.hpp>

#include <bitset>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialect/grammar/rule.hpp"

namespace gomodel::dialect::grammar {

// How closely a stream is held to the rules.
enum class Measure : std::uint8_t {
    kUpstream,  // what the vendors' servers are known to do, and clients to bear, is let pass
    kOwn,       // what we write ourselves
};

struct Verdict {
    enum class Fate : std::uint8_t {
        kPass,     // `text`, then the event as it is
        kInstead,  // `text` in place of the event
        kEnd,      // nothing; the stream ends with an error
    };
    Fate fate = Fate::kPass;
    std::string text;  // whole events; usually empty
    Rule rule{};       // of kEnd: the one that was broken
};

class Findings {
public:
    explicit Findings(Measure measure) : own_(measure == Measure::kOwn) {}

    // The next event is looked at.
    void begin() {
        verdict_.fate = Verdict::Fate::kPass;
        verdict_.text.clear();
    }
    const Verdict& verdict() const { return verdict_; }

    void count(Rule rule) { note(rule, Action::kCounted); }
    // A rule that nobody but us is held to.
    void count_own(Rule rule) {
        if (own_) count(rule);
    }
    void drop(Rule rule) { instead(rule, {}); }
    void insert(Rule rule, std::string_view text);
    void instead(Rule rule, std::string_view text);
    // Puts this in place of the event; what was mended in it has been noted.
    void change(std::string_view text);
    void end(Rule rule);
    // Of the stream as a whole, or of what change() mends.
    void note(Rule rule, Action action);

    bool own() const { return own_; }
    // Those that were not taken yet.
    const std::vector<Violation>& violations() const { return violations_; }
    std::vector<Violation> take_violations() { return std::exchange(violations_, {}); }

private:
    const bool own_;
    Verdict verdict_;
    std::bitset<kRules * kActions> seen_;
    std::vector<Violation> violations_;
};

}  // namespace gomodel::dialect::grammar
