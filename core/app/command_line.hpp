// What the program was told on its command line. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gomodel::app {

struct CommandLine {
    std::optional<std::string> config;  // the file of --config
    std::optional<int> take_over;       // process id of the gateway to replace, more than 0
    bool help = false;
    bool version = false;
    std::string command;                 // empty: none
    std::vector<std::string> arguments;  // of the command, its own options included
};

// `arguments`: without the program's name. Options of the program may stand before the command and
// behind it. kInvalid names what was not understood.
base::Result<CommandLine> parse_command_line(const std::vector<std::string>& arguments);

// What --help prints.
std::string_view help_text();

}  // namespace gomodel::app
