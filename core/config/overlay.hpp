// Lays the file and the environment over the defaults, key by key from the table. Private to the
// loader; one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/environment.hpp"
#include "config/keys.hpp"
#include "config/report.hpp"

namespace gomodel::config {

// Blocks of the file or of the environment whose presence alone means something.
struct Blocks {
    bool model_local = false;     // cache.model.local
    bool model_redis = false;     // cache.model.redis
    bool exact_cache = false;     // cache.response.simple
    bool semantic_cache = false;  // cache.response.semantic
};

class Overlay {
public:
    Overlay(const Document& document, Settings& settings, Origins& origins, Problems& problems);

    void apply_document();
    void apply_environment(const Environment& environment);
    // Warns of blocks of the file that belong to a plugin that was not chosen. Last.
    void report_unchosen_blocks();

    const Blocks& blocks() const { return blocks_; }

    // Applies `node`, which stands at `shown` in the file, as the table's section `section`:
    // `resilience` of a provider is the global section under another path.
    void apply_section(const Node& node, std::string_view section, std::string_view shown);

private:
    void enter_section(const Entry& entry, const std::string& path, const std::string& shown);
    void apply_key(const Key& key, const Entry& entry, const std::string& shown);
    void apply_variable(const Key& key, const Environment& environment);
    void apply_switch(const Key& key, const Environment& environment);
    bool block_present(const Key& key) const;
    void report_unknown(const std::string& path, std::string_view section, std::string_view shown,
                        int line);

    const Document& document_;
    Settings& settings_;
    Origins& origins_;
    Report report_;
    Blocks blocks_;
    std::vector<std::string> foreign_;  // blocks of plugins' own types
};

}  // namespace gomodel::config
