#include "dialect/usage.hpp"

#include <initializer_list>

#include "dialect/json_dom.hpp"

namespace gomodel::dialect {
namespace {

// No answer has so many tokens; below it a double is exact and sums do not overflow.
constexpr std::int64_t kMaxCount = std::int64_t{1} << 53;

// Some vendors write counts as 12.0. What is no count of tokens is 0.
std::int64_t count(const rapidjson::Value& value) {
    if (!value.IsNumber()) return 0;
    const double number = value.GetDouble();
    if (!(number >= 0 && number <= static_cast<double>(kMaxCount))) return 0;
    return static_cast<std::int64_t>(number);
}

std::int64_t number(const rapidjson::Value& object, std::initializer_list<const char*> names) {
    for (const char* const name : names) {
        const rapidjson::Value* const value = member(object, name);
        if (value == nullptr) continue;
        return count(*value);
    }
    return 0;
}

std::int64_t detail(const rapidjson::Value& object, std::initializer_list<const char*> groups,
                    const char* name) {
    for (const char* const group : groups) {
        const rapidjson::Value* const value = member(object, group);
        if (value != nullptr && value->IsObject()) return number(*value, {name});
    }
    return 0;
}

}  // namespace

const rapidjson::Value* member(const rapidjson::Value& object, const char* name) {
    if (!object.IsObject()) return nullptr;
    const auto found = object.FindMember(name);
    return found == object.MemberEnd() || found->value.IsNull() ? nullptr : &found->value;
}

TokenUsage usage_of(const rapidjson::Value& object) {
    if (!object.IsObject()) return {};
    TokenUsage usage;
    usage.present = true;
    usage.prompt = number(object, {"prompt_tokens", "input_tokens"});
    usage.completion = number(object, {"completion_tokens", "output_tokens"});
    usage.total = number(object, {"total_tokens"});
    if (usage.total == 0) usage.total = usage.prompt + usage.completion;
    usage.cached =
        detail(object, {"prompt_tokens_details", "input_tokens_details"}, "cached_tokens");
    usage.reasoning =
        detail(object, {"completion_tokens_details", "output_tokens_details"}, "reasoning_tokens");
    return usage;
}

TokenUsage read_usage(std::string_view json) {
    // Room for any vendor's usage object on the stack; more goes to the heap.
    using Pool = rapidjson::MemoryPoolAllocator<>;
    char values[2048];
    char stack[2048];
    Pool value_pool(values, sizeof values);
    Pool stack_pool(stack, sizeof stack);
    rapidjson::GenericDocument<rapidjson::UTF8<>, Pool, Pool> document(&value_pool, 512,
                                                                       &stack_pool);
    document.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
    return document.HasParseError() ? TokenUsage{} : usage_of(document);
}

}  // namespace gomodel::dialect
