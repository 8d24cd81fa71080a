#include "anthropic/model_name.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace anthropic {
namespace {

constexpr int kNewest = 1000;

// A version has one or two digits; eight are a date.
std::optional<int> version_number(std::string_view word) {
    if (word.empty() || word.size() > 2) return std::nullopt;
    int value = 0;
    const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || stop != word.data() + word.size()) return std::nullopt;
    return value;
}

}  // namespace

ModelName::ModelName(std::string_view name) {
    name.remove_prefix(name.rfind('/') + 1);  // npos + 1 is 0
    constexpr std::string_view kPrefix = "claude-";
    if (!name.starts_with(kPrefix)) return;
    known_ = true;
    name.remove_prefix(kPrefix.size());
    opus_ = name.find("opus") != std::string_view::npos;
    always_thinks_ = name.find("mythos") != std::string_view::npos ||
                     name.find("fable") != std::string_view::npos;
    bool numbered = false;
    while (!name.empty()) {
        const std::size_t length = std::min(name.find_first_of("-."), name.size());
        const std::optional<int> number = version_number(name.substr(0, length));
        name.remove_prefix(std::min(length + 1, name.size()));
        if (numbered) {
            minor_ = number.value_or(0);
            return;
        }
        if (number) major_ = *number;
        numbered = number.has_value();
    }
    if (!numbered) major_ = kNewest;
}

std::int64_t ModelName::largest_budget() const {
    constexpr std::int64_t kAnswer = 1024;
    const bool early_opus = opus_ && major_ == 4 && minor_ <= 1;
    return (early_opus ? 32000 : 64000) - kAnswer;
}

}  // namespace anthropic
