#include "admin/recalculate.hpp"

#include <gomodel/json_out.hpp>

#include <array>

#include "admin/answer.hpp"
#include "admin/json_body.hpp"
#include "admin/json_time.hpp"
#include "admin/usage_query.hpp"
#include "gateway/client_answer.hpp"

namespace gomodel::admin {
namespace {

using control::Recalculation;

constexpr std::array<std::string_view, 5> kFilters = {"start_date", "end_date", "model", "provider",
                                                      "user_path"};
constexpr std::string_view kZone = "x-gomodel-timezone";

struct Parsed {
    std::optional<Recalculation::Wanted> wanted;
    dialect::Failure fault;
};

// Without dates every row there is, without a first one every row up to the last; always those that
// came out of a cache, too.
Parsed parse(JsonBody& body, std::string_view zone, base::WallTime now) {
    QueryString parameters("");
    json::Out filters;
    filters.begin_object();
    for (const std::string_view name : kFilters) {
        std::string value = body.text(name, kMaxName);
        if (value.empty()) continue;
        filters.member(name, value);
        parameters.set(std::string(name), std::move(value));
    }
    filters.end_object();
    Recalculation::Wanted wanted;
    wanted.filters = filters.text();
    wanted.dry_run = body.flag("dry_run").value_or(false);
    if (body.fault().has_value()) return {std::nullopt, body.fault()};
    base::Result<UsageQuery> query = read_usage_query(parameters, zone, now);
    if (!query.ok()) return {std::nullopt, dialect::invalid_request(query.error().message)};
    query->cache_mode = CacheMode::kAll;
    if (parameters["start_date"].empty()) query->start = base::WallTime();
    wanted.conditions = usage_conditions(*query);
    return {std::move(wanted), std::nullopt};
}

}  // namespace

std::string recalculation_json(const Recalculation::Progress& progress) {
    const auto number = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
    json::Out out;
    out.begin_object().member("status", to_string(progress.state));
    if (progress.state == Recalculation::State::kNever) return out.end_object().text();
    out.raw_member("dry_run", progress.dry_run ? "true" : "false");
    out.raw_member("filters", progress.filters);
    out.member("started_at", json_time(progress.started));
    if (progress.state != Recalculation::State::kRunning)
        out.member("finished_at", json_time(progress.finished));
    out.number_member("rows_total", number(progress.total));
    out.number_member("rows_done", number(progress.done));
    out.number_member("rows_changed", number(progress.changed));
    out.number_member("rows_unpriced", number(progress.unpriced));
    return out.end_object().text();
}

net::Task<void> start_recalculation(gateway::RequestContext* context,
                                    Recalculation* recalculation) {
    JsonBody body;
    Parsed parsed;
    parsed.fault = co_await body.read(context);
    if (!parsed.fault.has_value()) {
        parsed = parse(body, context->client.header(kZone), context->services.loop.clock().wall());
    }
    if (!parsed.fault.has_value()) {
        const base::Status started = recalculation->start(std::move(*parsed.wanted));
        if (!started.ok() && started.error().code == base::Code::kDenied) {
            parsed.fault = dialect::invalid_request(started.error().message);
            parsed.fault->status = 409;
            parsed.fault->code = "recalculation_running";
        } else if (!started.ok()) {
            parsed.fault = unavailable("recalculation is unavailable: " + started.error().message);
        }
    }
    if (parsed.fault.has_value()) {
        co_await gateway::answer_error(context, std::move(parsed.fault));
        co_return;
    }
    co_await answer(context, 202, recalculation_json(recalculation->progress()));
}

net::Task<void> serve_recalculation(gateway::RequestContext* context,
                                    Recalculation* recalculation) {
    co_await answer(context, 200, recalculation_json(recalculation->progress()));
}

}  // namespace gomodel::admin
