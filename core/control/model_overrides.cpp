#include "control/model_overrides.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "config/user_path.hpp"
#include "control/row.hpp"

namespace gomodel::control {
namespace {

using gateway::AccessRule;

constexpr std::string_view kModelOverridesTable = "model_overrides";
constexpr std::string_view kAllModelOverrides = R"({"table":"model_overrides"})";

constexpr std::string_view kModelOverridesSchema = R"({"table":"model_overrides","columns":[
{"name":"selector","type":"text","null":false},
{"name":"provider_name","type":"text","null":false,"default":""},
{"name":"model","type":"text","null":false,"default":""},
{"name":"user_paths","type":"json","null":false,"default":[]},
{"name":"created_at","type":"time","null":false,"as":"seconds"},
{"name":"updated_at","type":"time","null":false,"as":"seconds"}],
"key":["selector"],"indexes":[["provider_name"],["model"],["updated_at"]]})";

std::string to_row(const AccessRule& rule) {
    json::Out out;
    out.begin_array().begin_object();
    out.member("selector", rule.selector).member("provider_name", rule.provider_name);
    out.member("model", rule.model).key("user_paths").begin_array();
    for (const std::string& path : rule.user_paths)
        out.string(path);
    out.end_array();
    time(out, "created_at", rule.created_at);
    time(out, "updated_at", rule.updated_at);
    out.end_object().end_array();
    return out.text();
}

// In order, each once. kInvalid: one of them is none.
base::Result<std::vector<std::string>> normalise(const std::vector<std::string>& paths) {
    std::set<std::string> normal;
    for (const std::string& path : paths) {
        base::Result<std::string> one = config::normalise_user_path(path);
        if (!one.ok()) return one.error();
        if (!one->empty()) normal.insert(std::move(*one));
    }
    return std::vector<std::string>(normal.begin(), normal.end());
}

// Of a row that older versions wrote without parts.
void part(AccessRule& rule) {
    if (rule.selector == "/") return;
    const std::size_t slash = rule.selector.find('/');
    if (slash == std::string::npos || slash == 0) {
        rule.model = rule.selector;
    } else {
        rule.provider_name = rule.selector.substr(0, slash);
        rule.model = rule.selector.substr(slash + 1);
    }
}

}  // namespace

AccessRule rule_for_selector(std::string_view selector,
                             const std::set<std::string, std::less<>>& providers) {
    AccessRule rule;
    rule.selector = base::trim(selector);
    if (rule.selector == "/") return rule;
    const std::string_view text = rule.selector;
    const std::size_t slash = text.find('/');
    const std::string_view provider = base::trim(text.substr(0, slash));
    if (slash == std::string_view::npos || !providers.contains(provider)) {
        rule.model = rule.selector;
        return rule;
    }
    rule.provider_name = provider;
    rule.model = base::trim(text.substr(slash + 1));
    rule.selector = rule.provider_name + '/' + rule.model;
    return rule;
}

std::string_view ModelOverrides::schema() const {
    return kModelOverridesSchema;
}

base::Status ModelOverrides::read(record::Storage& storage) {
    auto rules = rows(storage, kAllModelOverrides);
    if (!rules.ok()) return rules.error();
    publish(std::move(*rules));
    return {};
}

base::Result<AccessRule> ModelOverrides::put(std::string_view selector,
                                             const std::vector<std::string>& user_paths,
                                             const std::set<std::string, std::less<>>& providers) {
    AccessRule rule = rule_for_selector(selector, providers);
    if (rule.selector.empty()) return base::invalid("selector is required");
    auto paths = normalise(user_paths);
    if (!paths.ok()) return base::invalid("invalid user_paths value");
    if (paths->empty()) return base::invalid("user_paths is required");
    rule.user_paths = std::move(*paths);

    const Access access = this->access();
    if (access.storage == nullptr) return not_read_yet();
    auto before =
        rows(*access.storage, where_equal(kModelOverridesTable, "selector", rule.selector));
    if (!before.ok()) return failed_read(before.error());
    rule.updated_at = whole_seconds(clock_.wall());
    rule.created_at = before->empty() ? rule.updated_at : before->front().created_at;
    std::vector<AccessRule> next = others(rule.selector);
    next.push_back(rule);
    const base::Status written =
        access.storage->write(kModelOverridesTable, to_row(rule), record::WriteMode::kUpsert);
    if (!written.ok()) return failed_write(written.error());
    publish(std::move(next));
    return rule;
}

base::Status ModelOverrides::remove(std::string_view selector) {
    const std::string name(base::trim(selector));
    if (name.empty()) return base::invalid("selector is required");
    const Access access = this->access();
    if (access.storage == nullptr) return not_read_yet();
    std::vector<AccessRule> next = others(name);
    const auto gone = access.storage->erase(where_equal(kModelOverridesTable, "selector", name));
    if (!gone.ok()) return failed_write(gone.error());
    publish(std::move(next));
    if (*gone == 0) return base::Error{base::Code::kNotFound, "model override not found: " + name};
    return {};
}

base::Result<std::vector<AccessRule>> ModelOverrides::rows(record::Storage& storage,
                                                           std::string_view query) {
    std::vector<AccessRule> rules;
    const base::Status read = storage.read(query, [&](std::string_view row) {
        const json::Tree tree(row);
        const json::Node root = tree.root();
        AccessRule rule;
        rule.selector = root["selector"].text();
        if (rule.selector.empty()) return true;
        rule.provider_name = root["provider_name"].text();
        rule.model = root["model"].text();
        if (rule.provider_name.empty() && rule.model.empty()) part(rule);
        // A path that is none opens the model to nobody.
        for (const json::Node path : root["user_paths"]) {
            auto normal = config::normalise_user_path(path.text());
            if (normal.ok() && !normal->empty()) {
                rule.user_paths.push_back(std::move(*normal));
            } else {
                log_.warn("model_overrides: a user path that is none is left out",
                          {{"selector", std::string_view(rule.selector)}});
            }
        }
        rule.created_at = time_of(root["created_at"]).value_or(base::WallTime());
        rule.updated_at = time_of(root["updated_at"]).value_or(rule.created_at);
        rules.push_back(std::move(rule));
        return true;
    });
    if (!read.ok()) return read.error();
    return rules;
}

std::vector<AccessRule> ModelOverrides::others(std::string_view selector) const {
    std::vector<AccessRule> others = slot_.get()->access->rules();
    std::erase_if(others, [&](const AccessRule& rule) { return rule.selector == selector; });
    return others;
}

void ModelOverrides::publish(std::vector<AccessRule> rules) {
    auto table = std::make_shared<const gateway::AccessRules>(std::move(rules));
    slot_.change([&](gateway::Controls& controls) { controls.access = std::move(table); });
}

}  // namespace gomodel::control
