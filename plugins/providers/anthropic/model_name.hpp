// What the name of a model says about what it takes. Names are the only thing there is to go by:
// the list of models has no such fields.
#pragma once

#include <cstdint>
#include <string_view>

namespace anthropic {

// Both spellings are read: claude-opus-4-6[-20260205], claude-3-7-sonnet-20250219, with or without
// a vendor in front. A name without a number is the newest there is.
class ModelName {
public:
    explicit ModelName(std::string_view name);

    // Thinks as much as it sees fit, steered by an effort, instead of up to a budget of tokens.
    bool adaptive() const { return known_ && at_least(4, 6); }
    // Cannot be told not to think.
    bool always_thinks() const { return always_thinks_; }
    // Takes the effort xhigh; what it thinks is left out unless asked for; no sampling parameters.
    bool after_4_6() const { return known_ && at_least(4, 7); }
    // Takes temperature or top_p, not both.
    bool one_sampling_parameter() const { return known_ && at_least(4, 1); }
    // Takes the effort max.
    bool max_effort() const { return after_4_6() || (adaptive() && opus_); }
    // Can think at all.
    bool thinks() const { return !known_ || at_least(3, 7); }
    // The largest budget to think with that leaves room to answer.
    std::int64_t largest_budget() const;

private:
    bool at_least(int major, int minor) const {
        return major_ > major || (major_ == major && minor_ >= minor);
    }

    bool known_ = false;  // false: not a Claude by its name
    bool opus_ = false;
    bool always_thinks_ = false;
    int major_ = 0;
    int minor_ = 0;
};

}  // namespace anthropic
