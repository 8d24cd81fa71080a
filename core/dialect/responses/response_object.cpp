#include "dialect/responses/response_object.hpp"

#include <array>

namespace gomodel::dialect::responses {
namespace {

using json::Node;
using json::Out;

struct Echoed {
    std::string_view name;
    std::string_view otherwise;  // what the API says of a request without it
};

constexpr std::array kEchoed{
    Echoed{"instructions", "null"},
    Echoed{"max_output_tokens", "null"},
    Echoed{"metadata", "{}"},
    Echoed{"parallel_tool_calls", "true"},
    Echoed{"temperature", "null"},
    Echoed{"tool_choice", "\"auto\""},
    Echoed{"tools", "[]"},
    Echoed{"top_p", "null"},
    Echoed{"truncation", "\"disabled\""},
    Echoed{"user", "null"},
};

void write_reasoning(Node reasoning, Out& out) {
    out.key("reasoning").begin_object();
    for (const std::string_view name : {"effort", "summary"}) {
        const Node value = reasoning[name];
        out.raw_member(name, value.missing() ? "null" : json::compact(value.raw()));
    }
    out.end_object();
}

void write_text(Node text, Out& out) {
    out.key("text").begin_object();
    const Node format = text["format"];
    out.raw_member("format", format.missing() ? R"({"type":"text"})" : json::compact(format.raw()));
    if (!text["verbosity"].missing()) out.raw_member("verbosity", text["verbosity"].raw());
    out.end_object();
}

// A details object with `counted` in it, whatever the vendor put beside.
void write_details(std::string_view name, Node details, std::string_view counted, Out& out) {
    out.key(name).begin_object();
    for (const Node member : details) {
        if (member.name() != counted) out.raw_member(member.name(), json::compact(member.raw()));
    }
    out.number_member(counted, details[counted].integer().value_or(0)).end_object();
}

bool is_counted(std::string_view name) {
    return name == "prompt_tokens" || name == "completion_tokens" || name == "total_tokens" ||
           name == "prompt_tokens_details" || name == "completion_tokens_details" ||
           name == "input_tokens" || name == "output_tokens" || name == "input_tokens_details" ||
           name == "output_tokens_details";
}

// The code an error object of this API may have for a failure of the upstream.
std::string_view code_of(const ApiError& error) {
    return error.status == 429 ? "rate_limit_exceeded" : "server_error";
}

void write_error(const ApiError* error, Out& out) {
    out.key("error");
    if (error == nullptr) {
        out.raw("null");
        return;
    }
    out.begin_object().member("code", code_of(*error)).member("message", error->message);
    out.end_object();
}

}  // namespace

std::string echo_of(Node request) {
    Out out;
    out.begin_object().raw_member("background", "false").raw_member("previous_response_id", "null");
    for (const Echoed& member : kEchoed) {
        const Node given = request[member.name];
        out.raw_member(member.name,
                       given.missing() ? member.otherwise : json::compact(given.raw()));
    }
    out.raw_member("store", "false");  // whatever was asked for: nobody keeps it
    write_reasoning(request["reasoning"], out);
    write_text(request["text"], out);
    out.end_object();
    return out.text().substr(1, out.text().size() - 2);
}

void write_response(const ResponseHead& head, const Response& response,
                    std::string_view last_item_status, Out& out) {
    out.begin_object().member("id", "resp_" + head.mark.id).member("object", "response");
    out.number_member("created_at", response.created == 0 ? head.mark.created : response.created);
    out.member("status", response.status);
    write_error(response.error, out);
    out.key("incomplete_details");
    if (response.incomplete.empty()) {
        out.raw("null");
    } else {
        out.begin_object().member("reason", response.incomplete).end_object();
    }
    out.key("model").escaped(response.model.empty() ? head.model : response.model);
    out.key("output").begin_array();
    for (const Item& item : response.items) {
        const bool last = &item == &response.items.back();
        write_item(item, last ? last_item_status : kCompleted, out);
    }
    out.end_array();
    out.raw_member("usage", response.usage.empty() ? "null" : response.usage);
    if (!head.echo.empty()) out.raw(head.echo);
    if (!response.extra.empty()) out.raw(response.extra);
    out.end_object();
}

std::string usage_of(Node usage) {
    if (!usage.is_object()) return {};
    const auto first_of = [usage](std::string_view chat, std::string_view own) {
        return usage[chat].missing() ? usage[own] : usage[chat];
    };
    const std::int64_t input = first_of("prompt_tokens", "input_tokens").integer().value_or(0);
    const std::int64_t output =
        first_of("completion_tokens", "output_tokens").integer().value_or(0);
    Out out;
    out.begin_object().number_member("input_tokens", input);
    write_details("input_tokens_details", first_of("prompt_tokens_details", "input_tokens_details"),
                  "cached_tokens", out);
    out.number_member("output_tokens", output);
    write_details("output_tokens_details",
                  first_of("completion_tokens_details", "output_tokens_details"),
                  "reasoning_tokens", out);
    out.number_member("total_tokens", usage["total_tokens"].integer().value_or(input + output));
    for (const Node member : usage) {
        if (is_counted(member.name())) continue;
        out.raw_member(member.name(), json::compact(member.raw()));
    }
    out.end_object();
    return out.text();
}

void read_head(Node completion, Response& response) {
    if (response.model.empty()) response.model = std::string(completion["model"].escaped());
    if (response.created == 0) response.created = completion["created"].integer().value_or(0);
    if (!response.extra.empty()) return;
    Out out;
    for (const std::string_view name : {"provider", "service_tier"}) {
        const Node value = completion[name];
        if (value.is_string()) out.raw_member(name, value.raw());
    }
    response.extra = out.text();
}

void conclude(std::string_view finish_reason, Response& response) {
    response.status = kCompleted;
    if (finish_reason == "length" || finish_reason == "max_tokens") {
        response.incomplete = "max_output_tokens";
    } else if (finish_reason == "content_filter") {
        response.incomplete = "content_filter";
    }
    if (!response.incomplete.empty()) response.status = kIncomplete;
}

}  // namespace gomodel::dialect::responses
