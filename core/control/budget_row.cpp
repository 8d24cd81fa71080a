#include "control/budget_row.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "config/user_path.hpp"
#include "control/row.hpp"
#include "record/usage_entry.hpp"

namespace gomodel::control {
namespace {

constexpr std::string_view kBudgetsSchema = R"({"table":"budgets","columns":[
{"name":"user_path","type":"text","null":false},
{"name":"period_seconds","type":"int","null":false},
{"name":"amount","type":"real","null":false},
{"name":"source","type":"text","null":false,"default":""},
{"name":"last_reset_at","type":"time","as":"seconds"},
{"name":"created_at","type":"time","null":false,"as":"seconds"},
{"name":"updated_at","type":"time","null":false,"as":"seconds"}],
"key":["user_path","period_seconds"],"indexes":[["user_path"],["period_seconds"]]})";

constexpr std::string_view kBudgetSettingsSchema = R"({"table":"budget_settings","columns":[
{"name":"key","type":"text","null":false},
{"name":"value","type":"text","null":false},
{"name":"updated_at","type":"time","null":false,"as":"seconds"}],"key":["key"]})";

void real(json::Out& out, std::string_view name, double value) {
    std::array<char, 40> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    out.raw_member(name, {text.data(), static_cast<std::size_t>(end - text.data())});
}

}  // namespace

std::string_view budget_schema() {
    return kBudgetsSchema;
}

std::string_view budget_settings_schema() {
    return kBudgetSettingsSchema;
}

std::string to_row(const BudgetRow& row) {
    json::Out out;
    out.begin_array().begin_object();
    out.member("user_path", row.key.user_path);
    out.number_member("period_seconds", row.key.period_seconds);
    real(out, "amount", row.amount);
    out.member("source", row.source);
    time(out, "last_reset_at", row.last_reset_at);
    time(out, "created_at", row.created_at);
    time(out, "updated_at", row.updated_at);
    out.end_object().end_array();
    return out.text();
}

std::optional<BudgetRow> parse_budget(std::string_view text) {
    const json::Tree tree(text);
    const json::Node root = tree.root();
    BudgetRow row;
    const auto path = config::normalise_user_path(root["user_path"].text());
    if (!path.ok()) return std::nullopt;
    row.key.user_path = path->empty() ? "/" : *path;
    row.key.period_seconds = root["period_seconds"].integer().value_or(0);
    row.amount = root["amount"].number().value_or(0);
    if (row.key.period_seconds <= 0 || !std::isfinite(row.amount) || row.amount <= 0)
        return std::nullopt;
    row.source = root["source"].text();
    row.last_reset_at = time_of(root["last_reset_at"]);
    row.created_at = time_of(root["created_at"]).value_or(base::WallTime());
    row.updated_at = time_of(root["updated_at"]).value_or(row.created_at);
    return row;
}

std::string where_budget(const BudgetKey& key) {
    json::Out out;
    out.begin_object().member("table", kBudgetTable).key("where").begin_array();
    out.begin_array().string("user_path").string("=").string(key.user_path).end_array();
    out.begin_array().string("period_seconds").string("=").number(key.period_seconds).end_array();
    out.end_array().end_object();
    return out.text();
}

std::string setting_row(std::string_view name, int value, base::WallTime now) {
    json::Out out;
    out.begin_array().begin_object();
    out.member("key", name).member("value", std::to_string(value));
    time(out, "updated_at", now);
    out.end_object().end_array();
    return out.text();
}

std::string spent_query(std::string_view user_path, base::WallTime start, base::WallTime end) {
    json::Out out;
    out.begin_object().member("table", record::kUsageTable).key("where").begin_array();
    out.begin_array().string("timestamp").string(">=").string(record::storage_time(start));
    out.end_array();
    out.begin_array().string("timestamp").string("<").string(record::storage_time(end));
    out.end_array();
    out.raw(R"({"any":[["cache_type","null",true],["cache_type","=",""]]})");
    if (user_path != "/")
        out.begin_array().string("user_path").string("under").string(user_path).end_array();
    out.end_array().raw_member("sum", R"(["total_cost"])").end_object();
    return out.text();
}

std::optional<double> parse_spent(std::string_view row) {
    const json::Tree tree(row);
    return tree.root()["sum_total_cost"].number();
}

}  // namespace gomodel::control
