#include "chat.hpp"

#include "json_out.hpp"
#include "local_exchange.hpp"
#include "words.hpp"

namespace echo {
namespace {

void write_chat_usage(JsonOut& out, const Question& question) {
    const std::size_t answer = count_words(question.text);
    out.object_member("usage", [&](JsonOut& usage) {
        usage.member("prompt_tokens", question.words);
        usage.member("completion_tokens", answer);
        usage.member("total_tokens", question.words + answer);
    });
}

void write_head(JsonOut& out, const Question& question, const char* object) {
    out.member("id", "chatcmpl-" + question.id);
    out.member("object", object);
    out.member("created", kCreated);
    out.member("model", question.model);
}

class ChatStream final : public SpokenAnswer {
public:
    ChatStream(Question question, std::chrono::milliseconds word_delay)
        : SpokenAnswer(question.text, word_delay), question_(std::move(question)) {}

private:
    void open(gomodel::Sink out) override {
        write_choice(out, nullptr, [](JsonOut& delta) {
            delta.member("role", "assistant");
            delta.member("content", "");
        });
    }
    void say(std::string_view word, gomodel::Sink out) override {
        write_choice(out, nullptr, [word](JsonOut& delta) { delta.member("content", word); });
    }
    void close(gomodel::Sink out) override {
        write_choice(out, "stop", [](JsonOut&) {});
        if (!question_.stream_usage) return;
        write_chunk(out, [this](JsonOut& chunk) {
            chunk.empty_array("choices");
            write_chat_usage(chunk, question_);
        });
    }

    template <typename Members>
    void write_chunk(gomodel::Sink out, Members&& members) const {
        out.write(GM_OUT_CHUNK, JsonOut::object([&](JsonOut& chunk) {
                      write_head(chunk, question_, "chat.completion.chunk");
                      members(chunk);
                  }));
    }

    // A chunk with one choice. `finish_reason` null: there is more to come.
    template <typename Delta>
    void write_choice(gomodel::Sink out, const char* finish_reason, Delta&& delta) const {
        write_chunk(out, [&](JsonOut& chunk) {
            chunk.array_member("choices", [&] {
                chunk.object_value([&](JsonOut& choice) {
                    choice.member("index", 0);
                    choice.object_member("delta", delta);
                    choice.member("logprobs", nullptr);
                    if (finish_reason == nullptr) {
                        choice.member("finish_reason", nullptr);
                    } else {
                        choice.member("finish_reason", finish_reason);
                    }
                });
            });
            // Clients that ask for usage get the member in every chunk, and its value in the last.
            if (question_.stream_usage) chunk.member("usage", nullptr);
        });
    }

    const Question question_;
};

}  // namespace

std::string chat_answer(const Question& question) {
    return JsonOut::object([&](JsonOut& answer) {
        write_head(answer, question, "chat.completion");
        answer.array_member("choices", [&] {
            answer.object_value([&](JsonOut& choice) {
                choice.member("index", 0);
                choice.object_member("message", [&](JsonOut& message) {
                    message.member("role", "assistant");
                    message.member("content", question.text);
                    message.member("refusal", nullptr);
                });
                choice.member("logprobs", nullptr);
                choice.member("finish_reason", "stop");
            });
        });
        write_chat_usage(answer, question);
    });
}

std::unique_ptr<gomodel::Exchange> chat_stream(Question question,
                                               std::chrono::milliseconds word_delay) {
    return std::make_unique<ChatStream>(std::move(question), word_delay);
}

}  // namespace echo
