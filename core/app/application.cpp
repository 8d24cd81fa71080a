#include "app/application.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <iostream>

#include "app/command_line.hpp"
#include "app/gateway_process.hpp"
#include "app/version.hpp"
#include "base/freed_memory.hpp"
#include "base/memory_reserve.hpp"
#include "record/line_sink.hpp"

namespace gomodel::app {
namespace {

constexpr std::size_t kReserve = 8 * 1024 * 1024;  // to end what runs when memory is out

base::LogFormat log_format(config::LogStyle style) {
    const bool terminal = ::isatty(STDERR_FILENO) == 1;
    switch (style) {
        case config::LogStyle::kJson:
            return base::LogFormat::kJson;
        case config::LogStyle::kText:
            return terminal ? base::LogFormat::kColour : base::LogFormat::kText;
        case config::LogStyle::kAuto:
            break;
    }
    return terminal ? base::LogFormat::kColour : base::LogFormat::kJson;
}

// The signals that end the program.
sigset_t ending_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return set;
}

// All that mean something to the program.
sigset_t all_signals() {
    sigset_t set = ending_signals();
    sigaddset(&set, SIGHUP);
    return set;
}

// They are waited for instead of handled: every thread inherits the mask.
void block_signals() {
    const sigset_t set = all_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);  // a log file at its limit is a full disk, no reason to die
}

// A gateway holds thousands of connections; the usual limit of 1024 is for programs that use
// select().
void raise_descriptor_limit() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
}

bool another_signal(const sigset_t& set) {
    const timespec now{0, 0};
    return sigtimedwait(&set, nullptr, &now) > 0;
}

// Who is let in. `keys`: null: they could not be read yet.
void log_authentication(base::Log& log, bool master_key, const gateway::KeyTable* keys) {
    const std::size_t count = keys == nullptr ? 0 : keys->keys().size();
    if (!master_key && keys == nullptr) {
        log.warn(
            "the stored API keys could not be read yet, and GOMODEL_MASTER_KEY is not set: "
            "until they are read nobody is let in");
    } else if (!master_key && count == 0) {
        log.warn("SECURITY WARNING: GOMODEL_MASTER_KEY not set - server running in UNSAFE MODE");
    } else {
        log.info("authentication enabled", {{"mode", count == 0   ? "master_key"
                                                     : master_key ? "master_key+managed_keys"
                                                                  : "managed_keys"},
                                            {"managed_keys", static_cast<std::int64_t>(count)}});
    }
}

// Which signal ends the program.
int serve_until_signalled(GatewayProcess& process) {
    const sigset_t signals = all_signals();
    int signal = 0;
    while (sigwait(&signals, &signal) == 0 && signal == SIGHUP) {
        process.refresh(gateway::kSignalTrigger);
    }
    return signal;
}

void log_start(base::Log& log, const config::Settings& settings, const GatewayProcess& process) {
    log_authentication(log, !settings.server.master_key.empty(), process.controls()->keys.get());
    log.info("server started", {{"address", settings.server.address.empty()
                                                ? std::string_view("*")
                                                : std::string_view(settings.server.address)},
                                {"port", std::int64_t{process.port()}},
                                {"tls", settings.server.tls.enabled()}});
}

}  // namespace

void Application::initialize(Poco::Util::Application&) {
    // Nothing of the base class: its configuration files and log channels are not ours.
    context_.load.environment = config::Environment::of_process();
    context_.build.default_plugin_folders = default_plugin_folders();
    context_.build.program = "/proc/self/exe";
}

int Application::main(const std::vector<std::string>& arguments) {
    const base::Result<CommandLine> line = parse_command_line(arguments);
    if (!line.ok()) {
        std::cerr << "gomodel: " << line.error().message << "; see gomodel --help\n";
        return 2;
    }
    if (line->help || line->version) {
        std::cout << (line->help ? std::string(help_text()) : version_line() + '\n');
        return 0;
    }
    if (line->config.has_value()) context_.load.file = *line->config;
    take_over_ = line->take_over;
    return line->command.empty() ? serve() : run_command(line->command, line->arguments);
}

int Application::run_command(const std::string& command,
                             const std::vector<std::string>& arguments) {
    if (command == "serve" && arguments.empty()) return serve();
    if (command == "check-config") return check_config(context_, arguments);
    if (command == "plugins") return plugins(context_, arguments);
    if (command == "providers") return providers(context_, arguments);
    std::cerr << "gomodel: unknown command \"" << command << "\"; see gomodel --help\n";
    return 2;
}

int Application::serve() {
    block_signals();
    base::keep_freed_memory();
    base::keep_memory_back(kReserve);
    raise_descriptor_limit();
    const config::Loaded loaded = config::load(context_.load);
    const config::Settings& settings = loaded.settings;
    base::Log log(std::make_shared<record::LineSink>(STDERR_FILENO),
                  log_format(settings.log.format), settings.log.level);
    for (const config::Problem& problem : loaded.problems.all()) {
        const bool error = problem.severity == config::Severity::kError;
        error ? log.error(config::to_string(problem)) : log.warn(config::to_string(problem));
    }
    if (loaded.problems.fatal()) {
        log.error("the configuration has errors; nothing was started");
        return 1;
    }
    const std::string running = version();
    log.info("starting gomodel", {{"version", std::string_view(running)}});
    std::optional<EndLimit> limit;
    const int code = run_gateway(loaded, log, limit);
    if (code == 0) log.info("application shutdown complete");
    return code;
}

// `limit` begins when the gateway has drained, and holds for whatever must end after that.
int Application::run_gateway(const config::Loaded& loaded, base::Log& log,
                             std::optional<EndLimit>& limit) {
    GatewayProcess process(loaded.settings, log);
    if (const base::Status started =
            process.start(loaded, context_.load, context_.build, take_over_.has_value());
        !started.ok()) {
        log.error("failed to initialize application: " + started.error().message);
        return 1;
    }
    log_start(log, loaded.settings, process);
    if (take_over_.has_value()) {
        const base::Status taken = process.take_over(*take_over_);
        taken.ok() ? log.info("took over", {{"from", std::int64_t{*take_over_}}})
                   : log.warn(taken.error().message);
    }
    const int signal = serve_until_signalled(process);
    log.info("shutting down application...", {{"signal", std::int64_t{signal}}});
    const bool whole = process.drain([] { return another_signal(ending_signals()); });
    if (!whole) log.warn("requests were still running and have been cut off");
    limit.emplace(log, ending_signals(), [ledger = process.ledger()] { return ledger->inside(); });
    process.stop();
    return 0;
}

}  // namespace gomodel::app
