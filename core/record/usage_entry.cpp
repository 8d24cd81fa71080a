#include "record/usage_entry.hpp"

#include <gomodel/json_out.hpp>

#include <chrono>
#include <cstdint>

#include "base/utf8.hpp"
#include "gateway/price_table.hpp"
#include "record/cost.hpp"
#include "record/row_text.hpp"

namespace gomodel::record {
namespace {

// Pages of the log are ordered by time and id, most reports leave out what came from a cache: with
// these in the indexes of the time the rows that are skipped or counted need not be read.
constexpr std::string_view kSchema = R"({"table":"usage","columns":[
{"name":"id","type":"text","null":false},
{"name":"request_id","type":"text","null":false},
{"name":"provider_id","type":"text","null":false},
{"name":"timestamp","type":"time","null":false},
{"name":"model","type":"text","null":false},
{"name":"provider","type":"text","null":false},
{"name":"provider_name","type":"text","null":true},
{"name":"endpoint","type":"text","null":false},
{"name":"user_path","type":"text","null":true},
{"name":"cache_type","type":"text","null":true},
{"name":"input_tokens","type":"int","null":false},
{"name":"output_tokens","type":"int","null":false},
{"name":"total_tokens","type":"int","null":false},
{"name":"raw_data","type":"json","null":true},
{"name":"input_cost","type":"real","null":true},
{"name":"output_cost","type":"real","null":true},
{"name":"total_cost","type":"real","null":true},
{"name":"costs_calculation_caveat","type":"text","null":true},
{"name":"auth_key_id","type":"text","null":true},
{"name":"duration_ns","type":"int","null":true}],
"key":["id"],"indexes":[{"columns":["timestamp","id","cache_type"],"name":"idx_usage_timestamp"},
{"columns":["timestamp","user_path","cache_type"],"name":"idx_usage_timestamp_user_path"},
["request_id"],["provider_id"],["model"],["provider"],["provider_name"],["user_path"],
["cache_type"]]})";

void member_or_null(json::Out& out, std::string_view name, std::string_view text) {
    text.empty() ? void(out.raw_member(name, "null")) : text_member(out, name, text);
}

}  // namespace

std::string_view usage_schema() {
    return kSchema;
}

std::string storage_time(base::WallTime time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    std::string text = "0000-00-00T00:00:00.000000000Z";
    const auto put = [&text](std::size_t end, std::int64_t value) {
        for (; value != 0; value /= 10)
            text[--end] = static_cast<char>('0' + value % 10);
    };
    put(4, static_cast<int>(date.year()));
    put(7, static_cast<unsigned>(date.month()));
    put(10, static_cast<unsigned>(date.day()));
    put(13, clock.hours().count());
    put(16, clock.minutes().count());
    put(19, clock.seconds().count());
    put(29, std::chrono::nanoseconds(clock.subseconds()).count());
    return text;
}

UsageEntry::UsageEntry(const gateway::RequestRecord& record, std::string_view id,
                       base::WallTime when)
    : when_(when),
      input_tokens_(record.usage.prompt),
      output_tokens_(record.usage.completion),
      total_tokens_(record.usage.total),
      counted_(record.usage.present),
      estimated_(record.usage_estimated),
      stream_(record.stream),
      duration_(record.total),
      status_(record.status),
      cause_(record.cause) {
    const gateway::Model& model = *record.model;
    usage_fields_ = model.provider->usage_fields;
    pricing_ = gateway::price_of(model, record.prices);
    const std::string_view name =
        record.answer_model.empty() ? std::string_view(model.id) : record.answer_model;
    const std::string_view model_id = name == model.id ? std::string_view() : model.id;
    text_.reserve(id.size() + model_id.size() + record.request_id.size() + record.answer_id.size() +
                  name.size() + model.provider->type.size() + model.provider->name.size() +
                  record.usage_endpoint().size() + record.user_path.size() +
                  record.cache_type.size() + record.auth_key_id.size() + record.usage.raw.size());
    id_ = keep(id, kMaxText);
    request_id_ = keep(record.request_id, kMaxText);
    provider_id_ = keep(record.answer_id, kMaxText);
    model_ = keep(name, kMaxText);
    model_id_ = keep(model_id, kMaxText);
    provider_ = keep(model.provider->type, kMaxText);
    provider_name_ = keep(model.provider->name, kMaxText);
    endpoint_ = keep(record.usage_endpoint(), kMaxText);
    user_path_ = keep(record.user_path, kMaxText);
    cache_type_ = keep(record.cache_type, kMaxText);
    auth_key_id_ = keep(record.auth_key_id, kMaxText);
    raw_usage_ = keep(record.usage.raw, std::string_view::npos);
}

// Within what the constructor has reserved.
std::string_view UsageEntry::keep(std::string_view text, std::size_t limit) {
    const std::size_t start = text_.size();
    text_.append(text.substr(0, limit));
    return std::string_view(text_).substr(start);
}

std::string_view UsageEntry::table() const {
    return kUsageTable;
}

// What the provider said besides, and what we have to say of the row.
std::string UsageEntry::raw_data(const UsageExtras& extras) const {
    json::Out out;
    out.begin_object();
    for (const UsageExtra& extra : extras)
        out.raw_member(extra.name, extra.json);
    if (!model_id_.empty()) out.member(kModelId, model_id_);
    if (estimated_) out.raw_member("estimated", "true");
    if (cause_ != gateway::EndCause::kCompleted) out.member("end", gateway::to_string(cause_));
    if (status_ >= 400) out.number_member("status", status_);
    out.end_object();
    return out.text() == "{}" ? "null" : base::replace_invalid_utf8(out.text());
}

std::string UsageEntry::row() const {
    const UsageExtras extras = usage_extras(raw_usage_, stream_);
    Cost cost;
    if (pricing_ != nullptr && counted_) {
        cost = cost_of({usage_fields_.get(), endpoint_, input_tokens_, output_tokens_, &extras},
                       *pricing_);
    }
    constexpr std::size_t kAround = 768;  // names, numbers and what the row says of itself
    json::Out out;
    out.reserve(text_.size() + kAround);
    out.begin_object();
    text_member(out, "id", id_);
    text_member(out, "request_id", request_id_);
    text_member(out, "provider_id", provider_id_);
    text_member(out, "timestamp", storage_time(when_));
    text_member(out, "model", model_);
    text_member(out, "provider", provider_);
    member_or_null(out, "provider_name", provider_name_);
    text_member(out, "endpoint", endpoint_);
    text_member(out, "user_path", user_path_.empty() ? "/" : user_path_);
    member_or_null(out, "cache_type", cache_type_);
    out.number_member("input_tokens", input_tokens_);
    out.number_member("output_tokens", output_tokens_);
    out.number_member("total_tokens", total_tokens_);
    out.raw_member("raw_data", raw_data(extras));
    out.raw_member("input_cost", cost_json(cost.input));
    out.raw_member("output_cost", cost_json(cost.output));
    out.raw_member("total_cost", cost_json(cost.total));
    text_member(out, "costs_calculation_caveat", cost.caveat);
    member_or_null(out, "auth_key_id", auth_key_id_);
    out.number_member("duration_ns", duration_.count());
    out.end_object();
    return out.take();
}

}  // namespace gomodel::record
