#include "gateway/model_metadata.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/utf8.hpp"

namespace gomodel::gateway {
namespace {

struct TierPriceName {
    std::string_view name;
    std::optional<double> PriceTier::*value;
};

constexpr TierPriceName kTierPrices[] = {
    {"up_to_mtok", &PriceTier::up_to_mtok},
    {"input_per_mtok", &PriceTier::input_per_mtok},
    {"output_per_mtok", &PriceTier::output_per_mtok},
};

struct ModeCategory {
    std::string_view mode;
    std::string_view category;
};

constexpr ModeCategory kModes[] = {
    {"chat", "text_generation"},
    {"completion", "text_generation"},
    {"responses", "text_generation"},
    {"embedding", "embedding"},
    {"rerank", "embedding"},
    {"image_generation", "image"},
    {"image_edit", "image"},
    {"audio_transcription", "audio"},
    {"audio_speech", "audio"},
    {"video_generation", "video"},
    {"moderation", "utility"},
    {"ocr", "utility"},
    {"search", "utility"},
};

// Reads members of the right type; false once one has another. Absent and null leave the value.
class Reader {
public:
    void text(json::Node node, std::string& value) {
        if (node.missing()) return;
        ok_ = ok_ && node.is_string();
        value = base::replace_invalid_utf8(node.text());
    }
    void texts(json::Node node, std::vector<std::string>& values) {
        if (node.missing()) return;
        ok_ = ok_ && node.is_array();
        for (const json::Node item : node)
            text(item, values.emplace_back());
    }
    void number(json::Node node, std::optional<double>& value) {
        if (node.missing()) return;
        value = node.number();
        ok_ = ok_ && value.has_value() && std::isfinite(*value);
    }
    void integer(json::Node node, std::optional<std::int64_t>& value) {
        if (node.missing()) return;
        value = node.integer();
        ok_ = ok_ && value.has_value();
    }
    template <typename T, typename Read>
    void whole(json::Node node, T& value, Read read) {
        if (node.missing()) return;
        auto found = read(node);
        ok_ = ok_ && found.has_value();
        if (found) value = std::move(*found);
    }
    bool ok() const { return ok_; }

private:
    bool ok_ = true;
};

std::string member_name(json::Node member) {
    const std::string quoted = '"' + std::string(member.name()) + '"';
    return base::replace_invalid_utf8(json::unquote(quoted).value_or(std::string()));
}

std::optional<std::map<std::string, Ranking>> read_rankings(json::Node object) {
    if (!object.is_object()) return std::nullopt;
    std::map<std::string, Ranking> rankings;
    Reader reader;
    for (const json::Node member : object) {
        if (!member.is_object()) return std::nullopt;
        Ranking& ranking = rankings[member_name(member)];
        std::optional<double> score;
        reader.number(member["elo"], ranking.elo);
        reader.number(member["score"], score);
        reader.integer(member["rank"], ranking.rank);
        reader.text(member["as_of"], ranking.as_of);
        if (!ranking.elo) ranking.elo = score;
    }
    if (!reader.ok()) return std::nullopt;
    return rankings;
}

std::optional<std::vector<PriceTier>> read_tiers(json::Node list) {
    if (!list.is_array()) return std::nullopt;
    std::vector<PriceTier> tiers;
    Reader reader;
    for (const json::Node item : list) {
        if (!item.is_object()) return std::nullopt;
        PriceTier& tier = tiers.emplace_back();
        for (const auto& member : kTierPrices)
            reader.number(item[member.name], tier.*member.value);
    }
    if (!reader.ok()) return std::nullopt;
    return tiers;
}

void write_number(json::Out& out, std::string_view name, const std::optional<double>& value) {
    if (!value) return;
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, *value).ptr;
    out.raw_member(name, {text, static_cast<std::size_t>(end - text)});
}

void write_integer(json::Out& out, std::string_view name,
                   const std::optional<std::int64_t>& value) {
    if (value) out.number_member(name, *value);
}

void write_text(json::Out& out, std::string_view name, const std::string& text) {
    if (!text.empty()) out.member(name, text);
}

void write_texts(json::Out& out, std::string_view name, const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    out.key(name).begin_array();
    for (const std::string& text : texts)
        out.string(text);
    out.end_array();
}

// A member whose name may be any text.
json::Out& any_key(json::Out& out, const std::string& name) {
    const std::string quoted = json::quote(name);
    return out.key(std::string_view(quoted).substr(1, quoted.size() - 2));
}

void write_rankings(json::Out& out, const std::map<std::string, Ranking>& rankings) {
    if (rankings.empty()) return;
    out.key("rankings").begin_object();
    for (const auto& [name, ranking] : rankings) {
        any_key(out, name).begin_object();
        write_number(out, "elo", ranking.elo);
        write_integer(out, "rank", ranking.rank);
        write_text(out, "as_of", ranking.as_of);
        out.end_object();
    }
    out.end_object();
}

template <typename T>
void replace(T& value, const T& over) {
    if (over != T()) value = over;
}

constexpr double kHighestPrice = 1e12;

template <typename Named, std::size_t kSize>
bool has_name(const Named (&members)[kSize], std::string_view name) {
    return std::any_of(std::begin(members), std::end(members),
                       [name](const auto& member) { return member.name == name; });
}

std::string fault_of_price(json::Node price) {
    if (price.missing()) return {};
    const std::optional<double> value = price.number();
    if (value && *value >= 0 && *value <= kHighestPrice) return {};
    return member_name(price) + " must be a number from 0 to 1e12";
}

std::string fault_of_tiers(json::Node tiers) {
    if (tiers.missing()) return {};
    if (!tiers.is_array()) return "tiers must be a list of objects";
    for (const json::Node tier : tiers) {
        if (!tier.is_object()) return "tiers must be a list of objects";
        for (const json::Node member : tier) {
            if (!has_name(kTierPrices, member.name()))
                return "unknown price: tiers." + member_name(member);
            if (std::string fault = fault_of_price(member); !fault.empty()) return "tiers." + fault;
        }
    }
    return {};
}

}  // namespace

