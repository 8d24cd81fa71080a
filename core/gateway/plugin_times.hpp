// How long each plugin has taken for one request so far. Loop thread.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace gomodel::gateway {

class PluginTimes {
public:
    // Of a plugin; valid as long as this. `id` must outlive it. A request meets few plugins: what
    // comes after the seventh is put together as "others".
    base::Duration& of(std::string_view id);
    base::Duration total() const;

    // As a Server-Timing field (W3C Server Timing), in milliseconds: each plugin, and "total".
    std::string header(base::Duration total) const;

private:
    struct Entry {
        std::string_view plugin;
        base::Duration spent{};
    };
    std::array<Entry, 8> entries_;
    std::size_t used_ = 0;
};

}  // namespace gomodel::gateway
