#include "gateway/refresher.hpp"

#include <algorithm>

#include "config/differences.hpp"

namespace gomodel::gateway {
namespace {

// Something answers for a provider that the running generation does not have.
bool has_new_instance(const Generation& running, const Generation& next) {
    return std::any_of(next.providers.begin(), next.providers.end(), [&](const auto& provider) {
        const Provider* const old_one = running.provider(provider->name);
        return old_one == nullptr || old_one->instance != provider->instance;
    });
}

// For finding out what else is wrong. Without a readable file the settings are the defaults, which
// would search other folders; and modules loaded only to be checked must be able to go.
void use_running_plugins(const Generation& running, config::Loaded& loaded) {
    if (loaded.document.root().is_null()) loaded.settings.plugins = running.settings.plugins;
    loaded.settings.plugins.unload = running.settings.plugins.unload;
}

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts)
        text += (text.empty() ? "" : "; ") + part;
    return text;
}

}  // namespace

std::string_view to_string(RefreshOutcome outcome) {
    switch (outcome) {
        case RefreshOutcome::kPublished:
            return "published";
        case RefreshOutcome::kUnchanged:
            return "unchanged";
        case RefreshOutcome::kFailed:
            break;
    }
    return "failed";
}

Refresher::Refresher(plugin::ControlThread& control, GenerationStore& store,
                     const base::Clock& clock, base::Log& log, config::Settings started_with,
                     Options options)
    : control_(control),
      store_(store),
      clock_(clock),
      log_(log),
      started_with_(std::move(started_with)),
      options_(std::move(options)) {
    look_at(input_files(options_.load, started_with_, options_.build.default_plugin_folders));
}

void Refresher::request(std::string trigger, Done done) {
    control_.post([this, trigger = std::move(trigger), asked = clock_.steady(),
                   done = std::move(done)]() mutable { handle(trigger, asked, std::move(done)); });
}

void Refresher::request_if_changed(std::string trigger, bool config, bool plugins) {
    control_.post([this, trigger = std::move(trigger), config, plugins] {
        const bool changed = (config && inputs_.config_stamp() != config_stamp_) ||
                             (plugins && inputs_.plugin_stamp() != plugin_stamp_);
        if (changed && !closed_) begin(trigger, {});
    });
}

void Refresher::close() {
    closed_ = true;
    last_.reset();
}

void Refresher::look_at(InputFiles inputs) {
    inputs_ = std::move(inputs);
    config_stamp_ = inputs_.config_stamp();
    plugin_stamp_ = inputs_.plugin_stamp();
}

void Refresher::handle(const std::string& trigger, base::SteadyTime asked, Done done) {
    if (closed_) return;
    const bool covered = last_ != nullptr && asked <= last_->ended &&
                         last_->config_stamp == last_->inputs.config_stamp() &&
                         last_->plugin_stamp == last_->inputs.plugin_stamp();
    if (!covered) return begin(trigger, std::move(done));
    if (!done) return;
    if (last_->whole != nullptr) return done(last_->whole);
    last_->waiting.push_back(std::move(done));
}

void Refresher::begin(const std::string& trigger, Done done) {
    const auto run = std::make_shared<Run>();
    last_ = run;
    look_at(inputs_);
    run->inputs = inputs_;
    run->config_stamp = config_stamp_;
    run->plugin_stamp = plugin_stamp_;
    run->began = clock_.steady();
    run->report.started = clock_.wall();
    run->report.trigger = trigger;
    if (done) run->waiting.push_back(std::move(done));
    bool news = false;
    try {
        news = refresh(run->report);
    } catch (const std::exception& error) {  // on this thread it would end the gateway
        run->report.outcome = RefreshOutcome::kFailed;
        run->report.problems.error("", "", std::string("internal error: ") + error.what());
    }
    const bool list = run->report.outcome != RefreshOutcome::kFailed &&
                      (news || trigger == kAdminTrigger) && options_.list_models;
    if (!list) return finish(run);
    options_.list_models([this, run, asked = clock_.steady()](ModelLister::Failures failures) {
        run->report.listed = true;
        run->report.list_took = clock_.steady() - asked;
        run->report.list_failures = std::move(failures);
        finish(run);
    });
}

