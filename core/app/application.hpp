// The program: command line, configuration, log, signals, exit code.
#pragma once

#include <Poco/Util/Application.h>

#include <optional>
#include <string>
#include <vector>

#include "app/commands.hpp"
#include "app/crash_signals.hpp"
#include "app/end_limit.hpp"

namespace gomodel::app {

// Not a Poco ServerApplication: that one forks at the word --daemon, wherever it stands.
class Application final : private CrashSignals, public Poco::Util::Application {
public:
    // The base class leaves the command line to main(): it knows no commands with options.
    Application() {
        restore();
        stopOptionsProcessing();
    }

protected:
    void initialize(Poco::Util::Application& self) override;
    int main(const std::vector<std::string>& arguments) override;

private:
    int serve();
    int run_gateway(const config::Loaded& loaded, base::Log& log, std::optional<EndLimit>& limit);
    int run_command(const std::string& command, const std::vector<std::string>& arguments);

    CommandContext context_;
    std::optional<int> take_over_;  // process id of the gateway to replace
};

}  // namespace gomodel::app
