// Nearest-neighbour search with expiry, as a class. Derive, implement, name it in GM_MODULE.
// Every function runs on worker threads, several at once on one object, and may block until the
// call's deadline.
#pragma once

#include <gomodel/call.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace gomodel {

// Takes search results, best first.
class Hits {
public:
    explicit Hits(const gm_hits_t* hits) : hits_(hits) {}

    // False: no more are wanted.
    bool add(std::string_view key, float score, std::string_view payload) const {
        return hits_->add(hits_, str(key), score, str(payload));
    }

private:
    const gm_hits_t* hits_;
};

// A space is an isolated set of vectors. Expired rows are never returned.
class VectorStore {
public:
    struct Abi;

    virtual ~VectorStore() = default;

    // Stores or replaces (space, key). ttl_ms 0: no expiry. A vector of another dimension than the
    // store's is a GM_INVALID.
    virtual void upsert(Call call, std::string_view space, std::string_view key,
                        std::span<const float> vector, std::string_view payload,
                        std::uint64_t ttl_ms) = 0;
    // Adds at most `limit` rows with a score of at least `min_score`: cosine similarity, 1 is
    // identical.
    virtual void search(Call call, std::string_view space, std::span<const float> query,
                        std::uint32_t limit, float min_score, Hits hits) = 0;
    // Removes the row; no error when it was not there.
    virtual void erase(Call call, std::string_view space, std::string_view key) = 0;
    // Drops expired rows. The host schedules it.
    virtual void sweep(Call call) = 0;
};

struct VectorStore::Abi {
    using Self = VectorStore;
    static constexpr const char* kInterface = GM_VECTOR_STORE;
    static constexpr gm_vector_store_t kTable = {
        sizeof(gm_vector_store_t),
        [](void* self, const gm_call_t* call, gm_str_t space, gm_str_t key, gm_vector_t vector,
           gm_str_t payload, std::uint64_t ttl_ms) {
            return guard(call, [&] {
                static_cast<VectorStore*>(self)->upsert(Call(call), view(space), view(key),
                                                        {vector.data, vector.dim}, view(payload),
                                                        ttl_ms);
            });
        },
        [](void* self, const gm_call_t* call, gm_str_t space, gm_vector_t query,
           std::uint32_t limit, float min_score, const gm_hits_t* hits) {
            return guard(call, [&] {
                static_cast<VectorStore*>(self)->search(
                    Call(call), view(space), {query.data, query.dim}, limit, min_score, Hits(hits));
            });
        },
        [](void* self, const gm_call_t* call, gm_str_t space, gm_str_t key) {
            return guard(call, [&] {
                static_cast<VectorStore*>(self)->erase(Call(call), view(space), view(key));
            });
        },
        [](void* self, const gm_call_t* call) {
            return guard(call, [&] { static_cast<VectorStore*>(self)->sweep(Call(call)); });
        },
    };
};

}  // namespace gomodel
