// JSON read in one pass into nodes that keep their own text. For translations: what is only moved
// from one place to another is copied as it stands, so numbers keep their digits, strings their
// escapes and objects their order.
// A Tree is built once and then constant; a Node is a pointer into it, cheap to copy, and may be
// absent: asking an absent node gives absent nodes and empty text. Both view the parsed text, which
// must outlive them.
#pragma once

#include <gomodel/json.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gomodel::json {

enum class Kind : std::uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };

class Tree;

class Node {
public:
    Node() = default;

    // False: absent.
    explicit operator bool() const { return tree_ != nullptr; }

    bool is(Kind kind) const;
    bool is_object() const { return is(Kind::kObject); }
    bool is_array() const { return is(Kind::kArray); }
    bool is_string() const { return is(Kind::kString); }
    bool is_number() const { return is(Kind::kNumber); }
    // Absent, or null: how clients leave a member out.
    bool missing() const { return tree_ == nullptr || is(Kind::kNull); }
    bool is_true() const { return raw() == "true"; }
    bool is_false() const { return raw() == "false"; }

    // The JSON text. Empty: absent.
    std::string_view raw() const;
    // Of a string, what is between its quotes, still escaped. Empty for anything else.
    std::string_view escaped() const;
    // Of a string, what it says. Empty for anything else.
    std::string text() const;
    // True iff it is the string `plain`, which needs no escapes.
    bool equals(std::string_view plain) const { return is_string() && escaped() == plain; }
    // True iff it is a string of nothing but white space.
    bool blank() const;
    std::optional<double> number() const;
    // A number that is a whole one, within +-2^53.
    std::optional<std::int64_t> integer() const;

    // Of an object: its last member of that name, whatever its value.
    Node operator[](std::string_view name) const;
    // Of an object's member: its name, still escaped.
    std::string_view name() const;

    // Elements of an array, members of an object.
    class Iterator;
    Iterator begin() const;
    Iterator end() const;
    std::size_t size() const;

private:
    friend class Tree;
    Node(const Tree* tree, std::uint32_t index) : tree_(tree), index_(index) {}

    const Tree* tree_ = nullptr;
    std::uint32_t index_ = 0;
};

class Tree {
public:
    // Reads one JSON value of at most 2^32 bytes, nested up to kMaxDepth.
    explicit Tree(std::string_view text);

    Tree(const Tree&) = delete;
    Tree& operator=(const Tree&) = delete;

    // False: the text is no JSON.
    bool ok() const { return ok_; }
    // The whole; absent unless ok().
    Node root() const { return ok_ ? Node(this, 0) : Node(); }

private:
    friend class Node;
    friend class Node::Iterator;
    friend class Elements;
    class Parser;

    Tree() = default;

    struct Entry {
        std::string_view raw;
        std::string_view name;   // of an object's member, without quotes
        std::uint32_t next = 0;  // the node behind this one and all that is in it
        Kind kind = Kind::kNull;
    };

    std::vector<Entry> entries_;  // in the order of the text: children follow their parent
    bool ok_ = false;
};

class Node::Iterator {
public:
    Node operator*() const { return {tree_, index_}; }
    Iterator& operator++() {
        index_ = tree_->entries_[index_].next;
        return *this;
    }
    bool operator!=(const Iterator& other) const { return index_ != other.index_; }

private:
    friend class Node;
    Iterator(const Tree* tree, std::uint32_t index) : tree_(tree), index_(index) {}

    const Tree* tree_;
    std::uint32_t index_;
};

// The elements of an array, read one after the other: an array of many takes no more memory than
// the largest of them. Views the text, which must outlive it.
class Elements {
public:
    explicit Elements(std::string_view array);

    // The next one, which lasts until the next call. Absent: there is none, or the text is no JSON;
    // see ok().
    Node next();
    // True iff the text was one whole array. Meaningful once next() has given an absent one.
    bool ok() const { return ok_; }

private:
    Node end(bool whole);

    std::string_view rest_;
    Tree tree_;
    bool first_ = true;
    bool done_ = false;
    bool ok_ = false;
};

// The same JSON without white space between its parts.
std::string compact(std::string_view json);

// Fills a tree's entries. Recursive: the depth is bounded.
class Tree::Parser {
public:
    Parser(std::string_view text, std::vector<Entry>& entries) : scanner_(text), all_(entries) {}

    bool run() {
        if (!value({}, 0)) return false;
        scanner_.skip_space();
        return scanner_.at_end();
    }

    // One value, as a part of something; where it ends. nullptr: there is none.
    const char* part() { return value({}, 1) ? scanner_.position() : nullptr; }

private:
    bool value(std::string_view name, std::size_t depth) {
        scanner_.skip_space();
        if (scanner_.at_end() || depth > kMaxDepth) return false;
        const char* const first = scanner_.position();
        const std::size_t index = all_.size();
        all_.push_back({{}, name, 0, kind_of(*first)});
        const bool whole = *first == '{'   ? members(depth)
                           : *first == '[' ? elements(depth)
                                           : scanner_.skip_value();
        all_[index].raw = {first, static_cast<std::size_t>(scanner_.position() - first)};
        all_[index].next = static_cast<std::uint32_t>(all_.size());
        return whole;
    }

