// Replaces the running generation by one made from the files as they are now: configuration, .env,
// plugins. All of it happens on the control thread; requests keep the generation they began with.
// Whatever is wrong leaves everything as it was and is reported whole.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "gateway/generation_builder.hpp"
#include "gateway/generation_store.hpp"
#include "gateway/input_files.hpp"
#include "gateway/model_lister.hpp"
#include "gateway/refresh_report.hpp"

namespace gomodel::gateway {

inline constexpr std::string_view kAdminTrigger = "admin";  // asks the providers in any case
inline constexpr std::string_view kSignalTrigger = "signal";
inline constexpr std::string_view kFileTrigger = "file change";

class Refresher {
public:
    using Report = std::shared_ptr<const RefreshReport>;
    using Done = std::function<void(Report)>;

    struct Options {
        config::LoadOptions load;
        BuildOptions build;
        // Asks the providers for their models and calls back on the control thread; empty: not
        // asked.
        std::function<void(std::function<void(ModelLister::Failures)>)> list_models;
        // Told of every refresh, on the control thread, before anybody else.
        std::function<void(const RefreshReport&)> observer;
    };

    // `started_with`: the settings in force since the start, which a restart would replace.
    // Everything must outlive it.
    Refresher(plugin::ControlThread& control, GenerationStore& store, const base::Clock& clock,
              base::Log& log, config::Settings started_with, Options options);

    // Refreshes and calls `done` (may be empty) on the control thread. Calls made while a refresh
    // runs get its report, unless a file has changed since it began: then they share the next one.
    // Any thread.
    void request(std::string trigger, Done done);
    // Refreshes if a configuration file, or a plugin's, has changed since the last refresh began;
    // looks only at the kinds asked for. Any thread.
    void request_if_changed(std::string trigger, bool config, bool plugins);
    // Nobody is called any more. [control]
    void close();

    // The files that the next refresh will read. [control]
    const InputFiles& inputs() const { return inputs_; }

private:
    struct Run {
        InputFiles inputs;
        std::string config_stamp;  // of the inputs, before any was read
        std::string plugin_stamp;
        base::SteadyTime began{};
        base::SteadyTime ended = base::SteadyTime::max();
        RefreshReport report;
        Report whole;  // null while it runs
        std::vector<Done> waiting;
    };
    using RunPtr = std::shared_ptr<Run>;

    void handle(const std::string& trigger, base::SteadyTime asked, Done done);
    void begin(const std::string& trigger, Done done);
    void look_at(InputFiles inputs);
    bool refresh(RefreshReport& report);
    bool publish(const Generation& running, std::unique_ptr<Generation> next,
                 RefreshReport& report);
    void note_restart(const config::Loaded& loaded, RefreshReport& report);
    void finish(const RunPtr& run);
    void log_report(const RefreshReport& report);

    plugin::ControlThread& control_;
    GenerationStore& store_;
    const base::Clock& clock_;
    base::Log& log_;
    const config::Settings started_with_;
    const Options options_;
    InputFiles inputs_;
    std::string config_stamp_;  // of the inputs when they were last read
    std::string plugin_stamp_;
    RunPtr last_;
    bool closed_ = false;
};

}  // namespace gomodel::gateway