// True: providers have to be asked for their models.
bool Refresher::refresh(RefreshReport& report) {
    const base::SteadyTime began = clock_.steady();
    config::Loaded loaded = config::load(options_.load);
    report.problems = loaded.problems;
    for (const config::Problem& problem : loaded.problems.all())
        report.config_errors += problem.severity == config::Severity::kError ? 1 : 0;
    report.config_took = clock_.steady() - began;
    if (report.config_errors == 0) {
        note_restart(loaded, report);
        InputFiles inputs =
            input_files(options_.load, loaded.settings, options_.build.default_plugin_folders);
        if (inputs != inputs_) look_at(std::move(inputs));
    }
    // Only this thread replaces the current generation, so it stays without being held.
    const Generation* const running = store_.current().get().get();
    if (report.config_errors > 0) use_running_plugins(*running, loaded);
    BuildOptions build = options_.build;
    build.create_instances = report.config_errors == 0;  // else only to find what else is wrong
    Built built = build_generation(loaded, build, log_, running);
    for (const config::Problem& problem : built.problems.all())
        report.problems.add(problem);
    bool news = false;
    if (!report.problems.fatal()) news = publish(*running, std::move(built.generation), report);
    report.build_took = clock_.steady() - began - report.config_took;
    return news;
}

bool Refresher::publish(const Generation& running, std::unique_ptr<Generation> next,
                        RefreshReport& report) {
    report.changes = changes(running, *next);
    report.outcome = RefreshOutcome::kUnchanged;
    if (report.changes.empty()) return false;
    report.outcome = RefreshOutcome::kPublished;
    const bool news = has_new_instance(running, *next);
    next->number = running.number + 1;
    next->since = clock_.wall();
    next->trigger = report.trigger;
    next->changes = report.changes;
    store_.publish(std::move(next));
    return news;
}

void Refresher::note_restart(const config::Loaded& loaded, RefreshReport& report) {
    for (std::string& key : config::differing_keys(started_with_, loaded.settings)) {
        if (!config::needs_restart(key)) continue;
        std::string where = loaded.where(key);
        report.restart.push_back({std::move(key), std::move(where)});
    }
}

void Refresher::finish(const RunPtr& run) {
    RefreshReport& report = run->report;
    if (const std::shared_ptr<const Generation> current = store_.current().get()) {
        report.generation = current->number;
        report.models = current->catalog->models().size();
        report.providers = current->providers.size();
    }
    run->ended = clock_.steady();
    report.took = run->ended - run->began;
    report.finished = clock_.wall();
    run->whole = std::make_shared<const RefreshReport>(std::move(report));
    log_report(*run->whole);
    if (options_.observer) options_.observer(*run->whole);
    for (const Done& done : std::exchange(run->waiting, {}))
        done(run->whole);
}

void Refresher::log_report(const RefreshReport& report) {
    for (const config::Problem& problem : report.problems.all()) {
        const bool error = problem.severity == config::Severity::kError;
        error ? log_.error(config::to_string(problem)) : log_.warn(config::to_string(problem));
    }
    for (const RestartSetting& setting : report.restart) {
        log_.warn((setting.where.empty() ? "" : setting.where + ": ") + setting.key +
                  " has changed and takes effect with the next restart");
    }
    const std::string all_changes = joined(report.changes);
    const base::Log::Fields fields = {{"outcome", to_string(report.outcome)},
                                      {"trigger", std::string_view(report.trigger)},
                                      {"generation", static_cast<std::int64_t>(report.generation)},
                                      {"changes", std::string_view(all_changes)}};
    if (report.outcome == RefreshOutcome::kFailed) {
        log_.error("refresh failed, the running generation stays", fields);
    } else {
        log_.info("refreshed", fields);
    }
}

}  // namespace gomodel::gateway
