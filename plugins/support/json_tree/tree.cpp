#include "json_tree/tree.hpp"

#include <gomodel/json.hpp>

#include <limits>

namespace json_tree {

using gomodel::json::detail::Scanner;

// Fills a tree's entries. Recursive: the depth is bounded.
class Tree::Parser {
public:
    Parser(std::string_view text, std::vector<Entry>& entries) : scanner_(text), all_(entries) {}

    bool run() {
        if (!value({}, 0)) return false;
        scanner_.skip_space();
        return scanner_.at_end();
    }

private:
    bool value(std::string_view name, std::size_t depth) {
        scanner_.skip_space();
        if (scanner_.at_end() || depth > gomodel::json::kMaxDepth) return false;
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

    Scanner scanner_;
    std::vector<Entry>& all_;
};

Tree::Tree(std::string_view text) {
    if (text.size() > std::numeric_limits<std::uint32_t>::max()) return;
    entries_.reserve(32);
    ok_ = Parser(text, entries_).run();
}

bool Node::is(Kind kind) const {
    return tree_ != nullptr && tree_->entries_[index_].kind == kind;
}

std::string_view Node::raw() const {
    return tree_ == nullptr ? std::string_view() : tree_->entries_[index_].raw;
}

std::string_view Node::name() const {
    return tree_ == nullptr ? std::string_view() : tree_->entries_[index_].name;
}

std::string_view Node::escaped() const {
    if (!is_string()) return {};
    const std::string_view quoted = raw();
    return quoted.substr(1, quoted.size() - 2);
}

std::string Node::text() const {
    if (escaped().find('\\') == std::string_view::npos) return std::string(escaped());
    return gomodel::json::unquote(raw()).value_or(std::string());
}

bool Node::blank() const {
    return is_string() && text().find_first_not_of(" \t\r\n\f\v") == std::string::npos;
}

std::optional<double> Node::number() const {
    return is_number() ? gomodel::json::number(raw()) : std::nullopt;
}

std::optional<std::int64_t> Node::integer() const {
    constexpr double kLargest = 9007199254740992.0;  // beyond it a double skips numbers
    const std::optional<double> value = number();
    if (!value || *value < -kLargest || *value > kLargest) return std::nullopt;
    const auto whole = static_cast<std::int64_t>(*value);
    if (static_cast<double>(whole) != *value) return std::nullopt;
    return whole;
}

Node Node::operator[](std::string_view name) const {
    if (!is_object()) return {};
    Node found;
    for (const Node member : *this) {
        const std::string_view escaped = member.name();
        const bool plain = escaped.find('\\') == std::string_view::npos;
        const bool same =
            plain ? escaped == name
                  : gomodel::json::unquote({escaped.data() - 1, escaped.size() + 2}) == name;
        if (same) found = member;
    }
    return found;
}

Node::Iterator Node::begin() const {
    if (!is_array() && !is_object()) return end();
    return {tree_, index_ + 1};
}

Node::Iterator Node::end() const {
    return {tree_, tree_ == nullptr ? 0 : tree_->entries_[index_].next};
}

std::size_t Node::size() const {
    std::size_t count = 0;
    for (Iterator at = begin(); at != end(); ++at)
        ++count;
    return count;
}

std::string compact(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    bool inside = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (inside) {
            out += c;
            if (c == '\\' && i + 1 < json.size()) {
                out += json[++i];
            } else if (c == '"') {
                inside = false;
            }
        } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
            out += c;
            inside = c == '"';
        }
    }
    return out;
}

}  // namespace json_tree
