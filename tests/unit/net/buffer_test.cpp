#include "net/buffer.hpp"

#include <gtest/gtest.h>

#include <random>

namespace gomodel::net {
namespace {

TEST(Buffer, GrowsAndShrinksLikeAString) {
    Buffer buffer;
    std::string model;
    std::mt19937 random(7);
    for (int step = 0; step < 5000; ++step) {
        const std::size_t size = random() % 300;
        if (random() % 2 == 0) {
            const std::string text(size, static_cast<char>('a' + step % 26));
            buffer.append(text);
            model += text;
        } else {
            const std::size_t drop = std::min(size, model.size());
            buffer.consume(drop);
            model.erase(0, drop);
        }
        ASSERT_EQ(buffer.view(), model);
    }
}

TEST(Buffer, ReplaceMatchesStringReplaceEverywhere) {
    std::mt19937 random(11);
    for (int round = 0; round < 2000; ++round) {
        std::string model = "0123456789abcdefghijklmnopqrstuvwxyz";
        Buffer buffer;
        buffer.reserve(random() % 2 == 0 ? 0 : 64, random() % 40);
        buffer.append(model);
        for (int edit = 0; edit < 5; ++edit) {
            const std::size_t at = random() % (model.size() + 1);
            const std::size_t length = random() % (model.size() - at + 1);
            const std::string text(random() % 30, 'X');
            model.replace(at, length, text);
            buffer.replace(at, length, text);
            ASSERT_EQ(buffer.view(), model);
            if (model.empty()) break;
        }
    }
}

TEST(Buffer, HoldsNoMemoryOnceReleased) {
    Buffer buffer;
    buffer.append(std::string(1000, 'x'));
    buffer.release();
    EXPECT_EQ(buffer.capacity(), 0u);
    EXPECT_TRUE(buffer.empty());
}

}  // namespace
}  // namespace gomodel::net
