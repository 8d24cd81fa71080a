// The command line of plugin-check. A plain value.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace gomodel::check {

struct Options {
    std::string module;             // path of the shared library
    std::string config;             // JSON text of --config; empty: made from the schema
    std::string fixtures;           // directory; empty: none
    std::vector<std::string> only;  // test names; empty: all
    bool list = false;
    bool in_process = false;
    bool json = false;
    bool update_fixtures = false;
    std::chrono::seconds timeout{60};  // of one test
};

// Throws std::runtime_error with a message that ends in the usage text.
Options parse_options(int argc, char** argv);

}  // namespace gomodel::check
