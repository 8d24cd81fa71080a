#include "gateway/recorder.hpp"

namespace gomodel::gateway {

std::string_view to_string(EndCause cause) {
    switch (cause) {
        case EndCause::kCompleted:
            return "completed";
        case EndCause::kClientGone:
            return "client_gone";
        case EndCause::kUpstreamFailed:
            return "upstream_failed";
        case EndCause::kUpstreamStalled:
            return "upstream_stalled";
        case EndCause::kAborted:
            break;
    }
    return "aborted";
}

}  // namespace gomodel::gateway
