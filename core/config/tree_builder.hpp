// Builds a document's tree from the events of a parser, YAML's or JSON's: interpolates, refuses
// duplicate keys, keeps within DocumentLimits. Private to the two parsers; one thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "config/document.hpp"

namespace gomodel::config {

class TreeBuilder {
public:
    // REQUIRES: the arguments outlive the builder.
    TreeBuilder(const std::string& file, const Environment& environment, Problems& problems);

    // Each event returns what makes the whole document unusable, or null. Inside a mapping keys and
    // values alternate.
    const char* scalar(int line, std::string_view text, bool plain);
    const char* null(int line);
    const char* open(int line, Node::Kind kind);
    const char* close();
    // Puts in a copy of a value that was remembered.
    const char* copy(int line, const Node& node);
    // Copies the key or value just completed into `node`.
    const char* remember(Node& node);

    Node take_root() { return std::move(root_); }

private:
    struct Open {
        Node node;
        std::optional<Entry> key;                    // read, its value not yet
        bool merge = false;                          // that key is <<
        std::vector<Node> merges;                    // the values of <<, in order
        std::unordered_map<std::string, int> lines;  // of the keys
    };

    const char* put(Node node);
    const char* put_key(Open& mapping, Node node);
    const char* merge(Open& mapping, Node source);
    const char* spend(const Node& node, std::size_t depth);
    std::string expand(int line, std::string_view text);
    std::string path() const;
    std::string where(int line) const;

    const std::string& file_;
    const Environment& environment_;
    Problems& problems_;
    std::vector<Open> open_;
    Node root_;
    Node key_;
    const Node* last_ = nullptr;  // into open_, or root_, or key_; good until the next event
    std::size_t values_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace gomodel::config
