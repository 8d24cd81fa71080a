#include <map>

#include "dialect/stream_collect/collector.hpp"
#include "dialect/stream_collect/growing_value.hpp"

namespace gomodel::dialect {
namespace {

class MessagesCollector final : public Collector {
public:
    void event(json::Node data) override {
        const json::Node type = data["type"];
        if (type.equals("message_start")) {
            for (const json::Node member : data["message"]) {
                if (member.name() != "content") message_.member(member.name()).replace(member);
            }
        } else if (type.equals("content_block_start")) {
            blocks_[index_of(data)].start = GrowingValue();
            blocks_[index_of(data)].start.merge(data["content_block"]);
        } else if (type.equals("content_block_delta")) {
            add(blocks_[index_of(data)], data["delta"]);
        } else if (type.equals("message_delta")) {
            for (const json::Node member : data["delta"])
                message_.member(member.name()).replace(member);
            for (const json::Node member : data["usage"])
                message_.member("usage").member(member.name()).replace(member);
        } else if (type.equals("error")) {
            message_.member("error").replace(data["error"]);
        }
    }

    std::string answer() const override {
        json::Out out;
        out.begin_object();
        message_.write_members(out);
        out.key("content").begin_array();
        for (const auto& [index, block] : blocks_)
            write(out, block);
        out.end_array().end_object();
        return out.text();
    }

private:
    struct Block {
        GrowingValue start;
        std::string input;  // of a tool: the JSON it is given, escaped
    };

    static std::int64_t index_of(json::Node data) { return data["index"].integer().value_or(0); }

    static void add(Block& block, json::Node delta) {
        for (const json::Node member : delta) {
            const std::string_view name = member.name();
            if (name == "type") continue;
            if (name == "partial_json") {
                block.input.append(member.escaped());
            } else if (name == "citation") {
                // One is an element of a list.
                const std::string list = "[" + std::string(member.raw()) + "]";
                const json::Tree tree(list);
                block.start.member("citations").merge(tree.root());
            } else {
                block.start.member(name).merge(member);
            }
        }
    }

    static void write(json::Out& out, const Block& block) {
        GrowingValue whole = block.start;
        if (!block.input.empty()) {
            const std::string quoted = '"' + block.input + '"';
            const std::string input = json::unquote(quoted).value_or(std::string());
            const json::Tree tree(input);
            const json::Tree text(quoted);  // what was cut off stays text
            whole.member("input").replace(tree.ok() ? tree.root() : text.root());
        }
        whole.write(out);
    }

    GrowingValue message_;
    std::map<std::int64_t, Block> blocks_;
};

}  // namespace

std::unique_ptr<Collector> messages_collector() {
    return std::make_unique<MessagesCollector>();
}

}  // namespace gomodel::dialect
