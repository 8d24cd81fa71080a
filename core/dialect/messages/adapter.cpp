#include "dialect/messages/adapter.hpp"

#include "dialect/messages/answer_mapping.hpp"
#include "dialect/messages/chat_request.hpp"
#include "dialect/messages/error_body.hpp"
#include "dialect/messages/message_object.hpp"
#include "dialect/messages/stream_mapping.hpp"
#include "dialect/tree_adapter.hpp"

namespace gomodel::dialect::messages {
namespace {

using json::Node;

class OverChat final : public TreeAdapter {
public:
    explicit OverChat(AnswerMark mark) { head_.mark = std::move(mark); }

    void finish(std::string& out) override { stream_.finish(out); }
    void fail(const ApiError& error, std::string& out) override { append_error_event(error, out); }

private:
    std::variant<std::string, ApiError> map_request(Node body) override {
        read_request(body, head_);
        return chat_request(body, head_.mark.source);
    }

    std::variant<std::string, ApiError> map_answer(Node completion) override {
        return messages::map_answer(completion, head_);
    }

    void map_chunk(Node chunk, std::string& out) override { stream_.chunk(chunk, out); }

    MessageHead head_;
    StreamMapping stream_{head_};
};

}  // namespace

std::unique_ptr<Adapter> over_chat(AnswerMark mark) {
    return std::make_unique<OverChat>(std::move(mark));
}

}  // namespace gomodel::dialect::messages
