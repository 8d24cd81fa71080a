// Which of a client's headers may leave the gateway: never its credentials, nothing that belongs to
// the connection, nothing about who it is. Pure.
#pragma once

#include <string_view>

namespace gomodel::gateway {

// True iff a plugin may see a client's header of this name.
bool may_reach_plugin(std::string_view name);

}  // namespace gomodel::gateway
