// A request's body that is not in memory: it is read from wherever it comes from while it is sent,
// and no faster than the upstream takes it. Loop thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "net/task.hpp"
#include "net/waiter.hpp"

namespace gomodel::net {

class BodySource {
public:
    // Unset: nobody knows; the body is sent in chunks.
    virtual std::optional<std::uint64_t> length() const = 0;
    // The next bytes, valid until the caller's next co_await; none: the body is complete. An error
    // ends the request: the body was cut off, is too large, or `stop` was cancelled.
    virtual Task<base::Result<std::string_view>> next(CancelSource* stop) = 0;

protected:
    ~BodySource() = default;
};

}  // namespace gomodel::net
