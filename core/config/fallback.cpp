#include "config/fallback.hpp"

#include <optional>

#include "base/text.hpp"
#include "config/file.hpp"

namespace gomodel::config {
namespace {

constexpr std::string_view kOverrides = "fallback.overrides";
constexpr std::string_view kRulesPath = "fallback.manual_rules_path";

std::optional<FallbackMode> parse_mode(std::string_view text) {
    const std::string word = base::lower(base::trim(text));
    if (word == "auto") return FallbackMode::kAuto;
    if (word == "manual") return FallbackMode::kManual;
    if (word == "off") return FallbackMode::kOff;
    return std::nullopt;
}

void read_overrides(Fallback& fallback, const Document& document, Problems& problems) {
    const Node* const overrides = document.find(kOverrides);
    if (overrides == nullptr || overrides->is_null()) return;
    if (!overrides->is_mapping()) {
        problems.error(document.where(kOverrides), std::string(kOverrides), "expected a mapping");
        return;
    }
    for (const Entry& entry : overrides->entries) {
        const std::string path = join_path(kOverrides, entry.key);
        const std::string where = document.where(entry.line);
        const std::string selector(base::trim(entry.key));
        const Entry* const written = entry.value.find("mode");
        const auto mode = parse_mode(written == nullptr ? "" : written->value.text);
        if (selector.empty()) {
            problems.error(where, path, "the selector is empty");
        } else if (!entry.value.is_mapping() || !mode) {
            problems.error(where, path, "expected {mode: auto}, {mode: manual} or {mode: off}");
        } else if (!fallback.overrides.try_emplace(selector, *mode).second) {
            problems.error(where, path, "the selector is there twice");
        }
    }
}

std::optional<std::vector<std::string>> read_candidates(const Node& list) {
    std::vector<std::string> candidates;
    if (!list.is_sequence()) return std::nullopt;
    for (const Node& item : list.items) {
        if (!item.is_scalar() || item.plain) return std::nullopt;  // JSON texts are never plain
        const std::string_view candidate = base::trim(item.text);
        if (!candidate.empty()) candidates.emplace_back(candidate);
    }
    return candidates;
}

void read_rules(Fallback& fallback, const Document& rules, Problems& problems) {
    if (!rules.root().is_mapping()) {
        problems.error(rules.where(rules.root().line), {},
                       "expected a JSON object of selector to list of selectors");
        return;
    }
    for (const Entry& entry : rules.root().entries) {
        const std::string selector(base::trim(entry.key));
        auto candidates = read_candidates(entry.value);
        if (selector.empty()) {
            problems.error(rules.where(entry.line), entry.key, "the selector is empty");
        } else if (!candidates) {
            problems.error(rules.where(entry.line), entry.key, "expected a list of selectors");
        } else if (!fallback.manual_rules.try_emplace(selector, std::move(*candidates)).second) {
            problems.error(rules.where(entry.line), entry.key, "the selector is there twice");
        }
    }
}

}  // namespace

void read_fallback(Fallback& fallback, const std::filesystem::path& directory,
                   const Environment& environment, Report& report) {
    read_overrides(fallback, report.document(), report.problems());
    fallback.manual_rules_path = base::trim(fallback.manual_rules_path);
    if (fallback.manual_rules_path.empty()) return;
    const auto text = read_file(directory / fallback.manual_rules_path, DocumentLimits::kFileBytes);
    if (!text) {
        report.error(kRulesPath, fallback.manual_rules_path + ' ' + text.error().message);
        return;
    }
    Problems faults;
    const Document rules = parse_json(*text, fallback.manual_rules_path, environment, faults);
    if (!faults.fatal()) read_rules(fallback, rules, faults);
    for (const Problem& problem : faults.all()) {
        report.problems().add(problem);
    }
}

}  // namespace gomodel::config
