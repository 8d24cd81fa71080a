#include "control/aliases.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "control/row.hpp"

namespace gomodel::control {
namespace {

using gateway::Alias;

constexpr std::string_view kAliasesTable = "aliases";
constexpr std::string_view kAllAliases = R"({"table":"aliases"})";

constexpr std::string_view kAliasesSchema = R"({"table":"aliases","columns":[
{"name":"name","type":"text","null":false},
{"name":"target_model","type":"text","null":false},
{"name":"target_provider","type":"text","null":false,"default":""},
{"name":"description","type":"text","null":false,"default":""},
{"name":"enabled","type":"bool","null":false,"default":true},
{"name":"created_at","type":"time","null":false,"as":"seconds"},
{"name":"updated_at","type":"time","null":false,"as":"seconds"}],
"key":["name"],"indexes":[["enabled"],["updated_at"]]})";

std::string to_row(const Alias& alias) {
    json::Out out;
    out.begin_array().begin_object();
    out.member("name", alias.name).member("target_model", alias.target_model);
    out.member("target_provider", alias.target_provider).member("description", alias.description);
    flag(out, "enabled", alias.enabled);
    time(out, "created_at", alias.created_at);
    time(out, "updated_at", alias.updated_at);
    out.end_object().end_array();
    return out.text();
}

// What is wrong with an alias's target by itself.
base::Status check_target(const Alias& alias) {
    if (alias.target_model.empty()) return base::invalid("target_model is required");
    const std::string target = alias.target();
    const std::size_t slash = target.find('/');
    if (slash != std::string::npos &&
        base::trim(std::string_view(target).substr(slash + 1)).empty())
        return base::invalid("invalid target selector: there is no model behind the slash of " +
                             target);
    if (target == alias.name || alias.target_model == alias.name)
        return base::invalid("alias \"" + alias.name + "\" cannot target itself");
    return {};
}

}  // namespace

std::string_view Aliases::schema() const {
    return kAliasesSchema;
}

base::Status Aliases::read(record::Storage& storage) {
    auto aliases = rows(storage, kAllAliases);
    if (!aliases.ok()) return aliases.error();
    publish(std::move(*aliases));
    return {};
}

base::Result<Alias> Aliases::put(AliasChange change, const gateway::Catalog& catalog) {
    Alias alias;
    alias.name = base::trim(change.name);
    if (alias.name.empty()) return base::invalid("alias name is required");
    alias.target_model = base::trim(change.target_model);
    alias.target_provider = base::trim(change.target_provider);
    alias.description = base::trim(change.description);
    if (base::Status target = check_target(alias); !target.ok()) return target.error();

    const Access access = this->access();
    if (access.storage == nullptr) return not_read_yet();
    if (slot_.get()->aliases->find(alias.target()) != nullptr)
        return base::invalid("alias target \"" + alias.target() + "\" refers to another alias");
    if (alias.resolve(catalog) == nullptr)
        return base::invalid("target model not found: " + alias.target());
    // What it was before: another process may have made it.
    auto before = rows(*access.storage, where_equal(kAliasesTable, "name", alias.name));
    if (!before.ok()) return failed_read(before.error());
    const Alias* const old = before->empty() ? nullptr : &before->front();
    alias.updated_at = whole_seconds(clock_.wall());
    alias.created_at = old == nullptr ? alias.updated_at : old->created_at;
    alias.enabled = change.enabled.value_or(old == nullptr || old->enabled);
    std::vector<Alias> next = others(alias.name);
    next.push_back(alias);
    const base::Status written =
        access.storage->write(kAliasesTable, to_row(alias), record::WriteMode::kUpsert);
    if (!written.ok()) return failed_write(written.error());
    publish(std::move(next));
    return alias;
}

base::Status Aliases::remove(const std::string& name) {
    const Access access = this->access();
    if (access.storage == nullptr) return not_read_yet();
    std::vector<Alias> next = others(name);
    const auto gone = access.storage->erase(where_equal(kAliasesTable, "name", name));
    if (!gone.ok()) return failed_write(gone.error());
    publish(std::move(next));
    if (*gone == 0) return base::Error{base::Code::kNotFound, "alias not found: " + name};
    return {};
}

base::Result<std::vector<Alias>> Aliases::rows(record::Storage& storage, std::string_view query) {
    std::vector<Alias> aliases;
    const base::Status read = storage.read(query, [&](std::string_view row) {
        const json::Tree tree(row);
        const json::Node root = tree.root();
        Alias alias;
        alias.name = root["name"].text();
        alias.target_model = root["target_model"].text();
        alias.target_provider = root["target_provider"].text();
        alias.description = root["description"].text();
        alias.enabled = root["enabled"].is_true();
        alias.created_at = time_of(root["created_at"]).value_or(base::WallTime());
        alias.updated_at = time_of(root["updated_at"]).value_or(alias.created_at);
        if (alias.name.empty() || alias.target_model.empty()) {
            log_.warn("aliases: a row without name or target is left out",
                      {{"name", std::string_view(alias.name)}});
        } else {
            aliases.push_back(std::move(alias));
        }
        return true;
    });
    if (!read.ok()) return read.error();
    return aliases;
}

std::vector<Alias> Aliases::others(std::string_view name) const {
    std::vector<Alias> others = slot_.get()->aliases->aliases();
    std::erase_if(others, [name](const Alias& alias) { return alias.name == name; });
    return others;
}

void Aliases::publish(std::vector<Alias> aliases) {
    auto table = std::make_shared<const gateway::AliasTable>(std::move(aliases));
    slot_.change([&](gateway::Controls& controls) { controls.aliases = std::move(table); });
}

}  // namespace gomodel::control
