// One configured instance of a plugin: what a provider, cache, ... entry of the configuration
// became. Immutable; made and destroyed on the control thread, called from loops and workers
// meanwhile.
#pragma once

#include <gomodel/abi.h>

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "plugin/module.hpp"

namespace gomodel::plugin {

class Instance {
public:
    // Creates an instance. `config`: validated JSON. `log` must outlive it.
    // The error names the instance and carries the plugin's own explanation.
    static base::Result<std::shared_ptr<const Instance>> create(
        std::shared_ptr<const Module> module, const gm_plugin_t& plugin, std::string name,
        std::string_view config, base::Log& log, base::SteadyTime deadline);
    ~Instance();
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    const std::string& name() const { return name_; }  // of the configuration entry
    const gm_plugin_t& plugin() const { return plugin_; }
    const Module& module() const { return *module_; }
    void* self() const { return self_; }
    std::uint64_t flags() const { return plugin_.flags; }

    // The table the instance speaks. REQUIRES: plugin().iface is that interface.
    const gm_provider_t& provider() const {
        return *static_cast<const gm_provider_t*>(plugin_.vtable);
    }
    const gm_cache_t& cache() const { return *static_cast<const gm_cache_t*>(plugin_.vtable); }

private:
    Instance(std::shared_ptr<const Module> module, const gm_plugin_t& plugin, std::string name,
             base::Log& log);
    static const void* service(const gm_host_t* host, const char* id);
    static void write_log(const gm_host_t* host, std::int32_t level, gm_str_t message);

    // Declared first, so destroyed last: the code must outlive what it made.
    const std::shared_ptr<const Module> module_;
    const gm_plugin_t& plugin_;
    const std::string name_;
    base::Log& log_;
    const gm_host_t host_;
    void* self_ = nullptr;
};

}  // namespace gomodel::plugin
