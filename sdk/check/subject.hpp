// What a test looks at: one module, and one of its plugins when the test is about a plugin. Loads
// the module when it is first asked for. One subject a test.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "module.hpp"
#include "options.hpp"
#include "schema.hpp"

namespace gomodel::check {

class Subject {
public:
    Subject(const Options& options, std::string plugin_id)
        : options_(options), plugin_id_(std::move(plugin_id)) {}

    const Options& options() const { return options_; }

    const Module& module();
    // REQUIRES of the rest: a test about a plugin.
    const gm_plugin_t& plugin();
    const Schema& schema();

    // A configuration to make instances with: --config, or one made from the schema; defaults
    // filled in. Skips the test when the schema's own rules refuse what was made.
    std::string config();
    // The same with kSecret in every field marked "x-secret".
    std::string config_with_secret();

    // An instance made with config(), or with the configuration given. Fails the test when the
    // plugin refuses; skips it when the service behind the plugin does not answer and nobody said
    // where it is.
    std::unique_ptr<Instance> instance();
    std::unique_ptr<Instance> instance(const std::string& config);

    // Stands for an API key wherever a test watches where keys go.
    static constexpr const char* kSecret = "plugin-check-canary-7f3a91";

private:
    const Options& options_;
    const std::string plugin_id_;
    std::unique_ptr<Module> module_;
    std::optional<Schema> schema_;
};

}  // namespace gomodel::check
