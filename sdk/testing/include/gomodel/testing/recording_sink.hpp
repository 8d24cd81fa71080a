// A sink that keeps what it is given, or refuses it. Not thread-safe: one sink a call, as hosts do.
#pragma once

#include <gomodel/abi.h>
#include <gomodel/view.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace gomodel::testing {

struct Output {
    std::uint32_t kind;
    std::string bytes;

    bool operator==(const Output&) const = default;
};

class RecordingSink {
public:
    // `answer` other than GM_OK: every write is refused with it, as when the client has left.
    explicit RecordingSink(gm_status_t answer = GM_OK) : answer_(answer) {
        sink_.size = sizeof sink_;
        sink_.host_data = this;
        sink_.write = [](const gm_sink_t* sink, std::uint32_t kind, gm_str_t bytes) {
            auto& self = *static_cast<RecordingSink*>(sink->host_data);
            if (self.answer_ != GM_OK) {
                ++self.refused_;
            } else {
                self.outputs_.push_back({kind, std::string(view(bytes))});
            }
            return self.answer_;
        };
    }
    RecordingSink(const RecordingSink&) = delete;
    RecordingSink& operator=(const RecordingSink&) = delete;

    const gm_sink_t* abi() const { return &sink_; }

    const std::vector<Output>& outputs() const { return outputs_; }
    int refused() const { return refused_; }

    // All bytes, joined.
    std::string text() const {
        std::string all;
        for (const Output& output : outputs_)
            all += output.bytes;
        return all;
    }

private:
    gm_sink_t sink_{};
    gm_status_t answer_;
    std::vector<Output> outputs_;
    int refused_ = 0;
};

}  // namespace gomodel::testing
