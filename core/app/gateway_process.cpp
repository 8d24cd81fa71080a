#include "app/gateway_process.hpp"

#include <cerrno>
#include <csignal>
#include <system_error>

#include "app/version.hpp"
#include "base/resident_code.hpp"
#include "net/socket.hpp"
#include "record/plugin_storage.hpp"

namespace gomodel::app {
namespace {

constexpr std::size_t kWorkers = 16;  // threads at most; made when they are needed
constexpr auto kFirstTables = std::chrono::seconds(10);  // a start waits so long for the storage
constexpr auto kFlush = std::chrono::seconds(2);         // for what was recorded to be stored
constexpr auto kAskAgain = std::chrono::milliseconds(100);
constexpr auto kHandOver = std::chrono::seconds(1);  // for the other one to stop listening
constexpr auto kCutOff =
    std::chrono::seconds(5);  // for connections to notice that they are cut off

using StoragePointer = std::shared_ptr<record::Storage>;

std::size_t loop_count(int wanted) {
    if (wanted > 0) return static_cast<std::size_t>(wanted);
    return std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace

GatewayProcess::GatewayProcess(const config::Settings& settings, base::Log& log)
    : settings_(settings),
      log_(log),
      metrics_(version()),
      // The writers of the response cache come behind the loops.
      ledger_(std::make_shared<plugin::Ledger>(
          loop_count(settings.server.workers) + gateway::recall::Recall::kWriters, &log)),
      recall_(std::make_shared<gateway::recall::Recall>(log, loop_count(settings.server.workers))),
      workers_(kWorkers) {
    metrics_.add_source([this] { return record::ledger_metrics(*ledger_); });
    metrics_.add_source([this] { return record::limit_metrics(*limits_, clock_.wall()); });
    metrics_.add_source([this] { return record::recall_metrics(recall_->figures()); });
    metrics_.add_source([this] {
        const std::shared_ptr<const gateway::Generation> current = generations_.current().get();
        return record::canary_metrics(current == nullptr ? nullptr : current->canary.get());
    });
    metrics_.add_source(
        [this] { return record::breaker_metrics(generations_.current().get().get()); });
    endpoints_.render_metrics = [this] { return metrics_.render(); };
}

GatewayProcess::~GatewayProcess() {
    for (const auto& loop : loops_)
        loop->stop();
    recall_->stop();
    if (refresher_ != nullptr) control_.run([this] { refresher_->close(); });
    watcher_.reset();
    lister_.reset();
    if (recalculation_ != nullptr) recalculation_->stop();
    if (plane_ != nullptr) plane_->stop();
    if (recording_ != nullptr) recording_->stop();
    fetcher_.reset();
    loops_.clear();
    recalculation_.reset();
    plane_.reset();
    control_.run([this] { recording_.reset(); });
    control_.run([this] { generations_.clear(); });
}

base::Status GatewayProcess::start(const config::Loaded& loaded, const config::LoadOptions& load,
                                   gateway::BuildOptions options, bool shares_port) {
    options.ledger = ledger_;
    options.limits = limits_;
    options.recall = recall_;
    options.trial_over = [this] {
        control_.post([this] {
            if (!gateway::conclude_trial(generations_, clock_, log_)) return;
            refresh_metrics_.now_current(generations_.current().get()->number);
        });
    };
    if (settings_.server.tls.enabled()) {
        auto tls =
            net::TlsServer::load(settings_.server.tls.cert_file, settings_.server.tls.key_file);
        if (!tls.ok()) return base::Error{tls.error().code, "server.tls: " + tls.error().message};
        tls_server_ = std::move(*tls);
    }
    if (base::Status built = build(loaded, options); !built.ok()) return built;
    if (base::Status recording = start_recording(options); !recording.ok()) return recording;
    start_control(loaded);
    if (base::Status listening = listen(load, options, shares_port); !listening.ok())
        return listening;
    refresh_metrics_.started();
    loops_.front()->loop().post([this] {
        lister_->start();
        fetcher_->start();
        watcher_->start();
    });
    control_.post([this] {
        watcher_->look();
        base::release_resident_code();
    });
    return {};
}

base::Status GatewayProcess::start_recording(const gateway::BuildOptions& options) {
    // From the plugins there are when it is tried: a refresh may have brought the missing one.
    const auto open = [this, stuck = options.stuck]() -> base::Result<StoragePointer> {
        const std::shared_ptr<const gateway::Generation> current = generations_.current().get();
        base::Result<StoragePointer> opened =
            record::PluginStorage::open(*current->registry, settings_, log_, *ledger_, stuck);
        if (!opened.ok()) return opened;
        // Whoever lets go of it last, the plugin's instance dies on the control thread.
        const plugin::ControlThread::Prepared last(
            [storage = *opened]() mutable { storage.reset(); });
        return StoragePointer(opened->get(),
                              [this, last](record::Storage*) { control_.post(last); });
    };
    auto recording = record::Recording::start(settings_, open, clock_, log_);
    if (!recording.ok()) return recording.error();
    recording_ = std::move(*recording);
    metrics_.add_source([this] { return recording_->metrics(); });
    endpoints_.condition = [this] {
        return api::Condition{draining_, recording_->storage_works(), recording_->journal_takes()};
    };
    endpoints_.usage = {&recording_->storage(), &workers_, &log_};
    return {};
}

// A gateway that has no plugin for its storage, and whose storage nobody has chosen, has none. Any
// other may have keys: until it can read them it lets nobody in who has no master key.
void GatewayProcess::start_control(const config::Loaded& loaded) {
    const std::shared_ptr<const gateway::Generation> current = generations_.current().get();
    const std::string plugin = "storage." + settings_.storage.type;
    control::ControlPlane::Options options;
    options.has_storage =
        current->registry->find(plugin) != nullptr || !loaded.where("storage.type").empty();
    if (const base::Duration chosen = settings_.workflows.refresh_interval; chosen.count() > 0)
        options.reload_every = std::min(options.reload_every, chosen);
    options.limits = limits_;
    options.budgets = current->settings.budgets;
    options.flush = [this] { return recording_->flush(kFlush); };
    plane_ = std::make_unique<control::ControlPlane>(recording_->storage(), options, clock_, log_);
    plane_->wait_for_first(kFirstTables);
    endpoints_.control = {plane_.get(), &workers_};
    recalculation_ = std::make_unique<control::Recalculation>(control::Recalculation::Sources{
        recording_->storage(), generations_.current(), plane_->controls(), workers_, clock_, log_});
    endpoints_.recalculation = recalculation_.get();
}

void GatewayProcess::make_refresher(const config::LoadOptions& load,
                                    const gateway::BuildOptions& options) {
    gateway::Refresher::Options refresh{load, options, {}, {}};
    refresh.observer = [this](const auto& report) {
        refresh_metrics_.refreshed(report);
        watcher_->look();
        plane_->budgets().configure(generations_.current().get()->settings.budgets);
        plane_->reload();
    };
    refresh.list_models = [this](std::function<void(gateway::ModelLister::Failures)> done) {
        loops_.front()->loop().post([this, done = std::move(done)]() mutable {
            fetcher_->fetch_now();
            lister_->list_now(std::move(done));
        });
    };
    refresher_ = std::make_unique<gateway::Refresher>(control_, generations_, clock_, log_,
                                                      settings_, std::move(refresh));
    watcher_ = std::make_unique<gateway::FileWatcher>(loops_.front()->loop(), control_,
                                                      generations_, *refresher_, log_);
    endpoints_.runtime = {refresher_.get(), &generations_};
}

void GatewayProcess::refresh(std::string_view trigger) {
    refresher_->request(std::string(trigger), {});
}

base::Status GatewayProcess::build(const config::Loaded& loaded,
                                   const gateway::BuildOptions& options) {
    const config::ModelCache& cache = loaded.settings.cache.model;
    const bool on_disk = cache.backend == config::ModelCacheBackend::kLocal;
    keeper_ = std::make_unique<gateway::ModelKeeper>(on_disk ? cache.cache_dir : "", generations_,
                                                     clock_, log_);
    if (!on_disk) log_.warn("cache.model.redis: there is no Redis support, models are not kept");
    base::Status status;
    control_.run([&] {
        gateway::Built built = gateway::build_generation(loaded, options, log_);
        std::string errors;
        for (const config::Problem& problem : built.problems.all()) {
            if (problem.severity == config::Severity::kWarning) {
                log_.warn(config::to_string(problem));
            } else {
                errors += (errors.empty() ? "" : "\n") + config::to_string(problem);
            }
        }
        if (built.generation == nullptr) {
            status = base::Error{base::Code::kInvalid, errors};
            return;
        }
        for (const auto& provider : built.generation->providers) {
            log_.info("provider registered", {{"name", std::string_view(provider->name)},
                                              {"type", std::string_view(provider->type)}});
        }
        built.generation->since = clock_.wall();
        keeper_->restore(*built.generation);
        generations_.publish(std::move(built.generation));
    });
    return status;
}

base::Status GatewayProcess::listen(const config::LoadOptions& load,
                                    const gateway::BuildOptions& options, bool shares_port) {
    const Shared shared{clock_,
                        log_,
                        metrics_,
                        &recording_->usage(),
                        workers_,
                        tls_client_,
                        tls_server_.get(),
                        generations_,
                        endpoints_,
                        plane_->controls()};
    const std::size_t count = loop_count(settings_.server.workers);
    port_ = static_cast<std::uint16_t>(settings_.server.port);
    if (!shares_port) {
        const base::Status free = net::check_port_free(settings_.server.address, port_);
        if (!free.ok()) return free.error();
    }
    std::vector<int> listeners;
    for (std::size_t i = 0; i < count; ++i) {
        const base::Result<int> listener = net::listen_tcp(settings_.server.address, port_);
        if (!listener.ok()) return listener.error();
        port_ = net::local_port(*listener);
        listeners.push_back(*listener);
    }
    for (std::size_t i = 0; i < count; ++i)
        loops_.push_back(std::make_unique<LoopThread>(shared, settings_, i));
    const auto keep = [this] { keeper_->save(); };
    lister_ = std::make_unique<gateway::ModelLister>(loops_.front()->services(), generations_,
                                                     control_, log_, keep);
    fetcher_ = std::make_unique<gateway::ModelListFetcher>(loops_.front()->services(), generations_,
                                                           control_, log_, keep);
    make_refresher(load, options);  // everything is there before the first request
    listener_ = listeners.front();
    for (std::size_t i = 0; i < count; ++i)
        loops_[i]->start(listeners[i]);
    return {};
}

base::Status GatewayProcess::take_over(int process_id) {
    if (::kill(process_id, SIGTERM) != 0) {
        return base::Error{base::Code::kNotFound, "cannot end process " +
                                                      std::to_string(process_id) + ": " +
                                                      std::generic_category().message(errno)};
    }
    std::this_thread::sleep_for(kHandOver);
    net::share_connections_evenly(listener_);
    return {};
}

bool GatewayProcess::drain(const std::function<bool()>& cut_short) {
    draining_ = true;  // told before anything is refused
    waiting_ = loops_.size() + 3;
    const auto done = [this] {
        const std::lock_guard lock(drained_mutex_);
        --waiting_;
        drained_.notify_one();
    };
    loops_.front()->loop().post([this, done] {
        lister_->stop(done);
        fetcher_->stop(done);
        watcher_->stop(done);
    });
    net::send_connections_elsewhere(listener_, loops_.size());
    for (const auto& loop : loops_) {
        loop->loop().post([&server = loop->server(), done] { server.drain(done); });
    }
    const base::Duration drain = generations_.current().get()->settings.server.drain_timeout;
    const base::SteadyTime limit = clock_.steady() + drain;
    const bool whole = wait_drained(limit, cut_short);
    if (!whole) {
        for (const auto& loop : loops_) {
            loop->loop().post([&server = loop->server()] { server.abort_all(); });
        }
        wait_drained(clock_.steady() + kCutOff, [] { return false; });
    }
    return whole;
}

void GatewayProcess::stop() {
    for (const auto& loop : loops_)
        loop->stop();
    recording_->close();  // before anything that might wait for a plugin
    recall_->stop();      // what there is to keep is still kept
    recalculation_->stop();
    plane_->stop();
    recording_->stop();
}

bool GatewayProcess::wait_drained(base::SteadyTime deadline,
                                  const std::function<bool()>& cut_short) {
    std::unique_lock lock(drained_mutex_);
    while (waiting_ != 0) {
        if (clock_.steady() >= deadline || cut_short()) return false;
        drained_.wait_for(lock, kAskAgain);
    }
    return true;
}

}  // namespace gomodel::app
