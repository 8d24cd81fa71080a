// A body that does not fit into memory while it is read is refused; the reader is as good as
// before.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <fstream>
#include <new>

#include "dialect/json_text.hpp"
#include "dialect/request.hpp"
#include "net/buffer.hpp"

namespace {

// The array that is asked for with std::nothrow after so many others is not there; below 0: all
// are.
thread_local int arrays_left = -1;

}  // namespace

// simdjson's way of asking for memory. Replaced for the whole program.
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    if (arrays_left >= 0 && arrays_left-- == 0) return nullptr;
    try {
        return ::operator new[](size);
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

namespace gomodel::dialect {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kLimitable = false;  // a sanitizer needs terabytes of address space
#else
constexpr bool kLimitable = true;
#endif

constexpr std::size_t kMebibyte = 1024 * 1024;

std::string padded(std::string text) {
    text.append(net::Buffer::kSlack, '\0');
    return text;
}

std::variant<Request, ApiError> read(RequestReader& reader, const std::string& text) {
    return reader.read(Endpoint::kChat,
                       std::string_view(text).substr(0, text.size() - net::Buffer::kSlack));
}

// In a process of its own. 0: all as it should be.
int read_too_much(const std::string& large) {
    RequestReader reader;
    const std::string small = padded(R"({"model":"m","messages":[]})");
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    const rlimit limit{pages * 4096 + 4 * kMebibyte, RLIM_INFINITY};
    if (::setrlimit(RLIMIT_AS, &limit) != 0) return 1;
    try {
        static_cast<void>(read(reader, large));
        return 2;
    } catch (const std::bad_alloc&) {
    }
    return std::holds_alternative<Request>(read(reader, small)) ? 0 : 3;
}

class OutOfAddressSpace : public testing::TestWithParam<const char*> {};

TEST_P(OutOfAddressSpace, IsAnExceptionAndNotASyntaxErrorOrACrash) {
    if (!kLimitable) GTEST_SKIP() << "the address space cannot be limited under a sanitizer";
    const std::string large =
        padded(R"({"model":"m","messages":")" + std::string(16 * kMebibyte, 'x') + GetParam());
    EXPECT_EXIT(std::_Exit(read_too_much(large)), testing::ExitedWithCode(0), "");
}

// Whichever piece of memory is missing for a text larger than those before.
TEST(OutOfMemory, WhateverTheReaderMisses) {
    const std::string small = padded(R"({"model":"m","messages":[]})");
    const std::string large =
        padded(R"({"model":"m","messages":[],"x":")" + std::string(64 * 1024, 'x') + "\"}");
    int missing = 0;
    for (bool missed = true; missed; ++missing) {
        RequestReader reader;
        ASSERT_TRUE(std::holds_alternative<Request>(read(reader, small)));
        arrays_left = missing;
        bool threw = false;
        try {
            EXPECT_TRUE(std::holds_alternative<Request>(read(reader, large)));
        } catch (const std::bad_alloc&) {
            threw = true;
        }
        missed = arrays_left < 0;
        arrays_left = -1;
        EXPECT_EQ(threw, missed) << missing;
        EXPECT_TRUE(std::holds_alternative<Request>(read(reader, large))) << missing;
    }
    EXPECT_GT(missing, 2);
}

// Usage that an upstream reports is text like this.
TEST(OutOfMemory, AnUpstreamsTextIsNotRead) {
    const std::string text =
        R"({"text":")" + std::string(256 * 1024, 'x') + R"(","usage":{"a":1}})";
    const auto members = [&text] {
        int seen = 0;
        JsonText json(text);
        const bool whole = json.members([&seen](std::string_view, simdjson::ondemand::value value) {
            return ++seen != 0 && value.type().error() == simdjson::SUCCESS;
        });
        return whole ? seen : -1;
    };
    arrays_left = 0;
    EXPECT_EQ(members(), -1);
    arrays_left = -1;
    EXPECT_EQ(members(), 2);
}

INSTANTIATE_TEST_SUITE_P(Text, OutOfAddressSpace, testing::Values("\"}", "\"", "\"}}"));

}  // namespace
}  // namespace gomodel::dialect
