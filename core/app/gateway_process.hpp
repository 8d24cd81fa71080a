// The running gateway: loops, workers, the control thread, the current generation. Started and
// stopped by the main thread.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "app/loop_thread.hpp"
#include "control/control_plane.hpp"
#include "control/recalculation.hpp"
#include "gateway/file_watcher.hpp"
#include "gateway/generation_builder.hpp"
#include "gateway/model_keeper.hpp"
#include "gateway/model_list_fetcher.hpp"
#include "gateway/model_lister.hpp"
#include "gateway/refresher.hpp"
#include "record/breaker_metrics.hpp"
#include "record/canary_metrics.hpp"
#include "record/ledger_metrics.hpp"
#include "record/limit_metrics.hpp"
#include "record/recall_metrics.hpp"
#include "record/recording.hpp"
#include "record/refresh_metrics.hpp"

namespace gomodel::app {

class GatewayProcess {
public:
    // `log` must outlive it.
    GatewayProcess(const config::Settings& settings, base::Log& log);
    ~GatewayProcess();

    // Builds the first generation out of a loaded configuration and begins to serve.
    // kInvalid or kUnavailable: says why it cannot.
    // `shares_port`: with the gateway that it replaces; otherwise a port somebody listens on is
    // taken.
    base::Status start(const config::Loaded& loaded, const config::LoadOptions& load,
                       gateway::BuildOptions options, bool shares_port);
    // Ends the gateway it shares its port with. kNotFound: there is no such process. Takes a
    // second.
    base::Status take_over(int process_id);
    // Begins to replace the generation by one made from the files as they are now. Any thread.
    void refresh(std::string_view trigger);
    std::uint16_t port() const { return port_; }
    // What operators manage, as it is now.
    std::shared_ptr<const gateway::Controls> controls() const { return plane_->controls().get(); }

    // Stops accepting; running requests may finish until `cut_short` says otherwise (asked a few
    // times a second) or the drain limit of the settings passes; then the rest is cut off.
    // True: every request finished.
    bool drain(const std::function<bool()>& cut_short);
    // After drain(): journals what was recorded, then brings what it can to where it belongs.
    void stop();
    // Whom the end may wait for.
    std::shared_ptr<const plugin::Ledger> ledger() const { return ledger_; }

private:
    base::Status build(const config::Loaded& loaded, const gateway::BuildOptions& options);
    base::Status listen(const config::LoadOptions& load, const gateway::BuildOptions& options,
                        bool shares_port);
    base::Status start_recording(const gateway::BuildOptions& options);
    void start_control(const config::Loaded& loaded);
    void make_refresher(const config::LoadOptions& load, const gateway::BuildOptions& options);
    bool wait_drained(base::SteadyTime deadline, const std::function<bool()>& cut_short);

    const config::Settings settings_;
    base::Log& log_;
    const base::SystemClock clock_;
    record::Metrics metrics_;
    record::RefreshMetrics refresh_metrics_{metrics_};
    const std::shared_ptr<plugin::Ledger> ledger_;
    const std::shared_ptr<gateway::limits::Limits> limits_ =
        std::make_shared<gateway::limits::Limits>();
    const std::shared_ptr<gateway::recall::Recall> recall_;
    std::unique_ptr<net::TlsServer> tls_server_;
    net::TlsClient tls_client_;
    api::Endpoints endpoints_;
    plugin::ControlThread control_{&log_};  // outlives everything that generations own
    gateway::GenerationStore generations_{control_};
    net::WorkerPool workers_;
    std::unique_ptr<record::Recording> recording_;  // outlives the loops
    std::unique_ptr<control::ControlPlane> plane_;  // and so does it
    std::unique_ptr<control::Recalculation> recalculation_;
    std::vector<std::unique_ptr<LoopThread>> loops_;
    std::unique_ptr<gateway::ModelKeeper> keeper_;        // on the control thread
    std::unique_ptr<gateway::ModelLister> lister_;        // on the first loop
    std::unique_ptr<gateway::ModelListFetcher> fetcher_;  // there, too
    std::unique_ptr<gateway::Refresher> refresher_;
    std::unique_ptr<gateway::FileWatcher> watcher_;  // on the first loop
    std::uint16_t port_ = 0;
    std::atomic<bool> draining_ = false;
    int listener_ = -1;  // of the first loop; valid until drain()

    std::mutex drained_mutex_;
    std::condition_variable drained_;
    std::size_t waiting_ = 0;  // for so many parts to finish
};

}  // namespace gomodel::app