    bool members(std::size_t depth) {
        scanner_.take('{');
        scanner_.skip_space();
        if (scanner_.take('}')) return true;
        do {
            scanner_.skip_space();
            const char* const first = scanner_.position();
            if (!scanner_.skip_string()) return false;
            const auto length = static_cast<std::size_t>(scanner_.position() - first);
            scanner_.skip_space();
            if (!scanner_.take(':') || !value({first + 1, length - 2}, depth + 1)) return false;
            scanner_.skip_space();
        } while (scanner_.take(','));
        return scanner_.take('}');
    }

    bool elements(std::size_t depth) {
        scanner_.take('[');
        scanner_.skip_space();
        if (scanner_.take(']')) return true;
        do {
            if (!value({}, depth + 1)) return false;
            scanner_.skip_space();
        } while (scanner_.take(','));
        return scanner_.take(']');
    }

    static Kind kind_of(char first) {
        switch (first) {
            case '{':
                return Kind::kObject;
            case '[':
                return Kind::kArray;
            case '"':
                return Kind::kString;
            case 't':
            case 'f':
                return Kind::kBool;
            case 'n':
                return Kind::kNull;
            default:
                return Kind::kNumber;
        }
    }

    detail::Scanner scanner_;
    std::vector<Entry>& all_;
};

inline Tree::Tree(std::string_view text) {
    if (text.size() > std::numeric_limits<std::uint32_t>::max()) return;
    entries_.reserve(32);
    ok_ = Parser(text, entries_).run();
}

inline Elements::Elements(std::string_view array) : rest_(array) {
    detail::Scanner scanner(rest_);
    scanner.skip_space();
    done_ = array.size() > std::numeric_limits<std::uint32_t>::max() || !scanner.take('[');
    rest_.remove_prefix(static_cast<std::size_t>(scanner.position() - rest_.data()));
}

inline Node Elements::end(bool whole) {
    done_ = true;
    ok_ = whole;
    return {};
}

inline Node Elements::next() {
    if (done_) return {};
    const char* const last = rest_.data() + rest_.size();
    detail::Scanner scanner(rest_);
    scanner.skip_space();
    if (scanner.take(']')) {
        // Nothing but a comma was between the elements, and nothing is behind the array.
        scanner.skip_space();
        return end(scanner.at_end());
    }
    if (!first_ && !scanner.take(',')) return end(false);
    first_ = false;
    const char* const begin = scanner.position();
    tree_.entries_.clear();
    Tree::Parser parser({begin, static_cast<std::size_t>(last - begin)}, tree_.entries_);
    const char* const behind = parser.part();
    if (behind == nullptr) return end(false);
    rest_ = {behind, static_cast<std::size_t>(last - behind)};
    tree_.ok_ = true;
    return tree_.root();
}

inline bool Node::is(Kind kind) const {
    return tree_ != nullptr && tree_->entries_[index_].kind == kind;
}

inline std::string_view Node::raw() const {
    return tree_ == nullptr ? std::string_view() : tree_->entries_[index_].raw;
}

inline std::string_view Node::name() const {
    return tree_ == nullptr ? std::string_view() : tree_->entries_[index_].name;
}

inline std::string_view Node::escaped() const {
    if (!is_string()) return {};
    const std::string_view quoted = raw();
    return quoted.substr(1, quoted.size() - 2);
}

inline std::string Node::text() const {
    if (escaped().find('\\') == std::string_view::npos) return std::string(escaped());
    return unquote(raw()).value_or(std::string());
}

inline bool Node::blank() const {
    return is_string() && text().find_first_not_of(" \t\r\n\f\v") == std::string::npos;
}

inline std::optional<double> Node::number() const {
    return is_number() ? json::number(raw()) : std::nullopt;
}

inline std::optional<std::int64_t> Node::integer() const {
    constexpr double kLargest = 9007199254740992.0;  // beyond it a double skips numbers
    const std::optional<double> value = number();
    if (!value || *value < -kLargest || *value > kLargest) return std::nullopt;
    const auto whole = static_cast<std::int64_t>(*value);
    if (static_cast<double>(whole) != *value) return std::nullopt;
    return whole;
}

inline Node Node::operator[](std::string_view name) const {
    if (!is_object()) return {};
    Node found;
    for (const Node member : *this) {
        const std::string_view escaped = member.name();
        const bool plain = escaped.find('\\') == std::string_view::npos;
        const bool same =
            plain ? escaped == name : unquote({escaped.data() - 1, escaped.size() + 2}) == name;
        if (same) found = member;
    }
    return found;
}

inline Node::Iterator Node::begin() const {
    if (!is_array() && !is_object()) return end();
    return {tree_, index_ + 1};
}

inline Node::Iterator Node::end() const {
    return {tree_, tree_ == nullptr ? 0 : tree_->entries_[index_].next};
}

inline std::size_t Node::size() const {
    std::size_t count = 0;
    for (Iterator at = begin(); at != end(); ++at)
        ++count;
    return count;
}

inline std::string compact(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    const char* const end = json.data() + json.size();
    const char* kept = json.data();  // what is from here on has not been copied yet
    for (const char* at = kept; at != end;) {
        if (*at == '"') {
            at = detail::string_end(at, end);
            continue;
        }
        const bool space = *at == ' ' || *at == '\t' || *at == '\n' || *at == '\r';
        if (space) {
            out.append(kept, static_cast<std::size_t>(at - kept));
            kept = at + 1;
        }
        ++at;
    }
    return out.append(kept, static_cast<std::size_t>(end - kept));
}

}  // namespace gomodel::json
