#include "admin/pricing.hpp"

#include <gomodel/json_out.hpp>

#include "admin/json_body.hpp"
#include "admin/json_time.hpp"
#include "gateway/client_answer.hpp"

namespace gomodel::admin {
namespace {

using control::PriceVersion;

constexpr std::string_view kPricingFeature = "pricing";
constexpr std::size_t kMaxVersions = 100;  // shown of one model

void write(json::Out& out, const PriceVersion& version) {
    out.begin_object().member("model", version.model);
    out.number_member("version", version.version);
    if (version.pricing) {
        write_pricing(out.key("pricing"), *version.pricing);
    } else {
        out.raw_member("pricing", "null");
    }
    out.member("created_at", json_time(version.created_at)).end_object();
}

dialect::Failure fault_of_model(std::string_view model) {
    const std::string fault = fault_of_text("model", model, kMaxName);
    if (fault.empty()) return std::nullopt;
    return dialect::invalid_request("invalid model: " + fault);
}

bool is_available(const gateway::RequestContext& context) {
    return context.controls != nullptr && context.controls->prices != nullptr;
}

dialect::Failure fault_of_request(const gateway::RequestContext& context, std::string_view model) {
    if (!is_available(context)) return feature_unavailable(kPricingFeature);
    return fault_of_model(model);
}

}  // namespace

std::string prices_json(const gateway::PriceTable& prices) {
    json::Out out;
    out.begin_array();
    for (const gateway::ManagedPrice& price : prices.prices())
        write(out, {price.model, price.version, price.pricing, price.created_at});
    out.end_array();
    return out.text();
}

std::string price_json(std::string_view model, const gateway::Catalog& catalog,
                       const gateway::PriceTablePtr& prices,
                       const std::vector<PriceVersion>& versions) {
    const gateway::Model* const known = catalog.find(model);
    if (versions.empty() && known == nullptr) return {};
    const gateway::ManagedPrice* managed = prices->exactly(model);
    if (managed == nullptr && known != nullptr)
        managed = prices->find(known->provider->name, known->id);
    const auto holds = known == nullptr ? nullptr : gateway::price_of(*known, prices);
    const gateway::Pricing* const pricing = managed != nullptr ? &managed->pricing : holds.get();
    json::Out out;
    out.begin_object().member("model", model);
    out.member("source", managed != nullptr ? "managed" : pricing != nullptr ? "metadata" : "none");
    if (managed != nullptr) {
        out.member("set_for", managed->model).number_member("version", managed->version);
    }
    if (pricing != nullptr) {
        write_pricing(out.key("pricing"), *pricing);
    } else {
        out.raw_member("pricing", "null");
    }
    out.key("versions").begin_array();
    for (const PriceVersion& version : versions)
        write(out, version);
    out.end_array().end_object();
    return out.text();
}

net::Task<void> serve_prices(gateway::RequestContext* context, Control) {
    if (!is_available(*context)) {
        co_await gateway::answer_error(context, feature_unavailable(kPricingFeature));
        co_return;
    }
    co_await answer(context, 200, prices_json(*context->controls->prices));
}

net::Task<void> serve_price(gateway::RequestContext* context, Control control, std::string model) {
    if (auto fault = fault_of_request(*context, model)) {
        co_await gateway::answer_error(context, std::move(fault));
        co_return;
    }
    base::Result<std::vector<PriceVersion>> versions = base::Error{};
    co_await net::OnWorker(*control.workers, context->services.loop, [&] {
        versions = control.plane->prices().history(model, kMaxVersions);
    });
    if (!versions.ok()) {
        co_await answer_failure(context, kPricingFeature, versions.error());
        co_return;
    }
    std::string body =
        price_json(model, *context->generation->catalog, context->controls->prices, *versions);
    if (body.empty()) {
        co_await gateway::answer_error(context, dialect::not_found("model not found: " + model));
        co_return;
    }
    co_await answer(context, 200, std::move(body));
}

net::Task<void> put_price(gateway::RequestContext* context, Control control, std::string model) {
    JsonBody body;
    dialect::Failure fault = co_await body.read(context);
    if (!fault.has_value()) fault = fault_of_request(*context, model);
    if (!fault.has_value()) {
        const std::string wrong = gateway::fault_of_pricing(body.root());
        if (!wrong.empty()) fault = dialect::invalid_request("invalid request body: " + wrong);
    }
    std::optional<gateway::Pricing> pricing;
    if (!fault.has_value()) pricing = gateway::read_pricing(body.root());
    if (!fault.has_value() && !pricing.has_value())
        fault = dialect::invalid_request("invalid request body: it is no pricing");
    if (fault.has_value()) {
        co_await gateway::answer_error(context, std::move(fault));
        co_return;
    }
    base::Result<PriceVersion> put = base::Error{};
    co_await net::OnWorker(*control.workers, context->services.loop, [&] {
        put = control.plane->prices().put(std::move(model), std::move(*pricing));
    });
    if (!put.ok()) {
        co_await answer_failure(context, kPricingFeature, put.error());
        co_return;
    }
    json::Out out;
    write(out, *put);
    co_await answer(context, 200, out.text());
}

net::Task<void> delete_price(gateway::RequestContext* context, Control control, std::string model) {
    if (auto fault = fault_of_request(*context, model)) {
        co_await gateway::answer_error(context, std::move(fault));
        co_return;
    }
    base::Status removed;
    co_await net::OnWorker(*control.workers, context->services.loop,
                           [&] { removed = control.plane->prices().remove(std::move(model)); });
    if (removed.ok()) {
        co_await answer(context, 204, {});
    } else {
        co_await answer_failure(context, kPricingFeature, removed.error());
    }
}

}  // namespace gomodel::admin
