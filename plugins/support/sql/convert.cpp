#include "sql/convert.hpp"

#include <gomodel/error.hpp>

#include <charconv>
#include <cmath>

#include "sql/mend.hpp"

namespace sql {
namespace {

using gomodel::json::Node;

std::optional<std::int64_t> whole(Node node) {
    const std::string_view raw = node.is_number() ? node.raw() : std::string_view();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
    if (error == std::errc() && end == raw.data() + raw.size()) return value;
    return node.integer();
}

std::optional<Value> text_of(const Column& column, Node node) {
    if (!node.is_string()) return std::nullopt;
    const bool plain = node.escaped().find('\\') == std::string_view::npos;
    std::string text = plain ? mend(node.escaped()) : mend(node.text());
    if (column.form == Form::kUuid && !is_uuid(text)) return std::nullopt;
    return text;
}

std::optional<Value> value_of(const Dialect& dialect, const Column& column, Node node) {
    switch (column.type) {
        case Type::kText:
            return text_of(column, node);
        case Type::kInt: {
            const auto value = whole(node);
            return value ? std::optional<Value>(*value) : std::nullopt;
        }
        case Type::kReal: {
            const auto value = node.number();
            return value && std::isfinite(*value) ? std::optional<Value>(*value) : std::nullopt;
        }
        case Type::kBool:
            if (!node.is_true() && !node.is_false()) return std::nullopt;
            return std::int64_t{node.is_true()};
        case Type::kTime: {
            const auto instant = instant_of(node);
            return instant ? std::optional(dialect.stored(*instant, column.form)) : std::nullopt;
        }
        case Type::kJson:
            return mend_json(node.raw());
    }
    return std::nullopt;
}

}  // namespace

bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const char c = text[i];
        const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (dash ? c != '-' : !hex) return false;
    }
    return true;
}

std::optional<Instant> instant_of(Node node) {
    if (node.is_string()) return parse_instant(node.text());
    const auto seconds = node.number();
    if (!seconds || std::abs(*seconds) > 4e11) return std::nullopt;
    const double floor = std::floor(*seconds);
    return Instant{static_cast<std::int64_t>(floor),
                   static_cast<std::int32_t>((*seconds - floor) * 1e9)};
}

Value convert(const Dialect& dialect, const Table& table, const Column& column, Node node) {
    if (node.missing()) return {};
    auto value = value_of(dialect, column, node);
    if (!value) {
        throw gomodel::Error(GM_INVALID, table.name + "." + column.name + " is " +
                                             std::string(name_of(column.type)) +
                                             (column.form == Form::kUuid ? " (UUID)" : "") +
                                             ", which the value given is not");
    }
    return *std::move(value);
}

}  // namespace sql
