// A new build of a plugin that runs beside the old one in a generation (plugins.canary): its
// module, its trial, and while that runs an instance of its own for every provider it could serve.
// Immutable but for the trial; any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/canary_trial.hpp"
#include "gateway/provider.hpp"

namespace gomodel::gateway {

struct Generation;
class GenerationStore;

struct Canary {
    config::Canary rules;
    std::string sha256;                            // of the file; empty: it cannot be read
    std::string against;                           // the digests of the builds it would replace
    std::shared_ptr<const plugin::Module> module;  // null: it was refused
    std::shared_ptr<CanaryTrial> trial;
    std::vector<std::shared_ptr<const Provider>> providers;  // empty once the trial is over

    // What the new build serves in place of a provider; nullptr: nothing.
    const Provider* instead_of(const Provider& current) const;
    bool same_trial(const Canary& other) const {
        return rules == other.rules && sha256 == other.sha256 && against == other.against;
    }
};

// What becomes of a generation whose trial is over: the new build everywhere, or nowhere. Null if
// there is nothing to do. [control]
std::unique_ptr<Generation> after_trial(const Generation& running);

// Publishes what after_trial() made and says so in the log. True: there was something to do.
// [control]
bool conclude_trial(GenerationStore& store, const base::Clock& clock, base::Log& log);

}  // namespace gomodel::gateway
