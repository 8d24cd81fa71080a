// Values made fit to be shown: in listings of the effective settings, in admin views, in logs.
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace gomodel::config {

// True iff a member of this name holds a secret: api_key, token, client_secret, password, ...
bool is_secret_name(std::string_view name);

// "***", or empty for an empty value, so that a listing shows whether it is set.
std::string redact_secret(std::string_view value);

// The text without what looks like a credential in it: what stands before the @ of a URL, and the
// values of key=value pairs with a secret's name. "redis://***@cache:6379/0".
std::string redact(std::string_view text);

}  // namespace gomodel::config
