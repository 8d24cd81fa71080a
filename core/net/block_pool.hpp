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
    static constexpr std::size_t kFine = kStep * kFineBins;  // 2 KiB
    static constexpr std::size_t kDoublings = 6;             // above it: up to 128 KiB
    static constexpr std::size_t kQuarters = 4;            // coarse bins between two powers of two
    static constexpr std::size_t kKeepBytes = 256 * 1024;  // of one size; the rest is freed
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    static constexpr std::size_t kBins = 0;  // so that a use after free is seen
#else
    static constexpr std::size_t kBins = kFineBins + kDoublings * kQuarters;
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

    // Frames of coroutines that wait together are most of what a stream takes: a bin may not be
    // much larger than they are.
    static constexpr std::size_t bin_of(std::size_t size) {
        if (size <= kFine) return (size - 1) / kStep;
        const std::size_t quarters = (size - 1) / (kFine / kQuarters);  // 4...7: up to twice kFine
        const auto doubling = static_cast<std::size_t>(std::bit_width(quarters / kQuarters)) - 1;
        return kFineBins + doubling * kQuarters + (quarters >> doubling) - kQuarters;
    }
    static constexpr std::size_t size_of(std::size_t bin) {
        if (bin < kFineBins) return (bin + 1) * kStep;
        const std::size_t coarse = bin - kFineBins;
        const std::size_t quarters = kQuarters + coarse % kQuarters + 1;
        return (kFine / kQuarters * quarters) << (coarse / kQuarters);
    }
    static Lists& lists() {
        thread_local Lists of_thread;
        return of_thread;
    }
};

}  // namespace gomodel::net
