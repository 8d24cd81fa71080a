// Memory for coroutine frames: a request takes some twenty of them in the same sizes as the request
// before it, so each thread keeps the ones it freed. Frames are freed on the thread that made them.
#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <utility>

namespace gomodel::net {

class FramePool {
public:
    static void* take(std::size_t size) {
        const std::size_t bin = bin_of(size);
        if (bin >= kBins) return ::operator new(size);
        Node*& head = lists().heads[bin];
        if (head == nullptr) return ::operator new((bin + 1) * kStep);
        Node* const node = head;
        head = node->next;
        --lists().kept[bin];
        return node;
    }

    static void give(void* memory, std::size_t size) {
        const std::size_t bin = bin_of(size);
        if (bin >= kBins || lists().kept[bin] == kKeep) return ::operator delete(memory);
        Node* const node = new (memory) Node{lists().heads[bin]};
        lists().heads[bin] = node;
        ++lists().kept[bin];
    }

private:
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    static constexpr std::size_t kBins = 0;  // so that a use after free is seen
#else
    static constexpr std::size_t kBins = 32;
#endif
    static constexpr std::size_t kStep = 64;   // bytes between two sizes
    static constexpr std::size_t kKeep = 256;  // free frames of one size; the rest goes back

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
        return (size - 1) / kStep;
    }
    static Lists& lists() {
        thread_local Lists of_thread;
        return of_thread;
    }
};

}  // namespace gomodel::net
