// Asks every provider which models it has: at once, then again every cache.model.refresh_interval,
// and when a refresh wants to know. A provider that fails keeps the models it last had, and is
// asked again soon: a gateway may well start before its upstreams. Runs on one loop.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/log.hpp"
#include "gateway/collect.hpp"
#include "gateway/generation_store.hpp"

namespace gomodel::gateway {

// Reads an OpenAI model list, {"data":[{"id","created","owned_by"}]}. kInvalid: it is none.
base::Result<Inventory> read_model_list(std::string_view json);

class ModelLister {
public:
    // `keep` is called on the control thread once what a round brought is in the store.
    ModelLister(LoopServices& services, GenerationStore& store, plugin::ControlThread& control,
                base::Log& log, std::function<void()> keep = {})
        : services_(services),
          store_(store),
          control_(control),
          log_(log),
          keep_(std::move(keep)) {}

    // Starts, on the loop's thread.
    void start();
    // What went wrong, by provider.
    using Failures = std::map<std::string, std::string>;
    // Asks every provider of the current generation now, on the loop's thread; `done` is called on
    // the control thread once what they said is in the store.
    void list_now(std::function<void(Failures)> done);
    // Ends what is running and lets no more begin; `done` is called on the loop's thread when
    // nothing is left.
    void stop(std::function<void()> done);

private:
    // One question to all providers. Loop thread only, but for its end.
    struct Round {
        std::function<void(Failures)> done;  // may be empty
        Failures failures;
        int waiting = 1;  // for so many parts
    };

    net::Task<void> run();
    base::Duration list_all(const std::shared_ptr<Round>& round);
    net::Task<void> list(std::shared_ptr<const Generation> pinned, const Provider* provider,
                         std::shared_ptr<Round> round);
    net::Task<base::Status> ask(std::shared_ptr<const Generation> pinned, const Provider* provider);
    void part_done(const std::shared_ptr<Round>& round);
    void finished();

    LoopServices& services_;
    GenerationStore& store_;
    plugin::ControlThread& control_;
    base::Log& log_;
    const std::function<void()> keep_;
    net::CancelSource stop_;
    std::function<void()> done_;
    int running_ = 0;
    int round_ = 0;
};

}  // namespace gomodel::gateway
