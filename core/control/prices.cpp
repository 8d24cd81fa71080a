#include "control/prices.hpp"

#include <algorithm>

#include "control/row.hpp"

namespace gomodel::control {
namespace {

constexpr std::string_view kPricesTable = "model_pricing";
constexpr std::string_view kAllPrices =
    R"({"table":"model_pricing","order":[["model","asc"],["version","asc"]]})";

constexpr std::string_view kPricesSchema = R"({"table":"model_pricing","columns":[
{"name":"model","type":"text","null":false},
{"name":"version","type":"int","null":false},
{"name":"pricing","type":"json"},
{"name":"created_at","type":"time","null":false,"as":"seconds"}],
"key":["model","version"],"indexes":[]})";

std::string to_row(const PriceVersion& version) {
    json::Out out;
    out.begin_array().begin_object().member("model", version.model);
    out.number_member("version", version.version);
    if (version.pricing) {
        write_pricing(out.key("pricing"), *version.pricing);
    } else {
        out.raw_member("pricing", "null");
    }
    time(out, "created_at", version.created_at);
    out.end_object().end_array();
    return out.text();
}

std::string newest_first(std::string_view model, std::size_t limit) {
    json::Out out;
    out.begin_object().member("table", kPricesTable).key("where").begin_array().begin_array();
    out.string("model").string("=").string(model).end_array().end_array();
    out.raw_member("order", R"([["version","desc"]])");
    out.number_member("limit", static_cast<std::int64_t>(limit)).end_object();
    return out.text();
}

// Each model's last version, where that has a price. `versions` in order of model and version.
std::vector<gateway::ManagedPrice> holding(std::vector<PriceVersion> versions) {
    std::vector<gateway::ManagedPrice> prices;
    for (std::size_t at = 0; at < versions.size(); ++at) {
        PriceVersion& version = versions[at];
        const bool last = at + 1 == versions.size() || versions[at + 1].model != version.model;
        if (!last || !version.pricing) continue;
        prices.push_back({std::move(version.model), version.version, std::move(*version.pricing),
                          version.created_at});
    }
    return prices;
}

}  // namespace

std::string_view Prices::schema() const {
    return kPricesSchema;
}

base::Status Prices::read(record::Storage& storage) {
    auto versions = rows(storage, kAllPrices);
    if (!versions.ok()) return versions.error();
    publish(holding(std::move(*versions)));
    return {};
}

base::Result<PriceVersion> Prices::put(std::string model, gateway::Pricing pricing) {
    const Access access = this->access();
    if (access.storage == nullptr) return not_read_yet();
    return add(*access.storage, {std::move(model), 0, std::move(pricing), {}});
}

base::Status Prices::remove(std::string model) {
    const Access access = this->access();
    if (access.storage == nullptr) return not_read_yet();
    // The storage knows best: another process may have set the price.
    auto last = rows(*access.storage, newest_first(model, 1));
    if (!last.ok()) return failed_read(last.error());
    if (last->empty() || !last->front().pricing)
        return base::Error{base::Code::kNotFound, "price not found: " + model};
    const auto added = add(*access.storage, {std::move(model), 0, std::nullopt, {}});
    return added.ok() ? base::Status() : base::Status(added.error());
}

base::Result<std::vector<PriceVersion>> Prices::history(std::string_view model, std::size_t limit) {
    const Access access = this->access();
    if (access.storage == nullptr) return not_read_yet();
    auto versions = rows(*access.storage, newest_first(model, limit));
    if (!versions.ok()) return failed_read(versions.error());
    return versions;
}

// Two processes that make the same version at a time: the second one fails, and may try again.
base::Result<PriceVersion> Prices::add(record::Storage& storage, PriceVersion next) {
    const auto last = rows(storage, newest_first(next.model, 1));
    if (!last.ok()) return failed_read(last.error());
    next.version = last->empty() ? 1 : last->front().version + 1;
    next.created_at = whole_seconds(clock_.wall());
    const base::Status written =
        storage.write(kPricesTable, to_row(next), record::WriteMode::kInsert);
    if (!written.ok()) return failed_write(written.error());
    const gateway::PriceTablePtr now = slot_.get()->prices;
    std::vector<gateway::ManagedPrice> prices;
    if (now != nullptr) prices = now->prices();
    std::erase_if(prices, [&](const auto& price) { return price.model == next.model; });
    if (next.pricing) prices.push_back({next.model, next.version, *next.pricing, next.created_at});
    publish(std::move(prices));
    return next;
}

base::Result<std::vector<PriceVersion>> Prices::rows(record::Storage& storage,
                                                     std::string_view query) {
    std::vector<PriceVersion> versions;
    const base::Status read = storage.read(query, [&](std::string_view text) {
        const json::Tree tree(text);
        const json::Node row = tree.root();
        PriceVersion version{row["model"].text(), row["version"].integer().value_or(0), {}, {}};
        version.created_at = time_of(row["created_at"]).value_or(base::WallTime());
        if (!row["pricing"].missing()) {
            version.pricing = gateway::read_pricing(row["pricing"]);
            if (!version.pricing)
                log_.warn(
                    "model_pricing: a price that is none counts as unknown",
                    {{"model", std::string_view(version.model)}, {"version", version.version}});
        }
        versions.push_back(std::move(version));
        return true;
    });
    if (!read.ok()) return read.error();
    return versions;
}

void Prices::publish(std::vector<gateway::ManagedPrice> prices) {
    auto table = std::make_shared<const gateway::PriceTable>(std::move(prices));
    slot_.change([&](gateway::Controls& controls) { controls.prices = std::move(table); });
}

}  // namespace gomodel::control
