#include "gateway/canary.hpp"

#include <algorithm>

#include "gateway/generation_store.hpp"

namespace gomodel::gateway {

const Provider* Canary::instead_of(const Provider& current) const {
    for (const auto& provider : providers) {
        if (provider->name == current.name) return provider.get();
    }
    return nullptr;
}

std::unique_ptr<Generation> after_trial(const Generation& running) {
    if (running.canary == nullptr || running.canary->providers.empty()) return nullptr;
    const Canary& canary = *running.canary;
    const CanaryFigures figures = canary.trial->figures();
    if (figures.state == CanaryState::kRunning) return nullptr;
    auto next = std::make_unique<Generation>(running);
    const std::string verdict = std::string(to_string(figures.state)) + ": " + figures.reason;
    next->changes = {"canary " + canary.rules.module + " " + verdict};
    if (figures.state == CanaryState::kPromoted) {
        auto registry = std::make_shared<plugin::Registry>(*running.registry);
        registry->put_first(canary.module);
        next->registry = std::move(registry);
        for (auto& provider : next->providers) {
            const Provider* const tried = canary.instead_of(*provider);
            if (tried == nullptr) continue;
            auto promoted = std::make_shared<Provider>(*provider);
            promoted->instance = tried->instance;
            next->changes.push_back("provider " + provider->name + " runs new plugin code");
            provider = std::move(promoted);
        }
    }
    auto over = std::make_shared<Canary>(canary);
    over->providers.clear();
    next->canary = std::move(over);
    return next;
}

bool conclude_trial(GenerationStore& store, const base::Clock& clock, base::Log& log) {
    const std::shared_ptr<const Generation> running = store.current().get();
    if (running == nullptr) return false;
    std::unique_ptr<Generation> next = after_trial(*running);
    if (next == nullptr) return false;
    next->number = running->number + 1;
    next->since = clock.wall();
    next->trigger = "canary";
    const std::string what = next->changes.front();
    const bool good = next->canary->trial->state() == CanaryState::kPromoted;
    const base::Log::Fields fields = {{"generation", static_cast<std::int64_t>(next->number)},
                                      {"sha256", std::string_view(next->canary->sha256)}};
    good ? log.info(what, fields) : log.warn(what, fields);
    store.publish(std::move(next));
    return true;
}

}  // namespace gomodel::gateway
