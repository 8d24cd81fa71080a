// Asks for a refresh when files have changed on disk and then been left alone for a moment, while
// config.watch or plugins.watch is on. Waits on one loop; looks at files on the control thread.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>

#include "base/log.hpp"
#include "gateway/generation_store.hpp"
#include "gateway/refresher.hpp"
#include "net/descriptor.hpp"
#include "net/task.hpp"

namespace gomodel::gateway {

class FileWatcher {
public:
    // All of them must outlive it.
    FileWatcher(net::Loop& loop, plugin::ControlThread& control, GenerationStore& store,
                Refresher& refresher, base::Log& log);
    ~FileWatcher();
    FileWatcher(const FileWatcher&) = delete;
    FileWatcher& operator=(const FileWatcher&) = delete;

    // Begins to wait, on the loop's thread.
    void start();
    // Ends waiting; `done` is called on the loop's thread.
    void stop(std::function<void()> done);
    // Watches what the current generation is made from, then looks whether it is still the same.
    // After every refresh. [control]
    void look();

private:
    net::Task<void> run();
    bool have_it_looked();
    void drain();
    void finished();
    bool watch(const std::set<std::filesystem::path>& folders);

    net::Loop& loop_;
    plugin::ControlThread& control_;
    GenerationStore& store_;
    Refresher& refresher_;
    base::Log& log_;
    std::unique_ptr<net::Descriptor> descriptor_;  // null: the system has no inotify left
    net::CancelSource stop_;
    std::function<void()> done_;
    bool running_ = false;
    std::map<std::filesystem::path, int> watches_;  // control thread only
};

}  // namespace gomodel::gateway
