// What the recorded exchanges of the echo do not show: pacing, word boundaries, encodings.
#include <gtest/gtest.h>
#include <gomodel/testing/exchange.hpp>

#include <cmath>
#include <string>
#include <vector>

#include "echo/chat.hpp"
#include "echo/embeddings.hpp"
#include "echo/responses.hpp"
#include "echo/words.hpp"

namespace echo {
namespace {

using gomodel::testing::Transcript;
using std::chrono::milliseconds;

// Answers everything with `make`'s exchange.
class Only final : public gomodel::Provider {
public:
    using Make = std::unique_ptr<gomodel::Exchange> (*)(Question, milliseconds);

    Only(Make make, std::string text, milliseconds delay)
        : make_(make), text_(std::move(text)), delay_(delay) {}

    std::unique_ptr<gomodel::Exchange> open(gomodel::Call, gomodel::Op) override {
        Question question;
        question.text = text_;
        return make_(question, delay_);
    }

private:
    const Make make_;
    const std::string text_;
    const milliseconds delay_;
};

std::vector<std::uint64_t> delays(Only::Make make, const std::string& text, int milliseconds_each) {
    Only provider(make, text, milliseconds(milliseconds_each));
    const Transcript seen =
        gomodel::testing::run_exchange(gomodel::Provider::Abi::kTable, &provider, {}, {});
    EXPECT_TRUE(seen.done);
    return seen.delays_ns;
}

TEST(Echo, StreamsWaitBeforeEachWord) {
    for (const Only::Make make : {&chat_stream, &responses_stream}) {
        EXPECT_EQ(delays(make, "one two", 20), (std::vector<std::uint64_t>(2, 20'000'000)));
        EXPECT_TRUE(delays(make, "one two", 0).empty());
        EXPECT_TRUE(delays(make, "", 20).empty());
    }
}

TEST(Question, NumbersBeyondADoubleDoNoHarm) {
    gm_op_t raw{};
    const std::string body =
        R"({"temperature":0.00000000001e-2147483639,"messages":[{"role":"user","content":"Hi"}]})";
    raw.body = {body.data(), body.size()};
    EXPECT_EQ(read_chat("1", gomodel::Op(&raw)).text, "Hi");
}

TEST(Words, PiecesJoinedAreTheText) {
    const struct {
        const char* text;
        std::vector<std::string_view> pieces;
        std::size_t words;
    } cases[] = {
        {"", {}, 0},
        {"one", {"one"}, 1},
        {" one  two\n", {" one", "  two\n"}, 2},
        {" \t\n", {" \t\n"}, 0},
        {"a\nb", {"a", "\nb"}, 2},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(split_words(each.text), each.pieces) << each.text;
        EXPECT_EQ(count_words(each.text), each.words) << each.text;
    }
}

TEST(Embeddings, VectorsHaveLengthOneAndDependOnTheText) {
    for (const std::size_t dimensions : {1u, 8u, 1536u}) {
        const auto vector = embed("text", dimensions);
        double sum = 0;
        for (const float number : vector)
            sum += double{number} * double{number};
        EXPECT_EQ(vector.size(), dimensions);
        EXPECT_NEAR(sum, 1.0, 1e-5);
        EXPECT_EQ(vector, embed("text", dimensions));
    }
    EXPECT_NE(embed("text", 8), embed("Text", 8));
    EXPECT_EQ(embed("", 8).size(), 8u);
}

TEST(Embeddings, Base64IsOfLittleEndianFloats) {
    EXPECT_EQ(base64({1.0F}), "AACAPw==");
    EXPECT_EQ(base64({1.0F, -2.5F}), "AACAPwAAIMA=");
    EXPECT_EQ(base64({1.0F, -2.5F, 0.0F}), "AACAPwAAIMAAAAAA");
}

}  // namespace
}  // namespace echo
