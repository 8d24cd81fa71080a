#include "admin/audit_json.hpp"

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace gomodel::admin {
namespace {

using json::Node;
using json::Out;

constexpr std::int64_t kCharactersPerToken = 4;

// Of one entry's rows of usage.
struct UsageSums {
    std::int64_t rows = 0;
    std::int64_t uncached = 0;
    std::int64_t cached = 0;
    std::int64_t cache_write = 0;
    std::int64_t output = 0;
};

std::int64_t number(Node node) {
    return std::max<std::int64_t>(node.integer().value_or(0), 0);
}

// What we count as input has the tokens of the cache in it. Older gateways kept what the provider
// said, which some count without them.
void add(UsageSums& sums, Node row, bool ours) {
    const Node raw = row["raw_data"];
    const Node read = raw["cache_read_input_tokens"];
    const Node written = raw["cache_creation_input_tokens"];
    const std::int64_t base = number(row["input_tokens"]);
    std::int64_t cached = std::max(number(read), number(raw["prompt_cached_tokens"]));
    cached = std::max(cached, number(raw["cached_tokens"]));
    const bool besides = !ours && (read || written);
    if (!besides) cached = std::min(cached, base);
    const std::int64_t write = besides ? number(written) : std::min(number(written), base - cached);
    ++sums.rows;
    sums.cached += cached;
    sums.cache_write += write;
    sums.uncached += besides ? base : base - cached - write;
    sums.output += number(row["output_tokens"]);
}

void write(Out& out, const UsageSums& sums) {
    const std::int64_t input = sums.uncached + sums.cached + sums.cache_write;
    const double ratio =
        input == 0 ? 0 : static_cast<double>(sums.cached) / static_cast<double>(input);
    std::array<char, 40> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), ratio).ptr;
    out.key("usage").begin_object();
    out.number_member("entries", sums.rows).number_member("input_tokens", input);
    out.number_member("uncached_input_tokens", sums.uncached);
    out.number_member("cached_input_tokens", sums.cached);
    out.number_member("cache_write_input_tokens", sums.cache_write);
    out.number_member("output_tokens", sums.output);
    out.number_member("total_tokens", input + sums.output);
    out.raw_member("cached_input_ratio",
                   {text.data(), static_cast<std::size_t>(end - text.data())});
    out.number_member("estimated_cached_characters", sums.cached * kCharactersPerToken);
    out.end_object();
}

void always(Out& out, Node row, std::string_view name, std::string_view otherwise) {
    out.raw_member(name, row[name].missing() ? otherwise : row[name].raw());
}

// Left out when it says nothing.
void unless_empty_or_false(Out& out, Node row, std::string_view name) {
    const Node value = row[name];
    if (value.missing() || value.raw() == "\"\"" || value.is_false()) return;
    out.raw_member(name, value.raw());
}

void entry(Out& out, Node row) {
    always(out, row, "id", "\"\"");
    always(out, row, "timestamp", "\"\"");
    always(out, row, "duration_ns", "0");
    always(out, row, "requested_model", "\"\"");
    unless_empty_or_false(out, row, "resolved_model");
    always(out, row, "provider", "\"\"");
    const Node name = row["provider_name"];
    const bool named = !name.missing() && name.raw() != "\"\"";
    out.raw_member("provider_name", named                       ? name.raw()
                                    : row["provider"].missing() ? "\"\""
                                                                : row["provider"].raw());
    for (const char* member : {"alias_used", "workflow_version_id", "cache_type"})
        unless_empty_or_false(out, row, member);
    always(out, row, "status_code", "0");
    for (const char* member : {"request_id", "auth_key_id", "auth_method", "client_ip", "method",
                               "path", "user_path", "stream", "error_type", "data"})
        unless_empty_or_false(out, row, member);
}

}  // namespace

bool has_usage_by_id(const std::string& row) {
    const json::Tree tree(row);
    return !tree.root()["data"]["end"].missing();
}

std::string audit_entries_json(const AuditRows& rows, const AuditRows& usage) {
    Out out;
    out.begin_array();
    for (const std::string& text : rows) {
        const json::Tree row(text);
        const bool by_id = has_usage_by_id(text);
        UsageSums sums;
        for (const std::string& used : usage) {
            const json::Tree tree(used);
            const Node key = tree.root()[by_id ? "id" : "request_id"];
            const Node wanted = row.root()[by_id ? "id" : "request_id"];
            if (!wanted.missing() && key.raw() == wanted.raw()) add(sums, tree.root(), by_id);
        }
        out.begin_object();
        entry(out, row.root());
        if (sums.rows != 0) write(out, sums);
        out.end_object();
    }
    out.end_array();
    return out.text();
}

std::string audit_log_json(const std::string& entries, const AuditRows& counted, std::int64_t limit,
                           std::int64_t offset) {
    const json::Tree count(counted.empty() ? std::string_view("{}") : std::string_view(counted[0]));
    const Node total = count.root()["count"];
    Out out;
    out.begin_object().raw_member("entries", entries);
    out.raw_member("total", total.missing() ? "0" : total.raw());
    out.number_member("limit", limit).number_member("offset", offset).end_object();
    return out.text();
}

}  // namespace gomodel::admin
