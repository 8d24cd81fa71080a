// What the client asked for (Op) and header lists (Headers), as views of what the host passed.
// Neither outlives the call it came with: copy what a later step needs.
#pragma once

#include <gomodel/abi.h>
#include <gomodel/view.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace gomodel {

class Headers {
public:
    Headers(const gm_pair_t* pairs, std::uint32_t count) : pairs_(pairs), count_(count) {}

    const gm_pair_t* begin() const { return pairs_; }
    const gm_pair_t* end() const { return pairs_ + count_; }
    std::uint32_t size() const { return count_; }

    // The first value of that name, whatever its case.
    std::optional<std::string_view> find(std::string_view name) const {
        for (const gm_pair_t& pair : *this) {
            if (iequals(view(pair.name), name)) return view(pair.value);
        }
        return std::nullopt;
    }

private:
    const gm_pair_t* pairs_;
    std::uint32_t count_;
};

// The fields are explained in abi/provider.h. All of them are in the first version of the ABI, so
// none needs GM_HAS.
class Op {
public:
    explicit Op(const gm_op_t* op) : op_(op) {}

    std::uint32_t kind() const { return op_->kind; }
    bool stream() const { return op_->stream; }
    std::string_view action() const { return view(op_->action); }
    std::string_view id() const { return view(op_->id); }
    std::string_view method() const { return view(op_->method); }
    std::string_view path() const { return view(op_->path); }
    std::string_view query() const { return view(op_->query); }
    std::string_view model() const { return view(op_->model); }
    std::string_view body() const { return view(op_->body); }
    std::string_view content_type() const { return view(op_->content_type); }
    Headers headers() const { return {op_->headers, op_->header_count}; }

private:
    const gm_op_t* op_;
};

}  // namespace gomodel
