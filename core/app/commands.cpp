#include "app/commands.hpp"

#include <spdlog/sinks/null_sink.h>

#include <algorithm>
#include <iostream>

#include "base/text.hpp"
#include "config/effective.hpp"
#include "config/redact.hpp"
#include "plugin/module.hpp"

namespace gomodel::app {
namespace {

namespace fs = std::filesystem;

base::Log silent_log() {
    return base::Log(std::make_shared<spdlog::sinks::null_sink_st>(), base::LogFormat::kText,
                     base::LogLevel::kError);
}

int usage(std::string_view text) {
    std::cerr << "usage: gomodel " << text << '\n';
    return 2;
}

// Prints problems; true iff one of them is an error.
bool print(const config::Problems& problems) {
    for (const config::Problem& problem : problems.all()) {
        const bool error = problem.severity == config::Severity::kError;
        std::cerr << (error ? "error: " : "warning: ") << config::to_string(problem) << '\n';
    }
    return problems.fatal();
}

// The plugins the configuration points at. Problems with the configuration are printed.
std::shared_ptr<const plugin::Registry> registry_for(const CommandContext& context) {
    const config::Loaded loaded = config::load(context.load);
    config::Problems problems = loaded.problems;
    auto registry = gateway::load_registry(loaded.settings.plugins, context.build, problems);
    print(problems);
    return registry;
}

int list_plugins(const CommandContext& context, bool markdown) {
    const auto registry = registry_for(context);
    if (markdown) std::cout << "| plugin | version | interface | what it is |\n|---|---|---|---|\n";
    for (const auto& [id, registered] : registry->all()) {
        const gm_plugin_t& plugin = *registered.plugin;
        if (markdown) {
            std::cout << "| `" << id << "` | " << plugin.version << " | `" << plugin.iface << "` | "
                      << plugin.summary << " |\n";
        } else {
            std::cout << id << '\t' << plugin.version << '\t' << plugin.iface << '\t'
                      << plugin.summary << '\t' << registered.module->file().string() << '\t'
                      << "sha256:" << registered.module->sha256() << '\n';
        }
    }
    return 0;
}

int show_schema(const CommandContext& context, const std::string& id) {
    const auto registry = registry_for(context);
    const plugin::Registered* const found = registry->find(id);
    if (found == nullptr) {
        std::vector<std::string_view> ids;
        for (const auto& [known, registered] : registry->all())
            ids.push_back(known);
        const auto near = base::nearest(id, ids);
        std::cerr << "no plugin \"" << id << '"'
                  << (near.has_value() ? "; did you mean \"" + *near + "\"?" : "") << '\n';
        return 1;
    }
    std::cout << found->plugin->config_schema << '\n';
    return 0;
}

int check_plugin(const std::string& file) {
    const auto module = plugin::Module::load(file, {});
    if (!module.ok()) {
        std::cerr << module.error().message << '\n';
        return 1;
    }
    const gm_module_t& descriptor = (*module)->descriptor();
    std::cout << descriptor.name << ": built for plugin ABI " << descriptor.abi_major << '.'
              << descriptor.abi_minor << ", needs " << descriptor.abi_major << '.'
              << descriptor.needs_minor << ", sha256:" << (*module)->sha256() << '\n';
    int code = 0;
    for (std::uint32_t i = 0; i < descriptor.plugin_count; ++i) {
        const gm_plugin_t& plugin = *descriptor.plugins[i];
        const auto schema = plugin::read_schema(plugin.config_schema);
        std::cout << "  " << plugin.id << ' ' << plugin.version << " (" << plugin.iface
                  << "): " << (schema.ok() ? "accepted" : schema.error().message) << '\n';
        if (!schema.ok()) code = 1;
    }
    std::cout << "plugin-check runs the whole conformance suite.\n";
    return code;
}

}  // namespace

int check_config(const CommandContext& context, const std::vector<std::string>& arguments) {
    CommandContext checked = context;
    bool show = false;
    for (const std::string& argument : arguments) {
        if (argument == "--print") {
            show = true;
        } else if (argument.starts_with("-")) {
            return usage("check-config [--print] [file]");
        } else {
            checked.load.file = argument;
        }
    }
    const config::Loaded loaded = config::load(checked.load);
    bool failed = print(loaded.problems);
    if (!failed) {
        base::Log log = silent_log();
        checked.build.create_instances = false;
        failed = print(gateway::build_generation(loaded, checked.build, log).problems);
    }
    if (show) {
        const auto values = config::effective_values(loaded, loaded.settings.providers);
        std::cout << config::print_effective(values);
    }
    if (!failed) std::cerr << "the configuration is in order\n";
    return failed ? 1 : 0;
}

int plugins(const CommandContext& context, const std::vector<std::string>& arguments) {
    const std::string verb = arguments.empty() ? "" : arguments.front();
    if (verb == "list" && arguments.size() <= 2) {
        const bool markdown = arguments.size() == 2 && arguments[1] == "--markdown";
        if (arguments.size() == 1 || markdown) return list_plugins(context, markdown);
    }
    if (verb == "schema" && arguments.size() == 2) return show_schema(context, arguments[1]);
    if (verb == "check" && arguments.size() == 2) return check_plugin(arguments[1]);
    return usage("plugins list [--markdown] | schema <id> | check <file>");
}

int providers(const CommandContext& context, const std::vector<std::string>& arguments) {
    if (arguments.size() != 1 || arguments.front() != "list") return usage("providers list");
    const config::Loaded loaded = config::load(context.load);
    config::Problems problems = loaded.problems;
    const auto registry = gateway::load_registry(loaded.settings.plugins, context.build, problems);
    const config::Discovered discovered =
        config::discover(loaded.settings, loaded.environment, gateway::provider_types(*registry));
    for (const config::Problem& problem : discovered.problems.all())
        problems.add(problem);
    const bool failed = print(problems);
    for (const config::ProviderInstance& instance : discovered.instances) {
        std::cout << instance.name << '\t' << instance.type << '\t'
                  << config::redact(instance.option("base_url")) << '\n';
    }
    return failed ? 1 : 0;
}

std::vector<fs::path> default_plugin_folders() {
    std::error_code failure;
    const fs::path program = fs::read_symlink("/proc/self/exe", failure);
    if (failure) return {};
    const fs::path folder = program.parent_path();
    return {folder.parent_path() / "plugins",                      // a build tree
            folder.parent_path() / "lib" / "gomodel" / "plugins",  // an installation
            folder / "plugins"};                                   // an unpacked archive or image
}

}  // namespace gomodel::app
