// An exchange that asks nobody: the host calls feed() until the answer is complete.
#pragma once

#include <gomodel/provider.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "words.hpp"

namespace echo {

// One step a turn; between turns the host may wait.
class LocalExchange : public gomodel::Exchange {
public:
    gomodel::Step next(gomodel::Call, gomodel::HttpOut request) override {
        if (turn_ == turns()) return gomodel::Step::kDone;
        request.delay(delay(turn_));
        return gomodel::Step::kLocal;
    }
    gomodel::Framing head(gomodel::Call, const gomodel::ResponseHead&) override {
        return gomodel::Framing::kError;  // nothing was sent, so nothing answers
    }
    void feed(gomodel::Call, std::string_view, std::string_view, gomodel::Sink out) override {
        write(turn_++, out);
    }

protected:
    virtual std::size_t turns() const = 0;
    virtual std::chrono::milliseconds delay(std::size_t turn) const = 0;
    virtual void write(std::size_t turn, gomodel::Sink out) = 0;

private:
    std::size_t turn_ = 0;
};

// A JSON answer.
class WholeAnswer final : public LocalExchange {
public:
    explicit WholeAnswer(std::string body) : body_(std::move(body)) {}

private:
    std::size_t turns() const override { return 1; }
    std::chrono::milliseconds delay(std::size_t) const override { return {}; }
    void write(std::size_t, gomodel::Sink out) override { out.write(GM_OUT_BODY, body_); }

    const std::string body_;
};

// An answer of a word a turn, after a turn that opens it. The last turn closes it.
class SpokenAnswer : public LocalExchange {
protected:
    SpokenAnswer(std::string text, std::chrono::milliseconds word_delay)
        : text_(std::move(text)), words_(split_words(text_)), word_delay_(word_delay) {}

    virtual void open(gomodel::Sink out) = 0;
    virtual void say(std::string_view word, gomodel::Sink out) = 0;
    virtual void close(gomodel::Sink out) = 0;

    const std::string& text() const { return text_; }

private:
    std::size_t turns() const override { return words_.size() + 1; }
    std::chrono::milliseconds delay(std::size_t turn) const override {
        return turn == 0 ? std::chrono::milliseconds(0) : word_delay_;
    }
    void write(std::size_t turn, gomodel::Sink out) override {
        if (turn == 0) {
            open(out);
        } else {
            say(words_[turn - 1], out);
        }
        if (turn == words_.size()) close(out);
    }

    const std::string text_;
    const std::vector<std::string_view> words_;  // of text_
    const std::chrono::milliseconds word_delay_;
};

// When everything the echo says was made: it has no clock, so that its answers can be replayed.
inline constexpr std::int64_t kCreated = 1735689600;

}  // namespace echo
