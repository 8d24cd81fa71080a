#include "test.hpp"

#include <utility>

namespace gomodel::check {

std::string_view name_of(Status status) {
    switch (status) {
        case Status::kPass:
            return "pass";
        case Status::kFail:
            return "fail";
        case Status::kCrash:
            return "crash";
        case Status::kSkip:
            return "skip";
        case Status::kWarn:
            return "warn";
    }
    return "?";
}

void fail(std::string message) {
    throw Result{Status::kFail, std::move(message)};
}
void skip(std::string reason) {
    throw Result{Status::kSkip, std::move(reason)};
}
void warn(std::string message) {
    throw Result{Status::kWarn, std::move(message)};
}

bool sanitized() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return true;
#else
    return false;
#endif
}

}  // namespace gomodel::check
