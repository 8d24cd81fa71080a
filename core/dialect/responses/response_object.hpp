// The response object around an answer's items: its members that repeat the request, its state, its
// usage. Pure.
#pragma once

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "dialect/adapter.hpp"
#include "dialect/responses/output_items.hpp"
#include "dialect/responses/tool_names.hpp"

namespace gomodel::dialect::responses {

// What is known before the upstream answers.
struct ResponseHead {
    AnswerMark mark;
    std::string model;  // of the request, escaped
    std::string echo;   // members that repeat the request, without braces
    ToolNames tools;
};

struct Response {
    std::string_view status = kInProgress;
    std::string_view incomplete;      // why; empty: it is not
    const ApiError* error = nullptr;  // of a failed one
    std::string model;                // of the answer, escaped; empty: the request's
    std::int64_t created = 0;         // 0: the mark's
    std::string usage;                // JSON of this API; empty: none came
    std::string extra;                // further members, without braces
    std::vector<Item> items;
};

// The members of a response that repeat the request, as the API fills them in.
std::string echo_of(json::Node request);

// last_item_status: the items before the last one are complete.
void write_response(const ResponseHead& head, const Response& response,
                    std::string_view last_item_status, json::Out& out);

// A chat answer's `usage` as this API counts; members it does not know are kept. Empty: it is none.
std::string usage_of(json::Node usage);

// Takes model and time from a chat completion or chunk.
void read_head(json::Node completion, Response& response);
// The end that a finish_reason stands for; sets the status.
void conclude(std::string_view finish_reason, Response& response);

}  // namespace gomodel::dialect::responses
