// Where a Redis server is and how to log in there, as its URL says. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace cache_redis {

struct RedisUrl {
    std::string host;
    int port = 6379;
    std::string user;  // empty: the server's default one
    std::string password;
    int database = 0;

    // For messages: "localhost:6379".
    std::string name() const;
};

// Reads redis://user:password@host:port/database, of which only the host is needed; user and
// password may be percent-encoded. Throws Error, which names the field `url` and quotes nothing.
RedisUrl parse_url(std::string_view text);

}  // namespace cache_redis
