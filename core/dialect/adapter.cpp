#include "dialect/adapter.hpp"

#include "dialect/messages/adapter.hpp"
#include "dialect/responses/adapter.hpp"

namespace gomodel::dialect {

bool adapts_to_chat(Endpoint endpoint) {
    return endpoint == Endpoint::kResponses || endpoint == Endpoint::kMessages;
}

std::unique_ptr<Adapter> adapter_over_chat(Endpoint endpoint, AnswerMark mark) {
    if (endpoint == Endpoint::kMessages) return messages::over_chat(std::move(mark));
    return responses::over_chat(std::move(mark));
}

}  // namespace gomodel::dialect
