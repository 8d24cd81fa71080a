#include "gateway/file_watcher.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <system_error>

#include "gateway/watch_folders.hpp"

namespace gomodel::gateway {
namespace {

// An editor or a copy writes more than once: looking too early finds half a file.
constexpr auto kQuiet = std::chrono::milliseconds(100);
constexpr auto kPatience = std::chrono::seconds(2);  // with a folder that is never quiet

constexpr std::uint32_t kEvents = IN_CREATE | IN_DELETE | IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVED_TO |
                                  IN_MOVED_FROM | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

std::string last_error() {
    return std::generic_category().message(errno);
}

}  // namespace

FileWatcher::FileWatcher(net::Loop& loop, plugin::ControlThread& control, GenerationStore& store,
                         Refresher& refresher, base::Log& log)
    : loop_(loop), control_(control), store_(store), refresher_(refresher), log_(log) {
    const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd >= 0) {
        descriptor_ = std::make_unique<net::Descriptor>(loop_, fd);
    } else {
        const std::string why = last_error();
        log_.warn("files cannot be watched", {{"error", std::string_view(why)}});
    }
}

FileWatcher::~FileWatcher() = default;

void FileWatcher::start() {
    if (descriptor_ == nullptr) return;
    running_ = true;
    net::spawn(run());
}

void FileWatcher::stop(std::function<void()> done) {
    done_ = std::move(done);
    stop_.cancel();
    if (!running_) finished();
}

net::Task<void> FileWatcher::run() {
    for (;;) {
        net::Wake wake =
            co_await net::Ready(*descriptor_, net::Direction::kRead, net::kNever, &stop_);
        const base::SteadyTime latest = loop_.now() + kPatience;
        while (wake == net::Wake::kReady) {
            drain();
            const base::SteadyTime quiet = std::min(loop_.now() + kQuiet, latest);
            wake = co_await net::Ready(*descriptor_, net::Direction::kRead, quiet, &stop_);
            if (loop_.now() >= latest) break;
        }
        if (stop_.cancelled()) break;
        while (!have_it_looked())
            co_await net::Sleep(loop_, loop_.now() + kPatience, &stop_);
    }
    running_ = false;
    finished();
}

// False: there is no memory for that.
bool FileWatcher::have_it_looked() {
    try {
        control_.post([this] { look(); });
        return true;
    } catch (const std::bad_alloc&) {
        return stop_.cancelled();
    }
}

// What happened does not matter: the files are looked at.
void FileWatcher::drain() {
    const std::span<char> scratch = loop_.scratch();
    while (::read(descriptor_->fd(), scratch.data(), scratch.size()) > 0) {
    }
    descriptor_->not_readable();
}

void FileWatcher::finished() {
    if (done_) std::exchange(done_, nullptr)();
}

void FileWatcher::look() {
    const std::shared_ptr<const Generation> generation = store_.current().get();
    if (generation == nullptr || descriptor_ == nullptr) return;
    const bool config = generation->settings.config.watch;
    const bool plugins = generation->settings.plugins.watch;
    // First the watches, then the look: nothing can change unseen in between.
    const bool watching = watch(watch_folders(refresher_.inputs(), config, plugins));
    if (watching) refresher_.request_if_changed(std::string(kFileTrigger), config, plugins);
}

// True iff something is watched. A folder that was replaced by another of its name is a new one to
// the kernel, so all are named again; the kernel knows those it has.
bool FileWatcher::watch(const std::set<std::filesystem::path>& folders) {
    std::map<std::filesystem::path, int> now;
    std::set<int> kept;
    for (const std::filesystem::path& folder : folders) {
        const int watch = ::inotify_add_watch(descriptor_->fd(), folder.c_str(), kEvents);
        if (watch >= 0) {
            now[folder] = watch;
            kept.insert(watch);
        } else if (!watches_.contains(folder)) {
            const std::string why = last_error();
            log_.warn("a folder cannot be watched", {{"folder", std::string_view(folder.native())},
                                                     {"error", std::string_view(why)}});
            now[folder] = -1;  // said once
        }
    }
    for (const auto& [folder, watch] : watches_) {
        if (watch >= 0 && !kept.contains(watch)) ::inotify_rm_watch(descriptor_->fd(), watch);
    }
    watches_ = std::move(now);
    return !kept.empty();
}

}  // namespace gomodel::gateway
