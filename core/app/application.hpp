// The program: command line, configuration, log, signals, exit code.
#pragma once

#include <Poco/Util/ServerApplication.h>

#include <string>
#include <vector>

#include "app/commands.hpp"

namespace gomodel::app {

class Application final : public Poco::Util::ServerApplication {
protected:
    void initialize(Poco::Util::Application& self) override;
    void defineOptions(Poco::Util::OptionSet& options) override;
    void handleOption(const std::string& name, const std::string& value) override;
    int main(const std::vector<std::string>& arguments) override;

private:
    int serve();
    int run_command(const std::string& command, const std::vector<std::string>& arguments);
    void print_help() const;

    CommandContext context_;
    bool help_ = false;
    bool version_ = false;
};

}  // namespace gomodel::app
