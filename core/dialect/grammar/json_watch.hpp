// Watches a JSON value come in fragments, each the inside of a JSON string, as the arguments of a
// tool call do: whether it is whole at their end. Pure; one a value.
#pragma once

#include <cstdint>
#include <string_view>

namespace gomodel::dialect::grammar {

class JsonWatch {
public:
    // escaped: a fragment as it stands between its quotes. A fragment may end anywhere in the
    // value.
    void feed(std::string_view escaped);

    // True iff one value, and nothing else but white space, has come. A value that is nested too
    // deeply to be followed is taken for whole.
    bool whole() const;
    // True iff nothing but white space has come.
    bool empty() const { return state_ == State::kValue && depth_ == 0; }

private:
    enum class State : std::uint8_t {
        kValue,         // one is to come
        kFirstElement,  // one, or the end of an array
        kFirstKey,      // a key, or the end of an object
        kKey,
        kColon,
        kAfter,  // a value has ended
        kString,
        kEscape,
        kWord,  // a number, true, ...
        kBroken,
        kDeep,
    };
    static constexpr int kMaxDepth = 64;

    void take(char c);
    void take_in_string(char c);
    void begin_value(char c);
    void open(bool object);
    void close(bool object);
    bool in_object() const { return depth_ > 0 && (objects_ >> (depth_ - 1) & 1) != 0; }

    std::uint64_t objects_ = 0;  // a bit for each open bracket: it is an object's
    State state_ = State::kValue;
    std::uint8_t depth_ = 0;
    bool is_key_ = false;  // the string that is going by
};

}  // namespace gomodel::dialect::grammar
