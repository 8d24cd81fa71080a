#include "runner.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "child.hpp"
#include "subject.hpp"
#include "suites.hpp"

namespace gomodel::check {
namespace {

// How far the module, or one of its plugins, is trusted so far.
struct Trust {
    Level closed_from = Level::kNone;
    std::string closed_by;  // the gate that did not pass

    bool allows(const Test& test) const { return test.needs < closed_from; }
};

class Run {
public:
    Run(const Options& options, const OnLine& on_line) : options_(options), on_line_(on_line) {}

    bool all() {
        Trust trust;
        run(module_tests(), {}, trust);
        if (trust.closed_from <= Level::kDescribed) return ok_;
        for (const auto& [id, interface] : plugins()) {
            Trust of_plugin = trust;
            run(config_tests(), id, of_plugin);
            run(interface_tests(interface), id, of_plugin);
        }
        return ok_;
    }

private:
    void run(std::span<const Test> tests, const std::string& plugin, Trust& trust) {
        for (const Test& test : tests) {
            const bool wanted = selected(test);
            // Gates run even when they are not asked for: what follows relies on them.
            if (!wanted && test.gates == Level::kNone) continue;
            const Line line = run_one(test, plugin, trust);
            const bool open =
                line.result.status == Status::kPass || line.result.status == Status::kWarn;
            if (!open && test.gates < trust.closed_from) trust = {test.gates, test.name};
            if (wanted || !open) report(line);
        }
    }

    Line run_one(const Test& test, const std::string& plugin, const Trust& trust) const {
        if (!trust.allows(test)) {
            return {test.name, plugin, {Status::kSkip, trust.closed_by + " did not pass"}};
        }
        const auto start = std::chrono::steady_clock::now();
        Result result = execute([&]() -> std::string {
            Subject subject(options_, plugin);
            test.run(subject);
            return {};
        });
        const auto took = std::chrono::steady_clock::now() - start;
        return {test.name, plugin, std::move(result),
                std::chrono::duration_cast<std::chrono::milliseconds>(took)};
    }

    // The (id, interface) of each plugin, as a child that loads the module tells it.
    std::vector<std::pair<std::string, std::string>> plugins() const {
        const Result told = execute([this]() -> std::string {
            const Module module(options_.module);
            std::string lines;
            for (std::uint32_t i = 0; i < module.descriptor().plugin_count; ++i) {
                const gm_plugin_t& plugin = *module.descriptor().plugins[i];
                lines += std::string(plugin.id) + "\n" + plugin.iface + "\n";
            }
            return lines;
        });
        std::vector<std::pair<std::string, std::string>> found;
        if (told.status != Status::kPass) return found;
        for (std::string_view rest = told.message; !rest.empty();) {
            const auto take_line = [&rest] {
                std::string line(rest.substr(0, rest.find('\n')));
                rest.remove_prefix(line.size() + 1);
                return line;
            };
            std::string id = take_line();
            found.emplace_back(std::move(id), take_line());
        }
        return found;
    }

    Result execute(const std::function<std::string()>& body) const {
        return options_.in_process ? run_here(body) : run_in_child(body, options_.timeout);
    }

    bool selected(const Test& test) const {
        return options_.only.empty() || std::find(options_.only.begin(), options_.only.end(),
                                                  test.name) != options_.only.end();
    }

    void report(const Line& line) {
        if (line.result.status == Status::kFail || line.result.status == Status::kCrash) {
            ok_ = false;
        }
        on_line_(line);
    }

    const Options& options_;
    const OnLine& on_line_;
    bool ok_ = true;
};

}  // namespace

bool run_all(const Options& options, const OnLine& on_line) {
    return Run(options, on_line).all();
}

}  // namespace gomodel::check
