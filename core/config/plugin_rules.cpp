#include <algorithm>

#include "base/text.hpp"
#include "config/names.hpp"
#include "config/rules.hpp"
#include "config/unknown.hpp"
#include "config/values.hpp"

namespace gomodel::config {
namespace {

bool is_digest(std::string_view text) {
    return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
               return is_digit(c) || (c >= 'a' && c <= 'f');
           });
}

void read_plugin_digests(Plugins& plugins, Report& report) {
    constexpr std::string_view kPath = "plugins.sha256";
    constexpr std::string_view kPrefix = "sha256:";
    const Node* const node = report.document().find(kPath);
    if (node == nullptr || node->is_null()) return;
    if (!node->is_mapping()) {
        report.error(kPath, "expected a mapping of plugin file name to digest");
        return;
    }
    for (const Entry& entry : node->entries) {
        const std::string path = join_path(kPath, entry.key);
        const std::string digest = base::lower(base::trim(entry.value.text));
        if (entry.key.empty() || entry.key.find('/') != std::string::npos) {
            report.error(path, "expected a plugin's file name without its directory");
        } else if (!digest.starts_with(kPrefix) || !is_digest(digest.substr(kPrefix.size()))) {
            report.error(path, "expected sha256: and 64 hexadecimal digits");
        } else {
            plugins.sha256[entry.key] = digest.substr(kPrefix.size());
        }
    }
}

// The kind in "<kind>.<name>"; empty if it is no plugin id.
std::string_view kind_of(std::string_view id) {
    const std::size_t dot = id.find('.');
    const bool whole = dot != std::string_view::npos && dot + 1 < id.size();
    return whole ? id.substr(0, dot) : std::string_view();
}

void read_limit(const Node& node, const std::string& path, PluginBudget& budget, Report& report) {
    const auto limit = node.is_scalar() ? parse_duration(node.text) : std::nullopt;
    if (limit && limit->count() > 0) {
        budget.limit = *limit;
    } else {
        report.error(path, "expected a duration above 0 with its unit, such as 5ms");
    }
}

void read_on_breach(const Node& node, const std::string& path, std::string_view kind,
                    PluginBudget& budget, Report& report) {
    const std::string word = base::lower(base::trim(node.text));
    if (!node.is_scalar() || (word != "count" && word != "bypass")) {
        report.error(path, "expected one of `count`, `bypass`");
    } else if (word == "bypass" && kind != "guardrail" && kind != "cache") {
        report.error(path,
                     "only guardrails and caches can be bypassed; a request cannot do "
                     "without any other plugin");
    } else {
        budget.bypass = word == "bypass";
    }
}

// 5ms, or {limit: 5ms, on_breach: bypass}.
PluginBudget read_budget(const Node& node, const std::string& path, std::string_view kind,
                         Report& report) {
    PluginBudget budget;
    if (!node.is_mapping()) {
        read_limit(node, path, budget, report);
        return budget;
    }
    warn_unknown(report.document(), node, path, {"limit", "on_breach"}, report.problems());
    if (const Entry* const limit = node.find("limit")) {
        read_limit(limit->value, join_path(path, "limit"), budget, report);
    } else {
        report.error(path, "limit is required, such as 5ms");
    }
    if (const Entry* const on_breach = node.find("on_breach")) {
        read_on_breach(on_breach->value, join_path(path, "on_breach"), kind, budget, report);
    }
    return budget;
}

void read_plugin_budgets(Plugins& plugins, Report& report) {
    constexpr std::string_view kPath = "plugins.budgets";
    const Node* const node = report.document().find(kPath);
    if (node == nullptr || node->is_null()) return;
    if (!node->is_mapping()) {
        report.error(kPath, "expected a mapping of plugin id to duration");
        return;
    }
    for (const Entry& entry : node->entries) {
        const std::string path = join_path(kPath, entry.key);
        const std::string_view kind = kind_of(entry.key);
        if (kind.empty()) {
            report.error(path, "expected a plugin's id, such as provider.openai");
        } else {
            plugins.budgets[entry.key] = read_budget(entry.value, path, kind, report);
        }
    }
}

}  // namespace

void apply_plugin_rules(Plugins& plugins, Report& report) {
    read_plugin_digests(plugins, report);
    read_plugin_budgets(plugins, report);
}

}  // namespace gomodel::config
