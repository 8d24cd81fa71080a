// A body that does not fit into memory while it is read is refused; the reader is as good as
// before.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <fstream>
#include <new>

#include "dialect/request.hpp"
#include "net/buffer.hpp"

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

class OutOfMemory : public testing::TestWithParam<const char*> {};

TEST_P(OutOfMemory, IsAnExceptionAndNotASyntaxErrorOrACrash) {
    if (!kLimitable) GTEST_SKIP() << "the address space cannot be limited under a sanitizer";
    const std::string large =
        padded(R"({"model":"m","messages":")" + std::string(16 * kMebibyte, 'x') + GetParam());
    EXPECT_EXIT(std::_Exit(read_too_much(large)), testing::ExitedWithCode(0), "");
}

INSTANTIATE_TEST_SUITE_P(Text, OutOfMemory, testing::Values("\"}", "\"", "\"}}"));

}  // namespace
}  // namespace gomodel::dialect
