#include "options.hpp"

#include <charconv>
#include <filesystem>
#include <stdexcept>
#include <string_view>

#include "file.hpp"

namespace gomodel::check {
namespace {

constexpr const char* kUsage =
    "usage: plugin-check <module.so> [options]\n"
    "       plugin-check --list\n"
    "  --config <file>      JSON object to configure the plugin with; default: from its schema\n"
    "  --fixtures <dir>     recorded exchanges to replay, a folder each\n"
    "  --update-fixtures    write what the plugin does now as what is expected\n"
    "  --only <test>        run this test and those it needs; may be repeated\n"
    "  --timeout <seconds>  of one test, default 60\n"
    "  --in-process         no child processes, for a debugger\n"
    "  --json               report as JSON\n"
    "  --list               name the tests\n";

[[noreturn]] void usage(const std::string& problem) {
    throw std::runtime_error("plugin-check: " + problem + "\n" + kUsage);
}

std::chrono::seconds parse_seconds(std::string_view text) {
    int seconds = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || stop != text.data() + text.size() || seconds <= 0) {
        usage("--timeout wants a number of seconds");
    }
    return std::chrono::seconds(seconds);
}

// Takes an option without a value. False: it is none.
bool take_flag(Options& options, std::string_view arg) {
    const struct {
        const char* name;
        bool& flag;
    } flags[] = {{"--list", options.list},
                 {"--in-process", options.in_process},
                 {"--json", options.json},
                 {"--update-fixtures", options.update_fixtures}};
    for (const auto& each : flags) {
        if (arg == each.name) return each.flag = true;
    }
    return false;
}

void take_value(Options& options, std::string_view arg, const std::string& value) {
    if (arg == "--config") {
        options.config = read_file(value);
    } else if (arg == "--fixtures") {
        options.fixtures = value;
    } else if (arg == "--only") {
        options.only.push_back(value);
    } else if (arg == "--timeout") {
        options.timeout = parse_seconds(value);
    } else {
        usage("unknown option " + std::string(arg));
    }
}

void check(const Options& options) {
    if (options.list) return;
    if (options.module.empty()) usage("no module given");
    if (!std::filesystem::is_regular_file(options.module)) usage("no file " + options.module);
    if (!options.fixtures.empty() && !std::filesystem::is_directory(options.fixtures)) {
        usage("no directory " + options.fixtures);
    }
}

}  // namespace

Options parse_options(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view arg = argv[i];
        if (!arg.starts_with('-')) {
            if (!options.module.empty()) usage("one module at a time");
            options.module = arg;
        } else if (!take_flag(options, arg)) {
            if (i + 1 == argc) usage(std::string(arg) + " wants a value, or is unknown");
            take_value(options, arg, argv[++i]);
        }
    }
    check(options);
    // Tests run in folders of their own.
    for (std::string* path : {&options.module, &options.fixtures}) {
        if (!path->empty()) *path = std::filesystem::absolute(*path).string();
    }
    return options;
}

}  // namespace gomodel::check
