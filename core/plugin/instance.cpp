#include "plugin/instance.hpp"

#include <condition_variable>
#include <thread>

#include "base/sha256.hpp"
#include "base/thread_role.hpp"
#include "plugin/call.hpp"
#include "plugin/conduct.hpp"
#include "plugin/thread_check.hpp"

namespace gomodel::plugin {

Instance::Instance(std::shared_ptr<const Module> module, const gm_plugin_t& plugin,
                   std::string name, std::string_view config, base::Log& log,
                   std::shared_ptr<Account> account)
    : module_(std::move(module)),
      plugin_(plugin),
      name_(std::move(name)),
      config_sha256_(base::sha256_hex(config)),
      account_(account != nullptr
                   ? std::move(account)
                   : std::make_shared<Account>(plugin_.id, Build::kCurrent, std::size_t{1})),
      log_(&log),
      host_{sizeof(gm_host_t), GM_ABI_MINOR, this, &service, &write_log} {}

// A create() on a thread of its own. Shared by that thread and the one that waits.
class Instance::Creation {
public:
    Creation(std::shared_ptr<Instance> instance, std::string config, base::SteadyTime deadline,
             StuckCalls stuck)
        : instance_(std::move(instance)),
          config_(std::move(config)),
          deadline_(deadline),
          stuck_(std::move(stuck)) {}

    void run() {
        const base::ThreadRole role(base::Role::kControl);  // which waits
        base::Status status = instance_->create_self(config_, deadline_);
        std::shared_ptr<Instance> made_too_late;
        const std::lock_guard lock(mutex_);
        status_ = std::move(status);
        done_ = true;
        if (left_behind_) {
            made_too_late = std::move(instance_);
            --*stuck_;
        }
        returned_.notify_one();
    }

    // False: not returned by the deadline; it is left behind.
    bool wait() {
        std::unique_lock lock(mutex_);
        if (returned_.wait_until(lock, deadline_, [this] { return done_; })) return true;
        left_behind_ = true;
        ++*stuck_;
        instance_->stop_logging();
        return false;
    }
    // REQUIRES: wait() was true.
    const base::Status& status() const { return status_; }

private:
    std::shared_ptr<Instance> instance_;
    const std::string config_;
    const base::SteadyTime deadline_;
    const StuckCalls stuck_;
    std::mutex mutex_;
    std::condition_variable returned_;
    base::Status status_;
    bool done_ = false;
    bool left_behind_ = false;
};

base::Result<std::shared_ptr<const Instance>> Instance::create(
    std::shared_ptr<const Module> module, const gm_plugin_t& plugin, std::string name,
    std::string_view config, base::Log& log, base::SteadyTime deadline, StuckCalls stuck,
    std::shared_ptr<Account> account) {
    const std::shared_ptr<Instance> instance(
        new Instance(std::move(module), plugin, std::move(name), config, log, std::move(account)));
    if (deadline == base::SteadyTime::max()) {
        const base::Status status = instance->create_self(std::string(config), deadline);
        if (!status.ok()) return status.error();
        return std::shared_ptr<const Instance>(instance);
    }
    if (stuck == nullptr) stuck = std::make_shared<std::atomic<int>>(0);
    const std::string what = instance->name_ + ": " + plugin.id + " " + plugin.version;
    if (*stuck >= kMaxStuckCalls) {
        return base::Error{base::Code::kTimeout,
                           what + " was not created: " + std::to_string(*stuck) +
                               " earlier creations never returned; restart the gateway"};
    }
    const auto creation =
        std::make_shared<Creation>(instance, std::string(config), deadline, std::move(stuck));
    std::thread thread([creation] { creation->run(); });
    if (!creation->wait()) {
        thread.detach();
        instance->account_->misbehaved(Rule::kDeadline);
        return base::Error{base::Code::kTimeout,
                           what + " could not be created: it did not return in time"};
    }
    thread.join();
    if (!creation->status().ok()) return creation->status().error();
    return std::shared_ptr<const Instance>(instance);
}

base::Status Instance::create_self(const std::string& config, base::SteadyTime deadline) {
    const Call call({}, deadline);
    require_thread(ThreadTag::kControl, "create()");
    void* self = nullptr;
    const gm_status_t status = guarded(
        *account_, call, [&] { return plugin_.create(&host_, call.get(), to_abi(config), &self); });
    if (status == GM_OK) {
        self_ = self;
        return {};
    }
    const std::string what = name_ + ": " + plugin_.id + " " + plugin_.version;
    return call.error(status, what + " could not be created");
}

void Instance::stop_logging() {
    const std::lock_guard lock(log_mutex_);
    log_ = nullptr;
}

Instance::~Instance() {
    if (self_ == nullptr) return;
    require_thread(ThreadTag::kControl, "destroy()");
    const BlockingCall blocking(*account_);
    guarded(*account_, [this] { plugin_.destroy(self_); });
}

// No host services yet: a plugin that needs one says so when it is created.
const void* Instance::service(const gm_host_t*, const char*) {
    return nullptr;
}

void Instance::write_log(const gm_host_t* host, std::int32_t level, gm_str_t message) {
    const Instance& instance = *static_cast<const Instance*>(host->host_data);
    const base::Log::Fields fields = {{"plugin", std::string_view(instance.plugin_.id)},
                                      {"instance", std::string_view(instance.name_)}};
    const std::string_view text = from_abi(message);
    const std::lock_guard lock(instance.log_mutex_);
    if (instance.log_ == nullptr) return;
    switch (level) {
        case GM_LOG_DEBUG:
            instance.log_->debug(text, fields);
            break;
        case GM_LOG_INFO:
            instance.log_->info(text, fields);
            break;
        case GM_LOG_WARN:
            instance.log_->warn(text, fields);
            break;
        default:
            instance.log_->error(text, fields);
            break;
    }
}

}  // namespace gomodel::plugin
