// For whoever watches over the process: /health and /livez say that it runs, /readyz whether it
// should be sent requests, and if not, why. All public, so they tell no names. Loop thread.
#pragma once

#include <functional>
#include <string>

#include "api/routes.hpp"

namespace gomodel::api {

// What is not part of a generation and yet matters to whoever sends requests here.
struct Condition {
    bool draining = false;       // it is stopping
    bool storage_works = false;  // the last call to it did
    bool journal_takes = true;   // what is recorded is not lost while the storage is away
};

struct Readiness {
    int status = 200;
    std::string body;
};

// What /readyz answers. A storage that is away is told and no reason for 503: the journal bridges
// that, and all instances would be out of service at once. `knows_keys`: false: nobody can be let
// in, for want of a master key and of API keys that were read.
Readiness readiness(const Condition& condition, bool has_models, bool knows_keys);

using ReadCondition = std::function<Condition()>;  // any thread

// 200 as long as the process answers at all; its body says so if that will not be for long.
net::Task<void> health(RouteCall* call);

// 200, or 503 while requests would fail or what they use would be lost: it is stopping, no provider
// has listed a model, or neither storage nor journal take records.
net::Task<void> readyz(RouteCall* call);

}  // namespace gomodel::api
