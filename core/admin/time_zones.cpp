#include "admin/time_zones.hpp"

#include "admin/json_writer.hpp"
#include "base/time_zone.hpp"
#include "gateway/client_answer.hpp"

namespace gomodel::admin {

std::string time_zones_json(base::WallTime now) {
    const std::int64_t when =
        std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    JsonWriter json;
    json.begin_array();
    for (const std::string& name : base::TimeZone::names()) {
        const std::optional<base::TimeZone> zone = base::TimeZone::load(name);
        if (!zone) continue;
        json.begin_object();
        json.member("name", name);
        json.member("utc_offset_seconds", zone->offset(when));
        json.end_object();
    }
    json.end_array();
    return json.take();
}

net::Task<void> serve_time_zones(gateway::RequestContext* context, net::WorkerPool* workers) {
    const base::WallTime now = context->services.loop.clock().wall();
    std::string body;
    co_await net::OnWorker(*workers, context->services.loop, [&] { body = time_zones_json(now); });
    co_await gateway::answer_json(context, body);
}

}  // namespace gomodel::admin
