#include "dialect/responses/adapter.hpp"

#include <gomodel/json_tree.hpp>

#include "dialect/responses/answer_mapping.hpp"
#include "dialect/responses/chat_request.hpp"
#include "dialect/responses/response_object.hpp"
#include "dialect/responses/stream_mapping.hpp"

namespace gomodel::dialect::responses {
namespace {

using json::Node;
using json::Tree;

class OverChat final : public Adapter {
public:
    explicit OverChat(AnswerMark mark) { head_.mark = std::move(mark); }

    std::variant<std::string, ApiError> request(std::string_view body) override {
        const Tree tree(body);
        if (!tree.root().is_object()) {
            return invalid_request("invalid request body: it must be a JSON object");
        }
        head_.model = std::string(tree.root()["model"].escaped());
        head_.echo = echo_of(tree.root());
        return chat_request(tree.root());
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
    void fail(const ApiError& error, std::string& out) override { stream_.fail(error, out); }

private:
    ResponseHead head_;
    StreamMapping stream_{head_};
};

}  // namespace

std::unique_ptr<Adapter> over_chat(AnswerMark mark) {
    return std::make_unique<OverChat>(std::move(mark));
}

}  // namespace gomodel::dialect::responses
