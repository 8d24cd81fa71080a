// Reads a JSON text from front to back where it lies, in one pass and without memory of its own:
// what the grammar of a stream needs of an event in well under a microsecond. Strings stay as they
// are written. It finds most of what is not JSON, not all of it. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace gomodel::dialect::grammar {

inline constexpr std::string_view kSpace = " \t\r\n";  // what JSON has between its parts

// What numbers, true, false and null are made of.
constexpr bool is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '+' || c == '.';
}

class JsonCursor {
public:
    explicit JsonCursor(std::string_view text)
        : at_(text.data()), end_(text.data() + text.size()) {}

    // False: what was read so far is not JSON. Nothing is read from then on.
    bool ok() const { return ok_; }
    // True iff all of it was read, and well.
    bool at_end() {
        space();
        return ok_ && at_ == end_;
    }

    // The first character of the next value; 0 if there is none.
    char peek() {
        space();
        return ok_ && at_ != end_ ? *at_ : '\0';
    }
    // Where the next value is to be read.
    const char* where() const { return at_; }

    // Reads an object: calls take(key) in front of each value, which it has to read.
    template <class Take>
    void object(Take take) {
        if (!open('{') || close('}')) return;
        do {
            space();
            const std::string_view key = string();
            if (!expect(':')) return;
            space();
            take(key);
        } while (more('}'));
    }

    // Reads an array: calls take() in front of each element, which it has to read.
    template <class Take>
    void array(Take take) {
        if (!open('[') || close(']')) return;
        do {
            space();
            take();
        } while (more(']'));
    }

    // The inside of a string, escapes left as they are. Another value is read over; data() is null.
    std::string_view string_or_skip();
    // A whole number from 0 to 2^31; -1 for any other value, which is read over.
    std::int64_t index_or_skip();
    // Reads over a value: its text.
    std::string_view skip();

private:
    void space() {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r'))
            ++at_;
    }
    bool fail() {
        ok_ = false;
        at_ = end_;
        return false;
    }
    bool expect(char c) {
        space();
        if (at_ == end_ || *at_ != c) return fail();
        ++at_;
        return true;
    }
    bool open(char c) { return ok_ && expect(c); }
    // Of an empty object or array.
    bool close(char c) {
        space();
        if (at_ == end_ || *at_ != c) return false;
        ++at_;
        return true;
    }
    // False: that was the last.
    bool more(char c) {
        if (!ok_) return false;
        space();
        if (at_ != end_ && *at_ == ',') {
            ++at_;
            return true;
        }
        expect(c);
        return false;
    }
    std::string_view string();
    void skip_scalar();
    void skip_nested();

    const char* at_;
    const char* const end_;
    bool ok_ = true;
};

// True iff a value's text says nothing: absent, null, "", [], {} or false.
bool says_nothing(std::string_view value);

}  // namespace gomodel::dialect::grammar
