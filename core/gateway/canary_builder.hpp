// The part of building a generation that concerns plugins.canary. A new build that cannot be used
// is rolled back before it began, with a warning: it must not keep the gateway from starting, or
// from taking other changes. Private to the builder; control thread.
#pragma once

#include "gateway/generation_builder.hpp"

namespace gomodel::gateway {

// The options of a provider as its plugin gets them, before defaults.
std::string options_json(const config::ProviderInstance& entry);

// An instance of the previous generation, a canary's included, that would not be any different now;
// null if there is none.
std::shared_ptr<const plugin::Instance> running_instance(const Generation* previous,
                                                         const gm_plugin_t* plugin,
                                                         const std::string& name,
                                                         const std::string& config);

class CanaryBuilder {
public:
    // Everything must outlive it.
    CanaryBuilder(const config::Loaded& loaded, const BuildOptions& options,
                  const Generation* previous, config::Problems& problems)
        : loaded_(loaded), options_(options), previous_(previous), problems_(problems) {}

    // Loads the new build, unless it was refused or rolled back before. Returns the plugins of the
    // generation: with the new build in front if its trial has promoted it.
    std::shared_ptr<const plugin::Registry> load(
        const std::shared_ptr<const plugin::Registry>& plugins);
    // Gives the new build an instance of its own for a provider it could serve.
    void add_provider(const Provider& current, const config::ProviderInstance& entry,
                      base::Log& log);
    // Null if no canary is configured.
    std::shared_ptr<const Canary> take();

private:
    std::shared_ptr<const plugin::Registry> begin(
        const std::shared_ptr<const plugin::Registry>& plugins, const Canary* before);
    bool find_builds(const plugin::Registry& plugins);
    bool same_build(const plugin::Registry& plugins) const;
    void refuse(const std::string& why);

    const config::Loaded& loaded_;
    const BuildOptions& options_;
    const Generation* const previous_;
    config::Problems& problems_;
    std::shared_ptr<Canary> canary_;
};

}  // namespace gomodel::gateway
