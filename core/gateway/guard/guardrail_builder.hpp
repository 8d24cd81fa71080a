// The part of building a generation that concerns guardrails.rules. Private to the builder; control
// thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/generation_builder.hpp"

namespace gomodel::gateway::guard {

class GuardrailBuilder {
public:
    // Everything must outlive it.
    GuardrailBuilder(const config::Loaded& loaded, const BuildOptions& options, base::Log& log,
                     const Generation* previous, config::Problems& problems)
        : loaded_(loaded), options_(options), log_(log), previous_(previous), problems_(problems) {}

    // The guardrails in the order they are asked in: by their order, and by name where that is the
    // same. None unless they are enabled. Each fault is an error that names its place.
    std::vector<std::shared_ptr<const Guardrail>> run(const plugin::Registry& registry);

private:
    std::shared_ptr<const Guardrail> build(const config::GuardrailRule& rule,
                                           const plugin::Registry& registry);
    const plugin::Registered* find_plugin(const config::GuardrailRule& rule,
                                          const plugin::Registry& registry);
    bool serves(const config::GuardrailRule& rule, const gm_plugin_t& plugin);
    bool check(const config::GuardrailRule& rule, const plugin::CheckedConfig& checked);
    base::Result<std::shared_ptr<const plugin::Instance>> make_instance(
        const plugin::Registered& registered, const std::string& name, const std::string& config);

    const config::Loaded& loaded_;
    const BuildOptions& options_;
    base::Log& log_;
    const Generation* const previous_;
    config::Problems& problems_;
};

}  // namespace gomodel::gateway::guard
