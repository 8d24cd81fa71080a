// What a passthrough lets through, and to where: the path below the provider, which headers go
// which way, which provider types an operator has enabled, and the name an operation has. Pure.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dialect/api_error.hpp"
#include "net/http_message.hpp"

namespace gomodel::gateway {

// The upstream's path for what followed the provider in the client's, both escaped as received and
// without a slash in front; a leading `v1` segment is dropped. ApiError: there is none, the
// operator does not want the `v1`, or it would leave the provider's base URL.
std::variant<std::string, dialect::ApiError> passthrough_endpoint(std::string_view path,
                                                                  bool allow_v1_alias);

// The client's headers that its provider gets. Not its credentials, nothing of the connection,
// nothing about who it is, and no Accept-Encoding: usage and errors could not be read from what is
// compressed. With the request's id if the client named none.
net::HeaderFields passthrough_request_fields(const net::HeaderFields& client,
                                             std::string_view request_id);

// The upstream's headers that the client gets, without what its own connection says.
net::HeaderFields passthrough_response_fields(const net::HeaderFields& upstream);

// The answer for a type of provider that is not in the operator's list.
dialect::ApiError passthrough_not_enabled(std::string_view type, std::vector<std::string> enabled);

// What is known of an operation by its path; all empty: nothing.
struct PassthroughLabel {
    std::string operation;      // "anthropic.messages"
    std::string audit_path;     // "/v1/messages"
    std::string_view endpoint;  // "/messages"
};
PassthroughLabel passthrough_label(std::string_view type, std::string_view endpoint);

// The model a path of Gemini's form names, ".../models/{model}:generateContent"; empty: none.
std::string_view model_of_path(std::string_view endpoint);

}  // namespace gomodel::gateway
