// What a relayed request costs in the plugin: the promise of the OpenAI-compatible path. An
// executable of its own, because it counts every allocation.
#include <gtest/gtest.h>
#include <gomodel/provider.hpp>
#include <gomodel/testing/fake_host.hpp>

#include <cstdlib>
#include <new>
#include <string>

#include "openai_compat/provider.hpp"

namespace {

thread_local int allocations = 0;

// Not inlined: the compiler would take new and free for a mismatched pair.
[[gnu::noinline]] void* allocate(std::size_t size) {
    ++allocations;
    void* const memory = std::malloc(size);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

[[gnu::noinline]] void release(void* memory) {
    std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) {
    return allocate(size);
}
void* operator new[](std::size_t size) {
    return allocate(size);
}
void operator delete(void* memory) noexcept {
    release(memory);
}
void operator delete[](void* memory) noexcept {
    release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    release(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    release(memory);
}

namespace openai_compat {
namespace {

using gomodel::str;

// A host that looks at what it is given and keeps nothing.
constexpr gm_http_out_t kOut = {
    sizeof(gm_http_out_t),
    nullptr,
    [](const gm_http_out_t*, gm_str_t, gm_str_t) {},
    [](const gm_http_out_t*, gm_str_t, gm_str_t) {},
    [](const gm_http_out_t*, gm_str_t) {},
    [](const gm_http_out_t*) {},
    [](const gm_http_out_t*, std::uint64_t) {},
};

int allocations_of_one_request(Provider& provider, const gm_op_t& op) {
    const gm_provider_t& table = gomodel::Provider::Abi::kTable;
    const gomodel::testing::FakeCall call("request-with-an-id-of-usual-length-1234");
    const int before = allocations;
    void* exchange = nullptr;
    std::uint32_t step = 99;
    std::uint32_t framing = 99;
    EXPECT_EQ(table.open(static_cast<gomodel::Provider*>(&provider), call.abi(), &op, &exchange),
              GM_OK);
    EXPECT_EQ(table.next(exchange, call.abi(), &kOut, &step), GM_OK);
    EXPECT_EQ(table.head(exchange, call.abi(), 200, nullptr, 0, &framing), GM_OK);
    table.close(exchange);
    EXPECT_EQ(step, std::uint32_t{GM_STEP_SEND});
    EXPECT_EQ(framing, std::uint32_t{GM_FRAME_RELAY});
    return allocations - before;
}

TEST(RelayCost, OneAllocation) {
    Provider provider({.base_url = "https://api.example.com/a/long/enough/path/v1",
                       .api_key = "sk-a-key-of-the-length-they-usually-have-1234567890",
                       .request_id_header = "X-Client-Request-Id"});
    const std::string body = R"({"model":"gpt-4o","messages":[]})" + std::string(1000, ' ');
    const gm_pair_t headers[] = {{str("User-Agent"), str("some client, with a long name/1.0")}};
    gm_op_t op{};
    op.size = sizeof op;
    op.kind = GM_CAN_CHAT;
    op.model = str("gpt-4o-2024-08-06-and-then-some");
    op.body = str(body);
    op.content_type = str("application/json");
    op.headers = headers;
    op.header_count = 1;
    EXPECT_EQ(allocations_of_one_request(provider, op), 1);
    op.kind = GM_CAN_EMBED;
    EXPECT_EQ(allocations_of_one_request(provider, op), 1);
}

}  // namespace
}  // namespace openai_compat
