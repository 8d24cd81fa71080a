#include "record/settle.hpp"

#include "gateway/catalog.hpp"
#include "record/cost.hpp"

namespace gomodel::record {
namespace {

// As UsageEntry has it. nullopt: the row has no price, or there will be none.
std::optional<double> cost_of_row(const gateway::RequestRecord& record) {
    if (record.model == nullptr || !record.wants_usage_row() || !record.usage.present) return {};
    if (!record.cache_type.empty()) return {};  // what was paid for before is free
    const gateway::Model& model = *record.model;
    if (model.metadata == nullptr || !model.metadata->pricing.has_value()) return {};
    const UsageExtras extras = usage_extras(record.usage.raw, record.stream);
    return cost_of({model.provider->usage_fields.get(), record.usage_endpoint(),
                    record.usage.prompt, record.usage.completion, &extras},
                   *model.metadata->pricing)
        .total;
}

}  // namespace

void settle(const gateway::RequestRecord& record, const gateway::limits::Times& now) {
    gateway::limits::Reservation* const reservation = record.reservation;
    if (reservation == nullptr) return;
    const bool used = record.usage.present && record.cache_type.empty();
    reservation->settle(used ? record.usage.total : 0,
                        reservation->has_budget() ? cost_of_row(record) : std::nullopt, now);
}

}  // namespace gomodel::record
