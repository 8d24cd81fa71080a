// A connection URL in the form Poco's connector takes.
#pragma once

#include <string>
#include <string_view>

namespace storage_postgresql {

struct Target {
    std::string options;   // "host=... port=...", for Poco
    std::string name;      // "database on host:port", for messages
    std::string password;  // so that it can be kept out of them
};

// Fills in what libpq would: the environment's PGHOST and the like, and short timeouts for a server
// that is gone. Throws Error(GM_INVALID), which says nothing that was in the URL.
Target parse_url(const std::string& url);

// `text` without the password in it.
std::string redacted(std::string text, const std::string& password);

}  // namespace storage_postgresql
