// JSON read in one pass into nodes that keep their own text. For translations: what is only moved
// from one place to another is copied as it stands, so numbers keep their digits, strings their
// escapes and objects their order.
// A Tree is built once and then constant; a Node is a pointer into it, cheap to copy, and may be
// absent: asking an absent node gives absent nodes and empty text. Both view the parsed text, which
// must outlive them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace json_tree {

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
    // Reads one JSON value of at most 2^32 bytes, nested up to gomodel::json::kMaxDepth.
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
    class Parser;

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

// The same JSON without white space between its parts.
std::string compact(std::string_view json);

}  // namespace json_tree
