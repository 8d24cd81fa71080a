// The stage of a request in which it may be answered out of the exact cache. What it is asked, and
// whose it is, is known by then, and nothing has been taken of any limit. Loop thread.
#pragma once

#include <string>

#include "gateway/request_context.hpp"

namespace gomodel::gateway::recall {

// What is asked for. Views must outlive the stage's task.
struct Asking {
    dialect::Endpoint endpoint = dialect::Endpoint::kChat;
    std::string_view path;  // "/chat/completions"
    const Model* model = nullptr;
    std::string_view body;
    bool stream = false;
};

class RecallStage {
public:
    explicit RecallStage(RequestContext& context) : context_(context) {}

    // Looks the request up. True: its client has been answered. Otherwise the answer that it gets
    // is captured, if it may be kept.
    net::Task<bool> answer(Asking asking);
    // The client has been answered by the model it asked for: has that kept.
    void keep();

private:
    bool concerns(const Asking& asking) const;
    net::Task<void> reply(const SavedAnswer* answer);

    RequestContext& context_;
    dialect::Endpoint endpoint_ = dialect::Endpoint::kChat;
    bool stream_ = false;
    std::string key_;  // empty: nothing is to be kept
};

}  // namespace gomodel::gateway::recall
