// A configuration file as a tree in which every value knows its line. Made by parse_yaml() and
// parse_json(), read by the loader, asked for lines by whoever reports a fault later. Immutable
// once parsed: any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gomodel::config {

class Environment;
class Problems;
struct Entry;

struct Node {
    enum class Kind { kNull, kScalar, kSequence, kMapping };

    Kind kind = Kind::kNull;
    bool plain = false;  // a scalar without quotes: its text decides its type
    int line = 0;        // from 1
    std::string text;    // of a scalar, ${...} already expanded
    std::vector<Node> items;
    std::vector<Entry> entries;  // in the order of the file, keys unique

    bool is_null() const { return kind == Kind::kNull; }
    bool is_scalar() const { return kind == Kind::kScalar; }
    bool is_sequence() const { return kind == Kind::kSequence; }
    bool is_mapping() const { return kind == Kind::kMapping; }

    // The entry of a mapping, or null.
    const Entry* find(std::string_view key) const;
};

struct Entry {
    std::string key;
    int line = 0;  // of the key
    Node value;
};

class Document {
public:
    Document() = default;
    Document(std::string file, Node root);

    const std::string& file() const { return file_; }
    const Node& root() const { return root_; }

    // The value at a path such as "providers.acme.models[0].id", or null.
    const Node* find(std::string_view path) const;

    // "config.yaml:42"
    std::string where(int line) const;
    // The same for a key path; for one the file does not have, of its nearest ancestor.
    std::string where(std::string_view path) const;

private:
    std::string file_;
    Node root_;
};

// What a hostile file may make us build, after aliases and ${...} are expanded.
struct DocumentLimits {
    static constexpr std::size_t kFileBytes = std::size_t{4} << 20;
    static constexpr std::size_t kTextBytes = std::size_t{16} << 20;
    static constexpr std::size_t kValues = 200'000;
    static constexpr std::size_t kDepth = 64;
    static constexpr std::size_t kKeyBytes = 1024;
};

// Reads one YAML document. Anchors, aliases and << merge keys work within DocumentLimits. Every
// scalar and key is interpolated, with a warning for what stays unresolved. Duplicate keys are
// errors; after a syntax error the tree is empty. Never throws.
Document parse_yaml(std::string_view text, std::string file, const Environment& environment,
                    Problems& problems);

// The same for one JSON value (RFC 8259), which is also an error when text follows it.
Document parse_json(std::string_view text, std::string file, const Environment& environment,
                    Problems& problems);

// "server.port" of "server" and "port"; the key alone at the root.
std::string join_path(std::string_view parent, std::string_view key);
std::string join_path(std::string_view parent, std::size_t index);

}  // namespace gomodel::config
