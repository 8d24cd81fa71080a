// Answers with what the user said last, word by word if asked to stream, without an upstream: for
// trying a gateway out, for its tests, and for measuring what it costs.

#include <gomodel/plugin.hpp>

#include <chrono>
#include <memory>
#include <string>

#include "chat.hpp"
#include "embeddings.hpp"
#include "json_out.hpp"
#include "local_exchange.hpp"
#include "question.hpp"
#include "responses.hpp"
#include "schema.json.hpp"

namespace echo {
namespace {

std::string models_answer() {
    return JsonOut::object([](JsonOut& list) {
        list.member("object", "list");
        list.array_member("data", [&list] {
            list.object_value([](JsonOut& model) {
                model.member("id", "echo");
                model.member("object", "model");
                model.member("created", kCreated);
                model.member("owned_by", "gomodel");
            });
        });
    });
}

class Echo final : public gomodel::Provider {
public:
    static constexpr const char* kId = "provider.echo";
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = "Repeats what the user said; needs no upstream";
    static constexpr const char* kSchema = kSchemaJson;
    static constexpr std::uint64_t kFlags =
        GM_CAN_CHAT | GM_CAN_RESPONSES | GM_CAN_EMBED | GM_CAN_LIST_MODELS | GM_CAN_STREAM;

    Echo(gomodel::Host, const gomodel::Config& config)
        : word_delay_(config.integer("word_delay_ms")) {}

    std::unique_ptr<gomodel::Exchange> open(gomodel::Call call, gomodel::Op op) override {
        if (!op.action().empty()) return nullptr;
        switch (op.kind()) {
            case GM_CAN_CHAT: {
                Question question = read_chat(call.request_id(), op);
                if (op.stream()) return chat_stream(std::move(question), word_delay_);
                return std::make_unique<WholeAnswer>(chat_answer(question));
            }
            case GM_CAN_RESPONSES: {
                Question question = read_responses(call.request_id(), op);
                if (op.stream()) return responses_stream(std::move(question), word_delay_);
                return std::make_unique<WholeAnswer>(responses_answer(question));
            }
            case GM_CAN_EMBED:
                return std::make_unique<WholeAnswer>(embeddings_answer(read_embeddings(op)));
            case GM_CAN_LIST_MODELS:
                return std::make_unique<WholeAnswer>(models_answer());
            default:
                return nullptr;
        }
    }

private:
    const std::chrono::milliseconds word_delay_;
};

}  // namespace
}  // namespace echo

GM_MODULE("gomodel-echo 1.0.0", echo::Echo);
