#include "admin/usage_json.hpp"

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include <array>
#include <map>
#include <optional>

#include "record/cost.hpp"

namespace gomodel::admin {
namespace {

using json::Node;
using json::Out;

constexpr std::array<std::string_view, 3> kTokens = {"input_tokens", "output_tokens",
                                                     "total_tokens"};
constexpr std::array<std::string_view, 3> kCosts = {"input_cost", "output_cost", "total_cost"};

std::string_view or_else(const Node& value, std::string_view otherwise) {
    return value.missing() ? otherwise : value.raw();
}

// The sums of a group: tokens that nobody counted are 0, costs that nobody knows are null.
void sums(Out& out, const Node& row) {
    for (const std::string_view name : kTokens) {
        const std::string sum = "sum_" + std::string(name);
        out.raw_member(name, or_else(row[sum], "0"));
    }
    for (const std::string_view name : kCosts) {
        const std::string sum = "sum_" + std::string(name);
        out.raw_member(name, or_else(row[sum], "null"));
    }
}

void requests(Out& out, const Node& row, std::string_view name = "requests") {
    out.raw_member(name, or_else(row["count"], "0"));
}

template <typename Write>
std::string array_of(const Rows& rows, Write write) {
    Out out;
    out.begin_array();
    for (const std::string& text : rows) {
        const json::Tree row(text);
        out.begin_object();
        write(out, row.root());
        out.end_object();
    }
    out.end_array();
    return out.text();
}

// Left out when it says nothing.
void unless_empty(Out& out, const Node& row, std::string_view name) {
    const Node value = row[name];
    if (!value.missing() && value.raw() != "\"\"") out.raw_member(name, value.raw());
}

void log_entry(Out& out, const Node& row) {
    for (const char* name : {"id", "request_id", "provider_id", "timestamp", "model", "provider"})
        out.raw_member(name, or_else(row[name], "\"\""));
    unless_empty(out, row, "provider_name");
    out.raw_member("endpoint", or_else(row["endpoint"], "\"\""));
    unless_empty(out, row, "user_path");
    unless_empty(out, row, "cache_type");
    for (const std::string_view name : kTokens)
        out.raw_member(name, or_else(row[name], "0"));
    unless_empty(out, row, "raw_data");
    for (const std::string_view name : kCosts)
        out.raw_member(name, or_else(row[name], "null"));
    unless_empty(out, row, "costs_calculation_caveat");
    unless_empty(out, row, "auth_key_id");
    unless_empty(out, row, "duration_ns");
}

// What the caches of both types saved, in one period or in all.
struct Hits {
    std::int64_t exact = 0;
    std::int64_t semantic = 0;
    std::int64_t input = 0;
    std::int64_t output = 0;
    std::int64_t total = 0;
    std::optional<double> saved;  // absent: unknown

    void add(const Node& row) {
        const bool is_semantic = row["cache_type"].equals("semantic");
        (is_semantic ? semantic : exact) += row["count"].integer().value_or(0);
        input += row["sum_input_tokens"].integer().value_or(0);
        output += row["sum_output_tokens"].integer().value_or(0);
        total += row["sum_total_tokens"].integer().value_or(0);
        if (const std::optional<double> cost = row["sum_total_cost"].number())
            saved = saved.value_or(0) + *cost;
    }
};

bool is_hit(const Node& row) {
    return row["cache_type"].equals("exact") || row["cache_type"].equals("semantic");
}

void write_hits(Out& out, const Hits& hits, const std::string& prefix) {
    out.number_member(prefix + "hits", hits.exact + hits.semantic);
    out.number_member("exact_hits", hits.exact).number_member("semantic_hits", hits.semantic);
    out.number_member(prefix + "input_tokens", hits.input);
    out.number_member(prefix + "output_tokens", hits.output);
    out.number_member("total_tokens", hits.total);
    out.raw_member(prefix + "saved_cost", record::cost_json(hits.saved));
}

}  // namespace

std::string summary_json(const Rows& rows) {
    const json::Tree row(rows.empty() ? std::string_view("{}") : std::string_view(rows[0]));
    Out out;
    out.begin_object();
    requests(out, row.root(), "total_requests");
    for (const char* name : {"input_tokens", "output_tokens"}) {
        out.raw_member(std::string("total_") + name,
                       or_else(row.root()[std::string("sum_") + name], "0"));
    }
    out.raw_member("total_tokens", or_else(row.root()["sum_total_tokens"], "0"));
    for (const char* name : {"input_cost", "output_cost"}) {
        out.raw_member(std::string("total_") + name,
                       or_else(row.root()[std::string("sum_") + name], "null"));
    }
    out.raw_member("total_cost", or_else(row.root()["sum_total_cost"], "null"));
    out.end_object();
    return out.text();
}

std::string periods_json(const Rows& rows) {
    return array_of(rows, [](Out& out, const Node& row) {
        out.raw_member("date", or_else(row["date"], "\"\""));
        requests(out, row);
        sums(out, row);
    });
}

std::string models_json(const Rows& rows) {
    return array_of(rows, [](Out& out, const Node& row) {
        out.raw_member("model", or_else(row["model"], "\"\""));
        out.raw_member("provider", or_else(row["provider"], "\"\""));
        if (!row["name"].missing()) out.raw_member("provider_name", row["name"].raw());
        requests(out, row);
        sums(out, row);
    });
}

std::string user_paths_json(const Rows& rows) {
    return array_of(rows, [](Out& out, const Node& row) {
        out.raw_member("user_path", or_else(row["path"], "\"/\""));
        requests(out, row);
        sums(out, row);
    });
}

std::string log_json(const LogPage& page) {
    Out out;
    out.begin_object().raw_member("entries", array_of(page.rows, log_entry));
    out.number_member("total", page.total);
    out.number_member("limit", page.limit).number_member("offset", page.offset);
    out.end_object();
    return out.text();
}

std::string cache_overview_json(const Rows& types, const Rows& dates) {
    Hits all;
    for (const std::string& text : types) {
        const json::Tree row(text);
        if (is_hit(row.root())) all.add(row.root());
    }
    std::map<std::string, Hits> by_date;
    for (const std::string& text : dates) {
        const json::Tree row(text);
        if (is_hit(row.root())) by_date[row.root()["date"].text()].add(row.root());
    }
    Out out;
    out.begin_object().key("summary").begin_object();
    write_hits(out, all, "total_");
    out.end_object().key("daily").begin_array();
    for (const auto& [date, hits] : by_date) {
        out.begin_object().member("date", date);
        write_hits(out, hits, "");
        out.end_object();
    }
    out.end_array().end_object();
    return out.text();
}

}  // namespace gomodel::admin
