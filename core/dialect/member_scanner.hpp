// Watches a JSON object go by in pieces and keeps the raw text of a few of its members: how usage
// is read from an answer of any size without holding the answer. Not a validator: it follows
// strings and brackets. Pure; one scanner a document.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace gomodel::dialect {

class MemberScanner {
public:
    static constexpr std::size_t kMembers = 3;
    static constexpr std::size_t kMaxValue = 16 * 1024;  // bytes; a longer value is not kept

    // The members to keep: of the object itself, or at depth 2 of the objects in it. Of several
    // with one name the last counts. The names must outlive the scanner.
    explicit MemberScanner(std::array<std::string_view, kMembers> names, int depth = 1)
        : names_(names), watched_(depth) {}

    void feed(std::string_view bytes);

    // The raw JSON of a kept member; empty while its end has not been seen.
    std::string_view value(std::size_t index) const;
    // True iff exactly one object, and nothing else but white space, has gone by.
    bool whole_object() const { return state_ == State::kAfter; }
    // True iff what came cannot be a JSON object.
    bool broken() const { return state_ == State::kBroken; }

private:
    enum class State : std::uint8_t { kBefore, kInside, kAfter, kBroken };
    static constexpr int kNone = -1;

    const char* in_string(const char* at, const char* end);
    const char* closing_quote(const char* at, const char* end);
    const char* outside(const char* at, const char* end);
    void begin_string();
    void begin_value(const char* at);
    void end_value(const char* at);
    void keep(const char* from, const char* to);

    const std::array<std::string_view, kMembers> names_;
    const int watched_;  // the depth that keys are looked at
    std::array<std::string, kMembers> values_;
    std::array<bool, kMembers> complete_{};
    State state_ = State::kBefore;
    int depth_ = 0;
    bool in_string_ = false;
    bool escaped_ = false;     // an odd number of backslashes ended the last piece
    bool expect_key_ = false;  // the next string at that depth is a key
    bool in_key_ = false;
    std::string key_;
    int keeping_ = kNone;              // the member whose value is going by
    const char* kept_from_ = nullptr;  // where it starts in the current piece
};

// The text of a kept member as it stands between its quotes: ids and names of models need no
// escapes. Empty if it is no string.
inline std::string_view text_between_quotes(std::string_view json) {
    const bool quoted = json.size() >= 2 && json.front() == '"' && json.back() == '"';
    return quoted ? json.substr(1, json.size() - 2) : std::string_view();
}

}  // namespace gomodel::dialect
