#include "config/loader.hpp"

#include "config/fallback.hpp"
#include "config/file.hpp"
#include "config/keys.hpp"
#include "config/overlay.hpp"
#include "config/provider_entries.hpp"
#include "config/rules.hpp"

namespace gomodel::config {
namespace {

constexpr std::string_view kDotenv = ".env";

Environment with_dotenv(const LoadOptions& options, Problems& problems) {
    const auto text = read_file(options.directory / kDotenv, DocumentLimits::kFileBytes);
    if (text) return options.environment.with_dotenv(*text, kDotenv, problems);
    if (text.error().code != base::Code::kNotFound) {
        problems.warn(std::string(kDotenv), {}, text.error().message + "; it is ignored");
    }
    return options.environment;
}

struct Source {
    std::string text;
    std::string file;  // empty: there is none
};

Source read_source(const LoadOptions& options, Problems& problems) {
    std::vector<std::filesystem::path> candidates = {"config/config.yaml", "config.yaml"};
    if (options.file) candidates = {*options.file};
    for (const std::filesystem::path& candidate : candidates) {
        auto text = read_file(options.directory / candidate, DocumentLimits::kFileBytes);
        if (text) return {std::move(*text), candidate.string()};
        const bool absent = text.error().code == base::Code::kNotFound;
        if (absent && !options.file) continue;
        // Going on to the next one would start the gateway with settings nobody asked for.
        problems.error(candidate.string(), {}, text.error().message);
        return {};
    }
    return {};
}

void build(Loaded& loaded, const std::filesystem::path& directory) {
    Settings& settings = loaded.settings;
    Overlay overlay(loaded.document, settings, loaded.origins, loaded.problems);
    overlay.apply_document();
    overlay.apply_environment(loaded.environment);

    Report report(loaded.document, loaded.origins, loaded.problems);
    apply_rules(settings, overlay.blocks(), loaded.environment, report);
    overlay.report_unchosen_blocks();

    read_fallback(settings.fallback, directory, loaded.environment, report);
    if (settings.budgets.enabled) {
        settings.budgets.user_paths =
            read_budgets(loaded.document, loaded.environment, loaded.problems);
    }
    settings.rate_limits = read_rate_limits(loaded.document, loaded.problems);
    settings.guardrails.rules =
        read_guardrail_rules(loaded.document, settings.guardrails.enabled, loaded.problems);
    settings.providers =
        read_providers(loaded.document, settings.resilience, loaded.origins, loaded.problems);
}

}  // namespace

Loaded load(const LoadOptions& options) {
    Loaded loaded;
    loaded.environment = with_dotenv(options, loaded.problems);
    Source source = read_source(options, loaded.problems);
    if (!source.file.empty()) {
        loaded.document =
            parse_yaml(source.text, std::move(source.file), loaded.environment, loaded.problems);
    }
    build(loaded, options.directory);
    return loaded;
}

Loaded load_text(std::string_view yaml, std::string file, const Environment& environment,
                 const std::filesystem::path& directory) {
    Loaded loaded;
    loaded.environment = environment;
    loaded.document = parse_yaml(yaml, std::move(file), environment, loaded.problems);
    build(loaded, directory);
    return loaded;
}

std::string Loaded::where(std::string_view path) const {
    if (const auto origin = origins.find(path); origin != origins.end()) {
        return to_string(origin->second);
    }
    const Key* const key = find_key(path);
    const bool scalar = key != nullptr && !std::holds_alternative<std::monostate>(key->field);
    return scalar ? std::string() : document.where(path);
}

std::string Loaded::where(const ProviderInstance& provider, std::string_view option) const {
    const std::string_view member = option.substr(0, option.find_first_of(".["));
    if (const auto origin = provider.origins.find(member); origin != provider.origins.end()) {
        return to_string(origin->second);
    }
    const std::string path = join_path("providers", provider.name);
    if (document.find(path) == nullptr) return provider.where;
    return where(option.empty() ? path : join_path(path, option));
}

}  // namespace gomodel::config
