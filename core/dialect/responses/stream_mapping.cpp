#include "dialect/responses/stream_mapping.hpp"

#include <gomodel/sse.hpp>

#include <algorithm>

namespace gomodel::dialect::responses {

using json::Node;
using json::Out;

void StreamMapping::chunk(Node chunk, std::string& out) {
    read_head(chunk, response_);
    begin(out);
    if (std::string usage = usage_of(chunk["usage"]); !usage.empty()) {
        response_.usage = std::move(usage);
    }
    for (const Node choice : chunk["choices"]) {
        if (choice["index"].integer().value_or(0) != 0) continue;
        delta(choice["delta"], out);
        const std::string_view reason = choice["finish_reason"].escaped();
        if (!reason.empty()) finish_reason_ = std::string(reason);
    }
}

void StreamMapping::finish(std::string& out) {
    begin(out);
    conclude(finish_reason_, response_);
    end_all(out);
    response_event(response_.status == kIncomplete ? "response.incomplete" : "response.completed",
                   out);
    append_sse(out, "", "[DONE]");
}

// The response that failed, then the event that clients take for an error.
void StreamMapping::fail(const ApiError& error, std::string& out) {
    begin(out);
    response_.status = "failed";
    response_.error = &error;
    response_event("response.failed", out);
    response_.error = nullptr;

    Out data = event("error");
    data.raw_member("code", error.code.has_value() ? json::quote(*error.code) : "null");
    data.member("message", error.message).raw_member("param", "null");
    const std::string envelope = to_json(error);  // {"error":{...}}: what SDKs look for
    data.raw(std::string_view(envelope).substr(1, envelope.size() - 2));
    send("error", data, out);
}

void StreamMapping::begin(std::string& out) {
    if (begun_) return;
    begun_ = true;
    response_event("response.created", out);
    response_event("response.in_progress", out);
}

void StreamMapping::delta(Node delta, std::string& out) {
    if (const Node thought = reasoning_of(delta)) reasoning(thought.escaped(), out);
    const std::string text = content_of(delta["content"]);
    if (!text.empty()) say(false, text, out);
    const std::string_view refusal = delta["refusal"].escaped();
    if (!refusal.empty()) say(true, refusal, out);
    if (part_open_) cite(annotations_of(delta));
    const Node blocks = delta["thinking_blocks"];
    if (blocks.is_array() && blocks.size() != 0) thinking_ = json::compact(blocks.raw());
    for (const Node fragment : delta["tool_calls"])
        call(fragment, out);
}

void StreamMapping::reasoning(std::string_view escaped, std::string& out) {
    if (!thought_.has_value()) {
        end_message(kCompleted, out);
        thought_ = open_item(Item::Kind::kReasoning, "rs_");
        item_added(*thought_, out);
        Out data = item_event("response.reasoning_summary_part.added", *thought_);
        data.number_member("summary_index", 0).key("part");
        write_summary("", data);
        send("response.reasoning_summary_part.added", data, out);
    }
    Out data = item_event("response.reasoning_summary_text.delta", *thought_);
    data.number_member("summary_index", 0).key("delta").escaped(escaped);
    send("response.reasoning_summary_text.delta", data, out);
    response_.items[*thought_].text += escaped;
}

void StreamMapping::cite(std::string_view annotations) {
    if (annotations.empty()) return;
    std::string& all = response_.items[*message_].parts.back().annotations;
    if (!all.empty()) all += ',';
    all += annotations;
}

void StreamMapping::open_part(bool refusal, std::string& out) {
    end_thought(out);
    if (!message_.has_value()) {
        message_ = open_item(Item::Kind::kMessage, "msg_");
        item_added(*message_, out);
    }
    if (part_open_ && response_.items[*message_].parts.back().refusal != refusal) end_part(out);
    if (part_open_) return;
    part_open_ = true;
    Item& item = response_.items[*message_];
    item.parts.push_back({refusal, {}, {}});
    Out data = item_event("response.content_part.added", *message_);
    data.number_member("content_index", static_cast<std::int64_t>(item.parts.size()) - 1);
    data.key("part");
    write_part(item.parts.back(), data);
    send("response.content_part.added", data, out);
}

void StreamMapping::say(bool refusal, std::string_view escaped, std::string& out) {
    open_part(refusal, out);
    Item& item = response_.items[*message_];
    const std::string_view type = refusal ? "response.refusal.delta" : "response.output_text.delta";
    Out data = item_event(type, *message_);
    data.number_member("content_index", static_cast<std::int64_t>(item.parts.size()) - 1);
    data.key("delta").escaped(escaped);
    if (!refusal) data.raw_member("logprobs", "[]");
    send(type, data, out);
    item.parts.back().text += escaped;
}

void StreamMapping::call(Node fragment, std::string& out) {
    end_thought(out);
    end_message(kCompleted, out);
    Call& call = find_call(calls_, fragment);
    call.take(fragment);
    const std::string arguments = escaped_of(fragment["function"]["arguments"]);
    if (!call.place.has_value()) {
        call.arguments += arguments;
        const bool known = !call.name.empty() && (!call.id.empty() || !call.arguments.empty());
        if (known) announce(call, out);
    } else if (!arguments.empty()) {
        argue(call, arguments, out);
    }
}

void StreamMapping::announce(Call& call, std::string& out) {
    call.place = open_item(Item::Kind::kCall, "call_");
    Item& item = response_.items[*call.place];
    if (call.id.empty()) call.id = item.id;
    name_call(head_.tools, call.name, item);
    item.id = (item.custom ? "ctc_" : "fc_") + call.id;
    item.call_id = call.id;
    item_added(*call.place, out);
    const std::string arguments = std::exchange(call.arguments, {});
    if (!arguments.empty()) argue(call, arguments, out);
}

void StreamMapping::argue(Call& call, std::string_view escaped, std::string& out) {
    if (response_.items[*call.place].custom) {
        call.arguments += escaped;  // until they are whole: the input is inside
        return;
    }
    Out data = item_event("response.function_call_arguments.delta", *call.place);
    data.key("delta").escaped(escaped);
    send("response.function_call_arguments.delta", data, out);
    response_.items[*call.place].text += escaped;
}

void StreamMapping::give_input(Call& call, std::string& out) {
    Item& item = response_.items[*call.place];
    if (!item.custom) return;
    item.text = custom_input(call.arguments);
    Out data = item_event("response.custom_tool_call_input.delta", *call.place);
    data.key("delta").escaped(item.text);
    send("response.custom_tool_call_input.delta", data, out);
}

std::size_t StreamMapping::open_item(Item::Kind kind, std::string_view prefix) {
    const std::size_t place = response_.items.size();
    Item& item = response_.items.emplace_back();
    item.kind = kind;
    item.id.append(prefix).append(head_.mark.id).append("_").append(std::to_string(place));
    done_.push_back(false);
    return place;
}

void StreamMapping::item_added(std::size_t place, std::string& out) {
    Out data = event("response.output_item.added");
    data.number_member("output_index", static_cast<std::int64_t>(place)).key("item");
    write_item(response_.items[place], kInProgress, data);
    send("response.output_item.added", data, out);
}

void StreamMapping::item_done(std::size_t place, std::string_view status, std::string& out) {
    if (done_[place]) return;
    done_[place] = true;
    const Item& item = response_.items[place];
    if (item.kind == Item::Kind::kCall) {
        const std::string_view type = item.custom ? "response.custom_tool_call_input.done"
                                                  : "response.function_call_arguments.done";
        Out data = item_event(type, place);
        if (!item.custom) data.key("name").escaped(item.name);
        data.key(item.custom ? "input" : "arguments").escaped(item.text);
        send(type, data, out);
    }
    Out data = event("response.output_item.done");
    data.number_member("output_index", static_cast<std::int64_t>(place)).key("item");
    write_item(item, status, data);
    send("response.output_item.done", data, out);
}

void StreamMapping::end_part(std::string& out) {
    if (!part_open_) return;
    part_open_ = false;
    const Item& item = response_.items[*message_];
    const Part& part = item.parts.back();
    const auto index = static_cast<std::int64_t>(item.parts.size()) - 1;
    const std::string_view type =
        part.refusal ? "response.refusal.done" : "response.output_text.done";
    Out text = item_event(type, *message_);
    text.number_member("content_index", index);
    text.key(part.refusal ? "refusal" : "text").escaped(part.text);
    if (!part.refusal) text.raw_member("logprobs", "[]");
    send(type, text, out);
    Out data = item_event("response.content_part.done", *message_);
    data.number_member("content_index", index).key("part");
    write_part(part, data);
    send("response.content_part.done", data, out);
}

// Items are done in their order, for clients that gather them as they are: behind reasoning that
// is still to be completed the message waits for the end of the stream.
void StreamMapping::end_message(std::string_view status, std::string& out) {
    if (!message_.has_value()) return;
    end_part(out);
    const auto own = done_.begin() + static_cast<std::ptrdiff_t>(*message_);
    if (std::find(done_.begin(), own, false) == own) item_done(*message_, status, out);
    message_.reset();
}

// Its item is done later: what has to be sent back of it comes at the end of the stream.
void StreamMapping::end_thought(std::string& out) {
    if (!thought_.has_value()) return;
    const Item& item = response_.items[*thought_];
    Out text = item_event("response.reasoning_summary_text.done", *thought_);
    text.number_member("summary_index", 0).key("text").escaped(item.text);
    send("response.reasoning_summary_text.done", text, out);
    Out data = item_event("response.reasoning_summary_part.done", *thought_);
    data.number_member("summary_index", 0).key("part");
    write_summary(item.text, data);
    send("response.reasoning_summary_part.done", data, out);
    thought_.reset();
}

// The first reasoning item carries the blocks of all: each knows its place.
void StreamMapping::keep_thinking(std::string& out) {
    if (thinking_.empty()) return;
    for (Item& item : response_.items) {
        if (item.kind != Item::Kind::kReasoning) continue;
        item.thinking = std::move(thinking_);
        return;
    }
    const std::size_t place = open_item(Item::Kind::kReasoning, "rs_");
    item_added(place, out);
    response_.items[place].thinking = std::move(thinking_);
}

void StreamMapping::end_all(std::string& out) {
    end_thought(out);
    for (Call& call : calls_) {  // what could not be announced yet is now, or never was a call
        if (call.place.has_value() || (call.id.empty() && call.name.empty())) continue;
        if (call.name.empty()) call.name = "unknown";
        announce(call, out);
    }
    for (Call& call : calls_) {
        if (call.place.has_value()) give_input(call, out);
    }
    keep_thinking(out);
    if (response_.items.empty()) {  // an answer that says nothing is still a message
        open_part(false, out);
    }
    const std::size_t last = response_.items.size() - 1;
    for (std::size_t place = 0; place <= last; ++place) {
        const std::string_view status = place == last ? response_.status : kCompleted;
        if (message_ == place) {
            end_message(status, out);
        } else {
            item_done(place, status, out);
        }
    }
}

void StreamMapping::response_event(std::string_view type, std::string& out) {
    Out data = event(type);
    data.key("response");
    write_response(head_, response_, response_.status == kCompleted ? kCompleted : kIncomplete,
                   data);
    send(type, data, out);
}

Out StreamMapping::event(std::string_view type) {
    Out data;
    data.begin_object().member("type", type).number_member("sequence_number", sequence_++);
    return data;
}

Out StreamMapping::item_event(std::string_view type, std::size_t place) {
    Out data = event(type);
    data.key("item_id").escaped(response_.items[place].id);
    data.number_member("output_index", static_cast<std::int64_t>(place));
    return data;
}

void StreamMapping::send(std::string_view type, Out& data, std::string& out) {
    data.end_object();
    append_sse(out, type, data.text());
}

}  // namespace gomodel::dialect::responses
