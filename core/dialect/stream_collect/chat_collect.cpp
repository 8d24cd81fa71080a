#include <map>

#include "dialect/stream_collect/collector.hpp"
#include "dialect/stream_collect/growing_value.hpp"

namespace gomodel::dialect {
namespace {

class ChatCollector final : public Collector {
public:
    void event(json::Node data) override {
        for (const json::Node member : data) {
            const std::string_view name = member.name();
            if (name == "object" || member.missing()) continue;
            if (name == "choices") {
                for (const json::Node choice : member)
                    add(choice);
            } else {
                top_.member(name).replace(member);
            }
        }
    }

    std::string answer() const override {
        json::Out out;
        out.begin_object().member("object", "chat.completion");
        top_.write_members(out);
        out.key("choices").begin_array();
        for (const auto& [index, choice] : choices_) {
            out.begin_object().number_member("index", index);
            out.key("message");
            choice.message.write(out);
            choice.rest.write_members(out);
            out.end_object();
        }
        out.end_array().end_object();
        return out.text();
    }

private:
    struct Choice {
        GrowingValue message;
        GrowingValue rest;  // finish_reason, logprobs, whatever comes
    };

    void add(json::Node node) {
        Choice& choice = choices_[node["index"].integer().value_or(0)];
        for (const json::Node member : node) {
            const std::string_view name = member.name();
            if (name == "index") continue;
            if (name == "delta" || name == "message") {
                choice.message.merge(member);
            } else {
                choice.rest.member(name).merge(member, name);
            }
        }
    }

    GrowingValue top_;
    std::map<std::int64_t, Choice> choices_;
};

}  // namespace

std::unique_ptr<Collector> chat_collector() {
    return std::make_unique<ChatCollector>();
}

}  // namespace gomodel::dialect
