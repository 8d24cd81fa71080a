// The plugins that one generation can use: every library found and accepted, by plugin id. Made on
// the control thread, immutable afterwards.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "plugin/module.hpp"
#include "plugin/schema.hpp"

namespace gomodel::plugin {

struct RegistryOptions {
    std::vector<std::filesystem::path> folders;
    std::filesystem::path run_dir;
    std::map<std::string, std::string> sha256;  // file name -> 64 hex digits
    bool allow_draft = false;
    bool unload = false;
    // Of libraries named libgomodel-storage-<name>.so only this one is loaded: others would bring
    // the client libraries of databases that nobody uses. Empty: all.
    std::string storage = {};
    std::filesystem::path except = {};  // not one of the plugins, though it may lie among them
    std::filesystem::path trial_program = {};  // as in LoadOptions
    base::Duration trial_limit = std::chrono::seconds(10);
};

struct Registered {
    std::shared_ptr<const Module> module;
    const gm_plugin_t* plugin = nullptr;
    SchemaFacts schema;
};

class Registry {
public:
    // Loads what scan() finds. A library that is refused is a problem, not the end: the others
    // are there. Modules of `previous` whose file has not changed are shared with it.
    static Registry load(const RegistryOptions& options, std::vector<std::string>* problems,
                         const Registry* previous = nullptr);

    // Has this module provide its plugins in place of those that do now. What it replaces stays
    // among the modules. REQUIRES: its schemas were accepted.
    void put_first(const std::shared_ptr<const Module>& module);

    // The plugin of that id, "<kind>.<name>"; nullptr if there is none.
    const Registered* find(std::string_view id) const;
    // Every plugin that speaks `iface`, in order of id.
    std::vector<const Registered*> of(std::string_view iface) const;
    const std::map<std::string, Registered, std::less<>>& all() const { return plugins_; }
    // Every library accepted, in order of file name.
    const std::vector<std::shared_ptr<const Module>>& modules() const { return modules_; }
    // What load() found wrong, so that the next one can tell what is new.
    const std::vector<std::string>& refused() const { return refused_; }
    // Names in RegistryOptions::sha256 that no file found has: they protect nothing.
    const std::vector<std::string>& unused_pins() const { return unused_pins_; }

private:
    void add(const std::shared_ptr<const Module>& module, bool allow_draft,
             std::vector<std::string>* problems);

    std::vector<std::shared_ptr<const Module>> modules_;
    std::vector<std::string> refused_;
    std::vector<std::string> unused_pins_;
    std::map<std::string, Registered, std::less<>> plugins_;
};

}  // namespace gomodel::plugin
