#include "dialect/adapter.hpp"

namespace gomodel::dialect {

bool adapts_to_chat(Endpoint) {
    return false;
}

std::unique_ptr<Adapter> adapter_over_chat(Endpoint, AnswerMark) {
    return nullptr;
}

}  // namespace gomodel::dialect
