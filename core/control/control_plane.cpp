#include "control/control_plane.hpp"

#include <algorithm>
#include <new>

#include "base/thread_role.hpp"

namespace gomodel::control {
namespace {

constexpr auto kBetweenComplaints = std::chrono::minutes(1);

}  // namespace

// Whoever has a key must find every rule there is: keys are read after them. Budgets are last: what
// was spent takes a while to add up, and fails where the rest may work. Nobody is served before the
// first round is over.
ControlPlane::ControlPlane(record::StorageSlot& storage, Options options, const base::Clock& clock,
                           base::Log& log)
    : storage_(storage),
      options_(std::move(options)),
      clock_(clock),
      log_(log),
      model_overrides_(controls_, clock, log, [this] { reload(); }),
      aliases_(controls_, clock, log, [this] { reload(); }),
      auth_keys_(controls_, clock, log, [this] { reload(); }),
      budgets_({*options_.limits, options_.flush, clock, log, options_.has_storage},
               options_.budgets, [this] { reload(); }),
      prices_(controls_, clock, log, [this] { reload(); }),
      tables_{&model_overrides_, &aliases_, &prices_, &budgets_, &auth_keys_} {
    if (!options_.has_storage) {
        controls_.change([](gateway::Controls& controls) {
            controls.keys = std::make_shared<const gateway::KeyTable>();
            controls.aliases = std::make_shared<const gateway::AliasTable>();
            controls.access = std::make_shared<const gateway::AccessRules>();
        });
        settled_ = true;
        return;
    }
    storage_.on_news([this](bool opened) {
        if (opened) return reload();
        const std::lock_guard lock(mutex_);
        settled_ = true;
        changed_.notify_all();
    });
    thread_ = std::thread([this] { work(); });
}

ControlPlane::~ControlPlane() {
    stop();
}

void ControlPlane::reload() {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
    changed_.notify_all();
}

void ControlPlane::wait_for_first(base::Duration limit) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, limit, [this] { return settled_; });
}

void ControlPlane::stop() {
    if (!thread_.joinable()) return;
    storage_.on_news({});
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
        changed_.notify_all();
    }
    thread_.join();
}

void ControlPlane::wait(base::Duration limit) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, limit, [this] { return stop_ || wanted_; });
}

void ControlPlane::work() {
    const base::ThreadRole role(base::Role::kWorker);
    base::Duration retry = options_.first_retry;
    for (bool stop = false; !stop;) {
        {
            const std::lock_guard lock(mutex_);
            wanted_ = false;
        }
        const bool loaded = load_and_tend();
        retry = loaded ? options_.first_retry : std::min(retry * 2, options_.reload_every);
        wait(loaded ? options_.reload_every : retry);
        const std::lock_guard lock(mutex_);
        stop = stop_;
    }
}

// False: to be tried again before long.
bool ControlPlane::load_and_tend() {
    try {
        if (!load()) return false;
        for (ManagedTable* const table : tables_)
            table->tend();
        return true;
    } catch (const std::bad_alloc&) {
        complain("there is no memory");
        return false;
    }
}

bool ControlPlane::load() {
    const std::shared_ptr<record::Storage> storage = storage_.get();
    if (storage == nullptr) return false;  // whose it is to open it says why
    base::Status loaded;
    for (ManagedTable* const table : tables_) {
        loaded = table->load(storage);
        if (!loaded.ok()) break;
    }
    if (loaded.ok()) {
        next_complaint_ = {};
    } else {
        complain(loaded.error().message);
    }
    const std::lock_guard lock(mutex_);
    settled_ = true;
    changed_.notify_all();
    return loaded.ok();
}

void ControlPlane::complain(std::string_view why) {
    if (clock_.steady() < next_complaint_) return;
    next_complaint_ = clock_.steady() + kBetweenComplaints;
    log_.warn(
        "what is managed (keys, aliases, rules, prices, budgets) could not be read; what was read "
        "last applies",
        {{"error", why}});
}

}  // namespace gomodel::control
