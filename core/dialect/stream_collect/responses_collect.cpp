#include <map>

#include "dialect/stream_collect/collector.hpp"
#include "dialect/stream_collect/growing_value.hpp"

namespace gomodel::dialect {
namespace {

// The last events of a stream bring the whole. One that broke off is put together of its items.
class ResponsesCollector final : public Collector {
public:
    void event(json::Node data) override {
        const std::string type = data["type"].text();
        if (data["response"].is_object()) {
            response_.replace(data["response"]);
            whole_ = type == "response.completed" || type == "response.incomplete" ||
                     type == "response.failed" || type == "response.done";
        } else if (type == "response.output_item.added" || type == "response.output_item.done") {
            items_[data["output_index"].integer().value_or(0)].replace(data["item"]);
        } else if (type == "error") {
            GrowingValue& error = response_.member("error");
            for (const char* name : {"code", "message", "param"})
                if (!data[name].missing()) error.member(name).replace(data[name]);
            if (data["error"].is_object()) error.replace(data["error"]);
        } else {
            add(type, data);
        }
    }

    std::string answer() const override {
        json::Out out;
        GrowingValue response = response_;
        if (!whole_ && !items_.empty()) {
            json::Out list;
            list.begin_array();
            for (const auto& [index, item] : items_)
                item.write(list);
            list.end_array();
            const json::Tree output(list.text());
            response.member("output").replace(output.root());
        }
        response.write(out);
        return out.text();
    }

private:
    // A piece of an item that is not done.
    void add(std::string_view type, json::Node data) {
        GrowingValue& item = items_[data["output_index"].integer().value_or(0)];
        if (type == "response.content_part.added") {
            add_part(item, "content", data, data["part"]);
        } else if (type == "response.reasoning_summary_part.added") {
            add_part(item, "summary", data, data["part"]);
        } else if (type == "response.output_text.delta") {
            add_text(item, "content", "content_index", data, "output_text", "text");
        } else if (type == "response.refusal.delta") {
            add_text(item, "content", "content_index", data, "refusal", "refusal");
        } else if (type == "response.reasoning_text.delta") {
            add_text(item, "content", "content_index", data, "reasoning_text", "text");
        } else if (type == "response.reasoning_summary_text.delta") {
            add_text(item, "summary", "summary_index", data, "summary_text", "text");
        } else if (type == "response.function_call_arguments.delta" ||
                   type == "response.mcp_call_arguments.delta") {
            item.member("arguments").append_escaped(data["delta"].escaped());
        } else if (type == "response.custom_tool_call_input.delta") {
            item.member("input").append_escaped(data["delta"].escaped());
        } else if (item.empty()) {
            items_.erase(data["output_index"].integer().value_or(0));  // it said nothing of one
        }
    }

    static void add_part(GrowingValue& item, std::string_view list, json::Node data,
                         json::Node part) {
        const json::Node index = data[list == "summary" ? "summary_index" : "content_index"];
        item.member(list).element(index.integer().value_or(-1)).merge(part);
    }

    static void add_text(GrowingValue& item, std::string_view list, std::string_view index_name,
                         json::Node data, std::string_view type, std::string_view member) {
        GrowingValue& part = item.member(list).element(data[index_name].integer().value_or(0));
        if (part.member("type").empty()) part.member("type").append_escaped(type);
        part.member(member).append_escaped(data["delta"].escaped());
    }

    GrowingValue response_;
    std::map<std::int64_t, GrowingValue> items_;
    bool whole_ = false;
};

}  // namespace

std::unique_ptr<Collector> responses_collector() {
    return std::make_unique<ResponsesCollector>();
}

}  // namespace gomodel::dialect
