#include "dialect/usage.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "dialect/usage_json.hpp"

namespace gomodel::dialect {
namespace {

// No answer has so many tokens; below it a double is exact and sums do not overflow.
constexpr std::int64_t kMaxCount = std::int64_t{1} << 53;

// Some vendors write counts as 12.0. What is no count of tokens is 0.
std::int64_t count_of(simdjson::ondemand::value value) {
    std::int64_t count = 0;
    if (value.get_int64().get(count) != simdjson::SUCCESS) {
        double real = 0;
        if (value.get_double().get(real) != simdjson::SUCCESS) return 0;
        if (!(real >= 0 && real <= static_cast<double>(kMaxCount))) return 0;
        count = static_cast<std::int64_t>(real);
    }
    return count >= 0 && count <= kMaxCount ? count : 0;
}

// The counts of an object of details, by name. False: malformed.
template <class Take>
bool read_details(simdjson::ondemand::value value, Take take) {
    simdjson::ondemand::object details;
    if (value.get_object().get(details) != simdjson::SUCCESS) return true;  // null
    return JsonText::each_member(details, [&](std::string_view key, auto detail) {
        take(key, detail);
        return true;
    });
}

// A later object of a stream tells the same count again, or more; sometimes it says 0 instead.
void keep_larger(std::int64_t& count, simdjson::ondemand::value value) {
    count = std::max(count, count_of(value));
}

}  // namespace

std::int64_t token_count(simdjson::ondemand::value value) {
    return count_of(value);
}

bool UsageMembers::take(std::string_view key, simdjson::ondemand::value value) {
    if (key == "prompt_tokens" || key == "input_tokens") {
        beside_cache_ = beside_cache_ && key == "input_tokens";
        keep_larger(usage_.prompt, value);
    } else if (key == "completion_tokens" || key == "output_tokens") {
        keep_larger(usage_.completion, value);
    } else if (key == "total_tokens") {
        keep_larger(usage_.total, value);
    } else if (key == "cache_read_input_tokens") {
        keep_larger(cache_read_, value);
    } else if (key == "cache_creation_input_tokens") {
        keep_larger(cache_written_, value);
    } else if (key == "prompt_tokens_details" || key == "input_tokens_details") {
        beside_cache_ = false;
        return read_details(value, [this](std::string_view name, auto detail) {
            if (name == "cached_tokens") usage_.cached = count_of(detail);
        });
    } else if (key == "completion_tokens_details" || key == "output_tokens_details") {
        return read_details(value, [this](std::string_view name, auto detail) {
            const bool known = name == "reasoning_tokens" || name == "thinking_tokens";
            if (known) usage_.reasoning = count_of(detail);
        });
    }
    return true;
}

void UsageMembers::keep_raw(std::string_view json) {
    json = base::trim(json);
    if (json.size() >= usage_.raw.size() && json.size() <= TokenUsage::kMaxRaw) usage_.raw = json;
}

TokenUsage UsageMembers::usage() const {
    TokenUsage usage = usage_;
    usage.present = true;
    if (beside_cache_) {
        usage.prompt = std::min(usage.prompt + cache_read_ + cache_written_, kMaxCount);
        usage.cached = cache_read_;
    }
    if (usage.total == 0) usage.total = usage.prompt + usage.completion;
    return usage;
}

bool take_usage(simdjson::ondemand::value value, UsageMembers& members, bool& present) {
    simdjson::ondemand::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS) return true;  // null
    std::string_view raw;
    if (object.raw_json().get(raw) != simdjson::SUCCESS) return false;
    if (object.reset().error() != simdjson::SUCCESS) return false;
    present = true;
    members.keep_raw(raw);
    return JsonText::each_member(
        object, [&](std::string_view key, auto member) { return members.take(key, member); });
}

bool read_usage(simdjson::ondemand::value value, TokenUsage& usage) {
    UsageMembers members;
    bool present = false;
    const bool whole = take_usage(value, members, present);
    if (whole && present) usage = members.usage();
    return whole;
}

TokenUsage read_usage(std::string_view json) {
    JsonText text(json);
    UsageMembers members;
    const bool whole =
        text.members([&](std::string_view key, auto member) { return members.take(key, member); });
    if (!whole) return {};
    members.keep_raw(json);
    return members.usage();
}

std::optional<AnswerSummary> read_answer(std::string_view json) {
    JsonText text(json);
    AnswerSummary answer;
    const bool whole = text.members([&](std::string_view key, auto member) {
        if (key == "usage") return read_usage(member, answer.usage);
        if (key == "id") answer.id = text_of(member);
        if (key == "model") answer.model = text_of(member);
        return true;
    });
    if (!whole) return std::nullopt;
    return answer;
}

}  // namespace gomodel::dialect
