// A header field that owns its text, for what has to be said later than it was found out.
#pragma once

#include <string>

namespace gomodel::gateway {

struct OwnedField {
    std::string name;
    std::string value;
};

}  // namespace gomodel::gateway
