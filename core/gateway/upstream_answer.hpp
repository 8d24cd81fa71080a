// What holds for an upstream's answer whether it is translated for the client or passed through.
#pragma once

#include "net/client_exchange.hpp"

namespace gomodel::gateway {

inline constexpr std::size_t kMaxErrorBody = 64 * 1024;  // of an error, as far as it is looked at
inline constexpr int kReadsATurn = 32;  // so that one fast answer does not starve the others

bool is_event_stream(const net::ClientExchange& upstream);

// Nobody asked for compression, and neither usage nor errors could be read from it.
bool is_compressed(const net::ClientExchange& upstream);

}  // namespace gomodel::gateway
