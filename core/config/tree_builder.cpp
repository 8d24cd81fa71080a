#include "config/tree_builder.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "config/interpolation.hpp"
#include "config/problem.hpp"

namespace gomodel::config {
namespace {

constexpr const char* kTooLarge =
    "the document is too large, counting what its aliases and ${...} stand for";
constexpr const char* kTooDeep = "the document is nested too deeply (64 levels are allowed)";

bool is_null_text(std::string_view text) {
    return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

}  // namespace

TreeBuilder::TreeBuilder(const std::string& file, const Environment& environment,
                         Problems& problems)
    : file_(file), environment_(environment), problems_(problems) {}

const char* TreeBuilder::scalar(int line, std::string_view text, bool plain) {
    Node node;
    node.line = line;
    node.plain = plain;
    node.text = expand(line, text);
    node.kind = plain && is_null_text(node.text) ? Node::Kind::kNull : Node::Kind::kScalar;
    if (const char* const fault = spend(node, 0)) return fault;
    return put(std::move(node));
}

const char* TreeBuilder::null(int line) {
    return scalar(line, {}, true);
}

const char* TreeBuilder::open(int line, Node::Kind kind) {
    if (open_.size() >= DocumentLimits::kDepth) return kTooDeep;
    if (!open_.empty() && open_.back().node.is_mapping() && !open_.back().key) {
        return "a mapping's key must be text";
    }
    Open opened;
    opened.node.line = line;
    opened.node.kind = kind;
    open_.push_back(std::move(opened));
    return ++values_ > DocumentLimits::kValues ? kTooLarge : nullptr;
}

const char* TreeBuilder::close() {
    Open closed = std::move(open_.back());
    open_.pop_back();
    for (Node& source : closed.merges) {
        if (const char* const fault = merge(closed, std::move(source))) return fault;
    }
    return put(std::move(closed.node));
}

const char* TreeBuilder::copy(int line, const Node& node) {
    if (const char* const fault = spend(node, open_.size())) return fault;
    Node copied = node;
    if (!copied.is_mapping() && !copied.is_sequence()) copied.line = line;
    return put(std::move(copied));
}

const char* TreeBuilder::remember(Node& node) {
    if (const char* const fault = spend(*last_, 0)) return fault;
    node = *last_;
    return nullptr;
}

// Counts what a value adds, before it is stored.
const char* TreeBuilder::spend(const Node& node, std::size_t depth) {
    if (depth > DocumentLimits::kDepth) return kTooDeep;
    bytes_ += node.text.size();
    if (++values_ > DocumentLimits::kValues || bytes_ > DocumentLimits::kTextBytes) {
        return kTooLarge;
    }
    for (const Node& item : node.items) {
        if (const char* const fault = spend(item, depth + 1)) return fault;
    }
    for (const Entry& entry : node.entries) {
        bytes_ += entry.key.size();
        if (const char* const fault = spend(entry.value, depth + 1)) return fault;
    }
    return nullptr;
}

const char* TreeBuilder::put(Node node) {
    if (open_.empty()) {
        root_ = std::move(node);
        last_ = &root_;
        return nullptr;
    }
    Open& parent = open_.back();
    if (parent.node.is_sequence()) {
        last_ = &parent.node.items.emplace_back(std::move(node));
        return nullptr;
    }
    if (!parent.key) return put_key(parent, std::move(node));
    if (parent.merge) {
        last_ = &parent.merges.emplace_back(std::move(node));
    } else {
        parent.key->value = std::move(node);
        last_ = &parent.node.entries.emplace_back(std::move(*parent.key)).value;
    }
    parent.key.reset();
    return nullptr;
}

const char* TreeBuilder::put_key(Open& mapping, Node node) {
    if (node.is_mapping() || node.is_sequence()) return "a mapping's key must be text";
    if (node.text.size() > DocumentLimits::kKeyBytes) return "a key is longer than 1024 bytes";
    mapping.key = Entry{node.text, node.line, {}};
    mapping.merge = node.plain && node.text == "<<";
    const auto [known, fresh] = mapping.lines.try_emplace(node.text, node.line);
    if (!fresh) {
        problems_.error(where(node.line), path(),
                        "duplicate key, first set on line " + std::to_string(known->second));
    }
    key_ = std::move(node);
    last_ = &key_;
    return nullptr;
}

// Keys of the mapping itself win over merged ones, earlier sources over later ones.
const char* TreeBuilder::merge(Open& mapping, Node source) {
    if (source.is_sequence()) {
        for (Node& item : source.items) {
            if (item.is_sequence()) return "<< needs a mapping or a list of mappings";
            if (const char* const fault = merge(mapping, std::move(item))) return fault;
        }
        return nullptr;
    }
    if (!source.is_mapping()) return "<< needs a mapping or a list of mappings";
    for (Entry& entry : source.entries) {
        const bool fresh = mapping.lines.try_emplace(entry.key, entry.line).second;
        if (fresh) mapping.node.entries.push_back(std::move(entry));
    }
    return nullptr;
}

std::string TreeBuilder::expand(int line, std::string_view text) {
    if (text.find('$') == std::string_view::npos) return std::string(text);
    Interpolated expanded = interpolate(text, environment_);
    for (const std::string& name : expanded.unresolved) {
        std::string message = "the environment variable ";
        message.append(name).append(" is unset or empty; ${").append(name);
        problems_.warn(where(line), path(), message + "} is left as it is");
    }
    if (expanded.malformed) {
        problems_.warn(where(line), path(),
                       "a ${ does not start ${NAME} or ${NAME:-default} and is left as it is "
                       "(write $$ for one $)");
    }
    if (expanded.bare) {
        problems_.warn(where(line), path(),
                       "a variable without braces is left as it is: write ${NAME} to insert its "
                       "value, $$NAME to keep the text");
    }
    if (expanded.too_long) {
        problems_.error(where(line), path(), "the value is longer than 1 MiB once expanded");
    }
    if (!base::is_utf8(expanded.text)) {
        problems_.error(where(line), path(), "an environment variable in it is not UTF-8");
        return {};
    }
    return std::move(expanded.text);
}

std::string TreeBuilder::path() const {
    std::string result;
    for (const Open& level : open_) {
        if (level.node.is_sequence()) {
            result = join_path(result, level.node.items.size());
        } else if (level.key) {
            result = join_path(result, level.key->key);
        }
    }
    return result;
}

std::string TreeBuilder::where(int line) const {
    return file_ + ':' + std::to_string(line);
}

}  // namespace gomodel::config
