#include "dialect/usage.hpp"

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

std::string kept(std::string_view json) {
    json = base::trim(json);
    return json.size() <= TokenUsage::kMaxRaw ? std::string(json) : std::string();
}

// The count of this name in an object of details. False: malformed.
bool read_detail(simdjson::ondemand::value value, std::string_view name, std::int64_t& count) {
    simdjson::ondemand::object details;
    if (value.get_object().get(details) != simdjson::SUCCESS) return true;  // null
    return JsonText::each_member(details, [&](std::string_view key, auto detail) {
        if (key == name) count = count_of(detail);
        return true;
    });
}

}  // namespace

std::int64_t token_count(simdjson::ondemand::value value) {
    return count_of(value);
}

bool UsageMembers::take(std::string_view key, simdjson::ondemand::value value) {
    if (key == "prompt_tokens" || key == "input_tokens") {
        usage_.prompt = count_of(value);
    } else if (key == "completion_tokens" || key == "output_tokens") {
        usage_.completion = count_of(value);
    } else if (key == "total_tokens") {
        usage_.total = count_of(value);
    } else if (key == "prompt_tokens_details" || key == "input_tokens_details") {
        return read_detail(value, "cached_tokens", usage_.cached);
    } else if (key == "completion_tokens_details" || key == "output_tokens_details") {
        return read_detail(value, "reasoning_tokens", usage_.reasoning);
    }
    return true;
}

TokenUsage UsageMembers::usage() const {
    TokenUsage usage = usage_;
    usage.present = true;
    if (usage.total == 0) usage.total = usage.prompt + usage.completion;
    return usage;
}

bool read_usage(simdjson::ondemand::value value, TokenUsage& usage) {
    simdjson::ondemand::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS) return true;  // null
    std::string_view raw;
    if (object.raw_json().get(raw) != simdjson::SUCCESS) return false;
    if (object.reset().error() != simdjson::SUCCESS) return false;
    UsageMembers members;
    const bool whole = JsonText::each_member(
        object, [&](std::string_view key, auto member) { return members.take(key, member); });
    if (!whole) return false;
    usage = members.usage();
    usage.raw = kept(raw);
    return true;
}

TokenUsage read_usage(std::string_view json) {
    JsonText text(json);
    UsageMembers members;
    const bool whole =
        text.members([&](std::string_view key, auto member) { return members.take(key, member); });
    if (!whole) return {};
    TokenUsage usage = members.usage();
    usage.raw = kept(json);
    return usage;
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
