// Asks every provider which models it has: at once, then again every cache.model.refresh_interval.
// A provider that fails keeps the models it last had, and is asked again soon: a gateway may well
// start before its upstreams. Runs on one loop.
#pragma once

#include "base/log.hpp"
#include "gateway/collect.hpp"
#include "gateway/generation_store.hpp"

namespace gomodel::gateway {

// Reads an OpenAI model list, {"data":[{"id","created"}]}. kInvalid: it is none.
base::Result<Inventory> read_model_list(std::string_view json);

class ModelLister {
public:
    ModelLister(LoopServices& services, GenerationStore& store, plugin::ControlThread& control,
                base::Log& log)
        : services_(services), store_(store), control_(control), log_(log) {}

    // Starts, on the loop's thread.
    void start();
    // Ends what is running and lets no more begin; `done` is called on the loop's thread when
    // nothing is left.
    void stop(std::function<void()> done);

private:
    net::Task<void> run();
    net::Task<void> list(std::shared_ptr<const Generation> pinned, const Provider* provider);
    net::Task<bool> ask(std::shared_ptr<const Generation> pinned, const Provider* provider);
    void finished();

    LoopServices& services_;
    GenerationStore& store_;
    plugin::ControlThread& control_;
    base::Log& log_;
    net::CancelSource stop_;
    std::function<void()> done_;
    int running_ = 0;
    int round_ = 0;
};

}  // namespace gomodel::gateway
