// Memory that every request takes in the same sizes as the request before it: coroutine frames,
// buffers. Each thread keeps what was freed on it. A block goes back with the size it was taken
// with.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <new>
#include <utility>

namespace gomodel::net {

class BlockPool {
public:
    static void* take(std::size_t size) {
        const std::size_t bin = bin_of(size);
        if (bin >= kBins) return ::operator new(size);
        Node*& head = lists().heads[bin];
        if (head == nullptr) return ::operator new(size_of(bin));
        Node* const node = head;
        head = node->next;
        --lists().kept[bin];
        return node;
    }

    static void give(void* memory, std::size_t size) {
        const std::size_t bin = bin_of(size);
        if (bin >= kBins || lists().kept[bin] >= kKeepBytes / size_of(bin)) {
            return ::operator delete(memory);
        }
        Node* const node = new (memory) Node{lists().heads[bin]};
        lists().heads[bin] = node;
        ++lists().kept[bin];
    }

private:
    static constexpr std::size_t kStep = 64;  // bytes between two sizes of the fine bins
    static constexpr std::size_t kFineBins = 32;
    static constexpr std::size_t kFine = kStep * kFineBins;  // 2 KiB; each coarse bin doubles it
    static constexpr std::size_t kKeepBytes = 256 * 1024;    // of one size; the rest is freed
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    static constexpr std::size_t kBins = 0;  // so that a use after free is seen
#else
    static constexpr std::size_t kBins = kFineBins + 6;  // up to 128 KiB
#endif

    struct Node {
        Node* next;
    };
    struct Lists {
        std::array<Node*, kBins + 1> heads{};
        std::array<std::size_t, kBins + 1> kept{};
        ~Lists() {
            for (Node* head : heads) {
                while (head != nullptr)
                    ::operator delete(std::exchange(head, head->next));
            }
        }
    };

    static std::size_t bin_of(std::size_t size) {
        if (size <= kFine) return (size - 1) / kStep;
        return kFineBins + static_cast<std::size_t>(std::bit_width((size - 1) / kFine)) - 1;
    }
    static std::size_t size_of(std::size_t bin) {
        return bin < kFineBins ? (bin + 1) * kStep : (kFine * 2) << (bin - kFineBins);
    }
    static Lists& lists() {
        thread_local Lists of_thread;
        return of_thread;
    }
};

}  // namespace gomodel::net
