// Host names to addresses. Literal addresses are answered at once; names are looked up by Poco's
// DNS on a worker thread and remembered for a while. One a loop; loop thread only.
#pragma once

#include <Poco/Net/SocketAddress.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "net/task.hpp"
#include "net/worker_pool.hpp"

namespace gomodel::net {

using Addresses = std::vector<Poco::Net::SocketAddress>;

class Resolver {
public:
    Resolver(Loop& loop, WorkerPool& workers) : loop_(loop), workers_(workers) {}

    // The addresses of `host` in the order of the system's preference; never an empty list.
    // kUnavailable: the name does not resolve. The system's own time limit applies.
    Task<base::Result<Addresses>> resolve(std::string host, std::uint16_t port);

private:
    struct Entry {
        Addresses addresses;
        base::SteadyTime expires;
    };

    Loop& loop_;
    WorkerPool& workers_;
    std::unordered_map<std::string, Entry> cache_;
};

}  // namespace gomodel::net
