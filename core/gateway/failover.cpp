#include "gateway/failover.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "gateway/stand_ins.hpp"

namespace gomodel::gateway {
namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

template <std::size_t N>
bool names_model_and(const std::string& text, const std::array<std::string_view, N>& words) {
    if (text.find("model") == std::string::npos) return false;
    return std::any_of(words.begin(), words.end(), [&text](std::string_view word) {
        return text.find(word) != std::string::npos;
    });
}

// The selectors under which rules for the request may stand, most telling first.
std::array<std::string, 4> keys(const Model& source, const std::string& model,
                                const std::optional<std::string>& provider) {
    const std::string_view name = provider.has_value() ? base::trim(*provider) : std::string_view();
    const std::string requested(base::trim(model));
    const std::string qualified =
        name.empty() ? source.selector : std::string(name) + '/' + requested;
    return {qualified, source.selector, requested, source.id};
}

template <typename T>
const T* first(const std::map<std::string, T>& rules, const std::array<std::string, 4>& selectors) {
    for (const std::string& selector : selectors) {
        const auto found = rules.find(selector);
        if (found != rules.end()) return &found->second;
    }
    return nullptr;
}

// What the rules say about one request.
struct FallbackRule {
    config::FallbackMode mode = config::FallbackMode::kOff;
    const std::vector<std::string>* candidates = nullptr;  // of the manual rules, if there are any
};

FallbackRule rule_for(const config::Fallback& rules, const Model& source, const std::string& model,
                      const std::optional<std::string>& provider) {
    // The usual gateway has no rules, and looks at nothing more.
    const bool automatic = rules.default_mode == config::FallbackMode::kAuto;
    if (!automatic && rules.manual_rules.empty() && rules.overrides.empty()) return {};
    const std::array<std::string, 4> selectors = keys(source, model, provider);
    const config::FallbackMode* const own = first(rules.overrides, selectors);
    const config::FallbackMode mode = own == nullptr ? rules.default_mode : *own;
    if (mode == config::FallbackMode::kOff) return {};
    return {mode, first(rules.manual_rules, selectors)};
}

}  // namespace

bool calls_for_fallback(const dialect::ApiError& error) {
    constexpr std::array<std::string_view, 3> kCodes = {"not_found", "unsupported", "unavailable"};
    constexpr std::array<std::string_view, 8> kWords = {
        "not found",     "does not exist", "unsupported", "unavailable",
        "not available", "deprecated",     "retired",     "disabled"};
    if (error.status >= 500 || error.status == 429) return true;
    return names_model_and(lower(error.code.value_or("")), kCodes) ||
           names_model_and(lower(error.message), kWords);
}

bool may_fall_back(const config::Fallback& rules, const Model& source, const std::string& model,
                   const std::optional<std::string>& provider) {
    const FallbackRule rule = rule_for(rules, source, model, provider);
    return rule.mode == config::FallbackMode::kAuto || rule.candidates != nullptr;
}

std::vector<const Model*> fallback_chain(const config::Fallback& rules, const Catalog& catalog,
                                         const Model& source, const std::string& model,
                                         const std::optional<std::string>& provider) {
    const FallbackRule rule = rule_for(rules, source, model, provider);
    std::vector<const Model*> chain;
    const auto add = [&](const Model* candidate) {
        const bool fresh = candidate != nullptr && candidate != &source &&
                           std::find(chain.begin(), chain.end(), candidate) == chain.end();
        if (fresh) chain.push_back(candidate);
        return fresh;
    };
    if (rule.candidates != nullptr) {
        for (const std::string& selector : *rule.candidates)
            add(catalog.find(selector));
    }
    if (rule.mode != config::FallbackMode::kAuto) return chain;
    std::size_t added = 0;
    for (const Model* const candidate : stand_ins(catalog, source)) {
        if (added == kMaxAutomatic) break;
        if (add(candidate)) ++added;
    }
    return chain;
}

}  // namespace gomodel::gateway
