#include "dialect/messages/adapter.hpp"

#include <gomodel/json_tree.hpp>

#include "dialect/messages/answer_mapping.hpp"
#include "dialect/messages/chat_request.hpp"
#include "dialect/messages/error_body.hpp"
#include "dialect/messages/message_object.hpp"
#include "dialect/messages/stream_mapping.hpp"

namespace gomodel::dialect::messages {
namespace {

using json::Tree;

class OverChat final : public Adapter {
public:
    explicit OverChat(AnswerMark mark) { head_.mark = std::move(mark); }

    std::variant<std::string, ApiError> request(std::string_view body) override {
        const Tree tree(body);
        if (!tree.root().is_object()) {
            return invalid_request("invalid request body: it must be a JSON object");
        }
        read_request(tree.root(), head_);
        return chat_request(tree.root(), head_.mark.source);
    }

    std::variant<std::string, ApiError> answer(std::string_view completion) override {
        const Tree tree(completion);
        if (!tree.root().is_object()) {
            return provider_error(502, "the upstream's answer is not a JSON object");
        }
        if (!tree.root()["error"].missing()) return from_upstream(502, completion);
        return map_answer(tree.root(), head_);
    }

    std::optional<ApiError> chunk(std::string_view data, std::string& out) override {
        const Tree tree(data);
        if (!tree.root().is_object()) {
            return provider_error(502, "an event of the upstream's stream is not a JSON object");
        }
        if (!tree.root()["error"].missing()) return from_upstream(502, data);
        stream_.chunk(tree.root(), out);
        return std::nullopt;
    }

    void finish(std::string& out) override { stream_.finish(out); }
    void fail(const ApiError& error, std::string& out) override { append_error_event(error, out); }

private:
    MessageHead head_;
    StreamMapping stream_{head_};
};

}  // namespace

std::unique_ptr<Adapter> over_chat(AnswerMark mark) {
    return std::make_unique<OverChat>(std::move(mark));
}

}  // namespace gomodel::dialect::messages
