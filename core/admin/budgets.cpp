#include "admin/budgets.hpp"

#include <algorithm>
#include <cmath>

#include "admin/json_body.hpp"
#include "admin/json_time.hpp"
#include "admin/json_writer.hpp"
#include "base/text.hpp"
#include "config/budgets.hpp"
#include "config/user_path.hpp"
#include "config/values.hpp"
#include "gateway/client_answer.hpp"

namespace gomodel::admin {
namespace {

namespace limits = gateway::limits;
using control::BudgetKey;
using control::Budgets;
using control::BudgetState;

constexpr std::string_view kBudgetsFeature = "budgets";
constexpr const char* kPeriods =
    "period must be one of hourly, daily, weekly, monthly or period_seconds must be set";
constexpr const char* kAmount = "amount must be a finite number greater than 0";
constexpr std::int64_t kLongest = 10LL * 366 * 86400;

double seconds(base::Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

void write(JsonWriter& out, const BudgetState& state, base::WallTime now) {
    const control::BudgetRow& row = state.row;
    const limits::BudgetMeter::Reading& reading = state.reading;
    out.begin_object();
    out.member("user_path", row.key.user_path);
    out.member("period_seconds", row.key.period_seconds);
    out.member("period_label", limits::period_label(row.key.period_seconds));
    out.real("amount", row.amount);
    out.member("source", row.source);
    if (row.last_reset_at.has_value()) out.member("last_reset_at", json_time(*row.last_reset_at));
    out.member("created_at", json_time(row.created_at));
    out.member("updated_at", json_time(row.updated_at));
    out.member("period_start", json_time(reading.window.start));
    out.member("period_end", json_time(reading.window.end));
    out.real("spent", reading.spent);
    out.flag("has_usage", reading.has_usage);
    out.real("remaining", row.amount - reading.spent);
    out.real("usage_ratio", reading.spent / row.amount);
    const double whole = seconds(reading.window.end - reading.window.start);
    const double past = seconds(now - reading.window.start);
    out.real("period_ratio", whole > 0 ? std::clamp(past / whole, 0.0, 1.0) : 1.0);
    out.end_object();
}

std::string settings_json(const limits::BudgetSettings& settings, base::WallTime updated_at) {
    JsonWriter out;
    out.begin_object();
    for (const limits::BudgetSetting& setting : limits::kBudgetSettings)
        out.member(setting.name, std::int64_t{settings.*setting.value});
    if (updated_at != base::WallTime()) out.member("updated_at", json_time(updated_at));
    out.end_object();
    return out.take();
}

base::Result<BudgetKey> key_of(std::string_view user_path, std::string_view period,
                               std::optional<std::int64_t> period_seconds) {
    if (const std::string fault = fault_of_text("user_path", user_path, kMaxName); !fault.empty())
        return base::invalid(fault);
    base::Result<std::string> path = config::normalise_user_path(user_path);
    if (!path.ok()) return base::invalid("invalid user_path: " + path.error().message);
    BudgetKey key{path->empty() ? "/" : std::move(*path), 0};
    if (period_seconds.has_value()) {
        if (*period_seconds <= 0) return base::invalid("period_seconds must be greater than 0");
        key.period_seconds = *period_seconds;
    } else if (const auto number = config::parse_integer(base::trim(period))) {
        if (*number <= 0) return base::invalid("period_seconds must be greater than 0");
        key.period_seconds = *number;
    } else {
        key.period_seconds = config::budget_period(period);
        if (key.period_seconds == 0) return base::invalid(kPeriods);
    }
    if (key.period_seconds > kLongest)
        return base::invalid("period_seconds must be at most " + std::to_string(kLongest));
    return key;
}

// A failure as clients of this feature know it; the storage's own words are for the log.
net::Task<void> fail(gateway::RequestContext* context, base::Error error, const char* what) {
    dialect::ApiError fault;
    if (error.code == base::Code::kNotFound) {
        fault = dialect::not_found(error.message);
        fault.code = "budget_not_found";
    } else if (error.code == base::Code::kInternal || error.code == base::Code::kTimeout) {
        context->error_cause = std::move(error.message);
        fault = dialect::provider_error(503, what);
    } else {
        co_await answer_failure(context, kBudgetsFeature, std::move(error));
        co_return;
    }
    co_await gateway::answer_error(context, std::move(fault));
}

using Change = std::function<base::Status(Budgets&)>;

// Changes something, then answers with the list of all.
net::Task<void> change(gateway::RequestContext* context, Control control, Change apply,
                       const char* what) {
    base::Status done;
    base::Result<std::vector<BudgetState>> list = base::Error{};
    co_await net::OnWorker(*control.workers, context->services.loop, [&] {
        Budgets& budgets = control.plane->budgets();
        done = apply(budgets);
        if (done.ok()) list = budgets.list();
    });
    if (done.ok() && !list.ok()) done = list.error();
    if (!done.ok()) {
        co_await fail(context, done.error(), what);
        co_return;
    }
    co_await answer(context, 200, budgets_json(*list, context->services.loop.clock().wall()));
}

base::Status nothing(Budgets&) {
    return {};
}

net::Task<void> answer_settings(gateway::RequestContext* context, Control control,
                                Budgets::Changes changes) {
    base::Status done;
    base::WallTime updated_at{};
    base::Result<limits::BudgetSettings> settings = base::Error{};
    co_await net::OnWorker(*control.workers, context->services.loop, [&] {
        Budgets& budgets = control.plane->budgets();
        if (!changes.empty()) done = budgets.change_settings(changes);
        if (done.ok()) settings = budgets.settings(&updated_at);
    });
    if (done.ok() && !settings.ok()) done = settings.error();
    if (!done.ok()) {
        co_await fail(context, done.error(), "failed to save budget settings");
        co_return;
    }
    co_await answer(context, 200, settings_json(*settings, updated_at));
}

std::optional<std::int64_t> whole_number(JsonBody& body, std::string_view name) {
    const std::optional<double> number = body.number(name);
    if (!number.has_value()) return std::nullopt;
    if (std::trunc(*number) != *number || std::abs(*number) > 1e15) {
        body.fail("invalid request body: " + std::string(name) + " must be a whole number");
        return std::nullopt;
    }
    return static_cast<std::int64_t>(*number);
}

}  // namespace

std::string budgets_json(const std::vector<BudgetState>& budgets, base::WallTime now) {
    JsonWriter out;
    out.begin_object();
    out.key("budgets");
    out.begin_array();
    for (const BudgetState& each : budgets)
        write(out, each, now);
    out.end_array();
    out.member("server_time", json_time(now));
    out.end_object();
    return out.take();
}

base::Result<BudgetKey> budget_at(std::string_view place) {
    const std::size_t slash = place.rfind('/');
    if (slash == std::string_view::npos) return base::invalid(kPeriods);
    return key_of(place.substr(0, slash), place.substr(slash + 1), std::nullopt);
}

net::Task<void> serve_budgets(gateway::RequestContext* context, Control control) {
    return change(context, control, &nothing, "failed to list budgets");
}

net::Task<void> put_budget(gateway::RequestContext* context, Control control, std::string place) {
    JsonBody body;
    dialect::Failure fault = co_await body.read(context);
    const base::Result<BudgetKey> key = budget_at(place);
    if (!fault.has_value() && !key.ok()) fault = dialect::invalid_request(key.error().message);
    const double amount = body.number("amount").value_or(0);
    if (!fault.has_value()) fault = body.fault();
    if (!fault.has_value() && (!std::isfinite(amount) || amount <= 0))
        fault = dialect::invalid_request(kAmount);
    if (fault.has_value()) {
        co_await gateway::answer_error(context, std::move(fault));
        co_return;
    }
    const Change set = [&](Budgets& budgets) { return budgets.set(*key, amount); };
    co_await change(context, control, set, "failed to save budget");
}

net::Task<void> delete_budget(gateway::RequestContext* context, Control control,
                              std::string place) {
    const base::Result<BudgetKey> key = budget_at(place);
    if (!key.ok()) {
        co_await gateway::answer_error(context, dialect::invalid_request(key.error().message));
        co_return;
    }
    const Change remove = [&](Budgets& budgets) { return budgets.remove(*key); };
    co_await change(context, control, remove, "failed to delete budget");
}

net::Task<void> reset_budget(gateway::RequestContext* context, Control control) {
    JsonBody body;
    dialect::Failure fault = co_await body.read(context);
    const std::string user_path = body.text("user_path", kMaxName);
    const std::string period = body.text("period", kMaxName);
    const std::optional<std::int64_t> period_seconds = whole_number(body, "period_seconds");
    if (!fault.has_value()) fault = body.fault();
    const base::Result<BudgetKey> key = key_of(user_path, period, period_seconds);
    if (!fault.has_value() && !key.ok()) fault = dialect::invalid_request(key.error().message);
    if (fault.has_value()) {
        co_await gateway::answer_error(context, std::move(fault));
        co_return;
    }
    const Change reset = [&](Budgets& budgets) { return budgets.reset(*key); };
    co_await change(context, control, reset, "failed to reset budget");
}

net::Task<void> reset_budgets(gateway::RequestContext* context, Control control) {
    JsonBody body;
    dialect::Failure fault = co_await body.read(context);
    std::string word = body.text("confirmation", kMaxName);
    if (base::trim(word).empty()) word = body.text("confirm", kMaxName);
    if (!fault.has_value()) fault = body.fault();
    if (!fault.has_value() && !base::iequals(base::trim(word), "reset"))
        fault = dialect::invalid_request("confirmation must be reset");
    if (fault.has_value()) {
        co_await gateway::answer_error(context, std::move(fault));
        co_return;
    }
    base::Status done;
    co_await net::OnWorker(*control.workers, context->services.loop,
                           [&] { done = control.plane->budgets().reset_all(); });
    if (!done.ok()) {
        co_await fail(context, done.error(), "failed to reset budgets");
        co_return;
    }
    co_await answer(context, 200, R"({"status":"ok"})");
}

net::Task<void> serve_budget_settings(gateway::RequestContext* context, Control control) {
    return answer_settings(context, control, {});
}

net::Task<void> put_budget_settings(gateway::RequestContext* context, Control control) {
    JsonBody body;
    dialect::Failure fault = co_await body.read(context);
    Budgets::Changes changes;
    for (const limits::BudgetSetting& setting : limits::kBudgetSettings) {
        if (const auto value = whole_number(body, setting.name))
            changes.emplace_back(setting.name, *value);
    }
    if (!fault.has_value()) fault = body.fault();
    if (!fault.has_value() && changes.empty())
        fault = dialect::invalid_request("at least one setting is required, as daily_reset_hour");
    if (fault.has_value()) {
        co_await gateway::answer_error(context, std::move(fault));
        co_return;
    }
    co_await answer_settings(context, control, std::move(changes));
}

}  // namespace gomodel::admin
