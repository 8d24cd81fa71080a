#include "config/assign.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.hpp"
#include "config/values.hpp"

namespace gomodel::config {
namespace {

using Outcome = std::optional<Complaint>;

Outcome refuse(std::string message) {
    return Complaint{Severity::kError, std::move(message)};
}

bool fits_int(std::int64_t value) {
    return value >= std::numeric_limits<int>::min() && value <= std::numeric_limits<int>::max();
}

// One unit of a key's range as it is written: bytes and nanoseconds are not how people think.
std::string bound_text(const Key& key, double bound) {
    if (std::holds_alternative<std::uint64_t& (*)(Settings&)>(key.field)) {
        return format_size(static_cast<std::uint64_t>(bound));
    }
    if (std::holds_alternative<base::Duration& (*)(Settings&)>(key.field)) {
        return format_duration(base::Duration(static_cast<std::int64_t>(bound)));
    }
    return format_number(bound);
}

std::string range_text(const Key& key) {
    if (std::isinf(key.range.max)) return "at least " + bound_text(key, key.range.min);
    return "from " + bound_text(key, key.range.min) + " to " + bound_text(key, key.range.max);
}

// Stores a number that is of the right type, if its range allows it.
template <typename T>
Outcome store(const Key& key, T value, T& target) {
    const Range& range = key.range;
    double number = 0;
    if constexpr (std::is_arithmetic_v<T>) {
        number = static_cast<double>(value);
    } else {
        number = static_cast<double>(value.count());
    }
    if (number >= range.min && number <= range.max) {
        target = value;
        return std::nullopt;
    }
    if (!range.clamp) return refuse("must be " + range_text(key));
    const double bound = number < range.min ? range.min : range.max;
    if constexpr (std::is_arithmetic_v<T>) {
        target = static_cast<T>(bound);
    } else {
        target = T(static_cast<typename T::rep>(bound));
    }
    return Complaint{Severity::kWarning,
                     "must be " + range_text(key) + "; " + bound_text(key, bound) + " is used"};
}

// The field's own reading of a scalar, for every type where the two notations differ little.
struct AssignText {
    const Key& key;
    std::string_view text;
    Settings& settings;
    bool from_variable;

    Outcome operator()(std::monostate) const { return refuse("cannot be set here"); }

    Outcome operator()(std::string& (*field)(Settings&)) const {
        const bool none = base::iequals(text, "off") || base::iequals(text, "none");
        field(settings) = key.has(kCanBeOff) && none ? std::string_view() : text;
        return std::nullopt;
    }

    Outcome operator()(bool& (*field)(Settings&)) const {
        if (!from_variable) {
            const auto value = parse_yaml_bool(text);
            if (!value) return refuse("expected true or false");
            field(settings) = *value;
            return std::nullopt;
        }
        const EnvBool value = parse_env_bool(text);
        field(settings) = value.value;
        if (value.certain) return std::nullopt;
        return Complaint{Severity::kWarning, "only `true` and `1` mean true; this counts as false"};
    }

    Outcome operator()(int& (*field)(Settings&)) const {
        const auto value = parse_integer(text);
        if (!value || !fits_int(*value)) return refuse("expected a whole number");
        return store(key, static_cast<int>(*value), field(settings));
    }

    Outcome operator()(double& (*field)(Settings&)) const {
        const auto value = parse_number(text);
        if (!value) return refuse("expected a finite number");
        return store(key, *value, field(settings));
    }

    Outcome operator()(std::chrono::seconds& (*field)(Settings&)) const {
        const auto value = parse_integer(text);
        if (!value || !fits_int(*value)) return refuse("expected a whole number of seconds");
        return store(key, std::chrono::seconds(*value), field(settings));
    }

    Outcome operator()(base::Duration& (*field)(Settings&)) const {
        std::optional<base::Duration> value = parse_duration(text);
        if (!value && from_variable && text == "0") value = base::Duration::zero();
        if (!value && key.has(kBareSeconds)) {
            const auto seconds = parse_integer(text);
            if (seconds && fits_int(*seconds)) value = std::chrono::seconds(*seconds);
        }
        if (value) return store(key, *value, field(settings));
        return refuse(key.has(kBareSeconds)
                          ? "expected a number of seconds or a duration such as 10m or 1m30s"
                          : "expected a duration with its unit, such as 30s or 1m30s");
    }

    Outcome operator()(std::uint64_t& (*field)(Settings&)) const {
        if (base::trim(text).empty()) return std::nullopt;
        const auto value = parse_size(text);
        if (!value) return refuse("expected a size such as 512K or 10M");
        return store(key, *value, field(settings));
    }

    Outcome operator()(std::vector<std::string>& (*field)(Settings&)) const {
        std::string list(text);
        if (key.has(kPathList)) std::replace(list.begin(), list.end(), ':', ',');
        field(settings) = base::split_list(list);
        return std::nullopt;
    }

    Outcome operator()(const Choice& choice) const {
        const std::string word = base::lower(base::trim(text));
        if (word.empty()) return std::nullopt;
        std::vector<std::string_view> words;
        for (const Word& known : choice.words) {
            if (known.text == word) {
                choice.set(settings, known.value);
                return std::nullopt;
            }
            words.push_back(known.text);
        }
        std::string message = "expected " + type_name(key);
        if (const auto near = base::nearest(word, words))
            message += "; did you mean " + *near + '?';
        if (key.has(kLenient)) return Complaint{Severity::kWarning, message};
        return refuse(std::move(message));
    }
};

Outcome assign_list(const Node& node, std::vector<std::string>& list) {
    if (!node.is_sequence() && !node.is_null()) return refuse("expected a list of texts");
    std::vector<std::string> items;
    for (const Node& item : node.items) {
        if (!item.is_scalar() && !item.is_null()) {
            return refuse("expected a list of texts, and an element is a list or a mapping");
        }
        const std::string_view text = base::trim(item.text);
        if (item.is_scalar() && !text.empty()) items.emplace_back(text);
    }
    list = std::move(items);
    return std::nullopt;
}

}  // namespace

Outcome assign_node(const Key& key, const Node& node, Settings& settings) {
    using List = std::vector<std::string>& (*)(Settings&);
    if (const List* const list = std::get_if<List>(&key.field)) {
        return assign_list(node, (*list)(settings));
    }
    if (node.is_null()) return std::nullopt;
    if (!node.is_scalar()) {
        return refuse(std::string("expected a single value, found a ") +
                      (node.is_mapping() ? "mapping" : "list"));
    }
    return std::visit(AssignText{key, node.text, settings, false}, key.field);
}

Outcome assign_variable(const Key& key, std::string_view text, Settings& settings) {
    return std::visit(AssignText{key, text, settings, true}, key.field);
}

}  // namespace gomodel::config
