#include "net/block_pool.hpp"

#include <gtest/gtest.h>
#include <malloc.h>

#include <cstring>

namespace gomodel::net {
namespace {

TEST(BlockPool, GivesAtLeastWhatIsAskedForAndLittleMore) {
    for (std::size_t size = 1; size <= 300'000; size += size < 5'000 ? 1 : 509) {
        void* const block = BlockPool::take(size);
        ASSERT_GE(malloc_usable_size(block), size);
        ASSERT_LE(malloc_usable_size(block), size + size / 4 + 80) << size;
        std::memset(block, 'x', size);
        BlockPool::give(block, size);
    }
}

// Under the sanitizers nothing is kept, so that a use after it is seen.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(BlockPool, TakesWhatWasGivenBack) {
    for (const std::size_t size : {100U, 2'048U, 2'049U, 5'000U, 131'072U}) {
        void* const block = BlockPool::take(size);
        BlockPool::give(block, size);
        EXPECT_EQ(BlockPool::take(size), block) << size;
        BlockPool::give(block, size);
    }
}
#endif

}  // namespace
}  // namespace gomodel::net
