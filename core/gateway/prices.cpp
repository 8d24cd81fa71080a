#include "gateway/prices.hpp"

#include <Poco/JSON/Array.h>

#include <algorithm>
#include <limits>

namespace gomodel::gateway {
namespace {

constexpr PriceName kNames[] = {
    {"input_per_mtok", &Prices::input_per_mtok},
    {"output_per_mtok", &Prices::output_per_mtok},
    {"cached_input_per_mtok", &Prices::cached_input_per_mtok},
    {"cache_write_per_mtok", &Prices::cache_write_per_mtok},
    {"reasoning_output_per_mtok", &Prices::reasoning_output_per_mtok},
    {"batch_input_per_mtok", &Prices::batch_input_per_mtok},
    {"batch_output_per_mtok", &Prices::batch_output_per_mtok},
    {"audio_input_per_mtok", &Prices::audio_input_per_mtok},
    {"audio_output_per_mtok", &Prices::audio_output_per_mtok},
    {"per_image", &Prices::per_image},
    {"input_per_image", &Prices::input_per_image},
    {"per_second_input", &Prices::per_second_input},
    {"per_second_output", &Prices::per_second_output},
    {"per_character_input", &Prices::per_character_input},
    {"per_request", &Prices::per_request},
    {"per_page", &Prices::per_page},
};

Price read_price(const Poco::JSON::Object& object, std::string_view name) {
    const Poco::Dynamic::Var value = object.get(std::string(name));
    if (!value.isNumeric() || value.isBoolean()) return std::nullopt;
    const double price = value.convert<double>();
    return price >= 0 ? Price(price) : std::nullopt;
}

}  // namespace

std::span<const PriceName> price_names() {
    return kNames;
}

Prices read_prices(const Poco::JSON::Object& object) {
    Prices pricing;
    if (object.get("currency").isString()) pricing.currency = object.get("currency").toString();
    for (const PriceName& known : kNames)
        pricing.*known.price = read_price(object, known.name);
    const Poco::JSON::Array::Ptr tiers = object.getArray("tiers");
    for (std::size_t i = 0; !tiers.isNull() && i < tiers->size(); ++i) {
        const Poco::JSON::Object::Ptr tier = tiers->getObject(static_cast<unsigned>(i));
        if (tier.isNull()) continue;
        pricing.tiers.push_back({read_price(*tier, "up_to_mtok"),
                                 read_price(*tier, "input_per_mtok"),
                                 read_price(*tier, "output_per_mtok")});
    }
    const auto room = [](const RateTier& tier) {
        return tier.up_to_mtok.value_or(std::numeric_limits<double>::infinity());
    };
    std::stable_sort(pricing.tiers.begin(), pricing.tiers.end(),
                     [&](const auto& a, const auto& b) { return room(a) < room(b); });
    return pricing;
}

}  // namespace gomodel::gateway
