#include "config/document.hpp"

#include <utility>

#include "base/text.hpp"

namespace gomodel::config {
namespace {

struct Step {
    const Node* node = nullptr;  // the deepest value on the way
    int line = 0;                // where it is named
    bool whole = false;          // the path ends there
};

Step walk(const Node& node, int line, std::string_view path);

Step into_sequence(const Node& node, int line, std::string_view path) {
    const std::size_t close = path.find(']');
    if (!path.starts_with('[') || close == std::string_view::npos) return {&node, line, false};
    const auto index = base::parse_decimal(path.substr(1, close - 1));
    if (!index || *index >= node.items.size()) return {&node, line, false};
    const Node& item = node.items[*index];
    return walk(item, item.line, path.substr(close + 1));
}

// A key may itself hold dots (a model's name), so every key the path could start with is tried.
Step into_mapping(const Node& node, int line, std::string_view path) {
    if (path.starts_with('.')) path.remove_prefix(1);
    Step best{&node, line, false};
    std::size_t longest = 0;
    for (const Entry& entry : node.entries) {
        if (!path.starts_with(entry.key)) continue;
        const std::string_view rest = path.substr(entry.key.size());
        if (!rest.empty() && rest.front() != '.' && rest.front() != '[') continue;
        const Step step = walk(entry.value, entry.line, rest);
        if (step.whole) return step;
        if (entry.key.size() >= longest) {
            longest = entry.key.size();
            best = step;
        }
    }
    return best;
}

Step walk(const Node& node, int line, std::string_view path) {
    if (path.empty()) return {&node, line, true};
    if (node.is_mapping()) return into_mapping(node, line, path);
    if (node.is_sequence()) return into_sequence(node, line, path);
    return {&node, line, false};
}

}  // namespace

const Entry* Node::find(std::string_view key) const {
    for (const Entry& entry : entries) {
        if (entry.key == key) return &entry;
    }
    return nullptr;
}

Document::Document(std::string file, Node root) : file_(std::move(file)), root_(std::move(root)) {}

const Node* Document::find(std::string_view path) const {
    const Step step = walk(root_, root_.line, path);
    return step.whole ? step.node : nullptr;
}

std::string Document::where(int line) const {
    return line > 0 ? file_ + ':' + std::to_string(line) : file_;
}

std::string Document::where(std::string_view path) const {
    const Step step = walk(root_, 0, path);
    return where(step.line);
}

std::string join_path(std::string_view parent, std::string_view key) {
    std::string path(parent);
    if (!path.empty()) path += '.';
    return path.append(key);
}

std::string join_path(std::string_view parent, std::size_t index) {
    std::string path(parent);
    return path.append("[").append(std::to_string(index)) += ']';
}

}  // namespace gomodel::config
