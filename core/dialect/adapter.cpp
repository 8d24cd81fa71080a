#include "dialect/adapter.hpp"

#include "dialect/responses/adapter.hpp"

namespace gomodel::dialect {

bool adapts_to_chat(Endpoint endpoint) {
    return endpoint == Endpoint::kResponses;
}

std::unique_ptr<Adapter> adapter_over_chat(Endpoint, AnswerMark mark) {
    return responses::over_chat(std::move(mark));
}

}  // namespace gomodel::dialect
