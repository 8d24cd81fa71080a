// Fetches the external list of models: at once, then every cache.model.refresh_interval. One that
// cannot be had leaves what is known. Runs on one loop; the list is parsed on the control thread.
#pragma once

#include <functional>
#include <string>

#include "base/log.hpp"
#include "gateway/generation_store.hpp"
#include "gateway/request_context.hpp"

namespace gomodel::gateway {

inline constexpr std::size_t kMaxModelList = 10 * 1024 * 1024;  // bytes

class ModelListFetcher {
public:
    // `keep` is called on the control thread once a list is in the store.
    ModelListFetcher(LoopServices& services, GenerationStore& store, plugin::ControlThread& control,
                     base::Log& log, std::function<void()> keep)
        : services_(services),
          store_(store),
          control_(control),
          log_(log),
          keep_(std::move(keep)) {}

    // Starts, on the loop's thread.
    void start();
    // Fetches once more, on the loop's thread.
    void fetch_now();
    // Ends what is running; `done` is called on the loop's thread when nothing is left.
    void stop(std::function<void()> done);

private:
    net::Task<void> run();
    net::Task<void> run_once();
    net::Task<bool> try_to_fetch();
    net::Task<bool> fetch();
    net::Task<base::Result<std::string>> get(std::string url);
    void take(std::string json);
    void finished();

    LoopServices& services_;
    GenerationStore& store_;
    plugin::ControlThread& control_;
    base::Log& log_;
    const std::function<void()> keep_;
    net::CancelSource stop_;
    std::function<void()> done_;
    int running_ = 0;
};

}  // namespace gomodel::gateway
