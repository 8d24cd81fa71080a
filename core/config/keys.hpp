// The one table of everything config.yaml and the environment can set. The YAML overlay, the
// environment overlay, unknown-key warnings, range checks and the documentation are all made from
// it. Constant: any thread.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/settings.hpp"

namespace gomodel::config {

// One word of an enumeration; several may mean the same value, the first is its canonical one.
struct Word {
    std::string_view text;
    int value;
};

struct Choice {
    std::span<const Word> words;
    int (*get)(Settings&);
    void (*set)(Settings&, int);
};

// Where a key's value lives in Settings. The alternative is the key's type.
using Field = std::variant<std::monostate,  // a map or list that has a reader of its own
                           std::string& (*)(Settings&), bool& (*)(Settings&), int& (*)(Settings&),
                           double& (*)(Settings&),
                           base::Duration& (*)(Settings&),        // "1m30s"
                           std::chrono::seconds& (*)(Settings&),  // a number
                           std::uint64_t& (*)(Settings&),         // a size: "10M"
                           std::vector<std::string>& (*)(Settings&), Choice>;

// What a number may be, inclusive; in nanoseconds for a duration, in bytes for a size.
struct Range {
    double min = -std::numeric_limits<double>::infinity();
    double max = std::numeric_limits<double>::infinity();
    bool clamp = false;  // a value outside is moved in with a warning instead of refused
};

enum KeyFlag : unsigned {
    kSecret = 1U << 0,       // never shown
    kEnvOnly = 1U << 1,      // the path is a name for messages; config.yaml cannot set it
    kBlockSwitch = 1U << 2,  // its variable creates or removes the block the key is in
    kBareSeconds = 1U << 3,  // a duration that may also be a number of seconds
    kPathList = 1U << 4,     // a list whose variable may also be separated by colons
    kLowerCase = 1U << 5,    // the variable in lower case is looked at first
    kCanBeOff = 1U << 6,     // a text for which `off` and `none` mean empty
    kLenient = 1U << 7,      // an unknown word is the default, with a warning
    kRequired = 1U << 8,     // once the block it is in is the chosen one
    kAddition = 1U << 9,     // the reference gateway has no such key
    kAtStart = 1U << 10,     // read when the gateway starts; a refresh does not change it
};

struct Key {
    std::string_view path;
    std::string_view variable;  // empty: not from the environment
    std::string_view description;
    Field field = {};
    unsigned flags = 0;
    Range range = {};

    bool has(KeyFlag flag) const { return (flags & flag) != 0; }
};

// Every key, in the order of the documentation. A path is unique; a variable may set two keys.
std::span<const Key> all_keys();

// Null when there is none.
const Key* find_key(std::string_view path);

// Sections that are known by name elsewhere. Below the storage and the vector store a plugin may
// have a block named like its type.
inline constexpr std::string_view kStorageSection = "storage";
inline constexpr std::string_view kSemanticCacheSection = "cache.response.semantic";
inline constexpr std::string_view kVectorStoreSection = "cache.response.semantic.vector_store";

// True iff keys lie below `path`.
bool is_section(std::string_view path);

// The known key that an unknown path most likely means; empty if there is none.
std::string suggest_key(std::string_view path);

std::string type_name(const Key& key);     // "duration", "one of `a`, `b`"
std::string default_text(const Key& key);  // as it would be written in config.yaml
std::string value_text(const Key& key, const Settings& settings);

// The table as Markdown, for the documentation.
std::string keys_markdown();

}  // namespace gomodel::config
