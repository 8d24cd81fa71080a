// One configured instance of a plugin: what a provider, cache, ... entry of the configuration
// became. Immutable; made and destroyed on the control thread, called from loops and workers
// meanwhile.
//
// A plugin that does not return from create() must not stop the gateway: with a deadline, create()
// runs on a thread of its own while the control thread waits, and is left behind when the deadline
// passes. What it makes after that is destroyed at once.
#pragma once

#include <gomodel/abi.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "plugin/ledger.hpp"
#include "plugin/module.hpp"

namespace gomodel::plugin {

// How many create() calls were left behind and have not returned. Each holds a thread, so there is
// a limit. Shared with those threads.
using StuckCalls = std::shared_ptr<std::atomic<int>>;
inline constexpr int kMaxStuckCalls = 4;

class Instance {
public:
    // Creates an instance. `config`: validated JSON. `log` must outlive it. kTimeout: not done by
    // the deadline, or too many calls are stuck. SteadyTime::max(): waits for ever, on this thread.
    // The error names the instance and carries the plugin's own explanation. account: where what
    // the plugin does wrong is noted; nullptr: nowhere.
    static base::Result<std::shared_ptr<const Instance>> create(
        std::shared_ptr<const Module> module, const gm_plugin_t& plugin, std::string name,
        std::string_view config, base::Log& log, base::SteadyTime deadline,
        StuckCalls stuck = nullptr, std::shared_ptr<Account> account = nullptr);
    ~Instance();
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    const std::string& name() const { return name_; }  // of the configuration entry
    const gm_plugin_t& plugin() const { return plugin_; }
    const Module& module() const { return *module_; }
    const std::string& config_sha256() const { return config_sha256_; }  // of what create() got
    void* self() const { return self_; }
    std::uint64_t flags() const { return plugin_.flags; }
    Account& account() const { return *account_; }  // the one it was created with

    // The table the instance speaks. REQUIRES: plugin().iface is that interface.
    const gm_provider_t& provider() const {
        return *static_cast<const gm_provider_t*>(plugin_.vtable);
    }
    const gm_cache_t& cache() const { return *static_cast<const gm_cache_t*>(plugin_.vtable); }
    const gm_guardrail_t& guardrail() const {
        return *static_cast<const gm_guardrail_t*>(plugin_.vtable);
    }
    const gm_storage_t& storage() const {
        return *static_cast<const gm_storage_t*>(plugin_.vtable);
    }

private:
    class Creation;

    Instance(std::shared_ptr<const Module> module, const gm_plugin_t& plugin, std::string name,
             std::string_view config, base::Log& log, std::shared_ptr<Account> account);
    base::Status create_self(const std::string& config, base::SteadyTime deadline);
    void stop_logging();
    static const void* service(const gm_host_t* host, const char* id);
    static void write_log(const gm_host_t* host, std::int32_t level, gm_str_t message);

    // Declared first, so destroyed last: the code must outlive what it made.
    const std::shared_ptr<const Module> module_;
    const gm_plugin_t& plugin_;
    const std::string name_;
    const std::string config_sha256_;
    const std::shared_ptr<Account> account_;
    mutable std::mutex log_mutex_;
    base::Log* log_;  // nullptr: left behind, nobody listens any more
    const gm_host_t host_;
    void* self_ = nullptr;
};

}  // namespace gomodel::plugin