std::string fault_of_pricing(json::Node object) {
    constexpr std::size_t kLongestCurrency = 16;
    if (!object.is_object()) return "pricing must be an object";
    bool any = false;
    for (const json::Node member : object) {
        std::string fault;
        if (member.name() == "currency") {
            if (!member.missing() &&
                (!member.is_string() || member.escaped().size() > kLongestCurrency))
                fault = "currency must be a string of at most 16 letters";
        } else if (member.name() == "tiers") {
            fault = fault_of_tiers(member);
            any = any || member.size() > 0;
        } else {
            fault = has_name(kPriceNames, member.name()) ? fault_of_price(member)
                                                         : "unknown price: " + member_name(member);
            any = any || !member.missing();
        }
        if (!fault.empty()) return fault;
    }
    return any ? std::string() : "at least one price is required";
}

std::vector<std::string> categories_of(const std::vector<std::string>& modes) {
    std::vector<std::string> categories;
    for (const std::string& mode : modes) {
        for (const ModeCategory& known : kModes) {
            const bool there =
                std::find(categories.begin(), categories.end(), known.category) != categories.end();
            if (known.mode == mode && !there) categories.emplace_back(known.category);
        }
    }
    return categories;
}

std::optional<Pricing> read_pricing(json::Node object) {
    if (!object.is_object()) return std::nullopt;
    Pricing pricing;
    Reader reader;
    reader.text(object["currency"], pricing.currency);
    for (const auto& price : kPriceNames)
        reader.number(object[price.name], pricing.*price.value);
    reader.whole(object["tiers"], pricing.tiers, read_tiers);
    if (!reader.ok()) return std::nullopt;
    return pricing;
}

std::optional<std::map<std::string, bool>> read_flags(json::Node object) {
    if (!object.is_object()) return std::nullopt;
    std::map<std::string, bool> flags;
    for (const json::Node member : object) {
        if (!member.is_true() && !member.is_false()) return std::nullopt;
        flags[member_name(member)] = member.is_true();
    }
    return flags;
}

std::optional<ModelMetadata> read_metadata(json::Node object) {
    if (!object.is_object()) return std::nullopt;
    ModelMetadata metadata;
    Reader reader;
    reader.text(object["display_name"], metadata.display_name);
    reader.text(object["description"], metadata.description);
    reader.text(object["family"], metadata.family);
    reader.texts(object["modes"], metadata.modes);
    reader.texts(object["categories"], metadata.categories);
    reader.texts(object["tags"], metadata.tags);
    reader.integer(object["context_window"], metadata.context_window);
    reader.integer(object["max_output_tokens"], metadata.max_output_tokens);
    reader.whole(object["capabilities"], metadata.capabilities, read_flags);
    reader.whole(object["rankings"], metadata.rankings, read_rankings);
    reader.whole(object["pricing"], metadata.pricing, read_pricing);
    if (!reader.ok()) return std::nullopt;
    return metadata;
}

void override_metadata(ModelMetadata& metadata, const ModelMetadata& over) {
    replace(metadata.display_name, over.display_name);
    replace(metadata.description, over.description);
    replace(metadata.family, over.family);
    replace(metadata.tags, over.tags);
    replace(metadata.context_window, over.context_window);
    replace(metadata.max_output_tokens, over.max_output_tokens);
    replace(metadata.pricing, over.pricing);
    for (const auto& [name, flag] : over.capabilities)
        metadata.capabilities[name] = flag;
    for (const auto& [name, ranking] : over.rankings)
        metadata.rankings[name] = ranking;
    if (!over.modes.empty()) {
        metadata.modes = over.modes;
        metadata.categories = categories_of(over.modes);
    }
    replace(metadata.categories, over.categories);
}

void write_metadata(json::Out& out, const ModelMetadata& metadata) {
    out.begin_object();
    write_text(out, "display_name", metadata.display_name);
    write_text(out, "description", metadata.description);
    write_text(out, "family", metadata.family);
    write_texts(out, "modes", metadata.modes);
    write_texts(out, "categories", metadata.categories);
    write_texts(out, "tags", metadata.tags);
    write_integer(out, "context_window", metadata.context_window);
    write_integer(out, "max_output_tokens", metadata.max_output_tokens);
    if (!metadata.capabilities.empty()) {
        out.key("capabilities").begin_object();
        for (const auto& [name, flag] : metadata.capabilities)
            any_key(out, name).raw(flag ? "true" : "false");
        out.end_object();
    }
    write_rankings(out, metadata.rankings);
    if (metadata.pricing) write_pricing(out.key("pricing"), *metadata.pricing);
    out.end_object();
}

void write_pricing(json::Out& out, const Pricing& pricing) {
    out.begin_object();
    write_text(out, "currency", pricing.currency);
    for (const auto& price : kPriceNames)
        write_number(out, price.name, pricing.*price.value);
    if (!pricing.tiers.empty()) {
        out.key("tiers").begin_array();
        for (const PriceTier& tier : pricing.tiers) {
            out.begin_object();
            for (const auto& price : kTierPrices)
                write_number(out, price.name, tier.*price.value);
            out.end_object();
        }
        out.end_array();
    }
    out.end_object();
}

}  // namespace gomodel::gateway
