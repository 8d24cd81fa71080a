// The answer on its way to a client, kept as it passes so that it can be kept for others. Does
// nothing unless somebody wants it. Loop thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace gomodel::gateway::recall {

class Capture {
public:
    // From the next begin() on; of at most so many bytes.
    void want(std::size_t limit) { limit_ = limit; }
    bool wanted() const { return limit_ != 0; }

    // Another answer begins: what came of one that failed is forgotten.
    void begin(bool stream) {
        bytes_.clear();
        stream_ = stream;
        began_ = true;
        cut_ = false;
    }
    void append(std::string_view bytes) {
        if (limit_ == 0 || cut_) return;
        if (bytes.size() > limit_ - bytes_.size()) {
            cut_ = true;
            bytes_ = std::string();
            return;
        }
        bytes_.append(bytes);
    }

    bool stream() const { return stream_; }
    // There was an answer, and no more of it than is wanted.
    bool whole() const { return limit_ != 0 && began_ && !cut_ && !bytes_.empty(); }
    std::string take() { return std::move(bytes_); }

private:
    std::size_t limit_ = 0;
    std::string bytes_;
    bool stream_ = false;
    bool began_ = false;
    bool cut_ = false;
};

}  // namespace gomodel::gateway::recall
