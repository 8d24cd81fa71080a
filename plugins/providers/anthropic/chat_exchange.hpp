// The exchanges of the provider: a chat completion, whole or streamed, the list of models, and a
// passthrough.
#pragma once

#include <gomodel/provider.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "anthropic/request/chat_request.hpp"

namespace anthropic {

// What every request is sent with.
struct Account {
    std::string base_url;  // without a slash at its end
    std::string api_key;
    std::string betas;  // separated by commas; may be empty
    RequestLimits limits;
};

// Each lives no longer than `account`. open_chat throws Error(GM_INVALID) when the client's request
// cannot be translated.
std::unique_ptr<gomodel::Exchange> open_chat(const Account& account, gomodel::Op op);
// The API's own requests, relayed; null: an action it does not have.
std::unique_ptr<gomodel::Exchange> open_messages(const Account& account, gomodel::Op op);
std::unique_ptr<gomodel::Exchange> open_models(const Account& account);
std::unique_ptr<gomodel::Exchange> open_passthrough(const Account& account, gomodel::Op op);

}  // namespace anthropic
