#include "dialect/responses/adapter.hpp"

#include "dialect/responses/answer_mapping.hpp"
#include "dialect/responses/chat_request.hpp"
#include "dialect/responses/response_object.hpp"
#include "dialect/responses/stream_mapping.hpp"
#include "dialect/tree_adapter.hpp"

namespace gomodel::dialect::responses {
namespace {

using json::Node;

class OverChat final : public TreeAdapter {
public:
    explicit OverChat(AnswerMark mark) { head_.mark = std::move(mark); }

    void finish(std::string& out) override { stream_.finish(out); }
    void fail(const ApiError& error, std::string& out) override { stream_.fail(error, out); }

private:
    std::variant<std::string, ApiError> map_request(Node body) override {
        head_.model = std::string(body["model"].escaped());
        head_.echo = echo_of(body);
        return chat_request(body, head_.tools);
    }

    std::variant<std::string, ApiError> map_answer(Node completion) override {
        return responses::map_answer(completion, head_);
    }

    void map_chunk(Node chunk, std::string& out) override { stream_.chunk(chunk, out); }

    ResponseHead head_;
    StreamMapping stream_{head_};
};

}  // namespace

std::unique_ptr<Adapter> over_chat(AnswerMark mark) {
    return std::make_unique<OverChat>(std::move(mark));
}

}  // namespace gomodel::dialect::responses
