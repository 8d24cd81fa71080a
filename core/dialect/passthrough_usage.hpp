// Reads what an answer cost while it passes, whoever's API it is of: OpenAI's (chat completions,
// responses, completions, embeddings), Anthropic's messages or Gemini's generateContent; one JSON
// document, Gemini's array of them, or server-sent events. Holds nothing of the answer but the
// usage and the model's name, so that answers and events may be of any size. Pure; one an answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dialect/member_scanner.hpp"
#include "dialect/usage.hpp"

namespace gomodel::dialect {

// The counts of a usage object, each as far as some object named it. A later object replaces what
// it names and leaves the rest: Anthropic's streams tell the prompt first and the answer last.
class UsageCounts {
public:
    // The raw JSON of an object; anything else changes nothing.
    void take(std::string_view json);
    // In OpenAI's sense: the prompt includes what was read from a cache and written to it, the
    // completion includes reasoning.
    TokenUsage usage() const;

private:
    using Count = std::optional<std::int64_t>;

    Count prompt_;       // all of it
    Count input_;        // Anthropic's, without the cache, unless details come with it
    Count cache_read_;   // Anthropic's
    Count cache_write_;  // Anthropic's
    Count tool_prompt_;  // Gemini's, beside its prompt
    Count completion_;
    Count thoughts_;  // Gemini's, beside its completion
    Count total_;
    Count cached_;
    Count reasoning_;
    bool input_is_all_ = false;
    std::string raw_;  // the longest object: of a stream's, the one that says most
};

class PassthroughUsage {
public:
    // Which of the forms an answer has is told by its Content-Type. One that is neither JSON nor
    // events is not looked at.
    explicit PassthroughUsage(std::string_view content_type);

    void feed(std::string_view bytes);
    // The answer is complete, or will never be.
    void finish();

    // So far; whole after finish().
    TokenUsage usage() const { return counts_.usage(); }
    // The model the answer names; empty: none.
    const std::string& model() const { return model_; }
    // The answer's id; empty: none.
    const std::string& id() const { return id_; }
    // Events whose data was a JSON object.
    std::uint64_t events() const { return events_; }

private:
    enum class Form : std::uint8_t { kOther, kJson, kEvents };

    // The members of one document that matter. In an array of documents the last of each counts.
    struct Scanners {
        explicit Scanners(bool in_array);
        void feed(std::string_view bytes);

        MemberScanner usage;
        MemberScanner nested;  // in "response" or "message" of an event
        MemberScanner model;
        const bool array;
    };

    void feed_document(std::string_view bytes);
    void feed_events(std::string_view bytes);
    void end_event();
    void harvest(bool nested);

    static constexpr std::size_t kMaxField = 8;  // of a line's field name

    const Form form_;
    std::optional<Scanners> scanners_;
    std::string field_;  // the current line's, as far as it has come
    bool in_field_ = true;
    UsageCounts counts_;
    std::string model_;
    std::string id_;
    std::uint64_t events_ = 0;
};

}  // namespace gomodel::dialect
