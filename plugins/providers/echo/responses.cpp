#include "responses.hpp"

#include "json_out.hpp"
#include "local_exchange.hpp"
#include "words.hpp"

namespace echo {
namespace {

std::string item_id(const Question& question) {
    return "msg_" + question.id;
}

void write_part(JsonOut& part, std::string_view text) {
    part.member("type", "output_text");
    part.member("text", text);
    part.empty_array("annotations");
    part.empty_array("logprobs");
}

// The one message of the answer; without its text while it is still being said.
void write_item(JsonOut& item, const Question& question, bool completed) {
    item.member("id", item_id(question));
    item.member("type", "message");
    item.member("status", completed ? "completed" : "in_progress");
    item.member("role", "assistant");
    item.array_member("content", [&] {
        if (!completed) return;
        item.object_value([&](JsonOut& part) { write_part(part, question.text); });
    });
}

void write_responses_usage(JsonOut& response, const Question& question) {
    const std::size_t answer = count_words(question.text);
    response.object_member("usage", [&](JsonOut& usage) {
        usage.member("input_tokens", question.words);
        usage.object_member("input_tokens_details",
                            [](JsonOut& details) { details.member("cached_tokens", 0); });
        usage.member("output_tokens", answer);
        usage.object_member("output_tokens_details",
                            [](JsonOut& details) { details.member("reasoning_tokens", 0); });
        usage.member("total_tokens", question.words + answer);
    });
}

// The settings a request may carry, as their defaults: clients expect the members.
void write_settings(JsonOut& response) {
    response.member("error", nullptr);
    response.member("incomplete_details", nullptr);
    response.member("instructions", nullptr);
    response.member("max_output_tokens", nullptr);
    response.object_member("metadata", [](JsonOut&) {});
    response.member("parallel_tool_calls", true);
    response.member("previous_response_id", nullptr);
    response.object_member("reasoning", [](JsonOut& reasoning) {
        reasoning.member("effort", nullptr);
        reasoning.member("summary", nullptr);
    });
    response.member("store", false);
    response.member("temperature", 1.0);
    response.object_member("text", [](JsonOut& text) {
        text.object_member("format", [](JsonOut& format) { format.member("type", "text"); });
    });
    response.member("tool_choice", "auto");
    response.empty_array("tools");
    response.member("top_p", 1.0);
    response.member("truncation", "disabled");
    response.member("user", nullptr);
}

void write_response(JsonOut& response, const Question& question, bool completed) {
    response.member("id", "resp_" + question.id);
    response.member("object", "response");
    response.member("created_at", kCreated);
    response.member("status", completed ? "completed" : "in_progress");
    response.member("model", question.model);
    response.array_member("output", [&] {
        if (!completed) return;
        response.object_value([&](JsonOut& item) { write_item(item, question, true); });
    });
    write_settings(response);
    if (completed) {
        write_responses_usage(response, question);
    } else {
        response.member("usage", nullptr);
    }
}

class ResponsesStream final : public SpokenAnswer {
public:
    ResponsesStream(Question question, std::chrono::milliseconds word_delay)
        : SpokenAnswer(question.text, word_delay), question_(std::move(question)) {}

private:
    void open(gomodel::Sink out) override {
        write_state(out, "response.created", false);
        write_state(out, "response.in_progress", false);
        write_event(out, "response.output_item.added", [this](JsonOut& event) {
            event.member("output_index", 0);
            event.object_member("item",
                                [this](JsonOut& item) { write_item(item, question_, false); });
        });
        write_content(out, "response.content_part.added", [](JsonOut& event) {
            event.object_member("part", [](JsonOut& part) { write_part(part, ""); });
        });
    }
    void say(std::string_view word, gomodel::Sink out) override {
        write_content(out, "response.output_text.delta", [word](JsonOut& event) {
            event.member("delta", word);
            event.empty_array("logprobs");
        });
    }
    void close(gomodel::Sink out) override {
        write_content(out, "response.output_text.done", [this](JsonOut& event) {
            event.member("text", text());
            event.empty_array("logprobs");
        });
        write_content(out, "response.content_part.done", [this](JsonOut& event) {
            event.object_member("part", [this](JsonOut& part) { write_part(part, text()); });
        });
        write_event(out, "response.output_item.done", [this](JsonOut& event) {
            event.member("output_index", 0);
            event.object_member("item",
                                [this](JsonOut& item) { write_item(item, question_, true); });
        });
        write_state(out, "response.completed", true);
    }

    template <typename Members>
    void write_event(gomodel::Sink out, const char* type, Members&& members) {
        out.write(GM_OUT_CHUNK, JsonOut::object([&](JsonOut& event) {
                      event.member("type", type);
                      event.member("sequence_number", sequence_number_++);
                      members(event);
                  }));
    }

    // An event about the response as a whole.
    void write_state(gomodel::Sink out, const char* type, bool completed) {
        write_event(out, type, [&](JsonOut& event) {
            event.object_member("response", [&](JsonOut& response) {
                write_response(response, question_, completed);
            });
        });
    }

    // An event about the one part of the one item.
    template <typename Members>
    void write_content(gomodel::Sink out, const char* type, Members&& members) {
        write_event(out, type, [&](JsonOut& event) {
            event.member("item_id", item_id(question_));
            event.member("output_index", 0);
            event.member("content_index", 0);
            members(event);
        });
    }

    const Question question_;
    std::int64_t sequence_number_ = 0;
};

}  // namespace

std::string responses_answer(const Question& question) {
    return JsonOut::object([&](JsonOut& response) { write_response(response, question, true); });
}

std::unique_ptr<gomodel::Exchange> responses_stream(Question question,
                                                    std::chrono::milliseconds word_delay) {
    return std::make_unique<ResponsesStream>(std::move(question), word_delay);
}

}  // namespace echo
