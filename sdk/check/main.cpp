// plugin-check: does this shared library keep the contract in gomodel/abi.h?
// Exit status: 0 when no test failed or crashed, 1 when one did, 2 when it was called wrongly.

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <vector>

#include "options.hpp"
#include "report.hpp"
#include "runner.hpp"
#include "suites.hpp"

namespace gomodel::check {
namespace {

int run(const Options& options) {
    if (options.list) {
        print_list();
        return 0;
    }
    for (const std::string& name : options.only) {
        if (!is_test(name)) throw std::runtime_error("plugin-check: no test " + name);
    }
    std::vector<Line> lines;
    const bool ok = run_all(options, [&](const Line& line) {
        lines.push_back(line);
        if (!options.json) print_line(line);
    });
    if (options.json) {
        print_json(options.module, ok, lines);
    } else {
        print_summary(lines);
    }
    return ok ? 0 : 1;
}

}  // namespace
}  // namespace gomodel::check

int main(int argc, char** argv) {
    try {
        return gomodel::check::run(gomodel::check::parse_options(argc, argv));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 2;
    }
}
