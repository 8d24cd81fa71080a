#include "base/memory_reserve.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace gomodel::base {
namespace {

std::atomic<void*> reserve = nullptr;
std::atomic<std::size_t> wanted = 0;

// Is called by operator new when it finds no memory; returning means "try again".
void give_reserve_away() {
    void* const kept = reserve.exchange(nullptr);
    if (kept == nullptr) throw std::bad_alloc();
    std::free(kept);
}

bool take_reserve_back() {
    void* const memory = std::malloc(wanted);
    if (memory == nullptr) return false;
    void* none = nullptr;
    if (!reserve.compare_exchange_strong(none, memory)) std::free(memory);
    return true;
}

}  // namespace

void keep_memory_back(std::size_t bytes) {
    wanted = bytes;
    take_reserve_back();
    std::set_new_handler(&give_reserve_away);
}

bool short_of_memory() {
    return reserve.load(std::memory_order_relaxed) == nullptr && wanted != 0 &&
           !take_reserve_back();
}

}  // namespace gomodel::base
